"""What can be asked of a rollup: its days, and the measures and dimensions that its rows have, with their values."""

from dataclasses import dataclass
from datetime import date

from common.spend.rollup.rollup import Rollup
from common.spend.semantics.dimensions import DIMENSIONS, DimensionName, order_of
from common.spend.semantics.measures import MEASURES, MeasureName
from common.spend.semantics.needs import is_met
from common.spend.semantics.selection import days_of
from common.spend.semantics.sources import SOURCES


@dataclass(frozen=True, slots=True, kw_only=True)
class DimensionValues:
    """A dimension and its values, in their order; `more` are left out. Minutes are not listed."""

    name: DimensionName
    values: tuple[str, ...]
    more: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Catalogue:
    """First and last day are those with rows (UTC)."""

    first: date
    last: date
    measures: tuple[MeasureName, ...]
    dimensions: tuple[DimensionValues, ...]


def catalogue_of(rollup: Rollup, most: int = 50) -> Catalogue:
    """At most so many values of each dimension. Raises CannotAnswerError of data without rows."""
    days = days_of(rollup)
    return Catalogue(
        first=date.fromordinal(days.first),
        last=date.fromordinal(days.last),
        measures=tuple(name for name, spec in MEASURES.items() if spec.need is None or is_met(spec.need, rollup)),
        dimensions=tuple(
            _values(rollup, name, most)
            for name, spec in DIMENSIONS.items()
            if spec.need is None or is_met(spec.need, rollup)
        ),
    )


def _values(rollup: Rollup, name: DimensionName, most: int) -> DimensionValues:
    spec = DIMENSIONS[name]
    source = next(source for source in SOURCES if spec.field in source.fields)
    if name == DimensionName.MINUTE:
        return DimensionValues(name=name, values=(), more=0)
    get = source.fields[spec.field]
    present = {spec.name_of(value) for value in {get(key) for key, _ in source.lines(rollup)}}
    values = sorted(present, key=lambda value: order_of(name, value))
    return DimensionValues(name=name, values=tuple(values[:most]), more=max(len(values) - most, 0))
