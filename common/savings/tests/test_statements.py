"""The tier of a statement is the one at the end of its month."""

from datetime import UTC, datetime

from common.accounts.tiers import TierChange, tier_at
from common.core.vocabulary import TierName
from common.savings.statements import end_of


def change(day: int, before: TierName, after: TierName) -> TierChange:
    at = datetime(2026, 11, day, tzinfo=UTC)
    return TierChange(uid="u", at=at, by="ann", before=before, after=after, reason="contract 7")


def test_a_month_ends_where_the_next_begins() -> None:
    assert end_of("2026-11") == datetime(2026, 12, 1, tzinfo=UTC)
    assert end_of("2026-12") == datetime(2027, 1, 1, tzinfo=UTC)


def test_a_later_change_does_not_touch_an_earlier_month() -> None:
    changes = [change(2, "free", "early"), change(20, "early", "mid")]
    assert tier_at(end_of("2026-10"), "mid", changes) == "free"
    assert tier_at(datetime(2026, 11, 10, tzinfo=UTC), "mid", changes) == "early"
    assert tier_at(end_of("2026-11"), "mid", changes) == "mid"
    assert tier_at(end_of("2026-11"), "enterprise", []) == "enterprise"
