"""What a result rests on, as far as it matters for reading it: cut periods, missing prices, names held together."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from common.assistant.question.days import days_said
from common.assistant.tools.usage_measurement import Measurement, noun
from common.contract.answer import Fact
from common.figures.sentences import Value, say
from common.runs.step import Sentence
from common.spend import Rollup
from common.spend.rollup.cells import NO_HOUR
from common.spend.rollup.row_charges import NO_PRICE
from common.spend.semantics import DIMENSIONS, MEASURES, DimensionName, MeasureName
from common.spend.semantics.counters import Counter
from common.spend.semantics.dimensions import WHOLE_DAY
from common.spend.semantics.formulas import Least
from common.spend.semantics.periods import DayRange, Period, range_of
from common.spend.semantics.selection import days_of

_WEEK = 7


@dataclass(frozen=True, slots=True)
class Extent:
    """What is to be known of the data beside a result: their days, what has no price, other currencies, how many of
    the prompts stand for all, and whether some rows are sums of whole days.
    """

    days: DayRange
    unpriced_kinds: tuple[str, ...]
    currencies: tuple[str, ...]
    prompts_share: float
    has_whole_days: bool


def extent_of(rollup: Rollup, measures: tuple[MeasureName, ...]) -> Extent:
    """Of all rows. Raises CannotAnswerError of data without rows."""
    needs_prompts = any(_repeats(name) for name in measures)
    return Extent(
        days=days_of(rollup),
        unpriced_kinds=tuple(sorted(name.removeprefix(NO_PRICE) for name in rollup.has if name.startswith(NO_PRICE))),
        currencies=tuple(sorted(rollup.other_money)),
        prompts_share=rollup.prompts.sampled_share if needs_prompts else 1.0,
        has_whole_days=any(key.hour == NO_HOUR for key in rollup.hours),
    )


def notes(measurement: Measurement, extent: Extent) -> list[Sentence]:
    """In the order in which they matter."""
    return [
        *_nothing(measurement),
        *_cut(measurement, extent.days),
        *_absent(measurement),
        *_unpriced(measurement, extent),
        *_together(measurement),
        *_unlike(measurement),
        *_estimates(measurement, extent),
    ]


def _nothing(measurement: Measurement) -> Iterator[Sentence]:
    result = measurement.result
    if result.query.where and not any(result.total.values):
        yield say("No request meets these conditions {when}.", when=measurement.on_days, topic="no request")


def _cut(measurement: Measurement, data: DayRange) -> Iterator[Sentence]:
    """A period that reaches beyond the data."""
    query, coverage = measurement.result.query, measurement.result.coverage
    inquiry: list[tuple[Period | None, DayRange | None]] = [
        (query.period, coverage.period),
        (query.versus, coverage.versus),
    ]
    for period, used in inquiry:
        wanted = range_of(period, data, coverage.period) if period else None
        if wanted and used and wanted != used:
            yield say(
                "Your data hold only {used} of {wanted}.", used=days_said(used), wanted=days_said(wanted), topic="cut"
            )


def _absent(measurement: Measurement) -> Iterator[Sentence]:
    """Lines and totals that the rows do not tell."""
    result = measurement.result
    for name in result.query.measures:
        unknown = [row for row in result.rows if measurement.value(row, name) is None]
        if not unknown and measurement.value(result.total, name) is not None:
            continue
        why = MEASURES[name].absence
        reason = why.when if why else "there is nothing to compute it from"
        if not result.query.by:
            yield say("The {noun} is not known: {reason}.", noun=noun(name), reason=reason, topic=f"absent {name}")
        elif unknown:
            count = Fact(name="lines without a value", value=len(unknown), unit="count")
            lines = "line" if len(unknown) == 1 else "lines"
            template = "The {noun} of {count} {lines} is not known: {reason}."
            values: dict[str, Value] = {"noun": noun(name), "count": count, "lines": lines, "reason": reason}
            yield say(template, topic=f"absent {name}", **values)


def _unpriced(measurement: Measurement, extent: Extent) -> Iterator[Sentence]:
    query, count = measurement.result.query, measurement.result.coverage.unpriced_requests
    if not any(MEASURES[name].basis for name in query.computed):
        return
    if count:
        fact = Fact(name="requests without a price", value=count, unit="requests")
        verbs = "has no price and is" if count == 1 else "have no price and are"
        yield say(f"{{count}} {verbs} in no cost.", count=fact, topic="unpriced")
    if extent.unpriced_kinds:
        kinds = ", ".join(kind.replace("_", " ") for kind in extent.unpriced_kinds)
        yield say("Some of this has no price and is in no cost: {kinds}.", kinds=kinds, topic="unpriced kinds")
    for currency in extent.currencies:
        yield say(
            "Costs in {currency} are in no figure; no exchange rate is assumed.", currency=currency, topic="currency"
        )


def _together(measurement: Measurement) -> Iterator[Sentence]:
    for name in measurement.result.coverage.other:
        yield say(
            "There are more {plural} than are held apart; those beyond stand together as (other), and one of them could"
            " stand anywhere in the order.",
            plural=DIMENSIONS[name].plural,
            topic=f"other {name}",
        )


def _unlike(measurement: Measurement) -> Iterator[Sentence]:
    """Lines that cannot be compared as they are: weeks and months that are cut, weekdays that come once more."""
    query, period = measurement.result.query, measurement.result.coverage.period
    first, after = date.fromordinal(period.first), date.fromordinal(period.last + 1)
    ends = {
        DimensionName.WEEK: (first.weekday() != 0, after.weekday() != 0),
        DimensionName.MONTH: (first.day != 1, after.day != 1),
    }
    for name in query.by:
        cut = [end for end, is_cut in zip(("first", "last"), ends.get(name, ()), strict=False) if is_cut]
        if cut:
            verb = "are" if len(cut) > 1 else "is"
            yield say(f"The {' and the '.join(cut)} {name} {verb} not whole.", topic=f"not whole {name}")
    if DimensionName.WEEKDAY in query.by and period.days % _WEEK and MEASURES[query.measures[0]].is_additive:
        yield say("Some weekdays come once more than others in these days.", topic="weekdays")


def _estimates(measurement: Measurement, extent: Extent) -> Iterator[Sentence]:
    query = measurement.result.query
    if any(isinstance(MEASURES[name].formula, Least) for name in query.computed):
        yield say(
            "A shared prefix is at most that long; whether the requests share one is to be checked.", topic="floor"
        )
    if extent.prompts_share < 1:
        share = Fact(
            name="share of prompts that repeats are estimated from", value=100 * extent.prompts_share, unit="pct"
        )
        yield say("Repeats are estimated from {share} of the prompts.", share=share, topic="repeats")
    excluded = any(each.excludes(DimensionName.HOUR, WHOLE_DAY) for each in query.where)
    if extent.has_whole_days and excluded:
        yield say("Rows that are sums of whole days tell no hours, and are in no figure here.", topic="whole days")


def _repeats(name: MeasureName) -> bool:
    return bool({Counter.REPEATS, Counter.REPEATED_COST} & MEASURES[name].counters)
