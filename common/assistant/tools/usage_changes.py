"""What is said of two periods: how a total changed, and which lines moved."""

from common.assistant.tools.usage_measurement import (
    Measurement,
    known_fact,
    line_said,
    noun,
    opened,
    ranked_by,
    subject_of,
)
from common.contract.answer import Fact
from common.figures.format import figure, span_fact
from common.figures.sentences import Value, say
from common.runs.step import Sentence, ShownFigure
from common.spend.semantics import MEASURES, MeasureName, Row
from common.spend.semantics.periods import DayRange


def comparison(measurement: Measurement) -> tuple[list[Sentence], list[Sentence]]:
    """The change of the first measure, and of others."""
    result = measurement.result
    changes = [
        _change(measurement, result.total, name, with_days=place == 0)
        for place, name in enumerate(result.query.measures)
    ]
    per_day = _per_day(measurement, result.total, result.query.measures[0])
    return [*per_day, *changes[:1]], changes[1:3]


def _change(measurement: Measurement, line: Row, measure: MeasureName, *, with_days: bool) -> Sentence:
    """Such as "Cost rose by 3.20 USD (12 %), from 26.10 USD (7 to 13 November) to 29.30 USD (14 to 20 November)"."""
    now, before, change = (measurement.fact(line, measure, side) for side in ("now", "before", "change"))
    subject, others = subject_of(measurement.result.query.where)
    what = " ".join(filter(None, [f"The {noun(measure)}", f"of {subject}" if subject else "", others]))
    if measure == MeasureName.COST and not subject:
        what = " ".join(filter(None, ["Cost", others]))
    if now is None or before is None or change is None:
        return _half_known(measurement, what, now, before)
    days = (f" ({measurement.days_before})", f" ({measurement.days})") if with_days else ("", "")
    if figure(now.value, now.unit) == figure(before.value, before.unit):
        return say(
            "{what} stayed at {now}, {before_on} and {on}.",
            what=what,
            now=now,
            before_on=measurement.days_before,
            on=measurement.days,
        )
    return say(
        "{what} {verb} by {change}{pct}, from {before}{before_on} to {now}{on}{verdict}.",
        what=what, verb="rose" if change.value > 0 else "fell", change=_size(change),
        pct=_pct(measurement, line, measure), before=before, before_on=days[0], now=now, on=days[1],
        verdict=_verdict(measure, change.value),
    )  # fmt: skip


def _half_known(measurement: Measurement, what: str, now: Fact | None, before: Fact | None) -> Sentence:
    values: list[Value] = [fact or "not known" for fact in (before, now)]
    return say(
        "{what} was {before} ({before_on}) and {now} ({on}).",
        what=what, before=values[0], before_on=measurement.days_before, now=values[1], on=measurement.days,
    )  # fmt: skip


def _size(change: Fact) -> Value:
    """A difference without its sign; of percentages in points."""
    text = figure(abs(change.value), change.unit)
    if change.unit == "pct":
        number = text.removesuffix(" %")
        text = f"{number} percentage point{'' if number == '1' else 's'}"
    return ShownFigure(text=text, fact=change.model_copy(update={"value": abs(change.value)}))


def _pct(measurement: Measurement, line: Row, measure: MeasureName) -> Sentence:
    """Such as " (12 %)"; none of what is in percent itself, or was 0."""
    before, change = measurement.value(line, measure, "before"), measurement.value(line, measure, "change")
    if not before or change is None or MEASURES[measure].unit == "%":
        return say("")
    value = abs(100 * float(change) / float(before))
    return say(" ({pct})", pct=measurement.percent(line, measure, value, "change in percent of "))


def _verdict(measure: MeasureName, change: float) -> str:
    """Whether that is good news, where that is declared and not plain: of rates, times and scores, not of sums."""
    spec = MEASURES[measure]
    if spec.is_additive or spec.better == "neither":
        return ""
    return ", which is better" if (change > 0) == (spec.better == "more") else ", which is worse"


def _per_day(measurement: Measurement, line: Row, measure: MeasureName) -> list[Sentence]:
    """Of periods that differ in length sums say little: what a day has of them is said first."""
    coverage = measurement.result.coverage
    now, before = (measurement.fact(line, measure, side) for side in ("now", "before"))
    same = coverage.versus is None or coverage.versus.days == coverage.period.days
    if same or not now or not before or coverage.versus is None or not MEASURES[measure].is_additive:
        return []
    first, last = (
        fact.model_copy(update={"name": f"{fact.name} per day", "value": fact.value / days.days})
        for fact, days in ((before, coverage.versus), (now, coverage.period))
    )
    subject, others = subject_of(measurement.result.query.where)
    what = " ".join(filter(None, [noun(measure), f"of {subject}" if subject else "", others]))
    text = "Per day, {what} {verb}, from {first} ({days_before}) to {last} ({days})."
    return [
        say(
            text,
            days_before=_days(coverage.versus), days=_days(coverage.period), what=what,
            verb=_moved_by(measurement, line, measure, first.value, last.value), first=first, last=last,
        )
    ]  # fmt: skip


def _days(days: DayRange) -> ShownFigure:
    return ShownFigure(text=f"{days.days} day{'' if days.days == 1 else 's'}", fact=span_fact("days", days.days))


def _moved_by(measurement: Measurement, line: Row, measure: MeasureName, first: float, last: float) -> Sentence:
    """Such as "rose by 19 %"."""
    pct = 100 * (last - first) / first if first else 0.0
    verb = "rose" if last > first else "fell"
    if not pct:
        return say(verb if last != first else "stayed the same")
    return say(f"{verb} by {{pct}}", pct=measurement.percent(line, measure, abs(pct), "change per day in percent of "))


def movers(measurement: Measurement) -> tuple[list[Sentence], list[Sentence]]:
    """How the total changed, and which lines moved most."""
    result = measurement.result
    query = result.query
    measure = ranked_by(query)
    total = _change(measurement, result.total, measure, with_days=True)
    per_day = _per_day(measurement, result.total, measure)
    rows = [row for row in result.rows if measurement.value(row, measure, "change")]
    if not rows:
        return [*per_day, total], []
    change = {row.keys: float(measurement.value(row, measure, "change") or 0) for row in rows}
    most, *others = sorted(rows, key=lambda row: -abs(change[row.keys]))
    against = [row for row in others if change[row.keys] * change[most.keys] < 0]
    shown = [most, *(against or others)[:1]]
    moved = [_moved(measurement, row, measure, most=place == 0) for place, row in enumerate(shown)]
    order = query.order
    if order and order.by_difference:
        return [moved[0], *per_day], [total] if per_day else [*moved[1:], total]
    return [*per_day, total], moved[:1] if per_day else moved


def _moved(measurement: Measurement, row: Row, measure: MeasureName, *, most: bool) -> Sentence:
    change = known_fact(measurement.fact(row, measure, "change"))
    before = known_fact(measurement.fact(row, measure, "before"))
    now = known_fact(measurement.fact(row, measure))
    verb = "rose" if change.value > 0 else "fell"
    return opened(
        say(
            f"{{line}} {verb}{' most,' if most else ''} by {{change}}, from {{before}} to {{now}}.",
            line=line_said(measurement.result, row), change=_size(change), before=before, now=now,
        )
    )  # fmt: skip
