"""The net under all readers: fields that speak of cache, reasoning, audio or cost, hold numbers and change nothing.

A field is read when a record without it gives other values, or when what is read holds the same number; the parts of a
cost that is read are not asked for.
"""

import json
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

from common.spend.logs.fields.columns import FIELDS
from common.spend.logs.fields.errors import BadRowError
from common.spend.logs.formats import Record

_KINDS = re.compile(r"cache|reasoning|thinking|thought|audio|image_?tokens|web_?search|cost|spend", re.IGNORECASE)
_COST = re.compile(r"cost|spend", re.IGNORECASE)
_NO_COUNT = re.compile(
    r"cent(?:er|re)|_?id$|key|hash|tier|budget|limit|max|rate|ratio|percent|ttl|effort|duration|latency|time|"
    r"enabled|price|unit|ms$|hit$|uncached|no_?cache|list",
    re.IGNORECASE,
)
"""Names that hold other numbers than tokens or money used."""
_CONTENT = frozenset(
    {"messages", "choices", "content", "candidates", "tools", "instructions", "input", "output", "prompt", "arguments"}
)
_COST_PLACE = FIELDS.index("cost")
_DEPTH = 6
_SAMPLE = 50
_MOST_NAMED = 6
_LONGEST = 80
"""Characters of a name in the note."""
Path = tuple[str, ...]
Read = Callable[[Record], Iterable[Sequence[Any]]]
"""A record to the values of its rows, in the order of FIELDS."""


def unread_note(records: list[Record], read: Read) -> tuple[str, ...]:
    """A note that names the fields which were not read, in their order; none without any."""
    found: dict[str, bool] = {}
    for record in records[:_SAMPLE]:
        for path, value in _numbers(record):
            name = ".".join(part for part in path if not part.isdigit())
            if found.get(name, True):
                found[name] = not _is_read(record, path, value, read)
    names = [name for name, unread in found.items() if unread]
    if not names:
        return ()
    more = f" and {len(names) - _MOST_NAMED} more" if len(names) > _MOST_NAMED else ""
    return (f"Fields with numbers that were not read: {', '.join(map(_cut, names[:_MOST_NAMED]))}{more}.",)


def _cut(name: str) -> str:
    return name if len(name) <= _LONGEST else f"{name[:_LONGEST]}..."


def _is_read(record: Record, path: Path, value: float, read: Read) -> bool:
    try:
        whole, without = list(read(record)), list(read(_without(record, path)))
    except BadRowError:
        return True
    held = [_number(each) for values in whole for each in values]
    money = bool(_COST.search(path[-1])) and any(values[_COST_PLACE] not in (None, "") for values in whole)
    return whole != without or value in held or money


def _numbers(value: Any, path: Path = ()) -> Iterator[tuple[Path, float]]:
    """The numbers other than 0 under names that speak of one of the kinds."""
    for name, inside in _items(value):
        if name.lower() in _CONTENT or len(path) >= _DEPTH:
            continue
        number = _number(inside)
        if number is None:
            yield from _numbers(inside, (*path, name))
        elif number and _KINDS.search(".".join((*path[-1:], name))) and not _NO_COUNT.search(name):
            yield (*path, name), number


def _items(value: Any) -> list[tuple[str, Any]]:
    """Of an object, also one in a cell as JSON text, and of OTLP's list of keys and typed values."""
    if isinstance(value, str) and value.startswith("{"):
        value = _object_in(value)
    if isinstance(value, list):
        objects = [(str(place), item) for place, item in enumerate(value) if isinstance(item, dict)]
        pairs = [(str(item["key"]), _typed(item["value"])) for _, item in objects if item.keys() == {"key", "value"}]
        return pairs or objects[:_SAMPLE]
    return list(value.items()) if isinstance(value, dict) else []


def _object_in(text: str) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None


def _typed(value: Any) -> Any:
    return next(iter(value.values()), None) if isinstance(value, dict) and len(value) == 1 else value


def _number(value: Any) -> float | None:
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    try:
        number = float(value)
    except (ValueError, OverflowError):
        return None
    return number if abs(number) < float("inf") else None


def _without(value: Any, path: Path) -> Any:
    """A copy without what a path leads to; an empty cell where a table has it."""
    value = _object_in(value) if isinstance(value, str) else value
    name, *rest = path
    if isinstance(value, list):
        if not name.isdigit():
            return [item for item in value if not (isinstance(item, dict) and item.get("key") == name)]
        return [_without(item, tuple(rest)) if str(place) == name else item for place, item in enumerate(value)]
    if rest:
        return {**value, name: _without(value[name], tuple(rest))}
    return {key: each for key, each in value.items() if key != name}
