"""A part of a question in the short notation of questions/README.md: what `notation` reads back."""

from collections.abc import Iterator, Mapping
from typing import Any

from common.assistant.question.model import Operation, Part
from common.spend.semantics import Condition, Order, Period, PeriodName, Threshold, UsageQuery


def line_of(part: Part) -> str:
    """In one line."""
    query = part.query
    first = ", ".join(query.measures) if part.operation == Operation.MEASURE else part.operation.value
    return " | ".join([first, *_of_query(query), *_of_constraints(part), *_of_part(part)])


def _of_query(query: UsageQuery) -> Iterator[str]:
    yield from map(_condition, query.where)
    if query.period:
        yield f"in {_period(query.period)}"
    if query.versus:
        yield f"vs {_period(query.versus)}"
    if query.by:
        yield f"by {', '.join(query.by)}"
    if query.order:
        yield _order(query.order)
    if query.top:
        yield f"top {query.top}"
    if query.threshold:
        yield from _threshold(query.threshold)


def _condition(condition: Condition) -> str:
    return f"{condition.dimension.value} {'!=' if condition.negated else '='} {', '.join(condition.values)}"


def _period(period: Period) -> str:
    if period.name == PeriodName.BETWEEN:
        return f"{period.first or ''}..{period.last or ''}"
    return f"{period.name.value} {period.days}" if period.days else period.name.value


def _order(order: Order) -> str:
    direction = "desc" if order.descending else "asc"
    measure = order.measure.value if order.measure else "name"
    return f"order {measure} {direction}{' difference' if order.by_difference else ''}"


def _threshold(threshold: Threshold) -> Iterator[str]:
    for sign, bound in ((">=", threshold.at_least), ("<=", threshold.at_most)):
        if bound is not None:
            yield f"{threshold.measure.value} {sign} {bound:g}"


def _of_constraints(part: Part) -> Iterator[str]:
    whole = part.constraints.model_dump()
    for name in part.constraints.model_dump(exclude_defaults=True):
        yield f"{'recommendations' if name == 'top' else name}: {_constraint(name, whole[name])}"


def _constraint(name: str, value: Any) -> str:
    if value is True:
        return "yes"
    if isinstance(value, dict):
        return f"{value['usd']:g}" + (f"/{value['per']}" if value["per"] else "")
    if isinstance(value, tuple | list):
        return ", ".join(_item(name, each) for each in value)
    return f"{value:.15g}" if isinstance(value, float) else str(value)


def _item(name: str, value: str | int | Mapping[str, Any]) -> str:
    if not isinstance(value, Mapping):
        return str(value)
    if name == "keeps":
        return f"{value['model'] or ''} @ {value['feature']}" if value["feature"] else f"{value['model']}"
    first = f"p{value['percentile']} {value['ms']:g}" if name == "latency" else f"{value['factor']:g}"
    return f"{first} {value['feature']}" if value["feature"] else first


def _of_part(part: Part) -> Iterator[str]:
    if part.models:
        yield f"models: {', '.join(part.models)}"
    if part.topic:
        yield f"topic: {part.topic}"
    if part.audits:
        yield f"audits: {', '.join(part.audits)}"
    if part.refers:
        yield f"refers: {', '.join(map(str, part.refers))}"
