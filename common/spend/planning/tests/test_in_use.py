"""What is in use now: traffic that stopped is in no saving and no plan, and stands beside them with its cost.

START is a Monday. USD per million tokens in and out: gpt-4o 2.50 and 10, gpt-4.1 2 and 8.
"""

from datetime import timedelta

import pytest

from common.spend import combined_plan, find_opportunities
from common.spend.model import Limits, UsageRow
from common.spend.opportunities import case_of
from common.spend.opportunities.workload import Action
from common.spend.tests.builders import START, rollup_of

SATURDAY, SUNDAY = 5, 6


def _days(days: list[int], model: str = "gpt-4o", feature: str | None = "chat", *, each: int = 30) -> list[UsageRow]:
    """Requests of some days after START."""
    return [
        UsageRow(START + timedelta(days=day, hours=9), "openai", model, 10_000, out_visible=500, feature=feature)
        for day in days
        for _ in range(each)
    ]


def _weekends(weeks: int) -> list[int]:
    return [7 * week + day for week in range(weeks) for day in (SATURDAY, SUNDAY)]


def _workdays(days: int) -> list[int]:
    return [day for day in range(days) if day % 7 < SATURDAY]


MOVED = _days([*range(10)]) + _days([10, 11], "gpt-4.1")
"""300 requests for 300 * (0.025 + 0.005) = 9 USD, then 60 elsewhere for 60 * (0.02 + 0.004) = 1.44."""


def test_savings_and_plans_leave_out_what_moved_away_and_say_how_much_that_was() -> None:
    report, plan = find_opportunities(rollup_of(MOVED), Limits()), combined_plan(rollup_of(MOVED), Limits())
    assert {item.from_model for item in report.opportunities if item.kind == "right_sizing"} == {"gpt-4.1"}
    (ended,) = report.left_out
    assert plan.left_out == report.left_out
    assert (ended.feature, ended.model, ended.requests, ended.last_day) == ("chat", "gpt-4o", 300, "2026-10-21")
    assert ended.cost_usd == pytest.approx(9.0)
    assert ended.reason == "no request since 2026-10-21, while chat had 60 on other models"
    assert plan.baseline_usd == report.baseline_usd == pytest.approx(10.44)
    assert 0 < plan.savings_usd < 1.44
    assert plan.savings_pct == pytest.approx(100 * plan.savings_usd / 10.44)
    assert plan.low_usd <= plan.savings_usd <= plan.high_usd < 1.44


def test_a_target_counts_what_stopped_as_cost_that_no_step_touches() -> None:
    plan = combined_plan(rollup_of(MOVED), Limits(), 50)
    assert not plan.target_met
    assert plan.best_savings_pct == pytest.approx(100 * plan.savings_usd / 10.44)
    assert plan.binding is not None
    assert "86.2 % of the bill is of traffic that is not in use" in plan.binding
    assert combined_plan(rollup_of(MOVED), Limits(), 5).target_met


def test_a_step_on_a_whole_feature_counts_only_its_models_in_use() -> None:
    case = case_of(rollup_of(MOVED), Limits())
    assert case.savings(Action("batch", "chat")) == pytest.approx(1.44 / 2)


@pytest.mark.parametrize(
    "rows",
    [
        pytest.param(_days(_weekends(2), feature="report") + _days([*range(19)]), id="a feature of weekends"),
        pytest.param(_days(_weekends(1), feature="report") + _days([*range(12)]), id="a feature of one weekend"),
        pytest.param(_days(_weekends(2)) + _days(_workdays(19), "gpt-4.1"), id="a model of weekends, on Friday"),
        pytest.param(_days(_weekends(1)) + _days(_workdays(12), "gpt-4.1"), id="a model of one weekend"),
        pytest.param(_days([*range(9)], "gpt-4.1", each=5) + _days([*range(6)], each=1), id="few requests, for 3 days"),
        pytest.param(_days([0]) + _days([0], "gpt-4.1"), id="one day"),
        pytest.param(_days([*range(3)], each=3) + _days([3], "gpt-4.1", each=19), id="19 requests missed"),
        pytest.param(_days([0, 7, 14], feature="weekly") + _days([*range(21)]), id="a feature of Mondays, on Sunday"),
        pytest.param(_days([0, 10, 20], feature="rare") + _days([*range(35)]), id="a pause of less than twice another"),
        pytest.param(_days([0], feature="once") + _days([*range(8)]), id="a week of silence"),
        pytest.param(_days([*range(3)], feature=None), id="without features"),
    ],
)
def test_what_pauses_is_in_use(rows: list[UsageRow]) -> None:
    assert find_opportunities(rollup_of(rows), Limits()).left_out == ()


@pytest.mark.parametrize(
    ("rows", "reason"),
    [
        (_days([0]) + _days([1], "gpt-4.1", each=20), "no request since 2026-10-12, while chat had 20 on other models"),
        (_days([0], feature="once") + _days([*range(9)]), "no request since 2026-10-12"),
        (_days([0, 7], feature="weekly") + _days([*range(23)]), "no request since 2026-10-19"),
    ],
)
def test_what_stopped_is_not(rows: list[UsageRow], reason: str) -> None:
    (ended,) = find_opportunities(rollup_of(rows), Limits()).left_out
    assert ended.reason == reason
