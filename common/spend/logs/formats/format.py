"""What a usage-log format is: how its records are recognised, and what their fields are called here."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from common.spend.model import Grain

Record = dict[str, Any]
"""A JSON object, or a line of a CSV by its header: {name: cell}."""
Fields = dict[str, Any]
"""Raw values by our field names (importing.columns.FIELDS), and by OVERRIDES where a record tells how to read it."""
OVERRIDES = ("cached_outside", "reasoning_outside", "latency_scale", "ttft_scale")
"""How to read a row (see `Reading`) as far as the record itself settles it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Format:
    """One source of usage logs.

    `read` only translates, one record to any number of rows; cleaning, validation and sums are `build_row`'s. None of
    `cached_outside`, `reasoning_outside` and the scales means that the source leaves it open and the data settle it.
    """

    name: str
    title: str
    """In the customer's words."""
    recognises: Callable[[Record], bool]
    """By the names and shapes of a record's fields."""
    read: Callable[[Record], Iterable[Fields]]
    """Nothing for a record that is no request, {} for a part of one. Raises BadRowError for what cannot be one."""
    labels: Mapping[str, str] = field(default_factory=dict)
    """Field -> the source's own name, as the reasons of rejected rows say it."""
    grain: Grain = "request"
    billed: bool = False
    """Costs without tokens."""
    cached_outside: bool | None = False
    """Cached tokens come on top of the input."""
    reasoning_outside: bool | None = False
    """Reasoning tokens come on top of the output."""
    latency_scale: float | None = 1.0
    """Milliseconds per unit."""
    ttft_scale: float | None = 1.0
    cost_scale: float = 1.0
    others: str = "records that are no requests"
    """What is left out of a file, in the plural."""
    note: str = ""
    """What the customer must know of figures from this source."""
