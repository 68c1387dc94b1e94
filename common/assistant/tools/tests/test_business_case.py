"""`business_case`: what it says of saving, work and payback."""

import pytest

from common.assistant.question.model import Constraints, Operation
from common.assistant.tests.rows import bare_hour, busy_month
from common.assistant.tools.business_case import TOOL
from common.assistant.tools.tests.contexts import asked_of, part, run, text_of, uncovered
from common.contract.answer import TableBlock
from common.runs.step import ToolError, ToolResult
from common.spend import Rollup
from common.spend.semantics import last_days


async def _case(rows: Rollup, **more: object) -> ToolResult:
    return await run(TOOL, rows, part(Operation.BUSINESS_CASE, constraints=Constraints.model_validate(more)))


async def test_without_horizons_the_case_is_over_6_and_12_months() -> None:
    headline = (await _case(busy_month())).headline[0].text
    assert headline.startswith("The plan saves about ")
    assert " in 6 months, and about " in headline
    assert headline.endswith(" in 12 months.")


async def test_the_horizons_that_are_asked_for_are_used_and_end_the_table() -> None:
    result = await _case(busy_month(), horizons=(3,))
    table = next(block for block in result.blocks if isinstance(block, TableBlock))
    assert result.headline[0].text.endswith(" in 3 months.")
    assert [row[0] for row in table.rows] == ["Month 1", "Month 2", "Month 3"]
    assert f"{table.rows[-1][5]:,.2f} USD" in result.headline[0].text


async def test_work_is_in_hours_only_until_the_price_of_an_hour_is_named() -> None:
    without = await _case(busy_month())
    assert "hours of work." in without.headline[1].text
    assert "Name the price of an hour" in without.offer[0].text
    named = await _case(busy_month(), hour_usd=0.5)
    assert named.offer == []
    assert "at 0.50 USD an hour: that is paid back after" in named.headline[1].text


async def test_what_does_not_earn_its_own_work_is_named() -> None:
    text = text_of(await _case(busy_month(), hour_usd=1.0))
    assert (
        "Leave out what does not earn its own work in 12 months: 6 of 9, which save 8.97 USD and take 48 hours." in text
    )
    assert "Leave out" not in text_of(await _case(busy_month(), hour_usd=0.001))


async def test_work_that_is_not_paid_back_is_said_not_to_be() -> None:
    assert "does not pay back in 12 months" in text_of(await _case(busy_month(), hour_usd=500.0))


async def test_the_ramp_and_what_needs_an_evaluation_are_said() -> None:
    text = text_of(await _case(busy_month()))
    assert "low effort from month 1 on (4 hours), medium effort from month 2 on (16 hours)" in text
    assert "of the saving needs an evaluation first" in text
    assert "needs an evaluation first" not in text_of(await _case(busy_month(), no_evaluation=True))


async def test_a_plan_on_a_few_days_is_held_against_the_forecast_of_all_of_them() -> None:
    inquiry = part(Operation.BUSINESS_CASE, period=last_days(2))
    few, every = await run(TOOL, busy_month(), inquiry), await _case(busy_month())
    bill = next(fact.value for fact in every.facts if fact.name == "bill of a month")
    assert bill in [fact.value for fact in few.facts if fact.name == "bill of a month"]


async def test_data_too_short_for_a_forecast_say_what_is_missing() -> None:
    result = await _case(bare_hour())
    assert result.headline == []
    assert "at least 7 whole days" in result.missing[0].text


async def test_limits_that_leave_nothing_leave_no_case() -> None:
    only_batch = await _case(busy_month(), only_kinds=("reasoning_effort",))
    assert "nothing to make a case for" in only_batch.headline[0].text


@pytest.mark.parametrize("more", [{}, {"hour_usd": 2.0, "growth_pct": 40.0}, {"horizons": (1, 24)}])
async def test_every_number_is_a_figure(more: dict[str, object]) -> None:
    assert uncovered(await _case(busy_month(), **more)) == []


@pytest.mark.parametrize("more", [{"hour_usd": -1.0}, {"horizons": (0,)}])
async def test_what_cannot_be_is_refused(more: dict[str, object]) -> None:
    with pytest.raises(ToolError):
        await _case(busy_month(), **more)


def test_only_a_business_case_with_data_calls_it() -> None:
    assert len(TOOL.calls(asked_of(part(Operation.BUSINESS_CASE)))) == 1
    assert TOOL.calls(asked_of(part(Operation.PLAN))) == ()
