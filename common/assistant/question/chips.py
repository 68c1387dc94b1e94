"""The pieces of a question that can be taken off, or changed, one by one."""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from typing import TypeAlias, TypeVar

from pydantic import BaseModel

from common.assistant.question.model import Constraints, Operation, Part, Question
from common.assistant.question.operations import OPERATIONS
from common.assistant.question.words import (
    condition_said,
    constraint_items,
    constraint_said,
    group_said,
    period_said,
    threshold_said,
    top_said,
    versus_said,
)
from common.contract.answer import Chip, ChipKind, ChipOption
from common.figures.names import plain_name
from common.spend.semantics import DIMENSIONS, DimensionName, Period, PeriodName, UsageQuery, last_days
from common.spend.semantics.periods import DayRange

_MONTH = 30
_PERIODS: Mapping[str, tuple[str, Period]] = {
    "last_week": ("last week", Period(name=PeriodName.LAST_WEEK)),
    "week_before": ("the week before", Period(name=PeriodName.WEEK_BEFORE)),
    "this_month": ("this month", Period(name=PeriodName.THIS_MONTH)),
    "last_month": ("last month", Period(name=PeriodName.LAST_MONTH)),
    "last_30_days": ("the last 30 days", last_days(_MONTH)),
}
_TOPS = (1, 3, 5, 10, 20)
_Item = TypeVar("_Item")
_Model = TypeVar("_Model", bound=BaseModel)


def chips(
    question: Question, data: DayRange | None = None, *, dimensions: Collection[DimensionName] = tuple(DIMENSIONS)
) -> list[Chip]:
    """A chip for each piece of the parts that have data; `dimensions`: those that the data have."""
    return [
        chip
        for place, part in enumerate(question.parts)
        if OPERATIONS[part.operation].needs_data
        for chip in (*_query_chips(f"{place}", part, data, dimensions), *_constraint_chips(f"{place}", part))
    ]


def patched(question: Question, chip: str, to: str | None = None) -> Question:
    """The question without the piece of a chip (`to` None), or with it changed to one of the chip's options.

    What no longer fits goes with it: an order without groups, and what was taken to mean what in the words that were
    replaced. Raises ValueError for a chip that the question does not have, and for a change that it does not offer.
    """
    known = {each.id: each for each in chips(question)}
    if chip not in known:
        raise ValueError(f"the question has no chip {chip!r}")
    if to is not None and to not in {option.value for option in known[chip].options}:
        raise ValueError(f"{to!r} is no option of the chip {chip!r}")
    first, *path = chip.split(".")
    parts = list(question.parts)
    parts[int(first)] = _part(parts[int(first)], path, to)
    return _rebuilt(question, parts=tuple(parts), doubts=())


def _part(part: Part, path: Sequence[str], to: str | None) -> Part:
    if path[0] == "constraints":
        return _rebuilt(part, constraints=_without(part.constraints, *path[1:]))
    query = part.query
    change = _CHANGES[path[0]](query, int(path[1]) if len(path) > 1 else 0, to)
    return _rebuilt(part, query=_fitting(query.model_copy(update=change)))


def _without(constraints: Constraints, field: str, place: str = "") -> Constraints:
    value = getattr(constraints, field)
    left = _drop(value, int(place)) if place else Constraints.model_fields[field].default
    return _rebuilt(constraints, **{field: left})


Change: TypeAlias = dict[str, object]


def _period(query: UsageQuery, _: int, to: str | None) -> Change:
    """Without a period there is no time before it."""
    if to is not None:
        return {"period": _PERIODS[to][1]}
    is_relative = query.versus is not None and query.versus.name == PeriodName.PREVIOUS
    return {"period": None, **({"versus": None} if is_relative else {})}


def _by(query: UsageQuery, place: int, to: str | None) -> Change:
    if to is None:
        return {"by": _drop(query.by, place)}
    return {"by": (*query.by[:place], DimensionName(to), *query.by[place + 1 :])}


_CHANGES: Mapping[str, Callable[[UsageQuery, int, str | None], Change]] = {
    "period": _period,
    "versus": lambda _, __, ___: {"versus": None},
    "where": lambda query, place, _: {"where": _drop(query.where, place)},
    "by": _by,
    "top": lambda _, __, to: {"top": int(to) if to else None},
    "threshold": lambda _, __, ___: {"threshold": None},
}


def _fitting(query: UsageQuery) -> UsageQuery:
    lost: Change = {}
    if not query.by:
        lost = {"order": None, "top": None, "threshold": None}
    elif query.order and query.order.by_difference and query.versus is None:
        lost = {"order": None}
    return _rebuilt(query, **lost)


def _rebuilt(model: _Model, **changed: object) -> _Model:
    """A validated copy; fields stay objects."""
    fields = {name: getattr(model, name) for name in type(model).model_fields}
    return type(model).model_validate({**fields, **changed})


def _drop(items: tuple[_Item, ...], place: int) -> tuple[_Item, ...]:
    return items[:place] + items[place + 1 :]


def _query_chips(part: str, of: Part, data: DayRange | None, dimensions: Collection[DimensionName]) -> Iterator[Chip]:
    query = of.query
    if query.period:
        periods = {value: label for value, (label, period) in _PERIODS.items() if period != query.period}
        yield _chip(f"{part}.period", "period", period_said(query.period, data), periods)
    if query.versus and of.operation == Operation.MEASURE:
        yield _chip(f"{part}.versus", "versus", versus_said(query, data))
    for place, condition in enumerate(query.where):
        yield _chip(f"{part}.where.{place}", "filter", condition_said(condition, plain_name))
    if of.operation != Operation.MEASURE:
        return
    for place, name in enumerate(query.by):
        others = {other.value: f"by {group_said(other)}" for other in _others(query, dimensions)}
        yield _chip(f"{part}.by.{place}", "group", f"by {group_said(name)}", others)
    if query.top:
        tops = {f"{top}": top_said(top) for top in _TOPS if top != query.top}
        yield _chip(f"{part}.top", "top", top_said(query.top), tops)
    if query.threshold:
        yield _chip(f"{part}.threshold", "threshold", threshold_said(query.threshold))


def _constraint_chips(part: str, of: Part) -> Iterator[Chip]:
    for field, place, value in constraint_items(of.constraints):
        end = "" if place is None else f".{place}"
        yield _chip(f"{part}.constraints.{field}{end}", "constraint", constraint_said(field, value, plain_name))


def _others(query: UsageQuery, dimensions: Collection[DimensionName]) -> Iterator[DimensionName]:
    """What lines could be grouped by instead: two periods that are compared have no moment in common."""
    for other in dimensions:
        is_shared = query.versus is None or not DIMENSIONS[other].is_calendar
        if other not in (*query.by, DimensionName.MINUTE) and is_shared:
            yield other


def _chip(place: str, kind: ChipKind, label: str, options: Mapping[str, str] | None = None) -> Chip:
    listed = [ChipOption(value=value, label=text) for value, text in (options or {}).items()]
    return Chip(id=place, kind=kind, label=label, options=listed)
