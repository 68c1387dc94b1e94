"""What is asked of a rollup, in declared terms."""

from typing import Annotated, Self, TypeAlias

from pydantic import BaseModel, ConfigDict, Field, model_validator

from common.spend.semantics.dimensions import DIMENSIONS, DimensionName
from common.spend.semantics.measures import MEASURES, MeasureName
from common.spend.semantics.periods import Period, PeriodName

MOST_BY = 2
MOST_LINES = 50
_MOST_VALUES = 100


FROM_JSON = Field(strict=False)
"""Names may be text, and tuples lists, as a request has them; numbers and truth values stay what they are."""
MeasureField: TypeAlias = Annotated[MeasureName, FROM_JSON]
DimensionField: TypeAlias = Annotated[DimensionName, FROM_JSON]


class _Strict(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, allow_inf_nan=False)


class Condition(_Strict):
    """Only rows whose dimension is one of the values or, negated, none of them."""

    dimension: DimensionField
    values: tuple[str, ...] = Field(min_length=1, max_length=_MOST_VALUES, strict=False)
    negated: bool = False

    def excludes(self, dimension: DimensionName, value: str) -> bool:
        """Whether rows with this value of a dimension do not meet it."""
        return self.dimension == dimension and (value in self.values) == self.negated

    def __str__(self) -> str:
        """As people read it."""
        return f"{self.dimension} {'is not' if self.negated else 'is'} {' or '.join(self.values)}"


class Order(_Strict):
    """How lines are ordered; without a measure by their names, which are those of time, or of the alphabet."""

    measure: MeasureField | None = None
    descending: bool = True
    by_difference: bool = False
    """By the difference to the period that is compared with, instead of the value."""


class Threshold(_Strict):
    """Only lines whose value is at least, or at most, so much."""

    measure: MeasureField
    at_least: float | None = None
    at_most: float | None = None

    @model_validator(mode="after")
    def _has_a_bound(self) -> Self:
        if self.at_least is None and self.at_most is None:
            raise ValueError("a threshold needs at_least or at_most")
        return self


class UsageQuery(_Strict):
    """Measures of the rows that meet all conditions, in a period, by up to two dimensions.

    Without `order`, lines by time stand in its order, all others by the first measure, largest first; so do those of a
    `top`.
    """

    measures: tuple[MeasureField, ...] = Field(min_length=1, max_length=len(MEASURES), strict=False)
    where: tuple[Condition, ...] = Field((), max_length=2 * len(DIMENSIONS), strict=False)
    period: Period | None = None
    """None: all days of the data."""
    versus: Period | None = None
    """A period to compare with."""
    by: tuple[DimensionField, ...] = Field((), max_length=MOST_BY, strict=False)
    order: Order | None = None
    top: int | None = Field(None, ge=1, le=MOST_LINES)
    """How many lines; all others are in the rest. None: all lines."""
    threshold: Threshold | None = None

    @model_validator(mode="after")
    def _fits_together(self) -> Self:
        if len(set(self.by)) < len(self.by) or len(set(self.measures)) < len(self.measures):
            raise ValueError("each measure and each dimension stands once")
        if self.period and self.period.name == PeriodName.PREVIOUS:
            raise ValueError("previous is a period to compare with")
        if self.order and self.order.by_difference and (self.versus is None or self.order.measure is None):
            raise ValueError("an order by difference needs a measure, and a period to compare with")
        if (self.order or self.top or self.threshold) and not self.by:
            raise ValueError("order, top and threshold need lines: say by what")
        return self

    @property
    def computed(self) -> tuple[MeasureName, ...]:
        """The measures, then those that only order or threshold need."""
        others = (self.order and self.order.measure, self.threshold and self.threshold.measure)
        return tuple(dict.fromkeys((*self.measures, *(name for name in others if name))))

    @property
    def dimensions(self) -> tuple[DimensionName, ...]:
        """All that lines are grouped or filtered by."""
        return tuple(dict.fromkeys((*self.by, *(condition.dimension for condition in self.where))))
