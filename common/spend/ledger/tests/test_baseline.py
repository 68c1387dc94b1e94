"""Baselines: what is frozen, and that it stays small and exact."""

import json
from dataclasses import replace
from datetime import date, timedelta

import pytest

from common.spend.ledger import as_document, freeze, from_document
from common.spend.ledger.tests.cases import ACCEPTED, BEFORE, ROW, SWAP, baseline_of, daily, proposed, rollup_at
from common.spend.model import Limits, Unanswerable
from common.spend.opportunities import find_opportunities
from common.spend.prices.contract import read_contract


def test_a_baseline_comes_back_from_its_text_exactly() -> None:
    baseline = baseline_of("duplicates:chat", [replace(row, prompt_hash="p") for row in BEFORE])
    assert from_document(json.loads(json.dumps(as_document(baseline)))) == baseline


def test_days_after_the_acceptance_are_not_in_it() -> None:
    later = daily(date(2026, 10, 1), 5, out_visible=9_999)
    baseline = baseline_of(SWAP, [*BEFORE, *later])
    assert (baseline.first, baseline.last, baseline.days, baseline.requests) == ("2026-09-01", "2026-09-30", 30, 120)
    assert baseline.sent == baseline_of(SWAP).sent


def test_the_largest_baseline_is_below_200_kb_and_says_what_it_left_out() -> None:
    sizes = (1_000, 110_000, 130_000, 199_999 + 1, 210_000, 300_000)
    rows = [
        replace(
            ROW, ts=ROW.ts + timedelta(days=day - 19), model=model, in_uncached=size, tier=tier, status=status,
            provider=provider, cache_read=123_456, cache_write_5m=78_901, out_visible=45_678, out_reasoning=91_234,
            feature="f" * 200, prompt_hash="p", requests=987_654,
        )
        for day in range(20) for model in ("gpt-4o", "gpt-4.1", "o3") for provider in ("openai", "azure")
        for size in sizes for tier in ("standard", "batch", "flex", "priority") for status in ("ok", "timeout")
    ]  # fmt: skip
    baseline = baseline_of(f"duplicates:{'f' * 200}", rows)
    assert 50_000 < len(json.dumps(as_document(baseline))) < 200_000
    assert 0 < baseline.kept < 1


def test_a_scope_without_requests_cannot_be_frozen() -> None:
    with pytest.raises(Unanswerable, match="hold no request with a price"):
        baseline_of("right_sizing:other:gpt-4o:gpt-4o-mini")
    with pytest.raises(Unanswerable, match="up to 2026-08-31 hold no request"):
        baseline_of(SWAP, at=date(2026, 8, 31))


def test_the_seller_is_the_one_that_the_recommendation_names_whatever_its_id_says() -> None:
    rows = [*BEFORE, *daily(date(2026, 9, 1), 30, 9, provider="azure")]
    assert baseline_of(SWAP, rows).source == ("openai", "gpt-4o")
    azure = baseline_of("right_sizing:chat:azure/gpt-4o:gpt-4o-mini", rows)
    assert (azure.source, azure.target, azure.requests) == (("azure", "gpt-4o"), (None, "gpt-4o-mini"), 270)
    assert baseline_of("prompt_caching:chat:gpt-4o:1h", rows, variant=True).source == ("openai", "gpt-4o")
    assert baseline_of("prompt_caching:chat:azure/gpt-4o:1h", rows, variant=True).source == ("azure", "gpt-4o")
    moved = baseline_of("provider_choice:chat:azure/gpt-4o:gpt-4o", rows)
    assert (moved.source, moved.target) == (("azure", "gpt-4o"), ("openai", "gpt-4o"))
    renamed = replace(proposed("right_sizing:chat:azure/gpt-4o:gpt-4o-mini"), id="any")
    assert freeze(rollup_at(rows), renamed, ACCEPTED).source == ("azure", "gpt-4o")


def test_a_swap_counts_at_every_seller_only_where_it_leads_to_the_maker_of_another_model() -> None:
    assert baseline_of("right_sizing:chat:gpt-4o:gpt-4o-mini").target == (None, "gpt-4o-mini")
    assert baseline_of("right_sizing:chat:gpt-4o:azure/gpt-4o-mini").target == ("azure", "gpt-4o-mini")
    assert baseline_of("prompt_caching:chat:gpt-4o:1h", variant=True).target is None


def test_a_seller_that_was_not_recorded_is_the_only_one_that_sells_the_model_or_nothing_is_frozen() -> None:
    unrecorded = replace(proposed(SWAP), provider=None, to_provider=None)
    assert freeze(rollup_at(BEFORE), unrecorded, ACCEPTED) == baseline_of(SWAP)
    two_sellers = rollup_at([*BEFORE, *daily(date(2026, 9, 1), 30, 9, provider="azure")])
    move = replace(proposed("provider_choice:chat:azure/gpt-4o:gpt-4o"), provider=None, to_provider=None)
    for rollup, change in ((two_sellers, unrecorded), (rollup_at(BEFORE), move)):
        with pytest.raises(Unanswerable, match="Ask for the savings again"):
            freeze(rollup, change, ACCEPTED)
    batch = replace(proposed("batch:chat"), from_model="gpt-4o")
    assert freeze(rollup_at(BEFORE), batch, ACCEPTED).source is None


def test_an_opportunity_says_who_sells_the_model_of_a_cache_that_lives_an_hour() -> None:
    azure = daily(date(2026, 9, 1), 3, provider="azure", model="gpt-4.1", in_uncached=9_000, prefix_reusable_1h=8_000)
    rollup = rollup_at([*azure, *daily(date(2026, 9, 1), 3, 9, model="gpt-4.1")])
    (longer,) = find_opportunities(rollup, Limits(kinds=("prompt_caching",))).opportunities
    assert longer.id == "prompt_caching:chat:azure/gpt-4.1:1h"
    assert freeze(rollup, longer, ACCEPTED).source == ("azure", "gpt-4.1")


def test_the_price_version_tells_list_contract_and_price_date() -> None:
    contract = read_contract('{"discounts": [{"provider": "openai", "percent": 10}]}', date(2026, 9, 1))
    version = freeze(rollup_at(BEFORE, contract), proposed(SWAP), ACCEPTED, contract).price_version
    assert version.startswith(f"{baseline_of(SWAP).price_version}+contract-")
    assert version.endswith("@2026-09-01")
