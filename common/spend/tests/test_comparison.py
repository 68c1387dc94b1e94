"""Before and after: the volume does not matter, chance is not called an effect, and few data are said to be few."""

import random
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from math import log

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from common.spend import Rollup, UsageRow
from common.spend.measures import PeriodComparison, compare, model_changes, period_of
from common.spend.quality.score_changes import score_changes
from common.spend.tests.builders import START, rollup_of, rows

ROW = UsageRow(START, "openai", "gpt-4o", 4_000, feature="chat")
"""Costs 0.01 USD."""


def days(count: int, requests: Callable[[int], int], **fields: object) -> list[UsageRow]:
    """Requests of about 4,000 tokens; `requests` says how many a day has."""
    draw = random.Random(5)  # noqa: S311 - sizes, not secrets
    return [
        replace(ROW, ts=START + timedelta(days=day, minutes=n), in_uncached=draw.randint(3_000, 5_000), **fields)  # type: ignore[arg-type]  # fields of the row
        for day in range(count)
        for n in range(requests(day))
    ]


def shifted(some: list[UsageRow], count: int) -> list[UsageRow]:
    """The same, some days later."""
    return [replace(row, ts=row.ts + timedelta(days=count)) for row in some]


def before_and_after(old: list[UsageRow], new: list[UsageRow]) -> PeriodComparison:
    """Of two lists of rows."""
    return compare(period_of(rollup_of(old)), period_of(rollup_of(new)))


def test_a_cheaper_model_is_better_by_its_price() -> None:
    old = days(14, lambda _: 40)
    found = before_and_after(old, days(14, lambda _: 40, model="gpt-4o-mini"))
    assert (found.request.verdict, found.tokens.verdict) == ("better", "better")
    assert found.request.change_pct == pytest.approx(-94, abs=0.1)
    assert found.request.low_pct is not None
    assert found.request.high_pct is not None
    assert found.request.low_pct <= -94 <= found.request.high_pct < 0
    assert found.effects.cause == "price"
    assert found.saved_usd == pytest.approx(14 * 40 * 0.0094, rel=0.01)
    assert "costs less" in found.words


def test_the_way_back_is_worse() -> None:
    old = days(14, lambda _: 40, model="gpt-4o-mini")
    assert before_and_after(old, days(14, lambda _: 40)).request.verdict == "worse"


def test_three_times_the_requests_alone_are_no_difference() -> None:
    found = before_and_after(days(14, lambda _: 30), shifted(days(14, lambda day: 80 + day % 3 * 10), 14))
    assert found.request.verdict == "no difference shown"
    assert found.effects.cause == "volume"


def test_another_mix_of_features_alone_is_no_difference() -> None:
    expensive = {"in_uncached": 40_000, "feature": "search"}
    old = [*days(14, lambda _: 30), *(replace(row, **expensive) for row in days(14, lambda _: 5))]  # type: ignore[arg-type]  # fields of the row
    new = [*days(14, lambda _: 5), *(replace(row, **expensive) for row in days(14, lambda _: 30))]  # type: ignore[arg-type]  # fields of the row
    found = before_and_after(old, new)
    assert found.request.verdict == "no difference shown"
    assert found.request.change_pct == pytest.approx(0, abs=3)


def test_chance_is_rarely_called_an_effect() -> None:
    draw, called = random.Random(1), 0  # noqa: S311 - sizes, not secrets
    for _ in range(100):
        sizes = [[draw.randint(500, 8_000) for _ in range(15)] for _ in range(20)]
        some = [
            replace(ROW, ts=START + timedelta(days=day), in_uncached=size) for day in range(20) for size in sizes[day]
        ]
        rollup = rollup_of(some)
        found = compare(period_of(rollup, last="2026-10-21"), period_of(rollup, first="2026-10-22"))
        called += found.request.verdict != "no difference shown"
    assert called <= 12


def test_few_requests_are_too_little_data() -> None:
    found = before_and_after(days(19, lambda _: 1), days(14, lambda _: 100))
    assert found.request.verdict == "too little data"
    assert (found.request.low_pct, found.saved_usd) == (None, None)
    assert "20 priced requests" in found.words


@pytest.mark.parametrize(("before", "after"), [(14, 1), (1, 14), (14, 4), (2, 2), (1, 1)])
def test_a_clear_change_is_likely_from_one_day_on_each_side_and_never_sure_of_few(before: int, after: int) -> None:
    found = before_and_after(
        days(before, lambda _: 40), shifted(days(after, lambda _: 40, model="gpt-4o-mini"), before)
    ).request
    assert found.verdict == "likely better"
    assert found.low_pct is not None
    assert found.high_pct is not None
    assert found.low_pct < -94 < found.high_pct < 0


def test_one_day_more_is_within_what_students_interval_foretells() -> None:
    """Costs per request of 1, 2 and 4 cents, then 8: log 8 - log 2 is 1.386, and the half width of the interval by hand
    4.303 * 0.693 * sqrt(1 + 1 / 3) = 3.443, in logarithms.
    """
    old = [
        replace(ROW, ts=START + timedelta(days=day), in_uncached=4_000 * 2**day) for day in range(3) for _ in range(40)
    ]
    new = [replace(ROW, ts=START + timedelta(days=3), in_uncached=32_000)] * 40
    found = before_and_after(old, new).request
    assert found.verdict == "no difference shown"
    assert found.low_pct is not None
    assert found.high_pct is not None
    width = log(1 + found.high_pct / 100) - log(1 + found.low_pct / 100)
    assert width == pytest.approx(2 * 3.443, rel=0.15)


def test_a_single_noisy_day_is_rarely_called_a_change() -> None:
    draw, called = random.Random(2), 0  # noqa: S311 - sizes, not secrets
    for _ in range(100):
        usual = [draw.lognormvariate(0, 0.3) for _ in range(10)]
        some = [
            replace(ROW, ts=START + timedelta(days=day), in_uncached=round(4_000 * usual[day]))
            for day in range(10)
            for _ in range(30)
        ]
        rollup = rollup_of(some)
        found = compare(period_of(rollup, last="2026-10-20"), period_of(rollup, first="2026-10-21"))
        called += found.request.verdict != "no difference shown"
        assert found.request.verdict not in ("better", "worse")
    assert called <= 12


def _scored(model: str, scores: list[float], day: int) -> list[UsageRow]:
    return [replace(ROW, ts=START + timedelta(days=day), model=model, quality=score) for score in scores]


def test_scores_in_the_rows_are_evidence_on_quality_before_and_after() -> None:
    """Means of 0.8 and 0.5 of 40 scores each, which vary by 0.4 and 0.5 at most: 0.3 less, surely."""
    old = _scored("gpt-4o", [1.0, 1.0, 1.0, 1.0, 0.0] * 8, 0)
    new = _scored("gpt-4o-mini", [1.0, 0.0] * 20, 1)
    (found,) = score_changes(rollup_of([*old, *new]), "2026-10-13")
    assert (found.feature, found.counts, found.verdict) == ("chat", (40, 40), "worse")
    assert (found.before, found.after) == pytest.approx((0.8, 0.5))
    half = 1.9929 * (0.16 / 39 + 0.25 / 39) ** 0.5  # Student's t at 74 degrees of freedom
    assert (found.low, found.high) == pytest.approx((-0.3 - half, -0.3 + half), abs=0.002)


def test_few_scores_and_scores_of_one_side_only_are_no_verdict() -> None:
    old = _scored("gpt-4o", [1.0] * 40, 0)
    (few,) = score_changes(rollup_of([*old, *_scored("gpt-4o-mini", [0.0, 0.1] * 10, 1)]), "2026-10-13")
    assert few.verdict == "too few scores"
    assert score_changes(rollup_of([*old, *shifted(days(1, lambda _: 40), 1)]), "2026-10-13") == ()


def test_a_feature_that_is_new_after_the_change_is_left_out_of_the_verdict_and_shown() -> None:
    new = [*days(14, lambda _: 40), *days(14, lambda _: 40, feature="new", model="gpt-4o-mini")]
    found = before_and_after(days(14, lambda _: 40), new)
    assert found.request.verdict == "no difference shown"
    line = next(change for change in found.by_feature if change.keys == ("new",))
    assert (line.before_usd, line.verdict) == (None, "too little data")


def test_features_and_models_are_compared_each_by_itself() -> None:
    old = [*days(14, lambda _: 40), *days(14, lambda _: 40, feature="search")]
    new = [*days(14, lambda _: 40), *days(14, lambda _: 40, feature="search", model="gpt-4o-mini")]
    found = before_and_after(old, new)
    assert {change.keys: change.verdict for change in found.by_feature} == {
        ("chat",): "no difference shown",
        ("search",): "better",
    }
    assert {change.keys for change in found.by_model} == {
        ("chat", "gpt-4o"),
        ("search", "gpt-4o"),
        ("search", "gpt-4o-mini"),
    }


@settings(max_examples=30, deadline=None)
@given(old=st.lists(rows, min_size=1, max_size=20), new=st.lists(rows, min_size=1, max_size=20))
def test_effects_add_up_to_the_difference_of_the_mean_days(old: list[UsageRow], new: list[UsageRow]) -> None:
    found = before_and_after(old, new)
    mean = [
        sum(load.usd for day in side.days for load in day.values()) / len(side.days)
        for side in (found.before, found.after)
    ]
    assert found.effects.total_usd == pytest.approx(mean[1] - mean[0], rel=1e-9, abs=1e-9)


def test_a_period_holds_the_days_named_and_no_others() -> None:
    rollup = rollup_of(days(10, lambda _: 1))
    period = period_of(rollup, "2026-10-13", "2026-10-15")
    assert (period.first, period.last, len(period.days)) == ("2026-10-13", "2026-10-15", 3)
    with pytest.raises(ValueError, match="no request from 2027-01-01"):
        period_of(rollup, "2027-01-01")


def switched(share: float) -> Rollup:
    """Ten days on gpt-4o, then ten of which a share is on gpt-4o-mini."""
    new = shifted(days(10, lambda _: 10), 10)
    moved = [replace(row, model="gpt-4o-mini") if n % 10 < 10 * share else row for n, row in enumerate(new)]
    return rollup_of([*days(10, lambda _: 10), *moved])


def test_the_day_on_which_a_feature_changed_its_model_is_found() -> None:
    (found,) = model_changes(switched(1.0))
    assert (found.day, found.feature, found.before, found.after) == ("2026-10-22", "chat", "gpt-4o", "gpt-4o-mini")
    assert found.requests == 200


def test_a_change_of_the_last_day_is_found() -> None:
    (found,) = model_changes(rollup_of([*days(10, lambda _: 30), *shifted(days(1, lambda _: 30, model="gpt-4.1"), 10)]))
    assert (found.day, found.before, found.after) == ("2026-10-22", "gpt-4o", "gpt-4.1")


def test_neither_a_trial_nor_the_model_of_weekends_is_a_change() -> None:
    trial = shifted(days(1, lambda _: 19, model="gpt-4.1"), 10)
    assert model_changes(rollup_of([*days(10, lambda _: 30), *trial])) == []
    week = [*days(5, lambda _: 300), *shifted(days(2, lambda _: 30, model="gpt-4.1"), 5)]
    assert model_changes(rollup_of([*week, *shifted(week, 7)])) == []


@pytest.mark.parametrize("share", [0.0, 0.3, 0.6])
def test_a_mix_of_models_is_no_change_for_good(share: float) -> None:
    assert model_changes(switched(share)) == []
