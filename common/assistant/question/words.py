"""Pieces of a question in words: periods, conditions, thresholds and constraints.

`Shown` is how a name of the customer's data is written: `shown_name` in sentences, `plain_name` where nothing is read
as Markdown.
"""

from collections.abc import Callable, Iterator, Mapping
from typing import Any, TypeAlias

from common.assistant.question.days import days_said
from common.assistant.question.model import Constraints, Keep, LatencyLimit, Money, Speedup
from common.contract.answer import Unit
from common.figures.format import figure
from common.spend.semantics import DIMENSIONS, MEASURES, PERIODS, Condition, DimensionName, Threshold, UsageQuery
from common.spend.semantics.measure_spec import Unit as MeasureUnit
from common.spend.semantics.periods import DayRange, Period, PeriodName, range_of

Shown: TypeAlias = Callable[[str], str]
UNITS: Mapping[MeasureUnit, Unit] = {
    "USD": "usd",
    "requests": "requests",
    "calls": "count",
    "tokens": "tokens",
    "%": "pct",
    "ms": "ms",
    "score": "count",
}
"""Units of measures as facts have them."""
_PLAIN = (DimensionName.WEEKDAY, DimensionName.HOUR, DimensionName.TIER)
"""Dimensions whose values are words of the product."""
_PREPOSITIONS = {
    DimensionName.FEATURE: "of",
    DimensionName.USER: "of",
    DimensionName.PROVIDER: "at",
    DimensionName.HOUR: "at",
    DimensionName.MINUTE: "at",
    DimensionName.STATUS: "with",
}
"""All others: "on"."""
_CALENDAR = (DimensionName.DAY, DimensionName.WEEK, DimensionName.MONTH, DimensionName.MINUTE)


def period_said(period: Period | None, data: DayRange | None, base: DayRange | None = None) -> str:
    """The days that it means, cut to those of the data; without these its name. `base`: what `previous` is before."""
    if period is None:
        return days_said(data) if data else "all days"
    days = range_of(period, data, base).within(data) if data else None
    if days:
        return days_said(days)
    if period.name == PeriodName.LAST_DAYS:
        return f"the last {period.days} days"
    if period.name == PeriodName.BETWEEN:
        return _between(period)
    return PERIODS[period.name].title


def versus_said(query: UsageQuery, data: DayRange | None) -> str:
    """Such as "against 7 to 13 November 2026"; "" where nothing is compared."""
    base = range_of(query.period, data).within(data) if data else None
    return f"against {period_said(query.versus, data, base)}" if query.versus else ""


def top_said(top: int) -> str:
    """How many lines."""
    return "only the first" if top == 1 else f"the first {top}"


def condition_said(condition: Condition, shown: Shown) -> str:
    """After what is measured: "of `support_agent`", "without `chat`", "on Mondays"."""
    name = condition.dimension
    values = _or([_value(name, value, shown) for value in condition.values])
    if condition.negated:
        return f"without {_noun(name, values)}"
    return f"{_PREPOSITIONS.get(name, 'on')} {_noun(name, values)}"


def threshold_said(threshold: Threshold) -> str:
    """Such as "cost at least 5.00 USD"."""
    spec = MEASURES[threshold.measure]
    low, high = (
        None if bound is None else figure(bound, UNITS[spec.unit]) for bound in (threshold.at_least, threshold.at_most)
    )
    bounds = [f"at least {low}"] * (low is not None) + [f"at most {high}"] * (high is not None)
    return f"{lowered(spec.title)} {' and '.join(bounds)}"


def group_said(dimension: DimensionName) -> str:
    """What lines are grouped by, in a word or a few: "week", "hour of the day"."""
    return DIMENSIONS[dimension].title.partition(" (")[0].partition(",")[0]


def lowered(title: str) -> str:
    """A title inside of a sentence."""
    return title[:1].lower() + title[1:]


def constraint_items(constraints: Constraints) -> Iterator[tuple[str, int | None, Any]]:
    """Each thing that is wanted: its field, its place where the field holds several, and itself."""
    for name, field in Constraints.model_fields.items():
        value = getattr(constraints, name)
        if isinstance(value, tuple):
            yield from ((name, place, item) for place, item in enumerate(value))
        elif value != field.default:
            yield name, None, value


def constraint_said(field: str, value: Any, shown: Shown) -> str:
    """Such as "save 30 %", "without batch", "95 % of answers of `chat` within 2,000 ms"."""
    return _CONSTRAINTS[field](value, shown)


def _between(period: Period) -> str:
    if period.first and period.last:
        return days_said(DayRange(period.first.toordinal(), period.last.toordinal()))
    day = period.first or period.last
    return (
        f"{'since' if period.first else 'until'} {days_said(DayRange(*[day.toordinal()] * 2))}" if day else "all days"
    )


def _value(dimension: DimensionName, value: str, shown: Shown) -> str:
    if dimension == DimensionName.WEEKDAY:
        return f"{value}s"
    if dimension == DimensionName.HOUR:
        return f"{value}:00 UTC" if value.isdigit() else value
    return value if dimension in (*_PLAIN, *_CALENDAR) else shown(value)


def _noun(dimension: DimensionName, values: str) -> str:
    """Features, models and providers say themselves what they are."""
    named = {DimensionName.STATUS: "status", DimensionName.TIER: "the service tier", DimensionName.USER: "user"}
    return f"{named[dimension]} {values}" if dimension in named else values


def _or(words: list[str]) -> str:
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} or {words[-1]}"


def _money(verb: str) -> Callable[[Money, Shown], str]:
    return lambda money, _: f"{verb} {figure(money.usd, 'usd')}{f' a {money.per}' if money.per else ''}"


def _amount(before: str, unit: Unit, after: str = "") -> Callable[[float, Shown], str]:
    return lambda value, _: f"{before}{figure(value, unit)}{after}"


def _name(before: str, after: str = "") -> Callable[[str, Shown], str]:
    return lambda name, shown: f"{before}{shown(name)}{after}"


def _kind(before: str) -> Callable[[str, Shown], str]:
    return lambda kind, _: f"{before}{kind.replace('_', ' ')}"


def _words(text: str) -> Callable[[bool, Shown], str]:
    return lambda _, __: text


def _latency(limit: LatencyLimit, shown: Shown) -> str:
    of = f" of {shown(limit.feature)}" if limit.feature else ""
    return f"{figure(limit.percentile, 'pct')} of answers{of} within {figure(limit.ms, 'ms')}"


def _speedup(speedup: Speedup, shown: Shown) -> str:
    of = f" of {shown(speedup.feature)}" if speedup.feature else ""
    return f"answers{of} {figure(speedup.factor, 'count')} times as fast"


def _quality(value: float, _: Shown) -> str:
    return f"quality at least {figure(value, 'pct' if value > 1 else 'count')}"


def _keep(keep: Keep, shown: Shown) -> str:
    model, feature = (shown(name) if name else "" for name in (keep.model, keep.feature))
    return f"keep {model} for {feature}" if model and feature else f"keep {model or feature or 'everything'}"


def _months(months: int, _: Shown) -> str:
    return f"over {months} month{'' if months == 1 else 's'}"


def _days(days: int, _: Shown) -> str:
    return f"within {days} day{'' if days == 1 else 's'}"


_CONSTRAINTS: Mapping[str, Callable[[Any, Shown], str]] = {
    "target_pct": _amount("save ", "pct"),
    "save": _money("save"),
    "budget": _money("at most"),
    "growth_pct": _amount("", "pct", " growth"),
    "burst": _amount("", "count", " times the usual traffic"),
    "latency": _latency,
    "speedup": _speedup,
    "quality": _quality,
    "max_effort": lambda level, _: f"at most {level} effort",
    "no_evaluation": _words("nothing that needs an evaluation first"),
    "no_investment": _words("nothing that costs before it saves"),
    "due_days": _days,
    "horizons": _months,
    "only_kinds": _kind("only "),
    "excluded_kinds": _kind("without "),
    "excluded_models": _name("without "),
    "excluded_providers": _name("without "),
    "only_providers": _name("only "),
    "keeps": _keep,
    "rpm": _amount("a limit of ", "requests", " a minute"),
    "tpm": _amount("a limit of ", "tokens", " a minute"),
    "hour_usd": _amount("", "usd", " for an hour of an engineer"),
    "top": lambda top, _: f"the first {top} recommendations" if top > 1 else "the first recommendation",
}
