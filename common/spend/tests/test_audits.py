"""Audits: totals and places by the engine, savings that add up, and guesses at shared starts."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from common.spend import Limits, Rollup, UsageRow
from common.spend.opportunities.audits import audit
from common.spend.semantics import DimensionName, MeasureName
from common.spend.tests.builders import rollup_of

_ROW = UsageRow(datetime(2026, 10, 1, tzinfo=UTC), "openai", "gpt-4o", 3000, out_visible=100, status="ok")


def _agents(**fields: object) -> Rollup:
    """100 requests of "agent" with 1,000 of 4,000 tokens cached, and 50 of "search" with 900 tokens."""
    large = [replace(_ROW, feature="agent", cache_read=1000, **fields) for _ in range(100)]  # type: ignore[arg-type]
    small = [replace(_ROW, feature="search", in_uncached=900) for _ in range(50)]
    rows = [*large, *small]
    return rollup_of([replace(row, ts=row.ts + timedelta(hours=number)) for number, row in enumerate(rows)])


def test_a_cache_audit_has_the_share_of_all_and_places_by_their_input() -> None:
    result = audit(_agents(), "prompt_caching", Limits())
    assert result.values[MeasureName.CACHED_SHARE] == 100 * 100_000 / 445_000
    assert [place.name for place in result.places] == ["agent", "search"]
    assert result.places[0].values[MeasureName.CACHED_SHARE] == 25


def test_a_long_least_input_is_a_shared_start_to_be_checked_and_a_short_one_is_none() -> None:
    (start,) = audit(_agents(), "prompt_caching", Limits()).guesses
    assert start.feature == "agent"
    assert 0.99 * 4000 <= start.tokens <= 4000
    assert 99 <= start.most_pct <= 100


def test_no_start_is_guessed_where_a_log_has_prefixes_or_a_cache_serves_most_already() -> None:
    assert audit(_agents(prefix_reusable=10), "prompt_caching", Limits()).guesses == ()
    served = rollup_of([replace(_ROW, feature="agent", cache_read=9000)])
    assert audit(served, "prompt_caching", Limits()).guesses == ()


def test_what_the_log_does_not_tell_is_named_and_has_no_value() -> None:
    result = audit(rollup_of([_ROW]), "reasoning_effort", Limits())
    assert "no reasoning tokens" in result.lacking
    assert MeasureName.REASONING_TOKENS not in result.values or not result.values[MeasureName.REASONING_TOKENS]
    assert audit(rollup_of([_ROW]), "retry_waste", Limits()).by is DimensionName.MODEL


def test_savings_of_an_audit_are_one_for_each_place_and_add_up() -> None:
    prompts = [replace(_ROW, feature=("a", "b")[n % 2], prompt_hash=f"p{n % 2}") for n in range(40)]
    result = audit(rollup_of(prompts), "duplicates", Limits())
    assert sorted(str(item.feature) for item in result.savings) == ["a", "b"]
    assert result.savings_usd == sum(item.savings_usd for item in result.savings)
    assert result.base is not None
    assert result.savings_usd < (result.base.usd or 0)
