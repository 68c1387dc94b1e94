"""What holds of every verification, over random usage and any set of accepted recommendations."""

from dataclasses import replace
from datetime import UTC, date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from common.spend.ledger import AcceptedChange, current, freeze, verify
from common.spend.ledger.tests.cases import SWAP, proposed, rollup_at
from common.spend.model import UsageRow
from common.spend.prices import LIST_PRICES, PICO
from common.spend.prices.engine import NOON
from common.spend.prices.names import resolve
from common.spend.rollup.rollup import Rollup
from common.spend.tests.builders import START
from common.spend.tests.builders import rows as random_rows

ACCEPTABLE = (
    "retry_waste:chat", "duplicates:chat", "prompt_caching:chat:gpt-4o", SWAP, "batch:chat", "retry_waste:tickets",
    "prompt_caching:chat:gpt-4o-mini", "output_trimming:chat:gpt-4o", "prompt_trimming:chat:gpt-4o",
    "right_sizing:chat:claude-sonnet-4-5:gpt-4o-mini", "right_sizing:chat:gpt-4o-mini:gpt-4.1-nano",
)  # fmt: skip
FIRST = date(2026, 10, 12)
SECOND = date(2026, 10, 13)
_PAIRS = (("openai", "gpt-4o"), ("openai", "gpt-4o-mini"), ("anthropic", "claude-sonnet-4-5"))
SCOPES = [
    UsageRow(START, provider, model, 900, out_visible=90, feature=feature, status=status, prompt_hash="p1")
    for provider, model in _PAIRS
    for feature in ("chat", "tickets")
    for status in ("ok", "timeout")
]
"""One of everything on the first day, so that all can be accepted."""

usage = st.lists(
    random_rows.map(lambda row: replace(row, grain="request", requests=1, cost_reported=None)), max_size=25
)
chosen = st.sets(st.sampled_from(ACCEPTABLE), min_size=1)


def accepted(rollup: Rollup, names: set[str]) -> list[AcceptedChange]:
    return [
        AcceptedChange(baseline=freeze(rollup, proposed(name), FIRST), implemented=SECOND) for name in sorted(names)
    ]


def list_price(row: UsageRow) -> float:
    """Of one request, looked up by itself."""
    model, ts = resolve(row.provider, row.model), row.ts.astimezone(UTC)
    if model is None:
        return 0.0
    rates = LIST_PRICES.rates(model, ts.toordinal(), NOON, row.tier, sum(row.tokens[:4]), provider=row.provider)
    return sum(count * rate for count, rate in zip(row.tokens, rates, strict=True)) / PICO


@given(usage, chosen)
@settings(max_examples=40, deadline=None)
def test_the_rows_add_up_to_all_that_was_measured(rows: list[UsageRow], names: set[str]) -> None:
    rollup = rollup_at([*SCOPES, *rows])
    found = verify(accepted(rollup, names), rollup)
    measured = [row for row in found.rows if row.basis == "measured"]
    whole = found.counterfactual_usd - found.actual_usd
    assert sum(row.saved_usd for row in measured) == pytest.approx(whole, abs=1e-9)
    assert found.saved_usd == pytest.approx(whole, abs=1e-9)
    assert sum(row.price_effect_usd for row in measured) == pytest.approx(found.price_effect_usd, abs=1e-9)


@given(usage)
@settings(max_examples=25, deadline=None)
def test_the_actual_cost_is_that_of_the_rows_since(rows: list[UsageRow]) -> None:
    rollup = rollup_at([*SCOPES, *rows])
    since = [row for row in rows if row.feature == "chat" and row.ts.date() >= SECOND]
    found = verify(accepted(rollup, {"batch:chat"}), rollup)
    assert found.actual_usd == pytest.approx(sum(map(list_price, since)), abs=1e-9)


@given(usage, chosen, st.integers(0, 25))
@settings(max_examples=25, deadline=None)
def test_parts_that_are_merged_verify_as_the_whole_and_again_changes_nothing(
    rows: list[UsageRow], names: set[str], cut: int
) -> None:
    whole = rollup_at([*SCOPES, *rows])
    shards = [shard for part in (rows[:cut], [*rows[cut:], *SCOPES]) for shard in rollup_at(part).shards()]
    merged = Rollup.from_shards(shards)
    found, again = verify(accepted(whole, names), whole), verify(accepted(merged, names), merged)
    same = again == found  # compared here: pytest takes minutes to show how two of these differ
    assert same
    assert [row.id for row in current([*found.rows, *again.rows])] == [row.id for row in found.rows]
