"""Users by day: cost by user and day, the user behind an odd day, and who grew; and when the data do not show it."""

from datetime import timedelta

import pytest

from common.spend import Rollup, Unanswerable, UsageRow
from common.spend.measures import anomalies, user_changes, users_by_day
from common.spend.rollup.shards import pack
from common.spend.tests.builders import START, rollup_of

_DAYS = 28
_ODD, _BUSY = 20, "eve"


@pytest.fixture(scope="module")
def rollup() -> Rollup:
    """Four weeks of three users; one of them asks forty times as much on one day."""
    rows = [
        UsageRow(START + timedelta(days=day, hours=hour), "openai", "gpt-4o", 900_000 + 100 * day, user=user)
        for day in range(_DAYS)
        for user in ("ann", "bob", _BUSY)
        for hour in range(40 if (day, user) == (_ODD, _BUSY) else 1)
        for hour in [hour % 24]
    ]
    return rollup_of(rows)


def test_the_user_behind_an_odd_day_is_named(rollup: Rollup) -> None:
    movers = {mover.by: mover for mover in anomalies(rollup).days[0].movers}
    assert movers["user"].key == _BUSY
    assert movers["user"].usd > 30 * movers["user"].usual_usd
    assert movers["user"].effects.cause == "volume"


def test_who_grew_comes_first(rollup: Rollup) -> None:
    days = sorted({key.day for key in rollup.cells})
    most = user_changes(rollup, days[:_ODD], days[_ODD:])[0]
    assert most.user == _BUSY
    assert most.after_usd > 5 * most.before_usd
    assert most.effects.total_usd == pytest.approx(most.after_usd - most.before_usd)


def test_what_was_imported_before_users_were_kept_by_day_is_said(rollup: Rollup) -> None:
    records = rollup_of([UsageRow(START, "openai", "gpt-4o", 9, user="ann")]).records()
    shards = pack((record for record in records if record[0] != "w"), 10_000)
    both = rollup.merge(Rollup.from_shards(shards))
    with pytest.raises(Unanswerable, match="imported before"):
        users_by_day(both)
    assert "user" not in {mover.by for day in anomalies(both).days for mover in day.movers}
