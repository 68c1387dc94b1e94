"""Opportunities of each kind against figures worked out by hand, and what is said where there is none.

USD per million tokens: gpt-5.4 2.50 in, 15 out, half of it as batch or flex; claude-sonnet-4-5 3 in, 0.30 from the
cache, 3.75 or 6 to it (5 minutes, an hour), 15 out.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

import pytest

from common.spend.model import Limits, Opportunity, OpportunityKind, UsageRow
from common.spend.opportunities import case_of, find_all, find_opportunities
from common.spend.prices.contract import read_contract
from common.spend.tests.builders import START, rollup_of

GPT = UsageRow(START, "openai", "gpt-5.4", 10_000, out_visible=400, out_reasoning=600, feature="nightly-tags")
CLAUDE = UsageRow(START, "anthropic", "claude-sonnet-4-5", 10_000, feature="chat", session="s")


def _opportunities_by_kind(rows: Sequence[UsageRow], kind: OpportunityKind) -> dict[str, Opportunity]:
    return {item.id: item for item in find_opportunities(rollup_of(list(rows)), Limits(kinds=(kind,))).opportunities}


def _nightly(row: UsageRow) -> list[UsageRow]:
    """Ten times in the same hour of three days."""
    return [replace(row, ts=START + timedelta(days=day, hours=1)) for day in range(3)] * 10


def _why_not(rows: Sequence[UsageRow], kind: OpportunityKind) -> tuple[str, str]:
    (missing,) = find_opportunities(rollup_of(list(rows)), Limits(kinds=(kind,))).unavailable
    return missing.reason, missing.needs


def test_flex_is_an_alternative_to_batch_jobs_with_less_effort_and_more_waiting() -> None:
    found = _opportunities_by_kind(_nightly(GPT), "batch")
    batch, flex = found["batch:nightly-tags"], found["batch:nightly-tags:flex"]
    assert batch.savings_usd == flex.savings_usd == pytest.approx(30 * (10_000 * 2.50 + 1_000 * 15) / 2 / 1e6)
    assert (batch.effort, flex.effort, batch.latency_risk, flex.latency_risk) == ("medium", "low", "low", "medium")
    assert 'service_tier="flex"' in flex.snippet
    findings, _ = find_all(case_of(rollup_of([GPT]), Limits(kinds=("batch",))))
    assert len({finding.choice for finding in findings}) == 1


def test_requests_of_a_cheap_tier_stay_there_and_expensive_ones_are_priced_as_such() -> None:
    assert not _opportunities_by_kind([replace(GPT, tier="flex"), replace(GPT, tier="batch")], "batch")
    (standard, priority) = (
        _opportunities_by_kind([replace(GPT, tier=tier)], "batch") for tier in ("standard", "priority")
    )
    assert priority["batch:nightly-tags"].savings_usd > standard["batch:nightly-tags"].savings_usd


def test_a_cache_of_an_hour_pays_its_own_write_price_for_all_that_it_does_not_serve() -> None:
    row = replace(CLAUDE, prefix_reusable=0, prefix_reusable_1h=6_000)
    found = _opportunities_by_kind([row, replace(row, in_uncached=500, prefix_reusable_1h=0)], "prompt_caching")
    (item,) = found.values()
    assert item.id == "prompt_caching:chat:claude-sonnet-4-5:1h"
    assert item.savings_usd == pytest.approx((6_000 * 2.70 - 4_500 * 3) / 1e6)
    assert (item.low_usd, item.high_usd) == pytest.approx((item.savings_usd, 6_000 * 2.70 / 1e6))
    assert (item.requests, item.input_tokens) == (1, 6_000)
    assert '"ttl": "1h"' in item.snippet


@pytest.mark.parametrize(("model", "keeps"), [("gpt-4.1", True), ("gpt-4o", False)])
def test_openai_keeps_prompts_longer_for_some_models_only(model: str, keeps: bool) -> None:  # noqa: FBT001 - a parameter
    row = replace(CLAUDE, provider="openai", model=model, prefix_reusable=2_000, prefix_reusable_1h=6_000)
    found = _opportunities_by_kind([row], "prompt_caching")
    assert (f"prompt_caching:chat:{model}:1h" in found) == keeps
    assert any('prompt_cache_retention="24h"' in item.snippet for item in found.values()) == keeps


def test_half_of_the_reasoning_is_left_out_and_said_to_be_assumed() -> None:
    (item,) = _opportunities_by_kind([GPT], "reasoning_effort").values()
    assert item.savings_usd == item.low_usd == item.high_usd == pytest.approx(300 * 15 / 1e6)
    assert (item.confidence, item.quality) == ("low", "needs_evaluation")
    assert "assumed to spare 50 %" in item.assumptions[0]
    assert "60.0 % of its output" in item.evidence
    assert 'reasoning_effort="low"' in item.snippet


@pytest.mark.parametrize(
    ("provider", "model", "setting"),
    [
        ("anthropic", "claude-sonnet-4-5", '"budget_tokens": 1024'),
        ("anthropic", "claude-opus-5", 'output_config={"effort": "low"}'),
        ("google", "gemini-2.5-pro", '"thinking_budget": 1024'),
        ("google", "gemini-3.5-flash", '"thinking_level": "low"'),
    ],
)
def test_the_setting_for_less_reasoning_is_the_provider_s_own(provider: str, model: str, setting: str) -> None:
    (item,) = _opportunities_by_kind([replace(GPT, provider=provider, model=model)], "reasoning_effort").values()
    assert setting in item.snippet


@pytest.mark.parametrize(("provider", "model"), [("openai", "gpt-5-pro"), ("deepseek", "deepseek-reasoner")])
def test_no_lower_effort_is_advised_for_models_without_the_setting(provider: str, model: str) -> None:
    assert not _opportunities_by_kind([replace(GPT, provider=provider, model=model)], "reasoning_effort")


def test_reasoning_tokens_are_asked_for_only_where_a_model_in_use_reasons() -> None:
    assert "reasoning_tokens" in _why_not([replace(GPT, out_reasoning=0)], "reasoning_effort")[1]
    assert _why_not([replace(GPT, model="gpt-4o", out_reasoning=0)], "reasoning_effort")[1] == ""


def _tailed(**tail: int) -> list[UsageRow]:
    """Two hundred requests, the last 4 of them with a tail."""
    rows = [replace(GPT, ts=START + timedelta(seconds=n), in_uncached=2_000, out_visible=300) for n in range(200)]
    return [*rows[:196], *(replace(row, **tail) for row in rows[196:])]  # type: ignore[arg-type]  # whole numbers


def test_long_inputs_are_cut_to_what_the_rest_keeps_to() -> None:
    (item,) = _opportunities_by_kind(_tailed(in_uncached=40_000), "prompt_trimming").values()
    assert item.title == "Keep the input of nightly-tags (gpt-5.4) below 2,100 tokens"
    assert item.requests == 4
    assert item.low_usd <= 4 * 37_900 * 2.50 / 1e6 <= item.high_usd * (1 + 1e-9)
    assert item.high_usd - item.low_usd < 0.03 * item.savings_usd
    assert item.evidence.startswith("4 of 200 inputs are longer than 2,100 tokens, the longest has 40,000")


def test_long_outputs_are_cut_to_what_the_rest_keeps_to() -> None:
    (item,) = _opportunities_by_kind(_tailed(out_visible=20_000), "output_trimming").values()
    assert (item.requests, item.input_tokens, item.quality_risk) == (4, 0, "high")
    assert item.low_usd <= 4 * (20_600 - 910) * 15 / 1e6 <= item.high_usd * (1 + 1e-9)
    assert "max_completion_tokens=910" in item.snippet


def test_even_sizes_have_no_tail_and_sums_have_no_sizes() -> None:
    even = _tailed(in_uncached=2_000)
    assert "No feature with 100 requests or more" in _why_not(even, "prompt_trimming")[0]
    reason, needs = _why_not([replace(GPT, grain="day", requests=900)], "output_trimming")
    assert "not known from sums" in reason
    assert "one row per request" in needs


def test_with_a_contract_both_sides_and_the_text_are_the_customer_s() -> None:
    book = read_contract('{"discounts": [{"provider": "openai", "percent": 20}]}')
    rollup, limits = rollup_of([GPT]), Limits(kinds=("batch",))
    listed, own = find_opportunities(rollup, limits), find_opportunities(rollup, limits, book)
    assert own.baseline_usd == pytest.approx(0.8 * listed.baseline_usd)
    assert own.opportunities[0].savings_usd == pytest.approx(0.8 * listed.opportunities[0].savings_usd)
    assert "with your contract" in own.opportunities[0].assumptions[-1]
    assert "discounts of your contract are not known" in listed.opportunities[0].assumptions[-1]


def test_a_swap_at_a_host_keeps_its_discount_and_one_elsewhere_does_not() -> None:
    row = replace(GPT, provider="azure", model="gpt-4.1", out_reasoning=0)
    book = read_contract('{"discounts": [{"provider": "azure", "percent": 50}]}')
    limits = Limits(kinds=("right_sizing",))
    listed, own = (
        {item.to_model: item.savings_usd for item in find_opportunities(rollup_of([row]), limits, at).opportunities}
        for at in (read_contract("{}"), book)
    )
    assert own["gpt-4.1-mini"] == pytest.approx(listed["gpt-4.1-mini"] / 2)
    assert own.keys() <= listed.keys()
    assert all(
        own[name] < listed[name] / 2 for name in own if name is not None and name.startswith(("gemini", "claude"))
    )
