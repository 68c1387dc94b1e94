"""Limits of a plan: each is kept, and the one that keeps a target out of reach is named."""

from dataclasses import replace
from datetime import timedelta
from time import process_time

import pytest

from common.spend.model import Limits, UsageRow
from common.spend.opportunities import find_opportunities
from common.spend.planning import combined_plan
from common.spend.rollup.rollup import Rollup
from common.spend.tests.builders import START, rollup_of

_USED = (
    ("openai", "gpt-4o"), ("openai", "gpt-4.1"), ("openai", "gpt-5"), ("openai", "gpt-4-turbo"), ("openai", "o1"),
    ("openai", "gpt-4.1-mini"), ("anthropic", "claude-sonnet-4-5"), ("anthropic", "claude-opus-4-1"),
    ("anthropic", "claude-3-5-sonnet"), ("google", "gemini-2.5-pro"),
)  # fmt: skip


def _month(feature: str = "support-chat", model: str = "gpt-4o", **fields: object) -> list[UsageRow]:
    row = UsageRow(START, "openai", model, 2_000, out_visible=300, feature=feature)
    return [replace(row, ts=START + timedelta(hours=6 * hour), **fields) for hour in range(80)]  # type: ignore[arg-type]  # fields of a row


@pytest.fixture(scope="module")
def mixed() -> Rollup:
    """A chat on gpt-4o, of which gpt-4o-mini answers a part, faster; tickets that no other model has answered."""
    slow, fast = _month(latency_ms=900.0), _month(model="gpt-4o-mini", latency_ms=200.0)
    return rollup_of([*slow, *fast[:20], *_month("tickets", model="gpt-4.1", latency_ms=400.0)])


@pytest.mark.parametrize(
    ("limits", "without", "binding"),
    [
        (Limits(max_effort="low"), (), "the limit on effort (low at most); without it, "),
        (Limits(speedup={"support-chat": 1.5}), (), "the speed that is asked for (1.5 times as fast, support-chat)"),
        (Limits(latency_ms={"tickets": 500.0}), (), "the latency limit on tickets; without it, "),
        (Limits(excluded_providers=("openai", "google", "anthropic", "groq")), (), "the excluded providers (openai, "),
        (Limits(kinds=("batch",)), ("batch:tickets",), "only these kinds are allowed: batch; without it, "),
    ],
)
def test_the_limit_that_binds_is_named_with_what_could_be_saved_without_it(
    mixed: Rollup, limits: Limits, without: tuple[str, ...], binding: str
) -> None:
    plan = combined_plan(mixed, limits, 99.9, without=without)
    assert not plan.target_met
    assert plan.binding is not None
    assert plan.binding.startswith(binding)
    assert plan.best_savings_pct == pytest.approx(plan.savings_pct)
    assert plan.best_savings_pct < combined_plan(mixed, Limits(), 99.9).best_savings_pct


def test_what_must_stay_as_it_is_binds_where_it_costs_most(mixed: Rollup) -> None:
    kept = tuple(item.id for item in find_opportunities(mixed, Limits()).opportunities if item.feature == "tickets")
    plan = combined_plan(mixed, Limits(), 99.9, without=kept)
    assert {step.opportunity.feature for step in plan.steps} == {"support-chat"}
    assert plan.binding is not None
    assert plan.binding.startswith("the changes that you want left out; without it, ")


def test_limits_that_bind_only_together_are_named_together(mixed: Rollup) -> None:
    ids = tuple(item.id for item in find_opportunities(mixed, Limits()).opportunities)
    plan = combined_plan(mixed, Limits(max_effort="low", kinds=("retry_waste",)), 50.0, without=ids)
    assert plan.steps == ()
    assert plan.binding is not None
    assert plan.binding.startswith("your limits together (")


def test_no_step_takes_more_effort_than_allowed(mixed: Rollup) -> None:
    efforts = {step.opportunity.effort for step in combined_plan(mixed, Limits(max_effort="low"), 60.0).steps}
    assert efforts == {"low"}


def test_a_faster_model_that_the_data_know_proves_the_speed_and_one_they_do_not_know_is_to_be_measured(
    mixed: Rollup,
) -> None:
    plan = combined_plan(mixed, Limits(speedup={"*": 2.0}, excluded_models=("gpt-4.1",)))
    speeds = {speed.feature: speed for speed in plan.speeds}
    chat, tickets = speeds["support-chat"], speeds["tickets"]
    assert chat.now_ms == pytest.approx(900, rel=0.01)
    assert chat.after_ms == pytest.approx(200, rel=0.01)
    assert chat.proven
    moved = [step.opportunity.to_model for step in plan.steps if step.opportunity.from_model == "gpt-4o"]
    assert moved == ["gpt-4o-mini"]
    assert not tickets.proven
    assert tickets.limit_ms == pytest.approx(200, rel=0.01)
    assert "on a sample of tickets" in tickets.missing
    assert not [step for step in plan.steps if step.opportunity.kind == "batch"]


def test_a_model_that_is_fast_for_another_feature_proves_no_speed() -> None:
    slow, elsewhere = _month(latency_ms=900.0), _month("autocomplete", model="gpt-4o-mini", latency_ms=200.0)
    plan = combined_plan(rollup_of([*slow, *elsewhere]), Limits(speedup={"support-chat": 3.0}))
    (speed,) = plan.speeds
    assert not speed.proven
    assert speed.after_ms is None
    assert "for support-chat (at least 20 requests of its own)" in speed.missing


def test_without_a_latency_no_speed_is_claimed() -> None:
    (speed,) = combined_plan(rollup_of(_month()), Limits(speedup={"*": 2.0}), 20.0).speeds
    assert (speed.now_ms, speed.after_ms, speed.proven) == (None, None, False)
    assert speed.missing == "Your data have no latency of support-chat: log latency_ms with each request."


def test_growth_is_compared_with_the_bill_of_today(mixed: Rollup) -> None:
    plan = combined_plan(mixed, Limits(growth_pct=30.0), 20.0)
    assert plan.baseline_usd == pytest.approx(1.3 * plan.today_usd)
    assert plan.target_met
    assert plan.after_usd <= 0.8 * 1.3 * plan.today_usd


def test_forty_features_of_ten_models_are_planned_in_two_seconds() -> None:
    rows = [
        UsageRow(
            START + timedelta(hours=(feature + 7 * place) % 480),
            provider,
            model,
            3_000 + 977 * feature,
            out_visible=200 + 31 * place,
            feature=f"report-{feature}",
            status="timeout" if place == feature % 10 else "ok",
            prompt_hash=f"p{feature}",
            session="s",
            prefix_reusable=1_500,
            latency_ms=500.0 + 200 * place,
        )
        for feature in range(40)
        for place, (provider, model) in enumerate(_USED)
    ]
    rollup = rollup_of(rows)
    assert rollup.sketches
    began = process_time()
    plan = combined_plan(rollup, Limits(), 60.0)
    assert process_time() - began < 4  # 1 second on a machine that does nothing else
    assert plan.target_met
    assert len(plan.steps) > 40
