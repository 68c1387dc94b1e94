"""What a user may have open and ask for in a month, by tier."""

from dataclasses import dataclass

MESSAGE_LIMIT = 8_000
"""Characters of one message."""

TITLE_LIMIT = 80
"""Characters of the title of a thread."""

OPEN_RUNS_LIMIT = 10
"""Open runs (waiting and running) of one user, across threads."""


@dataclass(frozen=True)
class Tier:
    """`turns_per_month`: accepted turns in a UTC month."""

    name: str
    turns_per_month: int


TIERS: dict[str, Tier] = {
    tier.name: tier
    for tier in (Tier("free", 200), Tier("early", 2_000), Tier("mid", 20_000), Tier("enterprise", 200_000))
}
