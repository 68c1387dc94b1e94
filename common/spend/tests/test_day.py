"""One day against the others."""

from dataclasses import replace
from datetime import timedelta

import pytest

from common.spend import Rollup, UsageRow
from common.spend.measures.day import days_of, on_day
from common.spend.tests.builders import START, rollup_of

ROW = UsageRow(START, "openai", "gpt-4o", 400_000, feature="chat")
"""Costs 1 USD."""


def three_days() -> Rollup:
    """A chat request a day, and on the second day three nightly ones at 05:00, one of them failed."""
    chat = [replace(ROW, ts=START + timedelta(days=day)) for day in range(3)]
    night = replace(ROW, ts=START + timedelta(days=1, hours=5), feature="nightly")
    return rollup_of([*chat, night, night, replace(night, status="timeout")])


def test_a_day_is_held_against_the_average_of_the_others() -> None:
    found = on_day(three_days(), "2026-10-13")
    assert (found.cost_usd, found.requests, found.failed) == (4.0, 4, 1)
    assert (found.others, found.usual_usd, found.usual_requests) == (2, 1.0, 1.0)
    assert (found.peak_hour, found.peak_usd) == (5, 3.0)


def test_what_rose_most_is_named_for_feature_and_model() -> None:
    feature, model = on_day(three_days(), "2026-10-13").rises
    assert (feature.by, feature.key, feature.cost_usd, feature.usual_usd) == ("feature", "nightly", 3.0, 0.0)
    assert (model.by, model.key, model.cost_usd, model.usual_usd) == ("model", "gpt-4o", 4.0, 1.0)


def test_a_day_alone_has_nothing_to_be_held_against() -> None:
    found = on_day(rollup_of([ROW]), "2026-10-12")
    assert (found.others, found.usual_usd, found.rises) == (0, 0.0, ())


def test_a_day_without_requests_is_refused_and_the_others_are_known() -> None:
    assert days_of(three_days()) == ["2026-10-12", "2026-10-13", "2026-10-14"]
    with pytest.raises(KeyError, match="2026-10-20"):
        on_day(three_days(), "2026-10-20")
