"""`forecast_cost`: what the next 30 days will cost, as usage goes on or with a growth that is imagined."""

from common.assistant.context import ToolContext
from common.assistant.question.model import Operation, Part
from common.assistant.tool import Arguments, Inquiry, Tool, Wanted
from common.assistant.tools import level_texts
from common.assistant.tools.tool_results import counted, fact, has_data, or_unanswerable, scope, tool_result
from common.figures.dates import day_said
from common.figures.format import span_fact
from common.figures.sentences import say
from common.runs.step import Sentence, ShownFigure, ToolError, ToolResult
from common.spend.measures import Forecast, UsdRange, forecast
from common.spend.measures.forecast import DAYS

_CASES_PCT = 80.0
_FLAT_PCT = 1.0
"""A trend below it is reported as none."""
_LEAST_GROWTH_PCT = -100
_DAYS_OF_MONTH = 365 / 12
_SHOWN = 3


async def forecast_cost(context: ToolContext, _: Arguments) -> ToolResult:
    """The cost of the next 30 days with its interval, with the growth and for the horizons that are asked for."""
    part = context.part
    growth = part.constraints.growth_pct
    if growth <= _LEAST_GROWTH_PCT:
        pct = say("Usage cannot grow by {pct}; give a growth above -100.", pct=fact("growth", growth, "pct"))
        raise ToolError(pct.text)
    result = await context.compute(forecast, growth or None)
    return tool_result(
        headline=[
            *level_texts.verdict(result, part),
            *(_grown(result, part) or [_expected(result, part)]),
            *level_texts.levels(result),
            *level_texts.last_days(result, part),
        ],
        details=[*_far(result, part), *(_replaced(result, part) if result.grown else _trend(result)), *_odd(result)],
        limits=[*_cost_only(part), _basis(result)],
        names=level_texts.names(result),
    )


def _ahead() -> ShownFigure:
    return ShownFigure(text=f"{DAYS} days", fact=span_fact("days of the forecast", DAYS))


def _range(name: str, part: Part, usd: UsdRange) -> Sentence:
    of = scope(part, "forecast cost")
    return say(
        "{usd}, in {cases} of cases between {low} and {high}",
        usd=fact(f"cost of {name}", usd.usd, "usd", of),
        cases=fact("share of cases of the interval", _CASES_PCT, "pct"),
        low=fact(f"lower end of {name}", usd.low_usd, "usd", of),
        high=fact(f"upper end of {name}", usd.high_usd, "usd", of),
    )


def _grown(result: Forecast, part: Part) -> list[Sentence]:
    if result.grown is None or result.growth_pct is None:
        return []
    text = (
        f"With {{pct}} growth the {{days}} from {day_said(result.starts)} on will cost {{grown}}. That is {{pct}} on"
        " {steady}, which they cost at today's usage."
    )
    steady = fact("cost of the forecast at today's usage", result.steady.usd, "usd", scope(part, "forecast cost"))
    grown = _range("the forecast with growth", part, result.grown)
    growth = fact("growth imagined", result.growth_pct, "pct")
    return [say(text, pct=growth, days=_ahead(), grown=grown, steady=steady)]


def _expected(result: Forecast, part: Part) -> Sentence:
    return say(
        f"If usage goes on as in your data, the {{days}} from {day_said(result.starts)} on will cost {{usd}}.",
        days=_ahead(),
        usd=_range("the forecast", part, result.expected),
    )


def _replaced(result: Forecast, part: Part) -> list[Sentence]:
    """What the trend of the data would make of it, of which the growth takes the place."""
    if not _is_trend(result):
        return []
    up = (result.trend_pct or 0.0) > 0
    trend = fact("trend of a day's cost", abs(result.trend_pct or 0.0), "pct")
    text = (
        "The growth takes the place of the trend in your data, by which a day's cost goes"
        f" {'up' if up else 'down'} by {{pct}} in {{days}}: with that trend alone they will cost {{usd}}."
    )
    return [say(text, pct=trend, days=_ahead(), usd=_range("the forecast", part, result.expected))]


def _far(result: Forecast, part: Part) -> list[Sentence]:
    """Months ahead, at the level of the forecast's days: nothing shows how a trend goes on so long."""
    level = (result.grown or result.steady).usd / DAYS
    usage = "With that growth" if result.grown else "At today's usage"
    sentences = []
    for months in sorted(set(part.constraints.horizons)):
        cost = fact(f"cost of {months} months", level * _DAYS_OF_MONTH * months, "usd", scope(part, "forecast cost"))
        time = ShownFigure(
            text=f"{months} month{'' if months == 1 else 's'}",
            fact=span_fact(f"a horizon of {months} months", months * _DAYS_OF_MONTH),
        )
        sentences.append(say(f"{usage} {{time}} cost {{usd}}.", time=time, usd=cost, topic="horizon"))
    unsure = "Beyond the {days} no interval can be told: the data do not show how usage changes over so long a time."
    return [*sentences, say(unsure, days=_ahead(), topic="horizon")] if sentences else []


def _is_trend(result: Forecast) -> bool:
    return result.trend_pct is not None and abs(result.trend_pct) >= _FLAT_PCT


def _trend(result: Forecast) -> list[Sentence]:
    if result.trend_pct is None:
        return [say("The data are too short to see a trend, so none is in it.")]
    if not _is_trend(result):
        return [say("The data show no trend.")]
    way = "up" if result.trend_pct > 0 else "down"
    trend = fact("trend of a day's cost", abs(result.trend_pct), "pct")
    return [say(f"The trend in it: a day's cost goes {way} by {{pct}} in {{days}}.", pct=trend, days=_ahead())]


def _odd(result: Forecast) -> list[Sentence]:
    if not result.odd_days or result.odd_days == result.last_days:
        return []
    way = "more" if result.odd_usd >= 0 else "less"
    named = ", ".join(map(day_said, result.odd_days[:_SHOWN]))
    return [
        say(
            f"Not in it: {{days}} out of line ({named}), with {{usd}} {way} than usual. If that comes again, it comes"
            " on top.",
            days=counted("days out of line", len(result.odd_days), "day"),
            usd=fact("cost of days out of line above usual", abs(result.odd_usd), "usd"),
        )
    ]


def _cost_only(part: Part) -> list[Sentence]:
    """A limit that is no amount of money is not judged."""
    constraints = part.constraints
    if not (constraints.latency or constraints.speedup or constraints.quality):
        return []
    return [say("Only the cost is forecast: how fast or good answers will be is not.", topic="cost only")]


def _basis(result: Forecast) -> Sentence:
    weekdays = "each weekday at its own level" if result.weekdays else "workdays and weekends at their own level"
    return say(
        f"It is computed from {{days}} of your data, {weekdays}, at list prices; new features and price changes are not"
        " in it.",
        days=counted("days that the forecast uses", result.days_used, "whole day"),
        topic="basis",
    )


def _calls(inquiry: Inquiry) -> tuple[Wanted, ...]:
    if inquiry.part.operation not in (Operation.FORECAST, Operation.BUSINESS_CASE) or not has_data(inquiry):
        return ()
    return (Wanted("To see what the time ahead will cost"),)


TOOL = Tool(
    name="forecast_cost",
    title="Forecast the cost",
    agent="data",
    description="What the next 30 days will cost, with an interval, as usage goes on or with a growth to imagine.",
    arguments=Arguments,
    run=or_unanswerable(forecast_cost),
    answers=frozenset({Operation.FORECAST}),
    calls=_calls,
    shows=lambda inquiry: inquiry.part.operation == Operation.FORECAST,
)
