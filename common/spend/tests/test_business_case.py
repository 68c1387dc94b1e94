"""The business case of a plan: its ramp, its bounds, and when the work is paid back."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from common.spend import Limits, Plan, Rollup, UsageRow, combined_plan
from common.spend.measures import Forecast, UsdRange, forecast
from common.spend.planning.business_case import AGAIN, HOURS, business_case
from common.spend.tests.builders import rollup_of


def _month() -> Rollup:
    """30 days of two features on gpt-4o, every 20th request failed, every 5th prompt a repeat of its day."""
    start = datetime(2026, 10, 1, 6, tzinfo=UTC)
    row = UsageRow(start, "openai", "gpt-4o", 1000, out_visible=200, status="ok")
    return rollup_of(
        [
            replace(
                row,
                ts=start + timedelta(hours=number),
                feature=("search", "chat")[number % 2],
                status="error" if number % 20 == 0 else "ok",
                prompt_hash=f"p{number // 24 if number % 5 == 0 else number}-{number % 5 == 0}",
            )
            for number in range(720)
        ]
    )


@pytest.fixture(scope="module")
def plan() -> Plan:
    return combined_plan(_month(), Limits())


@pytest.fixture(scope="module")
def ahead() -> Forecast:
    """100 USD a month, 80 to 130."""
    return replace(forecast(_month()), expected=UsdRange(100.0, 80.0, 130.0))


def test_a_change_saves_from_the_month_on_that_its_effort_allows(plan: Plan, ahead: Forecast) -> None:
    case = business_case(plan, ahead, (4,))
    low = sum(step.savings_usd for step in plan.steps if step.opportunity.effort == "low")
    medium = sum(step.savings_usd for step in plan.steps if step.opportunity.effort == "medium")
    assert min(low, medium) > 0
    assert low + medium == pytest.approx(plan.savings_usd)
    expected = [100 * low / plan.baseline_usd, *[100 * plan.savings_usd / plan.baseline_usd] * 3]
    assert [month.saving.usd for month in case.months] == pytest.approx(expected)


def test_months_add_up_and_the_bounds_are_low_of_low_and_high_of_high(plan: Plan, ahead: Forecast) -> None:
    case = business_case(plan, ahead, (6, 12))
    assert case.at(6).so_far.usd == pytest.approx(sum(month.saving.usd for month in case.months[:6]))
    assert case.full.low_usd == pytest.approx(80 * plan.low_usd / plan.baseline_usd)
    assert case.full.high_usd == pytest.approx(130 * plan.high_usd / plan.baseline_usd)
    assert case.spend(12) == 1200.0


def test_the_first_change_of_a_kind_takes_its_hours_and_each_further_one_a_part(plan: Plan, ahead: Forecast) -> None:
    case = business_case(plan, ahead, (6,))
    kinds = [step.opportunity.kind for step in plan.steps]
    assert len(set(kinds)) < len(kinds)
    wanted = [
        HOURS[step.opportunity.effort] * (AGAIN if step.opportunity.kind in kinds[:place] else 1)
        for place, step in enumerate(plan.steps)
    ]
    assert [step.hours for step in case.steps] == wanted
    assert case.hours == sum(wanted)


def test_the_work_is_paid_back_within_the_month_in_which_the_saving_reaches_it(plan: Plan, ahead: Forecast) -> None:
    first, second = business_case(plan, ahead, (12,)).months[:2]
    work = first.saving.usd + second.saving.usd / 2
    hours = business_case(plan, ahead, (12,)).hours
    case = business_case(plan, ahead, (12,), hour_usd=work / hours)
    assert case.work_usd == pytest.approx(work)
    assert case.payback_days == pytest.approx(45)


def test_work_that_costs_more_than_is_saved_has_no_payback_and_without_a_price_there_is_none(
    plan: Plan, ahead: Forecast
) -> None:
    assert business_case(plan, ahead, (12,), hour_usd=1e6).payback_days is None
    assert business_case(plan, ahead, (12,)).work_usd is None


def test_growth_that_was_named_replaces_the_expected_bill(plan: Plan, ahead: Forecast) -> None:
    grown = replace(ahead, growth_pct=100.0, grown=UsdRange(200.0, 160.0, 260.0))
    assert business_case(plan, grown, (6,)).full.usd == pytest.approx(2 * business_case(plan, ahead, (6,)).full.usd)


@pytest.mark.parametrize("horizons", [(), (0,), (6, 61)])
def test_a_horizon_that_is_none_is_refused(plan: Plan, ahead: Forecast, horizons: tuple[int, ...]) -> None:
    with pytest.raises(ValueError, match="1 to 60"):
        business_case(plan, ahead, horizons)
