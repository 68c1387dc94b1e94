"""A usage-log format: how its records are recognised, and which of our fields theirs are."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, TypedDict, get_args

from common.spend.logs.fields.amounts import Amounts
from common.spend.logs.fields.columns import FieldName
from common.spend.logs.fields.notation import Order
from common.spend.model import Grain

Record = dict[str, Any]
"""A JSON object, or a line of a CSV by its header: {name: cell}."""
Memory = dict[str, Any]
"""What a reader remembers of the records before, JSON-ready and bounded: parts of an upload hand it on."""
OverrideName = Literal["cached_outside", "reasoning_outside", "latency_scale", "ttft_scale"]
OVERRIDES: tuple[OverrideName, ...] = get_args(OverrideName)
"""How to read a row (see `ColumnReading`), as far as the record itself says."""


class Fields(TypedDict, total=False):
    """Raw values by FIELDS, and by OVERRIDES where a record says how to read it; None where it does not."""

    ts: Any
    model: Any
    provider: Any
    input: Any
    uncached: Any
    output: Any
    cached: Any
    write: Any
    write_5m: Any
    write_1h: Any
    reasoning: Any
    cost: Any
    latency: Any
    ttft: Any
    status: Any
    user: Any
    feature: Any
    tags: Any
    session: Any
    request_id: Any
    prompt_hash: Any
    prompt: Any
    tier: Any
    blocks: Any
    requests: Any
    grain: Any
    quality: Any
    currency: Any
    context: Any
    total: Any
    audio_input: Any
    audio_cached: Any
    audio_output: Any
    image_input: Any
    image_output: Any
    web_searches: Any
    geography: Any
    charges: Amounts
    cached_outside: bool | None
    reasoning_outside: bool | None
    latency_scale: float | None
    ttft_scale: float | None


def _reads_in_order(_: Record) -> Iterable[Fields]:
    raise LookupError("the records of this format are read in their order, by `follow`")


@dataclass(frozen=True, slots=True, kw_only=True)
class Format:
    """One source of usage logs.

    `read` only translates, one record to any number of rows; cleaning, validation and sums are `build_row`'s. None of
    `cached_outside`, `reasoning_outside` and the scales means that the source leaves it open and the data decide.
    A source whose records say only together what was used has `follow` instead.
    """

    name: str
    title: str
    """In the customer's words."""
    recognises: Callable[[Record], bool]
    """By the names and shapes of a record's fields."""
    read: Callable[[Record], Iterable[Fields]] = _reads_in_order
    """Nothing for a record that is no request, {} for a part that is none. Raises BadRowError for a broken record."""
    follow: Callable[[Record, Memory], Iterable[Fields]] | None = None
    """As `read`, of records in the order of their file; the memory is empty at its beginning."""
    labels: Mapping[FieldName, str] = field(default_factory=dict)
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
    dates: Order | Literal[""] = ""
    """The order in which the source writes dates that can be read in two ways; "": it writes none."""
    others: str = "records that are no requests"
    """The records that are left out of a file, in the plural."""
    note: str = ""
    """For the customer: a caveat on figures from this source."""

    def reader(self, memory: Memory) -> Callable[[Record], Iterable[Fields]]:
        """What reads the records of one file, in their order."""
        follow = self.follow
        return self.read if follow is None else lambda record: follow(record, memory)
