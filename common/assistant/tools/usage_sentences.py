"""What is said of a result, by the shape of its query: in at most two sentences, and what follows from them."""

from collections.abc import Sequence

from common.assistant.question.words import UNITS, condition_said, group_said
from common.assistant.tools.usage_changes import comparison, movers
from common.assistant.tools.usage_measurement import (
    Measurement,
    amount,
    is_count,
    known_fact,
    line_said,
    listed,
    noun,
    number,
    opened,
    ranked_by,
    subject_of,
)
from common.contract.answer import Fact
from common.figures.names import shown_name
from common.figures.sentences import joined, say
from common.runs.step import Sentence, ShownFigure
from common.spend.semantics import DIMENSIONS, MEASURES, MeasureName, Row, UsageQuery

_MOST_LISTED = 3
_MOST_IN_SENTENCE = 4
_ALL_PCT = 100
_NOTICEABLE_PCT = 1


def sentences(measurement: Measurement) -> tuple[list[Sentence], list[Sentence]]:
    """The headline, which answers, and up to two details."""
    result = measurement.result
    query = result.query
    if not query.by:
        return comparison(measurement) if query.versus else (_totals(measurement), _share(measurement))
    if not result.rows:
        return _none(measurement), []
    if query.versus:
        return movers(measurement)
    if query.threshold:
        return _over(measurement)
    if _is_timeline(query):
        return _timeline(measurement)
    return _ranking(measurement)


def _is_timeline(query: UsageQuery) -> bool:
    in_order = query.order is None or query.order.measure is None
    return len(query.by) == 1 and DIMENSIONS[query.by[0]].kind == "time" and in_order and query.top is None


def _totals(measurement: Measurement) -> list[Sentence]:
    query, total = measurement.result.query, measurement.result.total
    first, *others = query.measures
    opening = _total(measurement, total, first)
    shown = [name for name in others if measurement.value(total, name) is not None][: _MOST_IN_SENTENCE - 1]
    if not shown:
        return [say("{opening}.", opening=opening)]
    with_ = listed([_with(measurement, total, name) for name in shown])
    return [say("{opening}, with {others}.", opening=opening, others=with_)]


def _with(measurement: Measurement, line: Row, measure: MeasureName) -> Sentence:
    fact = known_fact(measurement.fact(line, measure))
    if is_count(measure):
        return amount(measure, fact)
    article = "an" if noun(measure)[0] in "aeiou" else "a"
    return say(f"{article} {{noun}} of {{value}}", noun=noun(measure), value=fact)


def _total(measurement: Measurement, line: Row, measure: MeasureName) -> Sentence:
    """Such as "`chat` cost 12.30 USD from 14 to 20 November 2026", without its point."""
    subject, others = subject_of(measurement.result.query.where)
    when = f"{others} {measurement.on_days}".strip()
    fact = measurement.fact(line, measure)
    if fact is None:
        whose = f" of {subject}" if subject else ""
        return say("The {noun}{whose} {when} is not known", noun=noun(measure), whose=whose, when=when)
    if measure == MeasureName.COST:
        verb = f"{subject} cost" if subject else "You spent"
        return say("{verb} {value} {when}", verb=verb, value=fact, when=when)
    if is_count(measure):
        return say("{who} had {value} {when}", who=subject or "You", value=amount(measure, fact), when=when)
    whose = f" of {subject}" if subject else ""
    return say("The {noun}{whose} was {value} {when}", noun=noun(measure), whose=whose, value=fact, when=when)


def _share(measurement: Measurement) -> list[Sentence]:
    """Of all rows of the period."""
    first = measurement.result.query.measures[0]
    whole = measurement.all_rows
    said = measurement.share(measurement.result.total, first, whole) if whole else None
    fact = measurement.fact(whole, first) if whole else None
    if said is None or fact is None or said.fact.value > _ALL_PCT:
        return []
    everything = fact.model_copy(
        update={"name": f"{noun(first)} of all", "of": fact.of.model_copy(update={"names": []}) if fact.of else None}
    )
    return [say("That is {share} of the {whole} in all.", share=said, whole=amount(first, everything))]


def _ranking(measurement: Measurement) -> tuple[list[Sentence], list[Sentence]]:
    query, rows = measurement.result.query, measurement.result.rows
    measure = ranked_by(query)
    valued = [row for row in rows if measurement.value(row, measure) is not None]
    if not valued:
        return [_not_known(measurement, measure)], []
    descending = query.order is None or query.order.measure is None or query.order.descending
    by_other = query.order is not None and query.order.measure not in (None, measure)
    if not by_other:
        sign = -1 if descending else 1
        valued.sort(key=lambda row: sign * _number(measurement, row))
    first, *others = valued
    if not others and measurement.result.rest is None:
        return [_only(measurement, first, measure)], []
    opening = (
        _stands_first(measurement, first, measure)
        if by_other
        else _first(measurement, first, measure, descending=descending)
    )
    second = [measurement.second] if measurement.second else others
    return [opening], [*_next(measurement, second, measure), *_rest(measurement, measure)]


def _number(measurement: Measurement, row: Row) -> float:
    return float(measurement.value(row, ranked_by(measurement.result.query)) or 0)


def _first(measurement: Measurement, row: Row, measure: MeasureName, *, descending: bool) -> Sentence:
    """Such as "`chat` cost most from 1 to 30 October 2026: 12.30 USD, 41 % of 30.00 USD."."""
    line = line_said(measurement.result, row)
    value = _value(measurement, row, measure)
    shown = number(value) if is_count(measure) else value
    of_all = _of_all(measurement, row, measure)
    when = _when(measurement)
    if measure == MeasureName.COST:
        verb = "cost most" if descending else "cost least"
        return opened(say(f"{{line}} {verb}{{when}}: {{value}}{{all}}.", line=line, when=when, value=value, all=of_all))
    extreme = _extreme(measure, descending=descending)
    template = f"{{line}} had the {extreme} {{noun}}{{when}}: {{value}}{{all}}."
    return opened(say(template, line=line, noun=noun(measure), when=when, value=shown, all=of_all))


def _extreme(measure: MeasureName, *, descending: bool) -> str:
    if is_count(measure):
        return "most" if descending else "fewest"
    return "highest" if descending else "lowest"


def _stands_first(measurement: Measurement, row: Row, measure: MeasureName) -> Sentence:
    order = measurement.result.query.order
    by = noun(order.measure) if order and order.measure else ""
    way = "largest" if order and order.descending else "smallest"
    return say(
        "By {by}, the {way} first, it begins with {line}{when}: {value}{all}.",
        by=by, way=way, line=line_said(measurement.result, row), when=_when(measurement),
        value=_value(measurement, row, measure), all=_of_all(measurement, row, measure),
    )  # fmt: skip


def _when(measurement: Measurement) -> str:
    conditions = (condition_said(each, shown_name) for each in measurement.result.query.where)
    return f" {' '.join([*conditions, measurement.on_days])}"


def _value(measurement: Measurement, row: Row, measure: MeasureName) -> Fact:
    """The number with its unit."""
    return known_fact(measurement.fact(row, measure))


def _of_all(measurement: Measurement, row: Row, measure: MeasureName) -> Sentence:
    """Such as ", 41 % of 30.00 USD" or " of 28,452, 14 %"; of a rate what it is over all."""
    total = measurement.fact(measurement.result.total, measure)
    share = measurement.share(row, measure)
    if total and not MEASURES[measure].is_additive:
        return say("; over all it was {total}", total=total)
    if not share or not total or share.fact.value < _NOTICEABLE_PCT:
        return say("")
    if is_count(measure):
        return say(" of {total}, {share}", share=share, total=number(total))
    return say(", {share} of {total}", share=share, total=total)


def _next(measurement: Measurement, rows: Sequence[Row], measure: MeasureName) -> list[Sentence]:
    """The lines after the first."""
    if not rows:
        return []
    some = [row for row in rows[: _MOST_LISTED - 1] if measurement.value(row, measure)]
    if not some:
        zero = _value(measurement, rows[0], measure)
        return [] if measurement.second else [say("All others are at {zero}.", zero=zero)]
    shown = [_in_brackets(measurement, row, measure) for row in some]
    verb = "follows" if len(shown) == 1 else "follow"
    return [opened(say(f"{{lines}} {verb}.", lines=listed(shown)))]


def _in_brackets(measurement: Measurement, row: Row, measure: MeasureName) -> Sentence:
    share = measurement.share(row, measure)
    value = _value(measurement, row, measure)
    line = line_said(measurement.result, row)
    if share:
        return say("{line} ({value}, {share})", line=line, value=value, share=share)
    return say("{line} ({value})", line=line, value=value)


def _rest(measurement: Measurement, measure: MeasureName) -> list[Sentence]:
    """What is in no line, where lines are cut to a number."""
    rest, query = measurement.result.rest, measurement.result.query
    if rest is None or query.top is None or query.top == 1:
        return []
    share = measurement.share(rest, measure)
    count = Fact(name="lines that are not shown", value=rest.lines, unit="count")
    what = _lines_called(query, rest.lines)
    fact = measurement.fact(rest, measure)
    if share is None or fact is None:
        return [say("{count} more {what} are not shown.", count=count, what=what)]
    return [say("The other {count} {what} come to {value}, {share}.", count=count, what=what, value=fact, share=share)]


def _lines_called(query: UsageQuery, count: float) -> str:
    if len(query.by) > 1:
        return "line" if count == 1 else "lines"
    return group_said(query.by[0]) if count == 1 else DIMENSIONS[query.by[0]].plural


def _only(measurement: Measurement, row: Row, measure: MeasureName) -> Sentence:
    """Of a single line."""
    by = _lines_called(measurement.result.query, 1)
    value = _with(measurement, row, measure)
    template = "{line} is the only {by}{when}, with {value}."
    return say(template, line=opened(line_said(measurement.result, row)), by=by, when=_when(measurement), value=value)


def _not_known(measurement: Measurement, measure: MeasureName) -> Sentence:
    return say("The {noun}{when} is not known.", noun=noun(measure), when=_when(measurement))


def _none(measurement: Measurement) -> list[Sentence]:
    query = measurement.result.query
    what = _lines_called(query, 1)
    if query.threshold is None:
        return [say("There is no {what}{when}.", what=what, when=_when(measurement))]
    return [say("No {what} {bounds}{when}.", what=what, bounds=_bounds(query, one=True), when=_when(measurement))]


def _bounds(query: UsageQuery, *, one: bool) -> Sentence:
    """Such as "cost at least 5.00 USD", "have at least 75 requests", "have an error rate of at least 5 %"."""
    threshold = query.threshold
    if threshold is None:
        return say("")
    measure = threshold.measure
    bounds = [
        say(f"{way} {{bound}}", bound=_bound(measure, value))
        for way, value in (("at least", threshold.at_least), ("at most", threshold.at_most))
        if value is not None
    ]
    said = joined(bounds, " and ")
    if measure == MeasureName.COST:
        return say("cost {bounds}", bounds=said)
    verb = "has" if one else "have"
    if is_count(measure):
        return say(f"{verb} {{bounds}} {{noun}}", bounds=said, noun=noun(measure))
    article = "an" if noun(measure)[0] in "aeiou" else "a"
    return say(f"{verb} {article} {{noun}} of {{bounds}}", noun=noun(measure), bounds=said)


def _bound(measure: MeasureName, value: float) -> Fact | ShownFigure:
    fact = Fact(name="threshold", value=value, unit=UNITS[MEASURES[measure].unit])
    return number(fact) if is_count(measure) else fact


def _over(measurement: Measurement) -> tuple[list[Sentence], list[Sentence]]:
    """How many lines meet a threshold, and which lead."""
    result = measurement.result
    measure = ranked_by(result.query)
    count = Fact(name="lines that meet the threshold", value=len(result.rows), unit="count")
    of = Fact(name="lines in all", value=len(result.rows) + (result.rest.lines if result.rest else 0), unit="count")
    template = "{count} of {of} {what} {bounds}{when}." if count.value < of.value else "All {of} {what} {bounds}{when}."
    what = _lines_called(result.query, of.value)
    bounds = _bounds(result.query, one=count.value == 1)
    headline = say(template, count=count, of=of, what=what, bounds=bounds, when=_when(measurement))
    valued = [row for row in result.rows if measurement.value(row, measure) is not None]
    leading = sorted(valued, key=lambda row: -_number(measurement, row))[:_MOST_LISTED]
    shown = [_in_brackets(measurement, row, measure) for row in leading]
    begun = "The largest are" if len(valued) > _MOST_LISTED else "They are" if len(valued) > 1 else "It is"
    return [headline], [say(f"{begun} {{lines}}.", lines=listed(shown))] if shown else []


def _timeline(measurement: Measurement) -> tuple[list[Sentence], list[Sentence]]:
    """The total, the peak, and how it began and ended."""
    result = measurement.result
    measure = result.query.measures[0]
    valued = [row for row in result.rows if measurement.value(row, measure) is not None]
    if not valued:
        return [_not_known(measurement, measure)], []
    total = _totals(measurement)
    if len(valued) == 1:
        return total, []
    high = max(valued, key=lambda row: _number(measurement, row))
    low = min(valued, key=lambda row: _number(measurement, row))
    ends = say(
        "The {most} was {high} ({most_value}), the {least} {low} ({least_value}).",
        most="peak", high=line_said(result, high), most_value=_value(measurement, high, measure),
        least="low", low=line_said(result, low), least_value=_value(measurement, low, measure),
    )  # fmt: skip
    return [*total, ends], _first_to_last(measurement, valued, measure)


def _first_to_last(measurement: Measurement, rows: Sequence[Row], measure: MeasureName) -> list[Sentence]:
    result = measurement.result
    if not DIMENSIONS[result.query.by[0]].is_calendar or len(rows) < _MOST_LISTED:
        return []
    first, last = (_value(measurement, row, measure) for row in (rows[0], rows[-1]))
    what = _lines_called(result.query, 1)
    on = "on" if what == "day" else "in"
    return [
        say(
            "It went from {first} {on} the first {what} to {last} {on} the last.",
            what=what,
            on=on,
            first=first,
            last=last,
        )
    ]
