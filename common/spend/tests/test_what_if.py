"""What-ifs against prices worked out by hand: USD per million tokens in and out, gpt-4o 2.50 and 10, gpt-4o-mini 0.15
and 0.60, claude-sonnet-4-5 3 and 15.
"""

import pytest

from common.spend import Rollup, UsageRow
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
