"""What an answer rests on, in numbers and in sentences."""

from collections.abc import Iterator
from datetime import date

from common.spend.rollup.bounded_names import OTHER
from common.spend.rollup.rollup import Rollup
from common.spend.rollup.row_charges import NO_PRICE
from common.spend.semantics.counters import Counter
from common.spend.semantics.dimensions import DIMENSIONS, WHOLE_DAY, DimensionName
from common.spend.semantics.formulas import Least, Percentile
from common.spend.semantics.measures import MEASURES
from common.spend.semantics.periods import DayRange, Period, range_of
from common.spend.semantics.plan import Plan
from common.spend.semantics.query import UsageQuery
from common.spend.semantics.result import Coverage
from common.spend.semantics.selection import Group, Selection

_SUNDAY = 6


def coverage_of(selection: Selection, plan: Plan, rollup: Rollup, total: Group, hidden: int) -> Coverage:
    """Of a query; `hidden`: lines that a threshold left out."""
    query, data = selection.query, selection.data
    named = (name for name in query.dimensions if DIMENSIONS[name].kind == "name")
    other = tuple(name for name in named if OTHER in selection.names(name))
    unpriced = total.counts[Counter.UNPRICED]
    notes = (
        *_cut(query.period, data, data, plan.period),
        *(_cut(query.versus, data, plan.period, plan.versus) if plan.versus else ()),
        *_lengths(plan),
        *_partial(query, plan.period),
        *_unpriced(query, unpriced, rollup),
        *(_other(name) for name in other),
        *_whole_days(selection),
        *_nothing(selection, total),
        *_spread(query),
        *_repeats(query, rollup),
        *([f"{hidden:,} {'line does' if hidden == 1 else 'lines do'} not meet the threshold."] if hidden else []),
    )
    return Coverage(
        period=plan.period, versus=plan.versus, data=data, unpriced_requests=unpriced, other=other, notes=notes
    )


def _whole_days(selection: Selection) -> Iterator[str]:
    excluded = any(each.excludes(DimensionName.HOUR, WHOLE_DAY) for each in selection.query.where)
    if excluded and WHOLE_DAY in selection.names(DimensionName.HOUR):
        yield "Some rows are sums of whole days: their hours are not known, and they are in no figure."


def _nothing(selection: Selection, total: Group) -> Iterator[str]:
    if selection.query.where and not any(total.counts.values()):
        yield "No request meets these conditions in this period."


def _cut(period: Period | None, data: DayRange, base: DayRange, used: DayRange) -> Iterator[str]:
    wanted = range_of(period, data, base)
    if wanted != used:
        yield f"The data are of {data}, so {wanted} is cut to {used}."


def _lengths(plan: Plan) -> Iterator[str]:
    if plan.versus and plan.versus.days != plan.period.days:
        yield f"The periods differ in length: {plan.period.days:,} and {plan.versus.days:,} days."
    if plan.versus and plan.versus.within(plan.period):
        yield "The periods overlap."


def _partial(query: UsageQuery, period: DayRange) -> Iterator[str]:
    """Weeks and months at the ends that are not whole."""
    first, last = date.fromordinal(period.first), date.fromordinal(period.last)
    after = date.fromordinal(period.last + 1)
    cut = {
        DimensionName.WEEK: (first.weekday() != 0, last.weekday() != _SUNDAY),
        DimensionName.MONTH: (first.day != 1, after.day != 1),
    }
    for name in query.by:
        ends = [end for end, is_cut in zip(("first", "last"), cut.get(name, ()), strict=False) if is_cut]
        if ends:
            yield f"The {' and the '.join(ends)} {name} {'are' if len(ends) > 1 else 'is'} not whole."


def _unpriced(query: UsageQuery, unpriced: int, rollup: Rollup) -> Iterator[str]:
    if not any(MEASURES[name].basis for name in query.computed):
        return
    if unpriced == 1:
        yield "1 request has no price and is in no cost."
    elif unpriced:
        yield f"{unpriced:,} requests have no price and are in no cost."
    if kinds := sorted(name.removeprefix(NO_PRICE) for name in rollup.has if name.startswith(NO_PRICE)):
        words = ", ".join(kind.replace("_", " ") for kind in kinds)
        yield f"Not in these figures, as some of it has no price: {words}."
    for currency in sorted(rollup.other_money):
        yield f"Costs in {currency} are in no figure; no exchange rate is assumed."


def _other(name: DimensionName) -> str:
    return (
        f"There are more {DIMENSIONS[name].plural} than are held apart: those beyond are together in {OTHER}, and a "
        "single one of them could stand anywhere in an order."
    )


def _spread(query: UsageQuery) -> Iterator[str]:
    formulas = [MEASURES[name].formula for name in query.computed]
    if any(isinstance(formula, Percentile) for formula in formulas):
        yield "Percentiles are of single requests, of times only of those that did not fail, and right to 0.5 %."
    if any(isinstance(formula, Least) for formula in formulas):
        yield (
            "No single request with input has fewer tokens than the least; it is up to 1 % too low. What all requests "
            "have in common is at most that, so it bounds what caching a shared prefix saves; whether they share one "
            "is to be checked."
        )


def _repeats(query: UsageQuery, rollup: Rollup) -> Iterator[str]:
    """Over all days, and how sure."""
    if not any({Counter.REPEATS, Counter.REPEATED_COST} & MEASURES[name].counters for name in query.computed):
        return
    yield "A repeat has a prompt that its feature had sent to the same model before, on any day of the data."
    share = rollup.prompts.sampled_share
    if share < 1:
        yield f"Repeats are estimated from {100 * share:.3g} % of the prompts."
