"""The time ahead: forecasts, room below rate limits, the same requests on another model."""

import pytest

from common.assistant.question.model import Constraints, LatencyLimit, Money, Operation
from common.assistant.tests.rows import bare_hour, busy_month, spiky_month, upgraded_month
from common.assistant.tools import forecast_cost, rate_limit_headroom, what_if
from common.assistant.tools.tests.contexts import only, part, run, text_of
from common.runs.step import ToolError, ToolResult
from common.spend import Rollup
from common.spend.semantics.dimensions import DimensionName
from common.spend.semantics.periods import Period, PeriodName
from common.spend.tests.builders import days_costing


def _value(result: ToolResult, name: str) -> float:
    return next(fact.value for fact in result.facts if fact.name == name)


async def _forecast(rolled: Rollup, **constraints: float | tuple[int, ...]) -> ToolResult:
    return await run(
        forecast_cost.TOOL, rolled, part(Operation.FORECAST, constraints=Constraints.model_validate(constraints))
    )


async def test_growth_comes_first_when_it_is_imagined() -> None:
    grown, plain = await _forecast(busy_month(), growth_pct=30.0), await _forecast(busy_month())
    assert grown.headline[0].text.startswith("With 30 % growth the 30 days from 31 October 2026 on will cost 29.85 USD")
    assert plain.headline[0].text.startswith("If usage goes on as in your data, the 30 days")
    assert _value(grown, "cost of the forecast with growth") == pytest.approx(
        1.3 * _value(plain, "cost of the forecast"), rel=0.01
    )


async def test_months_ahead_are_said_without_an_interval_and_that_is_said() -> None:
    result = await _forecast(busy_month(), horizons=(12, 6))
    far = [sentence.text for sentence in result.details if sentence.topic == "horizon"]
    assert far[0].startswith("At today's usage 6 months cost ")
    assert far[1].startswith("At today's usage 12 months cost ")
    assert "no interval can be told" in far[2]
    assert _value(result, "cost of 12 months") == pytest.approx(2 * _value(result, "cost of 6 months"))


async def test_a_forecast_is_of_the_rows_that_are_asked_about() -> None:
    rows = only(DimensionName.FEATURE, "search")
    result = await run(forecast_cost.TOOL, busy_month(), part(Operation.FORECAST, where=rows))
    assert "3.10 USD" in result.headline[0].text
    assert {name for said in result.headline[0].figures if said.fact.of for name in said.fact.of.names} == {"search"}


async def test_days_out_of_line_are_said_beside_the_forecast() -> None:
    assert "1 day out of line (20 October 2026), with 4.30 USD more than usual" in text_of(
        await _forecast(spiky_month())
    )


async def test_growth_is_on_the_figure_that_is_shown_as_its_base() -> None:
    grown = await _forecast(busy_month(), growth_pct=30.0)
    base = _value(grown, "cost of the forecast at today's usage")
    assert _value(grown, "cost of the forecast with growth") == pytest.approx(1.3 * base)
    assert grown.headline[0].text.endswith(f"That is 30 % on {base:.2f} USD, which they cost at today's usage.")


async def test_a_model_that_changed_for_good_is_in_the_forecast_and_named() -> None:
    result = await _forecast(upgraded_month())
    assert result.headline[1].text.startswith(
        "In it: since 16 October 2026 `search` is on `gpt-4o-mini` instead of `gpt-4o`, where a request costs 0.06"
    )
    assert "out of line" not in text_of(result)


async def test_odd_days_at_the_end_say_what_their_level_would_cost() -> None:
    result = await _forecast(days_costing([10.0 + day % 3 * 0.2 for day in range(26)] + [30.0, 31.0]))
    assert result.headline[1].text.startswith(
        "Not in it: 2 days at the end of your data (7 November to 8 November 2026) are out of line; if that level"
        " stays, it will be 9"
    )


@pytest.mark.parametrize(
    ("budget", "verdict"),
    [
        (Money(usd=500.0), "Very likely under 500.00 USD."),
        (Money(usd=200.0, per="month"), "Very likely above 200.00 USD a month."),
        (Money(usd=20.0, per="day"), "Very likely under 20.00 USD a day (600.00 USD in 30 days)."),
        (Money(usd=305.0), "Too close to call: 305.00 USD is within the range of the forecast, about even odds."),
        (Money(usd=310.0), "Too close to call: 310.00 USD is within the range of the forecast, though under it is"),
        (Money(usd=302.0), "Too close to call: 302.00 USD is within the range of the forecast, though above it is"),
    ],
)
async def test_an_amount_to_stay_under_is_judged_first_by_the_interval(budget: Money, verdict: str) -> None:
    days = days_costing([10.0 + day % 3 * 0.2 for day in range(28)])
    requested = part(Operation.FORECAST, constraints=Constraints(budget=budget))
    assert (await run(forecast_cost.TOOL, days, requested)).headline[0].text.startswith(verdict)


async def test_a_limit_that_is_no_amount_is_said_not_to_be_forecast() -> None:
    limited = Constraints(latency=(LatencyLimit(ms=2000.0),))
    result = await run(forecast_cost.TOOL, busy_month(), part(Operation.FORECAST, constraints=limited))
    assert result.limits[0].text.startswith("Only the cost is forecast")


async def test_data_that_are_too_short_for_a_forecast_say_what_they_need() -> None:
    result = await _forecast(bare_hour())
    assert not result.headline
    assert "at least 7 whole days" in result.missing[0].text


@pytest.mark.parametrize("period", [PeriodName.TODAY, PeriodName.YESTERDAY])
async def test_a_forecast_from_one_day_is_said_to_be_impossible(period: PeriodName) -> None:
    requested = part(Operation.FORECAST, period=Period(name=period))
    assert "at least 7 whole days" in (await run(forecast_cost.TOOL, busy_month(), requested)).missing[0].text


@pytest.mark.parametrize(
    ("rpm", "verdict"), [(1_000_000.0, "holds: even if"), (100.0, "cannot be told for certain"), (1.0, "is exceeded:")]
)
async def test_a_rate_limit_is_judged_in_the_first_sentence(rpm: float, verdict: str) -> None:
    result = await run(
        rate_limit_headroom.TOOL, bare_hour(), part(Operation.HEADROOM, constraints=Constraints(rpm=rpm))
    )
    assert verdict in result.headline[0].text
    assert _value(result, "limit of requests per minute") == rpm


async def test_without_a_limit_the_peaks_are_said_and_the_limit_is_asked_for() -> None:
    result = await run(rate_limit_headroom.TOOL, busy_month(), part(Operation.HEADROOM))
    assert result.headline[0].text.startswith("The busiest minute has at least 1 request and at most 5 requests")
    assert "Name your limits" in result.offer[0].text


@pytest.mark.parametrize("constraints", [Constraints(rpm=-1.0), Constraints(growth_pct=-100.0)])
async def test_limits_and_growth_that_make_no_sense_are_refused(constraints: Constraints) -> None:
    with pytest.raises(ToolError):
        await run(rate_limit_headroom.TOOL, busy_month(), part(Operation.HEADROOM, constraints=constraints))


async def test_usage_cannot_shrink_by_all_of_it() -> None:
    with pytest.raises(ToolError, match="cannot grow by -100 %"):
        await _forecast(busy_month(), growth_pct=-100.0)


async def test_other_models_are_priced_on_the_rows_that_are_asked_about() -> None:
    requested = part(Operation.WHAT_IF, where=only(DimensionName.FEATURE, "chat"), models=("gpt-4o-mini",))
    result = await run(what_if.TOOL, busy_month(), requested, model="gpt-4o-mini")
    assert result.headline[0].text.startswith("On `gpt-4o-mini` the same 1,000 requests would cost ")
    assert "instead of 5.21 USD" in result.headline[0].text
    assert [sentence.topic for sentence in result.limits] == ["evaluation"]


async def test_a_what_if_of_a_feature_that_changed_its_model_says_a_day_of_its_present_use() -> None:
    rows = only(DimensionName.FEATURE, "search")
    result = await run(what_if.TOOL, upgraded_month(), part(Operation.WHAT_IF, where=rows), model="gpt-4o")
    assert result.details[0].text.startswith("Its model since 16 October 2026 is `gpt-4o-mini`: on its 15 days it")
    assert " a day more, " in result.details[0].text


async def test_a_model_that_is_not_to_be_used_is_priced_and_said_to_be_so() -> None:
    requested = part(Operation.WHAT_IF, constraints=Constraints(excluded_providers=("google",)))
    result = await run(what_if.TOOL, busy_month(), requested, model="gemini-2.5-pro")
    assert "You said that `gemini-2.5-pro` is not to be used" in result.limits[0].text


async def test_an_unknown_model_is_named() -> None:
    with pytest.raises(ToolError, match="No price is known for `nonsense-1`"):
        await run(what_if.TOOL, busy_month(), part(Operation.WHAT_IF), model="nonsense-1")
