"""`forecast_cost`: what the next 30 days will cost, as usage goes on or with a growth that is imagined."""

from pydantic import Field

from common.assistant.context import ToolContext
from common.assistant.tool import Arguments, Tool
from common.assistant.tools.spend import unanswerable
from common.contract.answer import Fact
from common.figures.format import figure, plural, span_fact
from common.runs.step import ToolError, ToolResult
from common.spend import Unanswerable
from common.spend.measures import Forecast, UsdRange, forecast
from common.spend.measures.forecast import DAYS

_CASES_PCT = 80.0
_FLAT_PCT = 1.0
"""A trend below it is reported as none."""


class ForecastArguments(Arguments):
    """Which growth to imagine."""

    growth_pct: float = Field(description="Growth of usage to imagine, in percent; 0 for none.")


async def forecast_cost(context: ToolContext, arguments: ForecastArguments) -> ToolResult:
    """The cost of the next 30 days with its interval, and with the growth asked for."""
    try:
        result = await context.compute(forecast, arguments.growth_pct or None)
    except Unanswerable as answer:
        return unanswerable("a forecast", answer)
    except ValueError as error:
        raise ToolError(
            f"Usage cannot grow by {figure(arguments.growth_pct, 'pct')}; give a growth above -100."
        ) from error
    findings = [*_grown(result), _expected(result), *_trend(result), *_odd(result), _basis(result)]
    return ToolResult(
        summary=findings[0],
        findings=findings,
        facts=_facts(result),
        data={"starts": result.starts, "usd": result.expected.usd, "days_used": result.days_used},
    )


def _between(part: UsdRange) -> str:
    cases = figure(_CASES_PCT, "pct")
    return f"in {cases} of cases between {figure(part.low_usd, 'usd')} and {figure(part.high_usd, 'usd')}"


def _grown(result: Forecast) -> list[str]:
    if result.grown is None or result.growth_pct is None:
        return []
    text = (
        f"With {figure(result.growth_pct, 'pct')} growth the {plural(DAYS, 'day')} from {result.starts} on will cost"
        f" {figure(result.grown.usd, 'usd')}, {_between(result.grown)}; at today's usage they cost"
        f" {figure(result.steady.usd, 'usd')}."
    )
    return [text]


def _expected(result: Forecast) -> str:
    start = "Without that growth, if" if result.grown else "If"
    return (
        f"{start} usage goes on as in your data, the {plural(DAYS, 'day')} from {result.starts} on will cost"
        f" {figure(result.expected.usd, 'usd')}, {_between(result.expected)}."
    )


def _trend(result: Forecast) -> list[str]:
    if result.trend_pct is None:
        return ["The data are too short to see a trend, so none is in it."]
    if abs(result.trend_pct) < _FLAT_PCT:
        return ["The data show no trend worth a word."]
    way = "up" if result.trend_pct > 0 else "down"
    return [f"The trend in it: a day's cost goes {way} by {figure(abs(result.trend_pct), 'pct')} in {DAYS} days."]


def _odd(result: Forecast) -> list[str]:
    if not result.odd_days:
        return []
    way = "more" if result.odd_usd >= 0 else "less"
    days = f"{plural(len(result.odd_days), 'day')} out of line ({', '.join(result.odd_days[:3])})"
    difference = f"{figure(abs(result.odd_usd), 'usd')} {way} than usual"
    return [f"Not in it: {days}, with {difference}. If that comes again, it comes on top."]


def _basis(result: Forecast) -> str:
    weekdays = "each weekday at its own level" if result.weekdays else "workdays and weekends at their own level"
    return (
        f"It is computed from {plural(result.days_used, 'whole day')} of your data, {weekdays}, at list prices; new"
        " features and price changes are not in it."
    )


def _facts(result: Forecast) -> list[Fact]:
    ranges = [("the forecast", result.expected), ("the forecast at today's usage", result.steady)]
    ranges += [("the forecast with growth", result.grown)] if result.grown else []
    facts = [
        Fact(name=f"{end} {name}", value=value, unit="usd")
        for name, part in ranges
        for end, value in (("cost of", part.usd), ("lower end of", part.low_usd), ("upper end of", part.high_usd))
    ]
    facts += [
        Fact(name="share of cases of the interval", value=_CASES_PCT, unit="pct"),
        span_fact("days of the forecast", DAYS),
        Fact(name="days that the forecast uses", value=result.days_used, unit="count"),
        span_fact("days out of line", len(result.odd_days)),
        Fact(name="cost of days out of line above usual", value=result.odd_usd, unit="usd"),
    ]
    if result.trend_pct is not None:
        facts.append(Fact(name="trend of a day's cost", value=result.trend_pct, unit="pct"))
    facts += [] if result.growth_pct is None else [Fact(name="growth imagined", value=result.growth_pct, unit="pct")]
    return facts


FORECAST_COST = Tool(
    "forecast_cost",
    "What the next 30 days will cost, with an interval, as usage goes on or with a growth that is imagined.",
    ForecastArguments,
    forecast_cost,
)
