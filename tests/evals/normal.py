"""What a part of a question comes to on a dataset: two spellings of one reading come to the same."""

from collections.abc import Iterable
from functools import lru_cache
from typing import Any, TypeAlias

from common.assistant.question.model import Constraints, Operation, Part
from common.spend import known_model
from common.spend.semantics import Condition, DimensionName, Period, UsageQuery, run
from common.spend.semantics.names import value_named
from common.spend.semantics.periods import DayRange, range_of
from common.spend.semantics.result import Rest, Result, Row, Unanswerable
from tests.evals.data import Data, data_named

Days: TypeAlias = tuple[int, int] | None
Where: TypeAlias = frozenset[tuple[str, frozenset[str]]]
_ON_ROWS = frozenset({
    Operation.ANOMALY, Operation.CHANGE, Operation.FORECAST, Operation.HEADROOM, Operation.BURST, Operation.PLAN,
    Operation.WHAT_IF, Operation.AUDIT, Operation.BUSINESS_CASE,
})  # fmt: skip
"""Operations that take a part's conditions and its period."""
_DIGITS = 6
"""Of numbers in constraints: a third is a third."""


@lru_cache(maxsize=4_096)
def outcome_of(query: UsageQuery, data: str) -> Result | Unanswerable:
    """What the engine says of a query, on one of DATA."""
    return run(query, data_named(data).rollup)


def same_part(expected: Part, read: Part, data: Data) -> bool:
    """Whether both do the same, on the same rows, within the same constraints."""
    if expected.operation != read.operation or _constraints(expected.constraints) != _constraints(read.constraints):
        return False
    if expected.operation == Operation.MEASURE:
        return same_query(expected.query, read.query, data)
    if expected.operation in _ON_ROWS and _rows_of(expected.query, data) != _rows_of(read.query, data):
        return False
    if expected.topic is not None and expected.topic != read.topic:
        return False
    return _names(expected) == _names(read)


def same_query(expected: UsageQuery, read: UsageQuery, data: Data) -> bool:
    """Whether both give the same lines and totals, of the same days; their order counts where one of both asks for it.

    Two that cannot be answered are the same if they ask for the same.
    """
    one, two = outcome_of(expected, data.name), outcome_of(read, data.name)
    if isinstance(one, Unanswerable) or isinstance(two, Unanswerable):
        return isinstance(one, Unanswerable) and isinstance(two, Unanswerable) and _refused_alike(expected, read, data)
    is_ordered = any(query.order or query.top for query in (expected, read))
    return _table(one, is_ordered=is_ordered) == _table(two, is_ordered=is_ordered)


def _refused_alike(expected: UsageQuery, read: UsageQuery, data: Data) -> bool:
    return _asked_of(expected, data) == _asked_of(read, data)


def _asked_of(query: UsageQuery, data: Data) -> tuple[Any, ...]:
    return frozenset(query.measures), frozenset(query.by), _rows_of(query, data), query.top, query.threshold


def _table(result: Result, *, is_ordered: bool) -> tuple[Any, ...]:
    lines = [_line(result, row) for row in result.rows]
    coverage = result.coverage
    return (
        coverage.period,
        coverage.versus,
        frozenset(result.query.measures),
        frozenset(result.query.by),
        tuple(lines) if is_ordered else frozenset(lines),
        _line(result, result.total),
        None if result.rest is None else _line(result, result.rest),
    )


def _line(result: Result, row: Row | Rest) -> frozenset[tuple[str, Any]]:
    """Keys and values, each by its name: the order of fields does not count."""
    keys = zip(result.query.by, row.keys, strict=False) if isinstance(row, Row) else (("lines", row.lines),)
    values = (row.values, row.versus or (), row.differences or ())
    named = ((f"{place} {name}", value) for place, each in enumerate(values) for name, value in _by_name(result, each))
    return frozenset([*((str(name), key) for name, key in keys), *named])


def _by_name(result: Result, values: Iterable[float | None]) -> Iterable[tuple[str, float | None]]:
    return zip(result.query.measures, values, strict=False)


def _rows_of(query: UsageQuery, data: Data) -> tuple[Where, Days]:
    """Which rows a part is about."""
    conditions = (_condition(each, data) for each in query.where)
    return frozenset(each for each in conditions if each is not None), _days(query.period, data)


def _condition(condition: Condition, data: Data) -> tuple[str, frozenset[str]] | None:
    """The values that are let through; None where all are."""
    known = _values(condition.dimension, data)
    meant = {value_named(condition.dimension, value, known) or value for value in condition.values}
    through = known - meant if condition.negated else meant
    return None if through == known else (condition.dimension.value, frozenset(through))


def _values(dimension: DimensionName, data: Data) -> frozenset[str]:
    held = [each.values for each in data.catalogue.dimensions if each.name == dimension]
    return frozenset(held[0]) if held else frozenset()


def _days(period: Period | None, data: Data) -> Days:
    """Cut to the data where it is in them; None: all of them."""
    held = DayRange(data.catalogue.first.toordinal(), data.catalogue.last.toordinal())
    written = range_of(period, held)
    days = written.within(held) or written
    return None if days == held else (days.first, days.last)


def _constraints(constraints: Constraints) -> dict[str, Any]:
    """Field by field; the order of lists does not count, nor how a model is written."""
    return {name: _plain(name, value) for name, value in constraints}


def _plain(name: str, value: Any) -> Any:
    if not isinstance(value, tuple):
        return round(value, _DIGITS) if isinstance(value, float) else value
    if name == "excluded_models":
        return frozenset(map(_model, value))
    if name == "keeps":
        return frozenset((_model(each.model) if each.model else None, each.feature) for each in value)
    return frozenset(value)


def _model(name: str) -> str:
    return known_model(name) or name


def _names(part: Part) -> tuple[frozenset[str], frozenset[str], tuple[int, ...]]:
    return frozenset(map(_model, part.models)), frozenset(part.audits), tuple(sorted(part.refers))
