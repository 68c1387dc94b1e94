"""What-ifs against prices worked out by hand: USD per million tokens in and out, gpt-4o 2.50 and 10, gpt-4o-mini 0.15
and 0.60, claude-sonnet-4-5 3 and 15.
"""

from dataclasses import replace

import pytest

from common.spend import Rollup, UsageRow
from common.spend.model import Limits
from common.spend.opportunities import find_opportunities
from common.spend.opportunities.what_if import what_if
from common.spend.prices.contract import read_contract
from common.spend.tests.builders import START, rollup_of

BIG = UsageRow(START, "openai", "gpt-4o", 1_000_000, out_visible=100_000)
SMALL = UsageRow(START, "openai", "gpt-4o-mini", 2_000_000, out_visible=500_000)


def test_the_same_tokens_are_priced_on_the_other_model() -> None:
    found = what_if(rollup_of([BIG]), "gpt-4o-mini")
    assert found.before_usd == pytest.approx(2.50 + 1.00)
    assert found.after_usd == pytest.approx(0.15 + 0.06)
    assert (found.model, found.provider, found.requests, found.already) == ("gpt-4o-mini", "openai", 1, 0)
    assert found.dearer == ()
    assert found.best_usd == pytest.approx(found.after_usd)


def test_models_that_get_dearer_are_named_and_left_out_of_the_best() -> None:
    found = what_if(rollup_of([BIG, SMALL, SMALL]), "gpt-4o")
    assert found.dearer == ("gpt-4o-mini",)
    assert found.already == 1
    assert found.after_usd == pytest.approx(3.50 + 2 * (5.00 + 5.00))
    assert found.best_usd == found.before_usd == pytest.approx(3.50 + 2 * (0.30 + 0.30))


def test_cached_and_reasoning_tokens_keep_their_bucket() -> None:
    row = UsageRow(START, "openai", "gpt-4o", 0, cache_read=100_000, out_reasoning=10_000)
    found = what_if(rollup_of([row]), "claude-sonnet-4-5")
    assert found.before_usd == pytest.approx(0.125 + 0.100)
    assert found.after_usd == pytest.approx(0.030 + 0.150)


def test_a_person_s_spelling_is_understood_and_unpriced_requests_do_not_count() -> None:
    unpriced = UsageRow(START, "acme", "acme-llm-7b", 1_000_000)
    found = what_if(rollup_of([BIG, unpriced]), "openai/GPT-4o-mini-2024-07-18")
    assert (found.model, found.requests) == ("gpt-4o-mini", 1)


def test_with_a_contract_both_sides_are_the_customer_s() -> None:
    book = read_contract('{"discounts": [{"provider": "openai", "percent": 10}]}')
    found = what_if(rollup_of([BIG]), "gpt-4o-mini", book)
    assert (found.before_usd, found.after_usd) == pytest.approx((0.9 * 3.50, 0.9 * 0.21))


def test_no_rows_cost_nothing_and_an_unknown_model_is_refused() -> None:
    found = what_if(Rollup(), "gpt-4o")
    assert (found.requests, found.before_usd, found.after_usd, found.best_usd) == (0, 0, 0, 0)
    with pytest.raises(LookupError, match="nonsense-1"):
        what_if(Rollup(), "nonsense-1")


def _answered(model: str, count: int, tokens: int, *, feature: str = "chat", size: int = 1_000) -> list[UsageRow]:
    half = tokens // 2
    row = UsageRow(START, "openai", model, size, feature=feature)
    return [replace(row, out_visible=half, out_reasoning=tokens - half if model == "gpt-5-mini" else half)] * count


def test_the_feature_s_own_answers_on_the_other_model_tell_how_much_it_writes() -> None:
    """200 answers of 500 tokens on gpt-4o become 1,200 tokens each on gpt-4o-mini, as 100 of its own are."""
    rows = _answered("gpt-4o", 200, 500) + _answered("gpt-4o-mini", 100, 1_200)
    found = what_if(rollup_of(rows), "gpt-4o-mini")
    of_own = 100 * (1_000 * 0.15 + 1_200 * 0.60) / 1e6
    assert found.after_usd == pytest.approx(of_own + 200 * (1_000 * 0.15 + 1_200 * 0.60) / 1e6)
    assert (found.low_usd, found.high_usd) == pytest.approx((found.after_usd, found.after_usd), rel=0.01)
    assert found.own_usd == pytest.approx(200 * (1_000 * 2.50 + 500 * 10) / 1e6)
    assert "1,200 output tokens in your data (100 requests), one of gpt-4o 500 (200)" in found.lengths[0]
    assert "2.40 times" in found.lengths[0]


def test_reasoning_counts_as_output() -> None:
    """gpt-5-mini (0.25 and 2 USD) visibly writes as much as gpt-4o, and reasons as much again."""
    rows = _answered("gpt-4o", 200, 500) + _answered("gpt-5-mini", 150, 1_000)
    found = what_if(rollup_of(rows), "gpt-5-mini")
    assert found.after_usd == pytest.approx(350 * (1_000 * 0.25 + 1_000 * 2) / 1e6)


@pytest.mark.parametrize(
    ("other", "reason", "spread"),
    [
        (_answered("gpt-4o-mini", 99, 1_200), "99 answers of gpt-4o-mini to chat", (0.6, 1.7)),
        (_answered("gpt-4o-mini", 500, 1_200, feature="search"), "0 answers of gpt-4o-mini to chat", (0.6, 1.7)),
        (_answered("gpt-4o-mini", 500, 1_200, size=2_001), "of another size than those of gpt-4o", (0.6, 2.4)),
    ],
)
def test_few_answers_those_to_another_feature_and_to_other_requests_prove_nothing(
    other: list[UsageRow], reason: str, spread: tuple[float, float]
) -> None:
    found = what_if(rollup_of(_answered("gpt-4o", 200, 500) + other), "gpt-4o-mini")
    stays = sum(row.in_uncached * 0.15 + (row.out_visible + row.out_reasoning) * 0.60 for row in other)
    costs = [(stays + 200 * (1_000 * 0.15 + 500 * factor * 0.60)) / 1e6 for factor in (spread[0], 1.0, spread[1])]
    assert [found.low_usd, found.after_usd, found.high_usd] == pytest.approx(costs)
    assert reason in found.lengths[0]
    assert found.own_usd == 0


def test_a_swap_that_writes_so_much_more_that_it_costs_more_is_not_proposed() -> None:
    """gpt-4.1 (2 and 8 USD) would save a fifth of gpt-4o's cost, but writes twice as much."""
    rows = _answered("gpt-4o", 200, 500) + _answered("gpt-4.1", 200, 1_000)
    proposed = find_opportunities(rollup_of(rows), Limits(kinds=("right_sizing",))).opportunities
    assert "gpt-4.1" not in {item.to_model for item in proposed if item.from_model == "gpt-4o"}
    unknown = find_opportunities(rollup_of(rows[:200]), Limits(kinds=("right_sizing",))).opportunities
    (swap,) = [item for item in unknown if item.to_model == "gpt-4.1"]
    assert swap.low_usd == pytest.approx(200 * (1_000 * 0.50 + 500 * (10 - 1.7 * 8)) / 1e6)
    assert swap.high_usd == pytest.approx(200 * (1_000 * 0.50 + 500 * (10 - 0.6 * 8)) / 1e6)
