"""What is computed of some requests only: it is of them, and of the time of all data."""

from datetime import timedelta

import pytest

from common.spend import Unanswerable, UsageRow, breakdown
from common.spend.measures import forecast
from common.spend.semantics import Condition, DimensionName
from common.spend.semantics.narrowing import narrowed
from common.spend.tests.builders import START, rollup_of

_OLD = Condition(dimension=DimensionName.FEATURE, values=("old",))


def test_failed_requests_alone_have_breakdowns() -> None:
    rollup = rollup_of(
        [
            UsageRow(START, "openai", "gpt-4o", 9, feature="chat"),
            UsageRow(START, "openai", "gpt-4o", 400_000, status="timeout", feature="search"),
        ]
    )
    failed = narrowed(rollup, (Condition(dimension=DimensionName.STATUS, values=("ok",), negated=True),))
    (share,) = breakdown(failed, "feature")
    assert (share.key, share.requests) == ("search", 1)


def test_what_stopped_long_before_the_data_end_has_no_forecast() -> None:
    some = [UsageRow(START + timedelta(days=day), "openai", "gpt-4o", 400_000, feature="live") for day in range(30)]
    some += [UsageRow(START + timedelta(days=day), "openai", "gpt-4o", 400_000, feature="old") for day in range(10)]
    stopped = narrowed(rollup_of(some), (_OLD,))
    with pytest.raises(Unanswerable, match="no such request since 2026-10-21"):
        forecast(stopped)


def test_a_forecast_of_some_requests_starts_after_all_data() -> None:
    some = [UsageRow(START + timedelta(days=day), "openai", "gpt-4o", 400_000, feature="live") for day in range(30)]
    some += [UsageRow(START + timedelta(days=day), "openai", "gpt-4o", 400_000, feature="old") for day in range(27)]
    of_old = narrowed(rollup_of(some), (_OLD,))
    assert forecast(of_old).starts == (START + timedelta(days=30)).date().isoformat()
