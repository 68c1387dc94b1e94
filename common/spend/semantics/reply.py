"""An outcome as one JSON object, for scripts and clients: values stand under the names of their measures."""

from collections.abc import Mapping, Sequence
from datetime import date

from pydantic import BaseModel, ConfigDict

from common.spend.semantics.dimensions import DimensionName
from common.spend.semantics.formulas import Value
from common.spend.semantics.measures import MeasureName
from common.spend.semantics.periods import DayRange
from common.spend.semantics.query import UsageQuery
from common.spend.semantics.result import Coverage, Rest, Result, Row, Unanswerable, Values

Numbers = Mapping[MeasureName, Value]
"""By measure; null where the data do not say."""


class _Reply(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class LineReply(_Reply):
    """A line; `versus` and `differences` are null where nothing is compared."""

    keys: Mapping[DimensionName, str]
    values: Numbers
    versus: Numbers | None
    differences: Numbers | None


class RestReply(_Reply):
    """All lines that are not shown, together."""

    lines: int
    values: Numbers
    versus: Numbers | None
    differences: Numbers | None


class VersusReply(_Reply):
    """The period that is compared with, and everything in it."""

    first: date
    last: date
    total: Numbers
    differences: Numbers


class CoverageReply(_Reply):
    """What the answer rests on: the days that it is of, those of the data, and what else there is to say."""

    first: date
    last: date
    data_first: date
    data_last: date
    unpriced_requests: int
    other: tuple[DimensionName, ...]
    """Dimensions with names that are not held apart."""
    notes: tuple[str, ...]


class ResultReply(_Reply):
    """The answer to a query."""

    query: UsageQuery
    rows: tuple[LineReply, ...]
    total: Numbers
    rest: RestReply | None
    versus: VersusReply | None
    coverage: CoverageReply


class Refusal(_Reply):
    """Why there is no answer, and the nearest query that has one."""

    reason: str
    nearest: UsageQuery | None


class UnanswerableReply(_Reply):
    """Instead of an answer."""

    unanswerable: Refusal


def reply_of(outcome: Result | Unanswerable) -> ResultReply | UnanswerableReply:
    """The object."""
    if isinstance(outcome, Unanswerable):
        return UnanswerableReply(unanswerable=Refusal(reason=outcome.reason, nearest=outcome.nearest))
    query, rest = outcome.query, outcome.rest
    return ResultReply(
        query=query,
        rows=tuple(_line(query, row) for row in outcome.rows),
        total=_numbers(query, outcome.total.values),
        rest=_rest(query, rest) if rest else None,
        versus=_versus(query, outcome.coverage.versus, outcome.total),
        coverage=_coverage(outcome.coverage),
    )


def _numbers(query: UsageQuery, values: Values) -> Numbers:
    return dict(zip(query.measures, values, strict=True))


def _numbers_or_none(query: UsageQuery, values: Values | None) -> Numbers | None:
    return None if values is None else _numbers(query, values)


def _line(query: UsageQuery, row: Row) -> LineReply:
    return LineReply(
        keys=dict(zip(query.by, row.keys, strict=True)),
        values=_numbers(query, row.values),
        versus=_numbers_or_none(query, row.versus),
        differences=_numbers_or_none(query, row.differences),
    )


def _rest(query: UsageQuery, rest: Rest) -> RestReply:
    return RestReply(
        lines=rest.lines,
        values=_numbers(query, rest.values),
        versus=_numbers_or_none(query, rest.versus),
        differences=_numbers_or_none(query, rest.differences),
    )


def _versus(query: UsageQuery, days: DayRange | None, total: Row) -> VersusReply | None:
    if days is None or total.versus is None or total.differences is None:
        return None
    first, last = _dates(days)
    return VersusReply(
        first=first, last=last, total=_numbers(query, total.versus), differences=_numbers(query, total.differences)
    )


def _coverage(coverage: Coverage) -> CoverageReply:
    first, last = _dates(coverage.period)
    data_first, data_last = _dates(coverage.data)
    return CoverageReply(
        first=first,
        last=last,
        data_first=data_first,
        data_last=data_last,
        unpriced_requests=coverage.unpriced_requests,
        other=coverage.other,
        notes=coverage.notes,
    )


def _dates(days: DayRange) -> Sequence[date]:
    return date.fromordinal(days.first), date.fromordinal(days.last)
