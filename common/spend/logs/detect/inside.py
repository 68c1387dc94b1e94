"""Whether the records of a file are inside others, by its first ones: only where they cannot be read as they are."""

from collections.abc import Iterator, Mapping
from contextlib import suppress

from common.spend.logs.detect.unknown import missing_of
from common.spend.logs.fields.columns import FieldName, find_fields, plain
from common.spend.logs.fields.errors import BadRowError
from common.spend.logs.fields.objects import flat
from common.spend.logs.formats import Record, find_format
from common.spend.logs.rows.envelopes import unwrapped

_SAMPLE = 50
_COUNTS: frozenset[FieldName] = frozenset({"cached", "write", "write_5m", "write_1h", "reasoning"})
"""What the tokens of a request are of: some logs keep it in a text beside their number."""


def inner_records(records: list[Record], mapping: Mapping[str, str]) -> list[Record] | None:
    """The records inside these; None where they are to be read as they are: in a known format, with all that a log must
    have, or with the columns that the customer named.
    """
    if find_format(records) is not None or (mapping and _has(records, mapping)):
        return None
    inside = all_inside(records)
    if inside == records:
        return None
    if mapping and _has(inside, mapping):
        return inside
    own, theirs = _fields(records), _fields(inside)
    if set(missing_of(own, None)) <= {"model"}:
        return inside if (theirs - own) & _COUNTS else None
    return inside if find_format(inside) is not None or set(missing_of(theirs, None)) <= {"model"} else None


def all_inside(records: list[Record]) -> list[Record]:
    """The records inside these, without those that are broken; equal to `records` where nothing is inside."""
    return list(_inside(records))


def _inside(records: list[Record]) -> Iterator[Record]:
    for record in records:
        with suppress(BadRowError):
            yield unwrapped(record)


def _fields(records: list[Record]) -> set[FieldName]:
    return set(find_fields({name for record in records[:_SAMPLE] for name in flat(record)}))


def _has(records: list[Record], mapping: Mapping[str, str]) -> bool:
    names = {name for record in records[:_SAMPLE] for name in flat(record, paths=True)}
    return all(plain(column) in names for column in mapping.values() if column)
