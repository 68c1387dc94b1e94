"""Forecasts of series whose truth is known: unbiased, and intervals that cover about their share."""

import random
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from common.spend import Rollup, Unanswerable, UsageRow
from common.spend.measures import forecast
from common.spend.tests.builders import START, days_costing, rollup_of

WEEK = (1.0, 1.1, 1.05, 1.0, 0.9, 0.35, 0.3)
"""Factors from Monday to Sunday."""


def series(days: int, slope: float, draw: random.Random, alike: float = 0.0) -> list[float]:
    """20 USD times the weekday, a trend, and noise of 15 % whose neighbours may be alike."""
    usd, noise = [], 0.0
    for day in range(days):
        noise = alike * noise + draw.gauss(0, 0.15 * (1 - alike**2) ** 0.5)
        usd.append((20 + slope * day) * WEEK[day % 7] * max(1 + noise, 0.05))
    return usd


def back_test(days: int, slope: float, alike: float = 0.0, times: int = 200) -> tuple[float, float]:
    """(share of the true next 30 days inside the interval, mean error as a share of the truth)."""
    draw = random.Random(7)  # noqa: S311 - noise, no secret
    inside, errors = 0, 0.0
    for _ in range(times):
        usd = series(days + 30, slope, draw, alike)
        found, truth = forecast(days_costing(usd[:days])).expected, sum(usd[days:])
        inside += found.low_usd <= truth <= found.high_usd
        errors += found.usd / truth - 1
    return inside / times, errors / times


@pytest.mark.parametrize(
    ("days", "slope", "alike"),
    [
        (7, 0.0, 0.0),
        (10, 0.0, 0.0),
        (14, 0.0, 0.0),
        (21, 0.0, 0.0),
        (30, 0.0, 0.0),
        (30, 0.2, 0.0),
        (60, 0.2, 0.0),
        (30, 0.1, 0.5),
        (60, 0.1, 0.5),
    ],
)
def test_an_interval_of_80_percent_covers_about_its_share(days: int, slope: float, alike: float) -> None:
    covered, bias = back_test(days, slope, alike)
    assert 0.68 <= covered <= 0.92
    assert abs(bias) < 0.04


def test_a_trend_is_followed_and_reported() -> None:
    usd = [(20 + day) * WEEK[day % 7] for day in range(42)]
    found = forecast(days_costing(usd))
    truth = sum((20 + day) * WEEK[day % 7] for day in range(42, 72))
    assert found.expected.usd == pytest.approx(truth, rel=0.02)
    assert found.trend_pct == pytest.approx(100 * 30 / 40.5, rel=0.1)
    assert found.steady.usd < found.expected.usd


def test_weekends_with_next_to_nothing_do_not_blur_a_forecast() -> None:
    draw = random.Random(3)  # noqa: S311 - noise, no secret
    usd = [20 + draw.random() if day % 7 < 5 else draw.choice([0.0, 0.0, 0.05]) for day in range(28)]
    found = forecast(days_costing(usd)).expected
    assert found.usd == pytest.approx(22 * 20.5, rel=0.03)
    assert found.high_usd - found.low_usd < 0.1 * found.usd


def test_the_days_forecast_follow_the_data() -> None:
    found = forecast(days_costing([5.0] * 21))
    assert (found.starts, found.days_used, found.weekdays) == ("2026-11-02", 21, True)
    assert found.expected.usd == pytest.approx(150.0)


def test_a_growth_that_is_imagined_takes_the_place_of_the_trend() -> None:
    found = forecast(days_costing([float(10 + day) for day in range(28)]), 30.0)
    assert found.grown is not None
    assert found.grown.usd == pytest.approx(1.3 * found.steady.usd)
    assert found.grown.high_usd == pytest.approx(1.3 * found.steady.high_usd)
    assert found.steady.usd == pytest.approx(30 * 37, rel=0.02)


def test_no_growth_imagined_is_none() -> None:
    found = forecast(days_costing([5.0] * 21))
    assert (found.growth_pct, found.grown) == (None, None)


def test_an_odd_day_is_left_out_and_named() -> None:
    usd = [10.0 + day % 3 * 0.2 for day in range(28)]
    usd[9] = 200.0
    found = forecast(days_costing(usd))
    assert found.odd_days == ("2026-10-21",)
    assert found.odd_usd == pytest.approx(190, rel=0.01)
    assert found.expected.usd == pytest.approx(306, rel=0.03)


@pytest.mark.parametrize("days", [1, 2, 4])
@pytest.mark.parametrize("times", [0.2, 3.0])
def test_odd_days_up_to_the_last_say_what_their_level_would_cost(days: int, times: float) -> None:
    usd = [20 * WEEK[day % 7] * (1.01 if day % 2 else 0.99) for day in range(35)]
    shifted = [cost * times if day >= 35 - days else cost for day, cost in enumerate(usd)]
    found = forecast(days_costing(shifted))
    truth = times * sum(20 * WEEK[day % 7] for day in range(35, 65))
    assert len(found.last_days) == days
    assert found.last_days == found.odd_days
    assert found.stays_usd == pytest.approx(truth, rel=0.05)
    assert found.steady.usd == pytest.approx(truth / times, rel=0.05)


def test_a_spike_in_the_middle_is_no_level() -> None:
    usd = [10.0 + day % 3 * 0.2 for day in range(28)]
    usd[14] = 100.0
    found = forecast(days_costing(usd))
    assert (len(found.odd_days), found.last_days, found.stays_usd) == (1, (), None)


def test_a_spike_and_a_fall_at_the_end_are_not_one_level() -> None:
    usd = [10.0 + day % 3 * 0.2 for day in range(28)]
    usd[-2:] = [100.0, 1.0]
    assert forecast(days_costing(usd)).last_days == ("2026-11-08",)


def _moved(at: int, days: int = 35) -> Rollup:
    """40 requests a day of 0.10 USD on one model, of three times as much from a day on on another one."""
    rows = [
        UsageRow(
            START + timedelta(days=day, minutes=number * 30),
            "openai",
            "gpt-4o" if day < at else "o1",
            40_000 if day < at else 20_000,
            feature="review",
        )
        for day in range(days)
        for number in range(int(40 * WEEK[day % 7]))
    ]
    return rollup_of(rows)


@pytest.mark.parametrize("at", [10, 20, 28, 32, 33])
def test_after_a_change_of_model_for_good_the_present_level_is_the_forecast(at: int) -> None:
    found = forecast(_moved(at))
    truth = sum(0.3 * int(40 * WEEK[day % 7]) for day in range(35, 65))
    assert found.expected.usd == pytest.approx(truth, rel=0.02)
    assert (found.odd_days, found.last_days) == ((), ())
    assert [(level.change.after, level.days) for level in found.levels] == [("o1", 35 - at)]
    assert found.levels[0].times == pytest.approx(3.0)
    past = sum((0.1 if day < at else 0.3) * int(40 * WEEK[day % 7]) for day in range(35))
    assert found.past_share == pytest.approx(past / sum(0.3 * int(40 * WEEK[day % 7]) for day in range(35)))


def test_a_trial_of_another_model_changes_no_level() -> None:
    rows = [UsageRow(START + timedelta(days=14, minutes=n), "openai", "o1", 20_000, feature="review") for n in range(9)]
    assert forecast(_moved(99).merge(rollup_of(rows))).levels == ()


@settings(max_examples=40, deadline=None)
@given(usd=st.lists(st.floats(0.01, 500), min_size=7, max_size=60))
def test_every_range_holds_its_middle_and_nothing_is_below_zero(usd: list[float]) -> None:
    found = forecast(days_costing(usd), 10.0)
    for part in (found.expected, found.steady, found.grown):
        assert part is not None
        assert 0 <= part.low_usd <= part.usd <= part.high_usd


def test_less_than_a_week_is_unanswerable_and_says_what_to_upload() -> None:
    with pytest.raises(Unanswerable, match=r"at least 7 whole days.*end with 6.*two weeks"):
        forecast(days_costing([1.0] * 6))


def test_a_hole_in_the_data_ends_what_a_forecast_uses() -> None:
    late = days_costing([3.0] * 40, feature="late")
    early = [UsageRow(START.replace(year=2025), "openai", "gpt-4o", 400_000)]
    assert forecast(late.merge(rollup_of(early))).days_used == 40


@pytest.mark.parametrize("rollup", [Rollup(), rollup_of([UsageRow(START, "acme", "acme-llm-7b", 10)])])
def test_nothing_priced_is_unanswerable(rollup: Rollup) -> None:
    with pytest.raises(Unanswerable, match="known price"):
        forecast(rollup)


def test_a_fall_of_all_usage_is_no_growth() -> None:
    with pytest.raises(ValueError, match="cannot grow by -100"):
        forecast(days_costing([1.0] * 10), -100.0)
