"""Small datasets made row by row: a month with everything, and an hour that knows tokens only."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from common.spend import Rollup, UsageRow

FEATURES = (
    ("search", "gpt-4o", 900, 60, 700.0),
    ("summary v2", "gpt-4o", 4200, 380, 2600.0),
    ("chat", "gpt-4.1", 1500, 250, 1400.0),
)


def busy_month(rows: int = 3000, *, days: int = 30) -> Rollup:
    """So many days, three features, two models, 40 users; every 20th request fails, every 7th repeats a prompt."""
    rollup = Rollup()
    for row in rows_of_month(rows, days=days):
        rollup.add(row)
    return rollup


def rows_of_month(rows: int = 3000, *, days: int = 30) -> Iterator[UsageRow]:
    """Those of the busy month."""
    start = datetime(2026, 10, 1, 6, tzinfo=UTC)
    for number in range(rows):
        yield _row(number, start + timedelta(minutes=number * days * 1_433 / rows))


def spiky_month() -> Rollup:
    """The busy month, with 300 nightly summaries more on Tuesday, 20 October, from 02:00 UTC on."""
    rollup = busy_month()
    night = datetime(2026, 10, 20, 2, tzinfo=UTC)
    for number in range(300):
        rollup.add(replace(_row(1, night + timedelta(seconds=9 * number)), feature="nightly"))
    return rollup


def upgraded_month() -> Rollup:
    """The busy month, with search on gpt-4o-mini from 16 October on."""
    rollup = Rollup()
    for number in range(3000):
        row = _row(number, datetime(2026, 10, 1, tzinfo=UTC) + timedelta(minutes=number * 14.3))
        moved = row.feature == "search" and row.ts.day >= 16
        rollup.add(replace(row, model="gpt-4o-mini") if moved else row)
    return rollup


def bare_hour(rows: int = 400) -> Rollup:
    """An hour of gpt-4o without features, users, status, latency or hashes, as the Azure trace has it."""
    rollup = Rollup()
    start = datetime(2023, 11, 16, 18, 15, tzinfo=UTC)
    for number in range(rows):
        rollup.add(
            UsageRow(
                ts=start + timedelta(seconds=number * 8.7),
                provider="openai",
                model="gpt-4o",
                in_uncached=400 + 37 * (number % 40),
                out_visible=80 + 11 * (number % 25),
            )
        )
    return rollup


def _row(number: int, ts: datetime) -> UsageRow:
    feature, model, size, answer, latency = FEATURES[number % 3]
    repeated = number % 7 == 0
    return UsageRow(
        ts=ts,
        provider="openai",
        model=model,
        in_uncached=size + (0 if repeated else number % 100),
        out_visible=answer + number % 30,
        latency_ms=latency + number % 200,
        status="error" if number % 20 == 0 else "ok",
        user=f"user {number % 40}",
        feature=feature,
        session=f"s{number // 10}",
        prompt_hash=f"h-{feature}-{number // 210 if repeated else number}",
        prefix_reusable=size // 2 if number % 3 == 1 else 0,
    )
