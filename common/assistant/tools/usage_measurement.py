"""The answer of the engine to one query, with each of its numbers as a fact that says what it is of."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

from common.assistant.question.days import days_said, on_days
from common.assistant.question.words import UNITS, condition_said, lowered
from common.contract.answer import Fact, Scope, Unit
from common.figures.format import figure
from common.figures.names import shown_name
from common.figures.sentences import Name, joined, say
from common.runs.step import Sentence, ShownFigure
from common.spend.rollup.bounded_names import OTHER
from common.spend.semantics import (
    DIMENSIONS,
    MEASURES,
    Condition,
    DimensionName,
    MeasureName,
    Rest,
    Result,
    Row,
    UsageQuery,
)
from common.spend.semantics.dimensions import UNTAGGED, WHOLE_DAY
from common.spend.semantics.formulas import Value

Side = Literal["now", "before", "change"]
_NOUNS = {
    MeasureName.AVERAGE_INPUT_TOKENS: "average input of a request",
    MeasureName.AVERAGE_OUTPUT_TOKENS: "average output of a request",
    MeasureName.INPUT_FLOOR: "minimum input of a request",
    MeasureName.INPUT_P50: "median input of a request",
    MeasureName.INPUT_P95: "95th percentile of input",
    MeasureName.TOTAL_TOKENS: "tokens",
    MeasureName.QUALITY: "average quality score",
}
"""Where a title does not stand well in a sentence."""


_SUBJECTS = (DimensionName.FEATURE, DimensionName.USER, DimensionName.MODEL, DimensionName.PROVIDER)
"""What can be said to cost something, the best first."""
_ROUND_PCT = 10
"""From where on a share is said in whole percent."""


_BETWEEN = {
    DimensionName.FEATURE: "for",
    DimensionName.USER: "by",
    DimensionName.PROVIDER: "at",
    DimensionName.HOUR: "at",
    DimensionName.WEEK: "in",
    DimensionName.MONTH: "in",
    DimensionName.STATUS: "of",
}
"""Between the two names of a line; all others: "on"."""


@dataclass(frozen=True, slots=True)
class Measurement:
    """A result. `all_rows`: the total without its conditions, where a share of it is worth a word; `second`: the line
    after the first, where only the first is asked for.
    """

    result: Result
    all_rows: Row | None = None
    second: Row | None = None

    @property
    def days(self) -> str:
        """The days that it is of."""
        return days_said(self.result.coverage.period)

    @property
    def on_days(self) -> str:
        """The same with a preposition."""
        return on_days(self.result.coverage.period)

    @property
    def days_before(self) -> str:
        """The days that are compared with; "" where nothing is."""
        versus = self.result.coverage.versus
        return days_said(versus) if versus else ""

    def value(self, line: Row | Rest, measure: MeasureName, side: Side = "now") -> Value:
        """A number of a line; None: not known."""
        values = {"now": line.values, "before": line.versus, "change": line.differences}[side]
        return values[self.result.query.measures.index(measure)] if values else None

    def fact(self, line: Row | Rest, measure: MeasureName, side: Side = "now") -> Fact | None:
        """The same as a fact."""
        value = self.value(line, measure, side)
        if value is None:
            return None
        return self.derived(line, measure, float(value), UNITS[MEASURES[measure].unit], side=side)

    def derived(
        self, line: Row | Rest, measure: MeasureName, value: float, unit: Unit, *, side: Side = "now", what: str = ""
    ) -> Fact:
        """A number that is computed from a line's, such as its share."""
        prefix = what or ("change of " if side == "change" else "")
        name = f"{prefix}{lowered(MEASURES[measure].title)}"
        days = self.result.coverage.versus if side == "before" else self.result.coverage.period
        first, last = (date.fromordinal(day).isoformat() for day in (days.first, days.last)) if days else (None, None)
        of = Scope(measure=f"{prefix}{measure}", names=[*self._condition_names, *keys_of(line)], first=first, last=last)
        return Fact(name=f"{name} of {', '.join(keys_of(line)) or 'all'}", value=value, unit=unit, of=of)

    def share(self, line: Row | Rest, measure: MeasureName, of: Row | None = None) -> ShownFigure | None:
        """In percent of the total, or of another line; None where that says nothing."""
        whole = self.value(of or self.result.total, measure)
        part = self.value(line, measure)
        if not MEASURES[measure].is_additive or not whole or part is None or part < 0:
            return None
        return self.percent(line, measure, 100 * float(part) / float(whole), "share of ")

    def percent(self, line: Row | Rest, measure: MeasureName, value: float, what: str) -> ShownFigure:
        """A percentage as it is said: whole from 10 % on."""
        shown = figure(float(round(value)) if abs(value) >= _ROUND_PCT else value, "pct")
        return ShownFigure(text=shown, fact=self.derived(line, measure, value, "pct", what=what))

    def facts(self, lines: Sequence[Row | Rest]) -> Iterator[Fact]:
        """All numbers of lines."""
        sides: tuple[Side, ...] = ("now", "before", "change") if self.result.coverage.versus else ("now",)
        for line in lines:
            for measure in self.result.query.measures:
                yield from filter(None, (self.fact(line, measure, side) for side in sides))

    @property
    def _condition_names(self) -> list[str]:
        return [value for each in self.result.query.where if not each.negated for value in each.values]


def keys_of(line: Row | Rest) -> tuple[str, ...]:
    """The names of a line; of the rest and the total none."""
    return line.keys if isinstance(line, Row) else ()


def noun(measure: MeasureName) -> str:
    """What it is called in a sentence."""
    return _NOUNS.get(measure) or lowered(MEASURES[measure].title)


def is_count(measure: MeasureName) -> bool:
    """Whether it counts things: "3,000 requests"."""
    spec = MEASURES[measure]
    return spec.is_additive and spec.unit in ("requests", "tokens", "calls")


def number(fact: Fact) -> ShownFigure:
    """A count without its unit, where the sentence has said what is counted."""
    return ShownFigure(text=figure(fact.value, "tokens").partition(" ")[0], fact=fact)


def amount(measure: MeasureName, value: Fact) -> Sentence:
    """A value with its noun where that is what is counted: "120 failed requests"; else with its unit."""
    if not is_count(measure):
        return say("{value}", value=value)
    bare = number(value)
    text, title = bare.text, noun(measure)
    counted = title.replace("requests", "request", 1).replace("tokens", "token", 1) if text == "1" else title
    return say("{value}", value=ShownFigure(text=f"{text} {counted}", fact=value))


def _week(key: str) -> str:
    day = date.fromisoformat(key)
    return f"the week of {day.day} {day:%B %Y}"


def _day(key: str) -> str:
    day = date.fromisoformat(key)
    return f"{day:%A} {day.day} {day:%B %Y}"


_MOMENTS: Mapping[DimensionName, Callable[[str], str]] = {
    DimensionName.DAY: _day,
    DimensionName.WEEK: _week,
    DimensionName.MONTH: lambda key: f"{date.fromisoformat(f'{key}-01'):%B %Y}",
    DimensionName.HOUR: lambda key: f"{key}:00 UTC",
    DimensionName.MINUTE: lambda key: f"{_day(key[:10])} at {key[11:]} UTC",
}


def key_said(dimension: DimensionName, key: str) -> Sentence:
    """A line's name in a sentence: a name of the data in code marks, a day as people write it."""
    if key == OTHER:
        return say("all other {plural} together", plural=DIMENSIONS[dimension].plural)
    if key == UNTAGGED:
        return say("requests without a {title}", title=DIMENSIONS[dimension].title)
    if key == WHOLE_DAY:
        return say("what is known by the day only")
    if dimension == DimensionName.STATUS:
        return say("requests with status {name}", name=Name(key))
    if DIMENSIONS[dimension].kind == "name":
        return say("{name}", name=Name(key))
    return say("{moment}", moment=_MOMENTS.get(dimension, str)(key))


def line_said(result: Result, line: Row) -> Sentence:
    """Its names: "`chat` on `gpt-4o`"."""
    keys = [key_said(name, key) for name, key in zip(result.query.by, line.keys, strict=True)]
    if len(keys) == 1:
        return keys[0]
    return say(f"{{first}} {_BETWEEN.get(result.query.by[1], 'on')} {{second}}", first=keys[0], second=keys[1])


def ranked_by(query: UsageQuery) -> MeasureName:
    """The measure by which the lines of a sentence are listed."""
    order = query.order
    return order.measure if order and order.measure in query.measures and order.measure else query.measures[0]


def subject_of(where: Sequence[Condition]) -> tuple[str, str]:
    """Who is measured, and the other conditions in words; "" where there are none."""
    named = (each for name in _SUBJECTS for each in where if each.dimension == name)
    chosen = next((each for each in named if len(each.values) == 1 and not each.negated), None)
    others = " ".join(condition_said(each, shown_name) for each in where if each is not chosen)
    return (shown_name(chosen.values[0]) if chosen else ""), others


def listed(items: Sequence[Sentence]) -> Sentence:
    """As a sentence lists things."""
    *others, last = items
    return say("{others} and {last}", others=joined(others, ", "), last=last) if others else last


def opened(sentence: Sentence) -> Sentence:
    """With a capital letter; a name in code marks stays as it is."""
    return sentence.model_copy(update={"text": sentence.text[:1].upper() + sentence.text[1:]})


def known_fact(fact: Fact | None) -> Fact:
    """A fact of a line that was chosen for having one. Raises ValueError where it has none."""
    if fact is None:
        raise ValueError("a line was chosen whose value is not known")
    return fact
