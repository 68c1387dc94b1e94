"""The error for a table or JSON without what a usage log must have: what is missing, and how to say where it is."""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from difflib import get_close_matches
from functools import partial
from operator import itemgetter
from typing import Any

from common.errors import ErrorCode
from common.spend.logs.detect.inference import or_none
from common.spend.logs.fields import values as v
from common.spend.logs.fields.columns import ALIASES, FIELDS, FieldName, plain
from common.spend.logs.fields.errors import ImportFailed
from common.spend.logs.fields.notation import date_parts
from common.spend.logs.formats import FORMATS, Format
from common.spend.prices.names import resolve

_NAME_LENGTH = 60  # of a column that is shown
_SHOWN, _MISSING_SHOWN = 20, 4
_SAMPLE = 50
_LEAST_SHARE = 0.35
"""Of a format's names, weighed by how few formats have them, what a file that is near to it has."""
_REQUIRED: tuple[FieldName, ...] = ("ts", "model", "input", "uncached", "output")
_WRITTEN: dict[FieldName, str] = {
    "ts": "timestamp",
    "model": "model",
    "input": "prompt_tokens",
    "output": "completion_tokens",
}
"""A name that is read as the field."""
_EPOCH_DIGITS = frozenset({10, 13, 16, 19})
_INPUT = re.compile(r"(?:^|[^a-z])in(?![a-z])|input|prompt|sent|question|context", re.IGNORECASE)
_OUTPUT = re.compile(r"(?:^|[^a-z])out(?![a-z])|output|complet|response|generat|answer|reply", re.IGNORECASE)
_TOKENS = re.compile(r"tok", re.IGNORECASE)
_NO_TOKENS = re.compile(
    r"time|latency|duration|_ms$|_s$|cost|price|usd|(?:^|[^a-z])id$|code|count$|cache|detail|audio|image|video|file|"
    r"reason|think|thought|tool|accept|reject|predict|size|byte|char|word|total|accumulat|average|budget|quota|remain|"
    r"(?:^|[^a-z])(?:sum|avg|mean|max|min|rate|limit|per_)",
    re.IGNORECASE,
)
"""Of what is no count of tokens, of a part of them, or of more than one request's."""

Cells = Mapping[str, Sequence[Any]]
"""Some values of each column, under its name as written."""


def missing_of(present: Iterable[FieldName], model: str | None) -> tuple[FieldName, ...]:
    """The fields that a log must have and this one has not, but for the model where the customer gives it."""
    have = set(present) | ({"input"} if "uncached" in present else set()) | ({"model"} if model else set())
    return tuple(field for field in ("ts", "model", "input", "output") if field not in have)


def is_bill(cells: Cells, present: Mapping[FieldName, str]) -> bool:
    """Whether a table has costs by time, and no column that seems to hold tokens."""
    if not {"ts", "cost"} <= present.keys() or not {"input", "uncached", "output"}.isdisjoint(present):
        return False
    if any(_TOKENS.search(name) and (_INPUT.search(name) or _OUTPUT.search(name)) for name in cells):
        return False
    return not _suggested(cells, ("input", "output"), present=set(present.values()))


def unknown_log(cells: Cells, present: Mapping[FieldName, str], model: str | None) -> ImportFailed:
    """Says what is missing. Its details have the reason, `nearest` (a format's title or ""), the fields `missing`, and
    `mapping`, field -> column, as far as the cells suggest one.
    """
    missing = missing_of(present, model)
    mapping = _suggested(cells, missing, present=set(present.values()))
    near = _nearest(cells)
    said = " ".join(filter(None, (_lack(cells, missing), _near_words(near, cells), _options(missing, mapping))))
    return ImportFailed(
        ErrorCode.UNKNOWN_FORMAT,
        reason=said,
        nearest=near.title if near else "",
        missing=list(missing),
        mapping=mapping,
    )


def _lack(cells: Cells, missing: Sequence[FieldName]) -> str:
    shown = ", ".join(name[:_NAME_LENGTH] for name in list(cells)[:_SHOWN]) or "none"
    time = "it has no time column (for example timestamp)"
    if not {"input", "output"} & set(missing):
        return f"{time}; its columns are: {shown}."
    words = {"input": "input tokens (for example prompt_tokens)", "output": "output tokens (completion_tokens)"}
    needed = " and ".join(text for field, text in words.items() if field in missing)
    return f"its columns are: {shown}. It needs {needed}." + (f" And {time}." if "ts" in missing else "")


def _options(missing: Sequence[FieldName], mapping: Mapping[FieldName, str]) -> str:
    if not mapping:
        options = f"--map COLUMN=FIELD, for {', '.join(missing)}"
        return f"Where columns hold them, name these {_renamed(missing)}, or say so on the command line: {options}."
    options = " ".join(_option(field, mapping.get(field)) for field in missing)
    renames = ", ".join(f"{column} as {_WRITTEN[field]}" for field, column in mapping.items())
    return f"Where columns hold them, write {renames}, or say so on the command line: {options}."


def _renamed(missing: Iterable[FieldName]) -> str:
    return ", ".join(_WRITTEN[field] for field in missing)


def _option(field: FieldName, column: str | None) -> str:
    if column is None and field == "model":
        return "--model NAME"
    return f"--map {_quoted(column or 'COLUMN')}={field}"


def _quoted(name: str) -> str:
    return name if re.fullmatch(r"[\w.-]+", name) else f'"{name}"'


def _nearest(cells: Cells) -> Format | None:
    """The format that has most of its names here."""
    present = {_last(name) for name in cells}
    weights = {name: 1 / count for name, count in Counter(each for f in FORMATS for each in _names_of(f)).items()}
    shares = [
        (_weight(_names_of(f) & present, weights) / _weight(_names_of(f), weights), f) for f in FORMATS if f.labels
    ]
    share, nearest = max(shares, key=itemgetter(0))
    return nearest if share >= _LEAST_SHARE else None


def _weight(names: Iterable[str], weights: Mapping[str, float]) -> float:
    return sum(weights[name] for name in names)


def _last(path: str) -> str:
    return plain(path.rsplit(".", 1)[-1])


def _names_of(source: Format) -> set[str]:
    return {_last(label) for label in source.labels.values()}


def _near_words(near: Format | None, cells: Cells) -> str:
    if near is None:
        return ""
    present = {_last(name) for name in cells}
    absent = {name: label for name, label in near.labels.items() if _last(label) not in present}
    names = [label for name, label in absent.items() if name in _REQUIRED] or list(absent.values())
    without = f", without {', '.join(names[:_MISSING_SHOWN])}" if names else ""
    return f"The nearest known format is {near.title}{without}."


def _suggested(cells: Cells, missing: Sequence[FieldName], *, present: set[str]) -> dict[FieldName, str]:
    """A column for each field that one seems to hold: none for tokens that two columns count differently."""
    found: dict[FieldName, str] = {}
    used = {plain(name) for name in present}
    cells = {name: values for name, values in cells.items() if len(name) <= _NAME_LENGTH}
    tests: tuple[tuple[FieldName, Callable[[str, Any], bool]], ...] = (
        ("ts", _is_time),
        ("model", _is_model),
        ("output", partial(_is_count_of, _OUTPUT)),
        ("input", partial(_is_count_of, _INPUT)),
    )
    for field, test in tests:
        free = [name for name in cells if not {plain(name), _last(name)} & used and name not in found.values()]
        columns = [name for name in free if field in missing and _mostly(test, name, cells[name])]
        if columns and (field in ("ts", "model") or all(cells[name] == cells[columns[0]] for name in columns)):
            found[field] = columns[0]
    return {field: found[field] for field in missing if field in found}


def _mostly(test: Callable[[str, Any], bool], name: str, cells: Sequence[Any]) -> bool:
    values = [cell for cell in cells[:_SAMPLE] if cell not in (None, "")]
    return bool(values) and 2 * sum(test(name, cell) for cell in values) > len(values)


def _is_time(_: str, cell: Any) -> bool:
    text = str(cell)
    if text.replace(".", "", 1).isdigit():
        return len(text.split(".", maxsplit=1)[0]) in _EPOCH_DIGITS
    return date_parts(text) is not None or (isinstance(cell, str) and or_none(partial(v.moment, cell)) is not None)


def _is_model(_: str, cell: Any) -> bool:
    return isinstance(cell, str) and resolve(None, cell) is not None


def _is_count_of(side: re.Pattern[str], path: str, cell: Any) -> bool:
    """Whether the name says that it counts a request's whole input or output, in tokens."""
    if not _TOKENS.search(path) or _NO_TOKENS.search(path) or _is_per_model(path):
        return False
    name = path.rsplit(".", 1)[-1]
    naming = name if _INPUT.search(name) or _OUTPUT.search(name) else path
    sides = [pattern for pattern in (_INPUT, _OUTPUT) if pattern.search(naming)]
    return sides == [side] and or_none(partial(v.count, cell, "")) is not None


def _is_per_model(path: str) -> bool:
    """Whether a model's name is a key on the path, with any dots in it."""
    parts = path.split(".")[:-1]
    spans = ((start, end) for end in range(1, len(parts) + 1) for start in range(end))
    return any(resolve(None, ".".join(parts[start:end])) is not None for start, end in spans)


def nearest_name(name: str, names: Iterable[str]) -> str:
    """Words that follow an unknown name, with the one that may be meant; "" where none is alike."""
    close = get_close_matches(name, list(names), 1)
    return f" (did you mean {close[0]}?)" if close else ""


def nearest_field(name: str) -> str:
    """As `nearest_name`, of fields, also by the names that their columns have."""
    meant = next((field for field in FIELDS if plain(name) in ALIASES[field]), None)
    return f" (did you mean {meant}?)" if meant else nearest_name(name, FIELDS)
