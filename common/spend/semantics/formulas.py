"""How a measure is computed: whole numbers until one last division."""

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

from common.spend.model import Measure
from common.spend.rollup.sketch import FIRSTS, Sketch
from common.spend.semantics.counters import Counter, Counts

Value = int | float | None
"""None: the rows do not say."""
Exact = Fraction | None
"""Before the last division."""
MICROSECONDS = 1000
"""In the unit of times, ms."""


@dataclass(frozen=True, slots=True)
class Sum:
    """Counters added up, less others."""

    plus: tuple[Counter, ...]
    minus: tuple[Counter, ...] = ()

    @property
    def counters(self) -> frozenset[Counter]:
        """All that are in it."""
        return frozenset(self.plus + self.minus)

    def of(self, counts: Counts) -> int:
        """The sum."""
        return sum(counts[counter] for counter in self.plus) - sum(counts[counter] for counter in self.minus)

    def __str__(self) -> str:
        """As people write it; in brackets where it has several terms."""
        text = " + ".join(self.plus) + "".join(f" - {counter}" for counter in self.minus)
        return f"({text})" if len(self.counters) > 1 else text


@dataclass(frozen=True, slots=True)
class Quotient:
    """`over / under`; in whole numbers without `under` and `divisor`. `times` and `divisor` are of units."""

    over: Sum
    under: Sum | None = None
    times: int = 1
    divisor: int = 1
    """Of amounts: pico-USD to USD; not printed."""

    @property
    def counters(self) -> frozenset[Counter]:
        """All that it needs."""
        return self.over.counters | (self.under.counters if self.under else frozenset())

    def of(self, counts: Counts) -> Exact:
        """The value; None where there is nothing to divide by."""
        bottom = self.divisor * (self.under.of(counts) if self.under else 1)
        return Fraction(self.times * self.over.of(counts), bottom) if bottom else None

    @property
    def is_whole(self) -> bool:
        """Whether values are whole numbers."""
        return self.under is None and self.divisor == 1

    def __str__(self) -> str:
        """As people write it."""
        text = str(self.over) if self.under is None else f"{self.over} / {self.under}"
        return f"{self.times:,} x {text}" if self.times != 1 else text


@dataclass(frozen=True, slots=True)
class Percentile:
    """A percentile of single requests, from a sketch: right to its accuracy."""

    size: Measure
    """What the sketch is of: a time or a number of tokens."""
    share: float
    divisor: int = 1
    """Of times: microseconds to ms; not printed."""

    def of(self, sketch: Sketch) -> Exact:
        """Of the middle of a bin; None of no request."""
        return Fraction(sketch.percentile(self.share) / self.divisor) if sketch.count else None

    def __str__(self) -> str:
        """As people write it."""
        return f"percentile {self.share:.0%} of {self.size}".replace("%", "")


@dataclass(frozen=True, slots=True)
class Least:
    """The least of single requests that have any, from a sketch: the start of its bin, so at most 1 % too low."""

    size: Measure

    def of(self, sketch: Sketch) -> Exact:
        """None where no request has any."""
        least = min((index for index in sketch.bins if index >= 0), default=None)
        return None if least is None else Fraction(FIRSTS[least])

    def __str__(self) -> str:
        """As people write it."""
        return f"least {self.size} above 0"


OfSketch = Percentile | Least
Formula = Quotient | OfSketch


@dataclass(frozen=True, slots=True)
class Absence:
    """When rows do not say a value: then it is None, never 0."""

    when: str
    counters: frozenset[Counter]
    holds: Callable[[Counts], bool]


def _is_unpriced(counts: Counts) -> bool:
    uncounted = counts[Counter.REQUESTS] == 0 and counts[Counter.INPUT] + counts[Counter.OUTPUT] > 0
    return counts[Counter.COST] == 0 and (counts[Counter.UNPRICED] > 0 or uncounted)


def _is_uncounted(counts: Counts) -> bool:
    return counts[Counter.REQUESTS] == 0 and any(
        counts[other] for other in (Counter.INPUT, Counter.OUTPUT, Counter.COST)
    )


UNPRICED = Absence(
    "no row has a price",
    frozenset({Counter.REQUESTS, Counter.INPUT, Counter.OUTPUT, Counter.COST, Counter.UNPRICED}),
    _is_unpriced,
)
UNCOUNTED = Absence(
    "the rows have costs or tokens, but no count of requests",
    frozenset({Counter.REQUESTS, Counter.INPUT, Counter.OUTPUT, Counter.COST}),
    _is_uncounted,
)
UNREPORTED = Absence(
    "no row has a cost of its own in USD",
    frozenset({Counter.REPORTED_ROWS}),
    lambda counts: counts[Counter.REPORTED_ROWS] == 0,
)

Basis = Literal["list", "as billed", "as reported"]
"""Of a cost: list price (less what was negotiated) of each request's own day, with the costs of rows without tokens as
billed; only those; or as the file has it.
"""
