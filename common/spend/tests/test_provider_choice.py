"""The same model elsewhere: found by its identity, cheaper, within the limits, and never added to a swap."""

from dataclasses import replace
from datetime import timedelta

import pytest

from common.spend import Limits, Opportunity, OpportunityReport, UsageRow, combined_plan, find_opportunities
from common.spend.prices.engine import all_models
from common.spend.prices.names import resolve
from common.spend.prices.same_model import OPEN_WEIGHTS, has_open_weights, same_model_key, sold_elsewhere
from common.spend.tests.builders import START, rollup_of

LLAMA = UsageRow(START, "together", "meta-llama/Llama-3.3-70B-Instruct-Turbo", 3_000, out_visible=400, feature="chat")
CLAUDE = replace(LLAMA, provider="aws", model="us.anthropic.claude-sonnet-4-5-20250929-v1:0", feature="agent")


def _day(*rows: UsageRow) -> list[UsageRow]:
    return [replace(row, ts=row.ts + timedelta(minutes=n)) for row in rows for n in range(100)]


def _report(*rows: UsageRow, limits: Limits | None = None) -> OpportunityReport:
    return find_opportunities(rollup_of(_day(*rows)), limits or Limits())


def _choices(*rows: UsageRow, limits: Limits | None = None) -> dict[str, Opportunity]:
    found = _report(*rows, limits=limits).opportunities
    return {item.id.rsplit(":", 1)[1]: item for item in found if item.kind == "provider_choice"}


def test_every_entry_of_the_price_list_is_found_by_its_own_name_at_its_own_provider() -> None:
    """Rollups keep that name, and price what-ifs by it."""
    for model in all_models():
        assert resolve(model.provider, model.id) == model


def test_every_listed_entry_is_in_the_price_list() -> None:
    listed = {entry for entries in OPEN_WEIGHTS.values() for entry in entries}
    assert listed <= {f"{model.provider}:{model.id}" for model in all_models()}


@pytest.mark.parametrize(
    ("one", "two", "same"),
    [
        (("anthropic", "claude-sonnet-4-0"), ("aws", "us.anthropic.claude-sonnet-4-20250514-v1:0"), True),
        (("anthropic", "claude-sonnet-4-5"), ("google", "claude-sonnet-4-5@20250929"), True),
        (("anthropic", "claude-sonnet-4-5"), ("anthropic", "claude-sonnet-4-0"), False),
        (("openai", "o3"), ("azure", "o3-2025-04-16"), True),
        (("openai", "gpt-4o"), ("azure", "gpt-4o"), True),
        (("openai", "gpt-4o"), ("openai", "gpt-4o-mini"), False),
        (("groq", "openai/gpt-oss-120b"), ("fireworks", "gpt-oss-120b"), True),
        (("groq", "llama-3.3-70b-versatile"), ("groq", "llama-3.3-70b-specdec"), False),
    ],
)
def test_models_are_the_same_by_weights_or_by_the_vendors_name(
    one: tuple[str, str], two: tuple[str, str], *, same: bool
) -> None:
    models = [resolve(*each) for each in (one, two)]
    assert models[0] is not None
    assert models[1] is not None
    assert (same_model_key(models[0]) == same_model_key(models[1])) is same


def test_weights_that_openai_gives_away_are_not_sold_by_openai() -> None:
    model = resolve("groq", "openai/gpt-oss-120b")
    assert model is not None
    assert {other.provider for other in sold_elsewhere(model)} >= {"together", "fireworks", "aws"}
    assert "openai" not in {other.provider for other in sold_elsewhere(model)}
    assert has_open_weights(model)


def test_open_weights_at_a_cheaper_host_need_an_evaluation_for_their_precision() -> None:
    found = _choices(LLAMA)["llama-3.3-70b-versatile"]
    assert found.savings_usd == pytest.approx(100 * (3_000 * (0.88 - 0.59) + 400 * (0.88 - 0.79)) / 1e6)
    assert (found.quality, found.quality_risk, found.latency_risk, found.effort) == (
        "needs_evaluation", "medium", "medium", "medium",
    )  # fmt: skip
    assert "quantised" in found.evidence
    assert 'base_url="https://api.groq.com/openai/v1"' in found.snippet


def test_a_vendors_own_model_at_its_vendor_is_the_same_and_needs_no_evaluation() -> None:
    found = _choices(CLAUDE)
    assert found.keys() == {"claude-sonnet-4-5", "google/claude-sonnet-4-5"}
    for item in found.values():
        assert (item.quality, item.quality_risk) == (None, "low")
        assert item.savings_pct == pytest.approx(100 * (1 - 1 / 1.1))
    assert "AnthropicVertex" in found["google/claude-sonnet-4-5"].snippet


def test_excluded_providers_and_a_latency_limit_without_a_measurement_hold() -> None:
    assert "llama-3.3-70b-versatile" not in _choices(LLAMA, limits=Limits(excluded_providers=("Groq",)))
    assert not _choices(LLAMA, limits=Limits(latency_ms={"chat": 900.0}))


def test_measured_latency_at_the_other_provider_counts() -> None:
    there = replace(LLAMA, provider="groq", model="llama-3.3-70b-versatile", latency_ms=300.0)
    here = replace(LLAMA, latency_ms=800.0)
    some = [here, *[there] * 20]
    found = _choices(*some, limits=Limits(latency_ms={"chat": 900.0}))["llama-3.3-70b-versatile"]
    assert found.latency_risk == "low"
    assert "300 ms for llama-3.3-70b-versatile" in found.evidence
    assert not _choices(*some, limits=Limits(latency_ms={"chat": 200.0}))


def test_a_plan_takes_another_provider_or_another_model_but_never_both() -> None:
    rollup = rollup_of(_day(LLAMA, CLAUDE))
    assert {"provider_choice", "right_sizing"} <= {item.kind for item in _report(LLAMA, CLAUDE).opportunities}
    for target in (None, 5.0, 25.0, 99.0):
        plan = combined_plan(rollup, Limits(), target)
        moved = [step.opportunity.feature for step in plan.steps if step.opportunity.to_model]
        assert len(moved) == len(set(moved))
        assert plan.savings_usd <= plan.baseline_usd


def test_without_another_provider_the_reason_is_reported() -> None:
    gpt = replace(LLAMA, provider="openai", model="gpt-4o")
    missing = {item.kind: item.reason for item in _report(gpt).unavailable}
    assert missing["provider_choice"] == "The price list knows no other provider for any of the models you use."
    groq = replace(LLAMA, provider="groq", model="llama-3.3-70b-versatile")
    missing = {item.kind: item.reason for item in _report(groq).unavailable}
    assert "for clearly less than you pay now" in missing["provider_choice"]
