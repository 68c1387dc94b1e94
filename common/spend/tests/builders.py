"""Random rows and small imports that several tests use."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from hypothesis import strategies as st

from common.spend import ImportBatch, Importer, Rollup, UsageRow
from common.spend.model import Charge
from common.spend.rollup.limits import LIMITS, RollupLimits

EXCERPTS = Path(__file__).parent / "excerpts"
START = datetime(2026, 10, 12, tzinfo=UTC)
MODELS = (
    ("openai", "gpt-4o"),
    ("openai", "gpt-4o-mini"),
    ("anthropic", "claude-sonnet-4-5"),
    ("google", "gemini-2.5-pro"),
    ("acme", "acme-llm-7b"),
)

_SEARCHED = (Charge("web_search", 2), Charge("code_execution", 1))
_tokens = st.integers(0, 400_000)
_small = st.integers(0, 5_000)

rows = st.builds(
    lambda seconds, pair, **fields: UsageRow(
        ts=START + timedelta(seconds=seconds), provider=pair[0], model=pair[1], **fields
    ),
    seconds=st.integers(0, 3 * 86_400),
    pair=st.sampled_from(MODELS),
    in_uncached=_tokens,
    cache_read=_small,
    cache_write_5m=_small,
    out_visible=_small,
    out_reasoning=_small,
    latency_ms=st.none() | st.floats(1, 60_000),
    status=st.sampled_from(["ok", "ok", "ok", "timeout", "http 500"]),
    user=st.none() | st.sampled_from(["ann", "bob", "eve"]),
    feature=st.none() | st.sampled_from(["chat", "summaries", "tickets"]),
    prompt_hash=st.none() | st.sampled_from(["p1", "p2", "p3"]),
    tier=st.sampled_from(["standard", "batch", "flex", "priority"]),
    cost_reported=st.none() | st.floats(-1, 10),
    currency=st.sampled_from(["USD", "USD", "EUR"]),
    requests=st.sampled_from([1, 1, 0, 900]),
    grain=st.sampled_from(["request", "request", "minute", "hour", "day"]),
    quality=st.none() | st.floats(0, 5),
    context_above=st.none() | st.just(200_000),
    charges=st.sampled_from(
        [(), (), (Charge("web_search", 2), Charge("code_execution", 1)), (Charge("other_tools", 1, 0.5),)]
    ),
)


def rollup_of(some: list[UsageRow], limits: RollupLimits = LIMITS) -> Rollup:
    """A rollup of rows."""
    rollup = Rollup(limits=limits)
    for row in some:
        rollup.add(row)
    return rollup


def imported(data: bytes | str, model: str | None = None) -> ImportBatch:
    """A whole file in one go."""
    importer = Importer(model)
    importer.feed(data.encode() if isinstance(data, str) else data)
    importer.finish()
    return importer.take()


def days_costing(usd: Sequence[float], **fields: Any) -> Rollup:
    """One request a day from Monday, START, on, of `usd` USD each: gpt-4o takes 2.50 USD for a million input tokens."""
    row = UsageRow(START, "openai", "gpt-4o", 0)
    days = enumerate(usd)
    return rollup_of(
        [replace(row, ts=START + timedelta(days=n), in_uncached=round(cost * 400_000), **fields) for n, cost in days]
    )
