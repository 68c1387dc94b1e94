"""Verification: what counts as a saving and what does not."""

from dataclasses import replace
from datetime import date

import pytest

from common.spend.ledger import AcceptedChange, LedgerRow, Verification, row_document, row_of, verify
from common.spend.ledger.tests.cases import ACCEPTED, BEFORE, START, SWAP, baseline_of, daily, rollup_at, since
from common.spend.model import UsageRow
from common.spend.prices import LIST_PRICES, PICO, PriceBook, find_by_name
from common.spend.prices.contract import read_contract
from common.spend.prices.engine import NOON


def verified(name: str, after: list[UsageRow], before: list[UsageRow] = BEFORE) -> Verification:
    return verify([since(baseline_of(name, before))], rollup_at(after))


def of(verification: Verification, name: str | None) -> list[LedgerRow]:
    return [row for row in verification.rows if row.recommendation == name]


def input_price_from_october(usd: int) -> PriceBook:
    rates = f'{{"input": {usd}}}'
    return read_contract(f'{{"prices": [{{"model": "gpt-4o", "from": "{START}", "usd_per_million_tokens": {rates}}}]}}')


def test_growth_and_shrinkage_of_traffic_save_and_lose_nothing() -> None:
    for each in (1, 40):
        found = verified(SWAP, daily(START, 10, each))
        assert {(row.saved_usd, row.requests) for row in of(found, SWAP)} == {(0.0, 0)}
        assert found.saved_usd == pytest.approx(0, abs=1e-12)


def test_a_price_cut_is_never_a_saving() -> None:
    book = input_price_from_october(1)
    found = verify([since(baseline_of("batch:chat"))], rollup_at(daily(START, 3), book), book)
    assert found.saved_usd == 0
    assert found.price_effect_usd == pytest.approx(3 * 1_000 * (2.5 - 1.0) / 1e6)


def test_a_price_rise_is_no_loss_and_the_actual_cost_is_that_of_the_day() -> None:
    book = input_price_from_october(5)
    found = verify([since(baseline_of(SWAP))], rollup_at(daily(START, 1), book), book)
    assert found.saved_usd == 0
    assert found.price_effect_usd == pytest.approx(-1_000 * 2.5 / 1e6)
    assert found.actual_usd == pytest.approx((1_000 * 5 + 100 * 10) / 1e6)


def test_only_what_moved_is_measured() -> None:
    after = [*daily(START, 1, 3), *daily(START, 1, 1, model="gpt-4o-mini", out_visible=150)]
    (row,) = of(verified(SWAP, after), SWAP)
    assert (row.requests, row.footprint) == (1, 0.25)
    assert row.counterfactual_usd == pytest.approx((1_000 * 2.5 + 100 * 10) / 1e6)
    assert row.actual_usd == pytest.approx((1_000 * 0.15 + 150 * 0.6) / 1e6)


def test_a_target_that_was_in_use_before_counts_only_beyond_its_share() -> None:
    mini = {"model": "gpt-4o-mini", "out_visible": 100}
    before = [*BEFORE, *daily(date(2026, 9, 1), 30, 4, **mini)]
    (same,) = of(verified(SWAP, [*daily(START, 1, 8), *daily(START, 1, 8, **mini)], before), SWAP)
    assert (same.requests, same.saved_usd) == (0, 0)
    (more,) = of(verified(SWAP, [*daily(START, 1, 4), *daily(START, 1, 12, **mini)], before), SWAP)
    assert (more.requests, more.footprint) == (4, 0.5)
    assert more.saved_usd == pytest.approx(4 * (1_000 * 2.35 + 100 * 9.4) / 1e6)


def test_requests_that_went_the_other_way_are_no_doing_of_the_swap() -> None:
    before = [*BEFORE, *daily(date(2026, 9, 1), 30, 4, model="gpt-4o-mini")]
    away = [*daily(START, 1, 90), *daily(START, 1, 10, model="gpt-4o-mini")]
    (row,) = of(verified(SWAP, away, before), SWAP)
    assert (row.requests, row.saved_usd) == (0, 0)
    by_chance = [*daily(START, 1, 51), *daily(START, 1, 49, model="gpt-4o-mini")]
    (row,) = of(verified(SWAP, by_chance, before), SWAP)
    assert row.requests == 1
    assert row.footprint == pytest.approx(-0.02)
    assert row.saved_usd == pytest.approx(-(1_000 * 2.35 + 100 * 9.4) / 1e6)
    assert min(row.counterfactual_usd, row.actual_usd) > 0


def test_what_chance_in_the_mix_of_models_can_do_is_not_verified() -> None:
    before = [*BEFORE, *daily(date(2026, 9, 1), 30, 4, model="gpt-4o-mini")]
    some, many = (
        verified(SWAP, [*daily(START, 3, 50 - n), *daily(START, 3, 50 + n, model="gpt-4o-mini")], before)
        for n in (8, 40)
    )
    assert some.saved_usd > 0
    assert (some.verified, many.verified) == ((), (SWAP,))


def test_a_cache_is_not_to_blame_for_more_repeated_prompts() -> None:
    before = [row for n in range(10) for row in daily(date(2026, 9, 1), 30, 1 + n % 2, prompt_hash=f"p{n}")]
    often = daily(START, 1, 40, prompt_hash="p")
    (row,) = of(verified("duplicates:chat", often, before), "duplicates:chat")
    assert (row.saved_usd, row.counterfactual_usd) == (0, 0)


def test_two_swaps_to_one_model_share_what_is_found_there() -> None:
    other = "right_sizing:chat:gpt-4.1:gpt-4o-mini"
    before = [*BEFORE, *daily(date(2026, 9, 1), 30, 4, model="gpt-4.1")]
    found = verify(
        [since(baseline_of(name, before)) for name in (SWAP, other)],
        rollup_at([*daily(START, 1, 2), *daily(START, 1, 6, model="gpt-4o-mini")]),
    )
    assert [(row.requests, row.footprint) for name in (SWAP, other) for row in of(found, name)] == [(2, 0.5), (4, 1.0)]


def test_one_swap_after_another_are_measured_apart() -> None:
    second = "right_sizing:chat:gpt-4o-mini:gpt-4.1-nano"
    between = daily(START, 5, 4, model="gpt-4o-mini")
    items = [since(baseline_of(SWAP)), since(baseline_of(second, between, date(2026, 10, 5)), date(2026, 10, 6))]
    found = verify(items, rollup_at([*between, *daily(date(2026, 10, 6), 1, 1, model="gpt-4.1-nano")]))
    last = {row.recommendation: row.saved_usd for row in found.rows if row.day == "2026-10-06"}
    assert last[SWAP] == pytest.approx((1_000 * 2.35 + 100 * 9.4) / 1e6)
    assert last[second] == pytest.approx((1_000 * 0.05 + 100 * 0.2) / 1e6)


def test_long_requests_keep_their_long_context_price() -> None:
    gemini = {"provider": "google", "model": "gemini-2.5-pro"}
    before = [*daily(date(2026, 9, 1), 30, 1, **gemini), *daily(date(2026, 9, 1), 30, 1, in_uncached=300_000, **gemini)]
    name = "right_sizing:chat:gemini-2.5-pro:gemini-2.5-flash"
    after = daily(START, 1, in_uncached=300_000, provider="google", model="gemini-2.5-flash")
    (row,) = of(verified(name, after, before), name)
    model = find_by_name("gemini-2.5-pro")
    assert model is not None
    rates = LIST_PRICES.rates(model, START.toordinal(), NOON, "standard", 300_000)
    assert row.counterfactual_usd == pytest.approx((300_000 * rates[0] + 100 * rates[4]) / PICO)


def test_a_cache_lost_with_the_move_is_the_moves_loss() -> None:
    before = daily(date(2026, 9, 1), 30, 1, in_uncached=100, cache_read=900)
    (row,) = of(verified(SWAP, daily(START, 1, model="gpt-4o-mini"), before), SWAP)
    assert row.counterfactual_usd == pytest.approx((100 * 2.5 + 900 * 1.25 + 100 * 10) / 1e6)


def test_drift_that_nobody_recommended_is_unexplained_and_earns_nothing() -> None:
    found = verified("batch:chat", daily(START, 1, out_visible=300))
    (row,) = of(found, None)
    assert row.saved_usd == pytest.approx(-200 * 10 / 1e6)
    assert not row.earns
    assert found.saved_usd == row.saved_usd


def test_shorter_answers_count_for_the_recommendation_that_shortened_them() -> None:
    name = "output_trimming:chat:gpt-4o"
    found = verified(name, daily(START, 1, out_visible=60))
    assert [row.saved_usd for row in of(found, name)] == [pytest.approx(40 * 10 / 1e6)]
    assert [row.saved_usd for row in of(found, None)] == [0]


def test_less_thinking_and_shorter_prompts_are_measured_per_request() -> None:
    before = daily(date(2026, 9, 1), 30, 1, out_reasoning=500)
    thinking = verified("reasoning_effort:chat:gpt-4o", daily(START, 1, out_reasoning=100), before)
    assert thinking.saved_usd == pytest.approx(400 * 10 / 1e6)
    shorter = verified("prompt_trimming:chat:gpt-4o", daily(START, 1, 2, in_uncached=700))
    assert shorter.saved_usd == pytest.approx(2 * 300 * 2.5 / 1e6)


def test_what_is_not_implemented_or_not_in_the_log_is_projected() -> None:
    waiting = verify([AcceptedChange(baseline=baseline_of(SWAP))], rollup_at(daily(START, 1, 4)))
    silent = verified("retry_waste:chat", daily(START, 1, 4), [*BEFORE, *daily(ACCEPTED, 1, status="timeout")])
    unhashed = verified("duplicates:chat", daily(START, 1, 4), [replace(row, prompt_hash="p") for row in BEFORE])
    for found, reason in ((waiting, "not yet implemented"), (silent, "not one failed"), (unhashed, "no prompt hash")):
        (row,) = found.rows
        assert (row.basis, row.earns, found.saved_usd, found.verified) == ("projected", False, 0, ())
        assert row.saved_usd == pytest.approx(4 / 120)
        assert reason in row.method


def test_a_recommendation_counts_until_it_ends() -> None:
    item = replace(since(baseline_of(SWAP)), ended=date(2026, 10, 3))
    found = verify([item], rollup_at(daily(START, 5, model="gpt-4o-mini")))
    assert [row.day for row in of(found, SWAP)] == ["2026-10-01", "2026-10-02"]


def test_a_short_baseline_has_no_interval_and_says_so() -> None:
    (row,) = of(verified(SWAP, daily(START, 1, model="gpt-4o-mini"), daily(date(2026, 9, 1), 3)), SWAP)
    assert (row.low_usd, row.high_usd) == (None, None)
    assert "No interval: the baseline has 3 days" in row.method


def test_a_row_comes_back_from_its_document_exactly() -> None:
    for row in verified(SWAP, daily(START, 1, model="gpt-4o-mini")).rows:
        assert row_of(row_document(row)) == row
