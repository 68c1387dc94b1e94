"""What comes back for a query."""

from collections.abc import Iterable
from dataclasses import dataclass

from common.spend.semantics.dimensions import DimensionName
from common.spend.semantics.formulas import Value
from common.spend.semantics.periods import DayRange
from common.spend.semantics.query import UsageQuery

Values = tuple[Value, ...]
"""One for each measure of the query, in their order."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A line of the answer."""

    keys: tuple[str, ...]
    """One for each dimension of `by`, in their order."""
    values: Values
    versus: Values | None = None
    """In the period that is compared with; None without one."""
    differences: Values | None = None
    """`values` less `versus`; None where one of the two is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rest:
    """All that is in the total and in no row, together."""

    lines: int
    values: Values
    versus: Values | None = None
    differences: Values | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Coverage:
    """What the answer rests on."""

    period: DayRange
    versus: DayRange | None
    data: DayRange
    """All days of the data."""
    unpriced_requests: int
    """Of the selected ones: they are in no cost."""
    other: tuple[DimensionName, ...]
    """Dimensions with more names than are held apart: those beyond are together in "(other)"."""
    notes: tuple[str, ...]
    """All of this, and more, in sentences."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """`total` is of all selected rows, not only of those in lines; `rest` is None where the lines are all there is."""

    query: UsageQuery
    """As it was answered: names as the data have them."""
    rows: tuple[Row, ...]
    total: Row
    """Without keys."""
    rest: Rest | None
    coverage: Coverage


@dataclass(frozen=True, slots=True)
class Unanswerable:
    """The data cannot answer a query: why, and the nearest query that they can."""

    reason: str
    nearest: UsageQuery | None
    """None where they answer nothing like it."""


class CannotAnswerError(Exception):
    """Inside the engine: why not, and what could be asked instead, the nearest first."""

    def __init__(self, reason: str, instead: Iterable[UsageQuery]) -> None:
        super().__init__(reason)
        self.instead = instead
