"""The counters of rollups: their keys, what each place in them counts, and how they add up."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any, NamedTuple, TypeVar

from common.spend.model import ChargeKind, Measure, ServiceTier


class RequestGroup(NamedTuple):
    """The requests that a feature sends to a model at a provider; `feature` None: untagged."""

    provider: str
    model: str
    feature: str | None


class CellKey(NamedTuple):
    """What the requests of a cell have in common."""

    day: int
    """As an ordinal."""
    provider: str
    model: str
    feature: str | None
    status: str
    """"ok", or the kind of failure."""
    tier: ServiceTier
    floor: int
    """Price floor of the input, see row_facts.floor_of_row."""

    @property
    def ok(self) -> bool:
        """True where the requests did not fail."""
        return self.status == "ok"

    @property
    def group(self) -> RequestGroup:
        """Over all days, statuses, tiers and sizes."""
        return RequestGroup(self.provider, self.model, self.feature)


class ChargeKey(NamedTuple):
    """A kind of charge of the requests of a cell, of which it has all fields."""

    day: int
    """As an ordinal."""
    provider: str
    model: str
    feature: str | None
    status: str
    tier: ServiceTier
    floor: int
    kind: ChargeKind

    @property
    def ok(self) -> bool:
        """As that of a cell."""
        return self.status == "ok"

    @property
    def cell(self) -> CellKey:
        """That of the requests."""
        return CellKey(*self[:-1])


class SketchKey(NamedTuple):
    """What a sketch measures, of which requests."""

    measure: Measure
    provider: str
    model: str
    feature: str | None

    @property
    def group(self) -> RequestGroup:
        """The requests that are measured."""
        return RequestGroup(self.provider, self.model, self.feature)


class DaySketchKey(NamedTuple):
    """What a sketch measures, of which requests of a day."""

    measure: Measure
    day: int
    """As an ordinal."""
    provider: str
    model: str
    feature: str | None


class HourKey(NamedTuple):
    """A line of all requests of an hour."""

    day: int
    """As an ordinal."""
    hour: int
    """Of the UTC day, or NO_HOUR."""


class MinuteKey(NamedTuple):
    """A line of all requests of a minute."""

    day: int
    """As an ordinal."""
    minute: int
    """Of the UTC day."""


class TrafficKey(NamedTuple):
    """A line of the requests of an hour that a feature sends to a model at a provider."""

    day: int
    """As an ordinal."""
    hour: int
    """Of the UTC day, or NO_HOUR."""
    provider: str
    model: str
    feature: str | None


class UserFeatureKey(NamedTuple):
    """A line of the requests that a user sends on a day by a feature; each None: untagged."""

    user: str | None
    day: int
    """As an ordinal."""
    feature: str | None


class ShapeKey(NamedTuple):
    """The requests of a feature in the same hour of every day."""

    feature: str | None
    hour: int
    """Of the UTC day."""


# Places in the counters of a cell.
N = 0
"""Requests."""
TOKENS = slice(1, 7)
"""By bucket, in the order of BUCKETS."""
PREFIX = 7
"""Reusable prefix within 5 minutes, as far as it is long enough for a cache (tokens, as the next)."""
PREFIX_SEEN = 8
"""The same of any length."""
PREFIX_KNOWN = 9
"""Rows that report a reusable prefix, or that there is none."""
COST = 10
"""Pico-USD, at list price or as billed."""
UNPRICED = 11
"""Requests without a price."""
REPORTED = 12
"""Pico-USD as the file has it."""
REPORTED_N = 13
"""Rows with a cost in the file."""
BILLED = 14
"""The part of the cost that is as billed."""
UNPRICED_TOKENS = 15
QUALITY = 16
"""Sum of the scores, in parts of SCORE."""
QUALITY_N = 17
"""Rows with a score."""
QUALITY_SQUARES = 18
"""Sum of the squares of the scores, each in parts of SCORE."""
LONG = 19
"""As PREFIX, within an hour."""
LONG_SEEN = 20
"""As PREFIX_SEEN, within an hour."""
SEEN_N = 21
"""Rows with a reusable prefix of any length, within 5 minutes."""
LONG_SEEN_N = 22
"""The same within an hour."""
CELL_WIDTH = 23
"""Counters of a cell. A later version may write more behind them, which are left out."""

# Places in the counters of a line: of an hour, of a user, of a user's day, or of either by feature.
LINE_N, LINE_INPUT, LINE_OUTPUT, LINE_COST, LINE_FAILED, LINE_UNPRICED = range(6)
LINE_WIDTH = 6
"""As CELL_WIDTH."""

# Places in the counters of a charge.
CHARGE_UNITS = 0
"""Tokens, calls or what the kind counts."""
CHARGE_COST = 1
"""Pico-USD, as the next; of tokens all that they cost."""
CHARGE_EXTRA = 2
"""What the cell's cost has for it beside its tokens at the price of text; negative where that is too much."""
CHARGE_UNPRICED = 3
"""Units that are in no cost."""
CHARGE_WIDTH = 4
"""As CELL_WIDTH."""

MIN_PREFIX = 1024
"""Tokens of the shortest prefix that providers cache (OpenAI's rule; most Anthropic and Gemini models have it too)."""
SCORE = 1_000_000
"""Parts of a score of 1."""
NO_HOUR = -1
"""The hour of rows that are the sum of a day."""

Cells = Mapping[CellKey, list[int]]
_Key = TypeVar("_Key")


def bump(counters: dict[_Key, list[int]], key: _Key, counts: Iterable[int]) -> None:
    """Add counts to those of a key."""
    present = counters.get(key)
    counters[key] = list(counts) if present is None else list(map(int.__add__, present, counts))


def bump_row(
    counters: dict[Any, list[int]], key_type: Callable[..., Any], fields: tuple[Any, ...], counts: Iterable[int]
) -> None:
    """As `bump`, of the key with these fields. Only the first row builds it: one for each row would take 2 % longer."""
    present = counters.get(fields)
    if present is None:
        counters[key_type(*fields)] = list(counts)
    else:
        counters[fields] = list(map(int.__add__, present, counts))


def move(counters: dict[_Key, list[int]], renamed: Callable[[_Key], _Key | None]) -> None:
    """Count under another key where `renamed` gives one."""
    for key in list(counters):
        target = renamed(key)
        if target is not None:
            counts = counters.pop(key)
            bump(counters, target, counts)


def text_of(key: Any) -> str:
    """What keys are ordered by, as names may be None: the same text whatever the fields of a key are called."""
    return repr(tuple(key)) if isinstance(key, tuple) else repr(key)
