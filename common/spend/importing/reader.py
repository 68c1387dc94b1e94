"""Bytes in any cuts to rows with their line numbers. Only an unfinished line is kept between two feeds."""

import codecs
import json
from collections.abc import Iterator
from dataclasses import replace
from operator import itemgetter
from typing import Any

from common.spend.importing.columns import cached_outside
from common.spend.importing.failures import BadRowError
from common.spend.importing.layout import Layout
from common.spend.importing.objects import fields_of, flat, parse_object, values_of
from common.spend.importing.rows import Reading, labels_of
from common.spend.importing.table import parse_lines, parse_table

MAX_RECORD = 200_000
"""Bytes of one row; longer ones are rejected."""
_TOO_LONG = f"the row is longer than {MAX_RECORD:,} bytes"
_SURROGATES = ("\udc80", "\udcff")

Read = tuple[int, "tuple[tuple[Any, ...], Reading] | BadRowError"]
"""(line in the file from 1; the item in a JSON array), and the values with how to read them, or why not."""


class RecordReader:
    """`tail` is what is kept, `line` the number of lines (items) before it, `skipping`: a long row is being left."""

    def __init__(self, layout: Layout, tail: bytes, line: int, *, skipping: bool) -> None:
        self._layout = layout
        self.tail = tail
        self.line = line
        self.skipping = skipping
        self._pick = itemgetter(*layout.places) if layout.places else None
        self._readings: dict[tuple[tuple[str, str], ...], Reading] = {}

    def feed(self, data: bytes, *, final: bool = False) -> Iterator[Read]:
        """The rows that are complete now; with `final` the last line needs no newline."""
        self.tail += data
        if self._layout.kind == "json":
            yield from () if self.skipping else self._array(final=final)
            return
        if self.skipping and not self._skip(final=final):
            return
        end = len(self.tail) if final else self.tail.rfind(b"\n") + 1
        block, self.tail = self.tail[:end], self.tail[end:]
        if block:
            text = block.decode("utf-8", "surrogateescape")
            yield from self._table(text, final=final) if self._layout.kind == "csv" else self._lines(text)
        if len(self.tail) > MAX_RECORD:
            yield from self._give_up()

    def _skip(self, *, final: bool) -> bool:
        """Leave the rest of a long row; False while its end is not there."""
        end = self.tail.find(b"\n") + 1
        self.tail = self.tail[end:] if end else b""
        if end or final:
            self.skipping = False
            self.line += 1
        return bool(end)

    def _give_up(self) -> Iterator[Read]:
        """Reject the unfinished row at the front of the tail."""
        yield self.line + 1, BadRowError(_TOO_LONG)
        end = self.tail.find(b"\n") + 1
        self.skipping = not end
        self.line += 1 if end else 0
        rest, self.tail = self.tail[end:] if end else b"", b""
        if rest:
            yield from self.feed(rest)

    def _lines(self, text: str) -> Iterator[Read]:
        """Of JSON lines."""
        lines = text.split("\n")
        if not lines[-1]:
            lines.pop()
        for number, line in enumerate(lines, self.line + 1):
            if line.strip():
                yield number, self._object_line(line)
        self.line += len(lines)

    def _object_line(self, line: str) -> "tuple[tuple[Any, ...], Reading] | BadRowError":
        if len(line) > MAX_RECORD:
            return BadRowError(_TOO_LONG)
        if _broken(line):
            return BadRowError("the line is not UTF-8")
        try:
            return self._of_object(parse_object(line))
        except BadRowError as error:
            return error

    def _of_object(self, row: dict[str, Any]) -> tuple[tuple[Any, ...], Reading]:
        found = flat(row)
        fields = fields_of(found)
        return values_of(found, fields), self._reading_for(fields)

    def _reading_for(self, fields: dict[str, str]) -> Reading:
        """How to read a JSON row with these keys: they may tell more than the file's sample did."""
        key = tuple(fields.items())
        known = self._readings.get(key)
        if known is None:
            base, outside = self._layout.reading, cached_outside(fields)
            thoughts = fields.get("reasoning") == "thoughtstokencount"
            known = self._readings[key] = replace(
                base,
                names=fields,
                labels=labels_of(fields),
                cached_outside=base.cached_outside if outside is None else outside,
                reasoning_outside=base.reasoning_outside or thoughts,
            )
        return known

    def _table(self, text: str, *, final: bool) -> Iterator[Read]:
        """Of CSV."""
        first, suspicious = self.line, _broken(text)
        for offset, cells in parse_table(text, self._layout.delimiter):
            number = first + offset + 1
            if cells is None:
                yield from self._open_quote(text, offset, final=final)
                return
            yield number, self._of_cells(cells, suspicious=suspicious)
        self.line = first + text.count("\n") + (not text.endswith("\n"))

    def _of_cells(
        self, cells: list[str] | BadRowError, *, suspicious: bool
    ) -> "tuple[tuple[Any, ...], Reading] | BadRowError":
        if isinstance(cells, BadRowError):
            return cells
        if len(cells) != self._layout.columns:
            return BadRowError(f"the row has {len(cells)} columns, the header has {self._layout.columns}")
        if suspicious and any(map(_broken, cells)):
            return BadRowError("the line is not UTF-8")
        cells.append("")
        return self._pick(cells), self._layout.reading  # type: ignore[misc]  # a CSV layout has places

    def _open_quote(self, text: str, offset: int, *, final: bool) -> Iterator[Read]:
        """A quoted cell is open at the end of the block: wait for its end, or give its line up."""
        lines = text.split("\n")
        before, rest = lines[:offset], "\n".join(lines[offset:]).encode("utf-8", "surrogateescape")
        self.line += len(before)
        if not final and len(rest) + len(self.tail) <= MAX_RECORD:
            self.tail = rest + self.tail
            return
        text = "\n".join(lines[offset:])
        for place, cells in parse_lines(text, self._layout.delimiter):
            yield self.line + place + 1, self._of_cells(cells, suspicious=_broken(text))
        self.line += text.count("\n") + (not text.endswith("\n"))

    def _array(self, *, final: bool) -> Iterator[Read]:
        """Of a JSON array: one item after the other."""
        text, cut = _whole_characters(self.tail)
        decoder = json.JSONDecoder()
        place = 0
        while True:
            start = _next_item(text, place)
            if start == len(text) or text[start] == "]":
                place = start
                break
            try:
                item, place = decoder.raw_decode(text, start)
            except (ValueError, RecursionError):
                place = start
                break
            self.line += 1
            yield self.line, self._item(item)
        yield from self._array_rest(text[place:], cut, final=final)

    def _array_rest(self, rest: str, cut: bytes, *, final: bool) -> Iterator[Read]:
        self.tail = rest.encode("utf-8", "surrogateescape") + cut
        if (final and rest.strip() not in ("", "]")) or len(rest) > MAX_RECORD:
            yield self.line + 1, BadRowError("the JSON array is broken from this item on")
            self.tail, self.skipping = b"", True

    def _item(self, item: Any) -> "tuple[tuple[Any, ...], Reading] | BadRowError":
        return self._of_object(item) if isinstance(item, dict) else BadRowError("the item is not a JSON object")


def _broken(text: str) -> bool:
    """True when some bytes were not UTF-8 (they were decoded to lone surrogates)."""
    low, high = _SURROGATES
    return not text.isascii() and any(low <= char <= high for char in text)


def _next_item(text: str, place: int) -> int:
    while place < len(text) and text[place] in " \r\n\t,[\ufeff":
        place += 1
    return place


def _whole_characters(data: bytes) -> tuple[str, bytes]:
    """Text, and the bytes of a character that is cut at the end."""
    decoder = codecs.getincrementaldecoder("utf-8")("surrogateescape")
    text = decoder.decode(data)
    return text, decoder.getstate()[0]
