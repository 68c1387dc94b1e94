"""How the columns of a file are read."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from common.spend.logs.fields.columns import FIELDS, FieldName
from common.spend.model import Grain

_TOKEN_FIELDS: frozenset[FieldName] = frozenset({"input", "uncached", "output", "cached", "write", "reasoning"})


@dataclass(frozen=True, slots=True, kw_only=True)
class ColumnReading:
    """How columns are read; decided once per file, for JSON rows again by the keys of each row."""

    names: dict[FieldName, str]
    """Field -> the name that the file has for it; fields that it has not are left out."""
    labels: tuple[str, ...] = ()
    """What reasons call each field, in the order of FIELDS; see `labels_of`."""
    cached_outside: bool = False
    """Cached tokens come on top of the input, where neither the row nor `cached_sides` says."""
    reasoning_outside: bool = False
    """Reasoning tokens come on top of the output, where neither the row nor `reasoning_sides` says."""
    cached_sides: dict[str, bool] = field(default_factory=dict)
    """By the maker of the model (rows/sides.py): what `cached_outside` is for its rows."""
    reasoning_sides: dict[str, bool] = field(default_factory=dict)
    loose_totals: tuple[str, ...] = ()
    """Makers whose totals leave out cached tokens that come on top of the input."""
    latency_scale: float = 1.0
    """Milliseconds per unit."""
    ttft_scale: float = 1.0
    cost_scale: float = 1.0
    """Of its currency per unit: 0.01 for cents."""
    cost_currency: str = ""
    """Of costs whose row does not say it, by the column's name; "": USD."""
    model: str | None = None
    """For rows that name none."""
    grain: Grain = "request"
    """Of rows that have none of their own."""
    billed: bool = False
    """Rows may have a cost and no tokens."""


def labels_of(names: Mapping[FieldName, str]) -> tuple[str, ...]:
    """The file's own names where it has them."""
    return tuple(names.get(name, f"{name} tokens" if name in _TOKEN_FIELDS else name) for name in FIELDS)


def restored_reading(saved: dict[str, Any]) -> tuple[ColumnReading, int]:
    """A reading that was stored, and how many fields the version that stored it did not know: the last ones."""
    missing = FIELDS[len(saved["labels"]) :]
    lists = {"labels": (*saved["labels"], *missing), "loose_totals": tuple(saved.get("loose_totals", ()))}
    return ColumnReading(**saved | lists), len(missing)
