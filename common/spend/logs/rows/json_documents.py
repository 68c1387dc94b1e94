"""JSON that is not one object per line, split into records: arrays, pages, OTLP documents, objects over several lines.

Only the unfinished record is held, so a document of any size is read in bounded memory; a broken record costs itself.
"""

import codecs
import json
import re
from collections.abc import Iterator
from typing import Any, Literal

from common.spend.logs.fields.errors import BadRowError

MAX_RECORD = 4_000_000
"""Characters of one JSON record; longer ones are rejected."""
TOO_LONG = f"the record is longer than {MAX_RECORD:,} bytes"
_OTLP = {
    "resourceSpans": ("resourceSpans", "scopeSpans", "spans"),
    "resourceLogs": ("resourceLogs", "scopeLogs", "logRecords"),
}
"""OpenTelemetry's documents of spans and of log records, by their first key."""
_CONTEXT = frozenset({"resource"})
"""Keys that a document has once for all records inside."""
_MARKS = re.compile(r'\\.|["{}\[\]]', re.DOTALL)
_INSIDE_STRING = re.compile(r'[^"\\]*+(?:\\.[^"\\]*+)*+', re.DOTALL)
_PLAIN = re.compile(r"[^\s,\]}]*\Z")
"""A number or a word that reaches the end of the text."""
_OTLP_START = re.compile(r'\n\s*\{(?=\s*"resource(?:Spans|Logs)")')
_OTLP_HEAD = re.compile(r'\{\s*"resource(?:Spans|Logs)"')
"""No span holds these: the line before was cut off, as of a collector that was killed."""
_STRAY = re.compile(r"[,\]}\n]")
_ARRAYS = "|".join(("data", "items", "rows", "records", "observations", "requests", "logs", "responses", *_OTLP))
_ARRAY = re.compile(rf'"({_ARRAYS})"\s*:\s*\[\s*(?=\{{)')
"""The array that holds a page's records, where the first one is an object."""
_BROKEN = re.compile("[\udc80-\udcff]")

ParsedRecord = dict[str, Any] | BadRowError


class DocumentParser:
    """Text in any pieces to records. `path`: keys of the arrays that lead to the records, () for records themselves.

    `depth` counts from 0, outside of all documents: odd inside an object on the path, even inside an array on it.
    `nested` is None, or how deep inside a record that is being left the text is; `quoted`: within a string of it.
    """

    def __init__(self, path: tuple[str, ...], state: dict[str, Any] | None = None) -> None:
        saved = state or {"depth": 0, "context": {}, "nested": None, "quoted": False}
        self._path = path
        self.depth: int = saved["depth"]
        self.context: dict[str, Any] = saved["context"]
        self.nested: int | None = saved["nested"]
        self.quoted: bool = saved["quoted"]
        self._text = ""
        self._place = 0
        self._decoder = json.JSONDecoder()

    def state(self) -> dict[str, Any]:
        """JSON-ready; what the constructor takes."""
        return {"depth": self.depth, "context": self.context, "nested": self.nested, "quoted": self.quoted}

    @property
    def rest(self) -> str:
        """Text that is not parsed yet."""
        return self._text[self._place :]

    def parse(self, text: str, *, final: bool) -> Iterator[ParsedRecord]:
        """The records that are complete in `text`, which begins with the rest of the text before."""
        self._text, self._place = text, 0
        while self._leave() and (found := self._step(final=final)) is not False:
            if found is not True:
                yield found
        if final and self.nested is None and self.rest.strip():
            yield BadRowError("the JSON ends in the middle of this record")
            self._place = len(self._text)
        elif final and self.depth:
            yield BadRowError("the JSON document ends before it is complete; the file may be cut off")
        elif len(self._text) - self._place > MAX_RECORD and self.nested is None:
            yield BadRowError(TOO_LONG)
            self.nested, self.quoted = 0, False
            self._leave()

    def _leave(self) -> bool:
        """Go on to the end of the record that is being left; False while it is not there."""
        if self.nested is None:
            return True
        self._place, self.nested, self.quoted = _skip(self._text, self._place, self.nested, quoted=self.quoted)
        return self.nested is None

    def _step(self, *, final: bool) -> "ParsedRecord | bool":
        """One record, or True for a step without one; False when more text is needed."""
        self._place = _next(self._text, self._place, ", \r\n\t" if self.depth else ", \r\n\t[]\ufeff")
        if self._place == len(self._text):
            return False
        if self.depth and self._path in _OTLP.values() and _OTLP_HEAD.match(self._text, self._place):
            return self._restart(self._place)
        if self.depth % 2:
            return self._member(final=final)
        return self._item(final=final)

    def _item(self, *, final: bool) -> "ParsedRecord | bool":
        """In an array, or outside of all documents."""
        char = self._text[self._place]
        if char == "]" and self.depth:
            return self._to(self.depth - 1)
        if char == "{" and self.depth < 2 * len(self._path):
            return self._to(self.depth + 1)
        start, value = self._place, self._value(final=final)
        if value is False or isinstance(value, BadRowError):
            return value
        if holds_broken(self._text[start : self._place]):
            return BadRowError("the record is not UTF-8")
        item = value[0]
        if self.depth < 2 * len(self._path) or not isinstance(item, dict):
            return BadRowError("the item is not a JSON object")
        return self.context | item if self.context else item

    def _member(self, *, final: bool) -> "ParsedRecord | bool":
        """In an object on the path: its array is entered, context is kept, the rest left out."""
        if self._text[self._place] == "}":
            return self._to(self.depth - 1)
        start, key = self._place, self._value(final=final)
        if key is False or isinstance(key, BadRowError):
            return key
        after = _next(self._text, self._place, " \r\n\t:")
        if after < len(self._text):
            if not isinstance(key[0], str) or ":" not in self._text[self._place : after]:
                return self._restart(start)
            self._place = after
            if key[0] == self._path[self.depth // 2] and self._text[after] == "[":
                return self._to(self.depth + 1)
            value = self._value(final=final)
            if value is not False:
                if not isinstance(value, BadRowError) and key[0] in _CONTEXT:
                    self.context = {key[0]: value[0]}
                return value if isinstance(value, BadRowError) else True
        self._place = start
        return False

    def _restart(self, place: int) -> BadRowError:
        """A document breaks off: the text here, or right after it, is taken for the start of another one."""
        self._place = place if self._text[place] == "{" else self._place
        self.depth, self.context = 0, {}
        return BadRowError("the JSON document breaks off before this place")

    def _to(self, depth: int) -> Literal[True]:
        """Go past a bracket."""
        self._place += 1
        self.depth = depth
        if depth == 0:
            self.context = {}
        return True

    def _value(self, *, final: bool) -> "tuple[Any] | BadRowError | Literal[False]":
        """The JSON value here, in a tuple; False when it is not complete."""
        text, start = self._text, self._place
        if not final and text[start] not in '{["' and _PLAIN.match(text, start):
            return False  # it may go on
        try:
            value, end = self._decoder.raw_decode(text, start)
        except (ValueError, RecursionError):
            return self._broken_value()
        self._place = end
        return (value,) if end - start <= MAX_RECORD else BadRowError(TOO_LONG)

    def _broken_value(self) -> "BadRowError | Literal[False]":
        """Leave a value that is no JSON, when its end is there."""
        again = _OTLP_START.search(self._text, self._place) if self._path in _OTLP.values() else None
        if again:
            return self._restart(again.end() - 1)
        if self._text[self._place] in '{["':
            end, nested, _ = _skip(self._text, self._place, 0, quoted=False)
            found = nested is None
        else:
            stray = _STRAY.search(self._text, self._place)
            end, found = (stray.start(), True) if stray else (0, False)
        if not found:
            return False
        self._place = max(end, self._place + 1)
        return BadRowError("the record is not valid JSON")


def path_in(text: str) -> tuple[str, ...]:
    """The path to the records of a document that begins in `text`, () when its objects are the records."""
    head = text.lstrip("\ufeff \r\n\t[")
    head = head[: _skip(head, 0, 0, quoted=False)[0]]
    level, quoted, place = 0, False, 0
    for match in _ARRAY.finditer(head):
        level, quoted = _level(head[place : match.start()], level, quoted=quoted)
        place = match.start()
        of_embeddings = '"embedding"' in head[match.end() : match.end() + 60]
        if level == 1 and not quoted and not of_embeddings:
            return _OTLP.get(match[1], (match[1],))
    return ()


def _level(text: str, level: int, *, quoted: bool) -> tuple[int, bool]:
    """How many brackets are open at the end of a text that goes on, and whether it ends in a string."""
    for mark in _MARKS.findall(text):
        if mark == '"':
            quoted = not quoted
        elif not quoted and mark[0] != "\\":
            level += 1 if mark in "{[" else -1
    return level, quoted


def _skip(text: str, place: int, nested: int, *, quoted: bool) -> tuple[int, int | None, bool]:
    """(place, how deep, within a string) after the value that begins or goes on here; None: its end is reached."""
    while True:
        if quoted:
            place = _string_end(text, place)
            if not text.startswith('"', place):
                return place, nested, True
            place, quoted = place + 1, False
            if nested <= 0:
                return place, None, False
        mark = _MARKS.search(text, place)
        if mark is None:
            cut_escape = text.endswith("\\") and place < len(text)
            return len(text) - cut_escape, nested, False
        place = mark.end()
        if mark[0] == '"':
            quoted = True
        elif len(mark[0]) == 1:
            nested += 1 if mark[0] in "{[" else -1
            if nested <= 0:
                return place, None, False


def _string_end(text: str, place: int) -> int:
    """Where a string that goes on here stops: at its quote, at an escape that is cut, or with the text."""
    inside = _INSIDE_STRING.match(text, place)
    return inside.end() if inside else place


def _next(text: str, place: int, blanks: str) -> int:
    while place < len(text) and text[place] in blanks:
        place += 1
    return place


def holds_broken(text: str) -> bool:
    """True when some bytes were not UTF-8 (they were decoded to lone surrogates)."""
    return not text.isascii() and _BROKEN.search(text) is not None


def whole_characters(data: bytes) -> tuple[str, bytes]:
    """Text, and the bytes of a character that is cut at the end."""
    decoder = codecs.getincrementaldecoder("utf-8")("surrogateescape")
    text = decoder.decode(data)
    return text, decoder.getstate()[0]
