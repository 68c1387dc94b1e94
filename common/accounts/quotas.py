"""Limits of a user: open runs, and questions per month by tier."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from common.core.vocabulary import TierName

MESSAGE_LIMIT = 8_000
"""Characters of one message."""

TITLE_LIMIT = 80
"""Characters of the title of a thread."""

OPEN_RUNS_LIMIT = 10
"""Open runs (waiting and running) of one user, across threads."""


@dataclass(frozen=True)
class Tier:
    """`turns_per_month`: accepted turns in a UTC month."""

    name: TierName
    turns_per_month: int


TIERS: dict[TierName, Tier] = {
    tier.name: tier
    for tier in (Tier("free", 200), Tier("early", 2_000), Tier("mid", 20_000), Tier("enterprise", 200_000))
}


def quota_month(now: datetime) -> str:
    """The UTC month that a question counts for: '2026-11'."""
    return now.strftime("%Y-%m")


def quota_resets(now: datetime) -> str:
    """The first day of the next month: '2026-12-01'."""
    first = datetime(now.year, now.month, 1, tzinfo=UTC) + timedelta(days=32)
    return first.replace(day=1).strftime("%Y-%m-%d")
