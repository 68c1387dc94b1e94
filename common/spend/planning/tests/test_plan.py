"""Plans: no dollar is saved twice, targets and limits are honoured, and what binds is named."""

import random
from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from common.spend.model import Limits, Plan, UsageRow
from common.spend.opportunities import case_of, find_all, find_opportunities
from common.spend.opportunities.tests.by_rows import cost_by_rows
from common.spend.planning import combined_plan
from common.spend.tests.builders import MODELS, START, rollup_of

_features = st.sampled_from(["nightly-summaries", "support-chat", "tickets"])
_requests = st.builds(
    lambda second, pair, size, prefix, **fields: UsageRow(
        ts=START + timedelta(seconds=second),
        provider=pair[0],
        model=pair[1],
        in_uncached=size,
        prefix_reusable=round(size * prefix),
        session="s",
        **fields,
    ),
    second=st.integers(0, 3 * 86_400),
    pair=st.sampled_from(MODELS),
    size=st.integers(1, 330_000),
    prefix=st.sampled_from([0.0, 0.3, 0.9]),
    cache_read=st.sampled_from([0, 2_000]),
    out_visible=st.integers(0, 4_000),
    status=st.sampled_from(["ok", "ok", "ok", "timeout"]),
    feature=_features,
    prompt_hash=st.sampled_from(["p1", "p2", "p3"]),
    tier=st.sampled_from(["standard", "batch"]),
)


def _brute_force(rows: list[UsageRow], plan: Plan) -> float:
    """Savings of a plan, request by request."""
    known = {finding.opportunity.id: finding.action for finding in find_all(case_of(rollup_of(rows), Limits()))[0]}
    actions = [known[step.opportunity.id] for step in plan.steps]
    return cost_by_rows(rows, []) - cost_by_rows(rows, actions)


@settings(max_examples=60, deadline=None)
@given(rows=st.lists(_requests, min_size=1, max_size=25), target=st.none() | st.sampled_from([5.0, 30.0, 60.0, 99.0]))
def test_a_plan_saves_exactly_what_its_steps_save_request_by_request(
    rows: list[UsageRow], target: float | None
) -> None:
    plan = combined_plan(rollup_of(rows), Limits(), target_pct=target)
    assert plan.savings_usd == pytest.approx(_brute_force(rows, plan), rel=1e-9, abs=1e-9)
    assert 0 <= plan.savings_usd <= plan.baseline_usd + 1e-9
    assert plan.after_usd == pytest.approx(plan.baseline_usd - plan.savings_usd)


def test_a_plan_of_all_kinds_over_many_rows_saves_exactly_what_they_save_request_by_request() -> None:
    draw = random.Random(7)  # noqa: S311 - a test's rows
    rows = [
        UsageRow(
            ts=START + timedelta(days=draw.randrange(3), seconds=draw.randrange(2 * 3_600)),
            provider="openai",
            model="gpt-4o",
            in_uncached=(size := draw.randrange(2_000, 90_000)),
            out_visible=draw.randrange(3_000),
            status=draw.choice(["ok", "ok", "ok", "timeout"]),
            feature="nightly-summaries",
            session="s",
            prompt_hash=f"p{draw.randrange(60)}",
            prefix_reusable=draw.choice([0, size // 2]),
        )
        for _ in range(400)
    ]
    plan = combined_plan(rollup_of(rows), Limits(), target_pct=99.9)
    kinds = {step.opportunity.kind for step in plan.steps}
    assert kinds == {"retry_waste", "duplicates", "prompt_caching", "right_sizing", "batch"}
    assert plan.savings_usd == pytest.approx(_brute_force(rows, plan), rel=1e-9)


@settings(max_examples=40, deadline=None)
@given(rows=st.lists(_requests, min_size=1, max_size=25), count=st.integers(1, 4))
def test_the_first_steps_of_a_plan_save_alone_what_they_save_in_it(rows: list[UsageRow], count: int) -> None:
    rollup = rollup_of(rows)
    first = combined_plan(rollup, Limits()).steps[:count]
    alone = combined_plan(rollup, Limits(), select=tuple(step.opportunity.id for step in first))
    assert alone.savings_usd == pytest.approx(sum(step.savings_usd for step in first), rel=1e-9, abs=1e-9)


@settings(max_examples=40, deadline=None)
@given(rows=st.lists(_requests, min_size=1, max_size=20), target=st.sampled_from([5.0, 30.0, 60.0, 95.0]))
def test_a_target_is_met_or_nothing_within_the_limits_meets_it(rows: list[UsageRow], target: float) -> None:
    plan = combined_plan(rollup_of(rows), Limits(), target_pct=target)
    assert plan.target_met == (plan.savings_pct + 1e-9 >= target)
    assert plan.target_met == (plan.best_savings_pct + 1e-9 >= target)
    assert (plan.binding is None) == plan.target_met


@settings(max_examples=30, deadline=None)
@given(rows=st.lists(_requests, min_size=1, max_size=20))
def test_no_step_saves_more_together_than_the_bill_and_none_saves_nothing(rows: list[UsageRow]) -> None:
    plan = combined_plan(rollup_of(rows), Limits())
    assert all(step.savings_usd > 0 for step in plan.steps)
    swaps = [(s.opportunity.feature, s.opportunity.from_model) for s in plan.steps if s.opportunity.to_model]
    assert len(swaps) == len(set(swaps))


def _month(feature: str | None = "support-chat", **fields: object) -> list[UsageRow]:
    return [
        UsageRow(START + timedelta(hours=hour), "openai", "gpt-4o", 2_000, out_visible=300, feature=feature, **fields)  # type: ignore[arg-type]
        for hour in range(24 * 20)
    ]


def test_the_least_risky_set_that_reaches_the_target_is_taken() -> None:
    rollup = rollup_of(_month())
    models = {
        target: [step.opportunity.to_model for step in combined_plan(rollup, Limits(), target_pct=target).steps]
        for target in (15.0, 30.0, 92.0)
    }
    assert models[15.0] == ["gpt-4.1"]
    assert models[30.0] == ["gpt-4.1-mini"]
    assert models[92.0] not in (["gpt-4.1"], ["gpt-4.1-mini"])


def test_gpt_4o_has_real_alternatives_and_none_is_called_safe() -> None:
    report = find_opportunities(rollup_of(_month()), Limits())
    swaps = {item.to_model: item for item in report.opportunities if item.kind == "right_sizing"}
    assert {"gpt-4.1", "gpt-4.1-mini", "gpt-4o-mini", "gpt-5-mini"} <= swaps.keys()
    assert swaps["gpt-4o-mini"].quality_risk == "high"
    assert swaps["gpt-5-mini"].latency_risk == "high"
    assert swaps["gpt-4.1"].savings_pct == pytest.approx(20.0)
    assert all("needs one before it can be called safe" in item.evidence for item in swaps.values())


def test_excluded_models_and_providers_are_never_proposed() -> None:
    limits = Limits(
        excluded_models=("GPT-4.1-mini", "openai/gpt-4o-mini"), excluded_providers=("Vertex AI", "Anthropic")
    )
    report = find_opportunities(rollup_of(_month()), limits)
    proposed = {item.to_model for item in report.opportunities}
    assert not proposed & {"gpt-4.1-mini", "gpt-4o-mini"}
    assert not any(str(model).startswith(("gemini", "claude")) for model in proposed)


def test_a_model_whose_window_is_too_small_is_not_proposed() -> None:
    rows = [UsageRow(START, "openai", "gpt-4.1", 500_000, out_visible=10)]
    proposed = {item.to_model for item in find_opportunities(rollup_of(rows), Limits()).opportunities}
    assert "gpt-4.1-mini" in proposed
    assert not proposed & {"gpt-4o", "gpt-4o-mini", "gpt-5-mini"}


def test_a_latency_limit_keeps_slow_swaps_and_batch_away() -> None:
    rows = _month("reports", latency_ms=150.0)
    free = find_opportunities(rollup_of(rows), Limits()).opportunities
    kept = find_opportunities(rollup_of(rows), Limits(latency_ms={"reports": 200.0})).opportunities
    assert any(item.kind == "batch" for item in free)
    assert not any(item.kind == "batch" for item in kept)
    assert {item.to_model for item in kept} <= {"gpt-4.1-mini", "gpt-4.1-nano", "gpt-4o-mini"}


def test_a_measured_latency_above_the_limit_rules_a_model_out() -> None:
    slow = UsageRow(START, "openai", "gpt-4.1-mini", 10, out_visible=1, feature="support-chat", latency_ms=900.0)
    limits = Limits(latency_ms={"support-chat": 200.0})
    report = find_opportunities(rollup_of(_month(latency_ms=150.0) + [slow] * 20), limits)
    proposed = {item.to_model for item in report.opportunities if item.feature == "support-chat"}
    assert "gpt-4o-mini" in proposed
    assert "gpt-4.1-mini" not in proposed


@pytest.mark.parametrize(
    ("feature", "requests", "reason"),
    [
        ("autocomplete", 40, "latencies of gpt-4.1-mini for other features only; they prove nothing for support-chat."),
        ("support-chat", 19, "19 latencies of gpt-4.1-mini for support-chat, too few for a p95 (it needs 20)."),
    ],
)
def test_neither_another_feature_nor_a_few_requests_prove_a_latency(feature: str, requests: int, reason: str) -> None:
    fast = UsageRow(START, "openai", "gpt-4.1-mini", 10, out_visible=1, feature=feature, latency_ms=90.0)
    rollup = rollup_of(_month(latency_ms=900.0) + [fast] * requests)
    moves = find_opportunities(rollup, Limits(kinds=("right_sizing",))).opportunities
    (mini,) = [item for item in moves if (item.feature, item.to_model) == ("support-chat", "gpt-4.1-mini")]
    assert mini.evidence.endswith(reason)


@pytest.mark.parametrize(
    ("limits", "binding"),
    [
        (Limits(kinds=("duplicates", "retry_waste")), "only these kinds are allowed"),
        (Limits(latency_ms={"*": 200.0}, kinds=None), "the latency limit on all requests"),
        (Limits(), "all opportunities found in the data"),
    ],
)
def test_an_unreachable_target_names_what_binds(limits: Limits, binding: str) -> None:
    nightly = [replace(row, ts=row.ts.replace(hour=1)) for row in _month("tickets")]
    plan = combined_plan(rollup_of(nightly), limits, target_pct=99.5)
    assert not plan.target_met
    assert plan.binding is not None
    assert plan.binding.startswith(binding)


def test_growth_scales_money_and_leaves_percentages() -> None:
    rollup = rollup_of(_month())
    now, grown = combined_plan(rollup, Limits()), combined_plan(rollup, Limits(growth_pct=30.0))
    assert grown.baseline_usd == pytest.approx(1.3 * now.baseline_usd)
    assert grown.savings_usd == pytest.approx(1.3 * now.savings_usd)
    assert grown.savings_pct == pytest.approx(now.savings_pct)


def test_a_month_is_projected_from_a_week_on_only() -> None:
    rows = _month()
    assert combined_plan(rollup_of(rows), Limits()).monthly_factor == pytest.approx(30 / (479 / 24))
    assert combined_plan(rollup_of(rows[:24]), Limits()).monthly_factor is None


def test_selected_and_top_opportunities_make_the_plan() -> None:
    rows = _month() + _month("nightly-reports") + _month("tickets", prompt_hash="same")
    rollup = rollup_of(rows)
    batch = combined_plan(rollup, Limits(), select=("batch:nightly-reports",))
    assert [step.opportunity.id for step in batch.steps] == ["batch:nightly-reports"]
    assert len(combined_plan(rollup, Limits(), top=2).steps) == 2
    with pytest.raises(KeyError, match="no such opportunity"):
        combined_plan(rollup, Limits(), select=("batch:moon",))


def test_kinds_without_data_say_what_would_be_needed() -> None:
    report = find_opportunities(rollup_of(_month(None)), Limits())
    missing = {item.kind: item for item in report.unavailable}
    assert {"duplicates", "retry_waste", "prompt_caching"} <= missing.keys()
    assert "equal token counts are no proof" in missing["duplicates"].reason
    batch = next(item for item in report.opportunities if item.kind == "batch")
    assert (batch.confidence, batch.title[:8]) == ("low", "At most:")


def test_equal_token_counts_are_no_duplicates() -> None:
    rows = [replace(row, prompt_hash=f"p{place}") for place, row in enumerate(_month())]
    assert not any(item.kind == "duplicates" for item in find_opportunities(rollup_of(rows), Limits()).opportunities)


def test_anthropic_caching_pays_for_what_it_writes() -> None:
    row = UsageRow(START, "anthropic", "claude-sonnet-4-5", 10_000, feature="chat", session="s", prefix_reusable=6_000)
    (item,) = [i for i in find_opportunities(rollup_of([row]), Limits()).opportunities if i.kind == "prompt_caching"]
    assert item.savings_usd == pytest.approx((6_000 * (3 - 0.3) - 4_000 * (3.75 - 3)) / 1e6)
