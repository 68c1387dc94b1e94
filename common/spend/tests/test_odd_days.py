"""Days and hours out of line are found, ordinary ones are not, and the causes add up to the difference."""

import random
from dataclasses import astuple, replace
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from common.spend import Rollup, Unanswerable, UsageRow
from common.spend.measures import Effects, anomalies, explain_day
from common.spend.measures.effects import effects_of, summed_effects
from common.spend.rollup.priced_requests import Spend
from common.spend.tests.builders import START, days_costing, rollup_of

WEEK = (10.0, 11.0, 10.5, 10.0, 9.0, 3.5, 3.0)
"""USD from Monday to Sunday."""
_spends = st.builds(Spend, st.integers(0, 10_000), st.integers(0, 10**9), st.floats(0, 1e6))


def weeks(count: int, noise: float = 0.05, seed: int = 1) -> list[float]:
    """Weeks with a little noise."""
    draw = random.Random(seed)  # noqa: S311 - noise, no secret
    return [usd * (1 + draw.gauss(0, noise)) for _ in range(count) for usd in WEEK]


def traffic(days: int, *extra: UsageRow) -> Rollup:
    """20 chat requests of 0.10 USD a workday and 8 on a weekend day, at 9 and 10 UTC, and what is extra."""
    row = UsageRow(START, "openai", "gpt-4o", 40_000, feature="chat")
    some = [
        replace(row, ts=START + timedelta(days=day, hours=9 + number % 2, minutes=number), in_uncached=40_000 + number)
        for day in range(days)
        for number in range(20 if day % 7 < 5 else 8)
    ]
    return rollup_of([*some, *extra])


def on(day: int, hour: int, count: int, **fields: object) -> list[UsageRow]:
    """Further requests on a day."""
    ts = START + timedelta(days=day, hours=hour)
    return [replace(UsageRow(ts, "openai", "gpt-4o", 40_000, feature="chat"), **fields) for _ in range(count)]  # type: ignore[arg-type]  # fields of the row


@settings(max_examples=300, deadline=None)
@given(before=_spends, after=_spends)
def test_the_three_effects_add_up_to_the_difference(before: Spend, after: Spend) -> None:
    assert effects_of(before, after).total_usd == pytest.approx(after.usd - before.usd, rel=1e-9, abs=1e-6)


@settings(max_examples=100, deadline=None)
@given(
    before=st.dictionaries(st.sampled_from("abcd"), _spends, max_size=4),
    after=st.dictionaries(st.sampled_from("abcd"), _spends, max_size=4),
)
def test_effects_summed_over_keys_add_up_to_the_difference_of_the_sums(
    before: dict[str, Spend], after: dict[str, Spend]
) -> None:
    difference = sum(load.usd for load in after.values()) - sum(load.usd for load in before.values())
    assert summed_effects(before, after).total_usd == pytest.approx(difference, rel=1e-9, abs=1e-6)


def test_a_change_of_one_kind_is_all_of_that_effect() -> None:
    base = Spend(100, 10_000, 5.0)
    assert astuple(effects_of(base, Spend(200, 20_000, 10.0))) == pytest.approx((5.0, 0.0, 0.0))
    assert astuple(effects_of(base, Spend(100, 20_000, 10.0))) == pytest.approx((0.0, 5.0, 0.0))
    assert astuple(effects_of(base, Spend(100, 10_000, 10.0))) == pytest.approx((0.0, 0.0, 5.0))
    assert effects_of(Spend(0, 0, 0.0), base) == Effects(5.0, 0.0, 0.0)


@settings(max_examples=100, deadline=None)
@given(before=_spends, after=_spends)
def test_the_way_back_has_the_same_effects_with_the_other_sign(before: Spend, after: Spend) -> None:
    there, back = effects_of(before, after), effects_of(after, before)
    if min(before.requests, before.tokens, before.usd, after.requests, after.tokens, after.usd) > 0:
        assert back.volume_usd == pytest.approx(-there.volume_usd, rel=1e-6, abs=1e-6)
        assert back.size_usd == pytest.approx(-there.size_usd, rel=1e-6, abs=1e-6)


@pytest.mark.parametrize("seed", range(10))
def test_ordinary_weeks_have_no_odd_day(seed: int) -> None:
    assert anomalies(days_costing(weeks(5, seed=seed))).days == ()


@pytest.mark.parametrize("count", [2, 3, 4, 6])
def test_chance_alone_makes_few_days_odd(count: int) -> None:
    odd = sum(len(anomalies(days_costing(weeks(count, noise=0.2, seed=seed))).days) for seed in range(50))
    assert odd <= 0.02 * 50 * 7 * count


@settings(max_examples=60, deadline=None)
@given(usd=st.lists(st.floats(0.01, 500), min_size=14, max_size=40))
def test_the_effects_of_any_day_add_up_to_its_difference(usd: list[float]) -> None:
    rollup = days_costing(usd, feature="chat")
    for day in range(len(usd)):
        found = explain_day(rollup, (START + timedelta(days=day)).date().isoformat())
        assert found.effects.total_usd == pytest.approx(found.usd - found.usual_usd, rel=1e-9, abs=1e-6)


@pytest.mark.parametrize("day", [0, 9, 12, 20, 34])
def test_a_day_at_twice_its_weekday_is_odd_and_it_alone(day: int) -> None:
    usd = weeks(5)
    usd[day] = 2 * WEEK[day % 7] + 3
    (found,) = anomalies(days_costing(usd)).days
    assert found.day == (START + timedelta(days=day)).date().isoformat()
    assert found.usual_usd == pytest.approx(WEEK[day % 7], rel=0.12)
    assert found.score > 3.5


def test_a_weekend_that_costs_as_much_as_a_workday_is_odd() -> None:
    usd = weeks(4)
    usd[12] = 10.0
    assert [found.day for found in anomalies(days_costing(usd)).days] == ["2026-10-24"]


def test_a_day_without_requests_on_a_workday_is_odd_and_below() -> None:
    usd = weeks(4)
    usd[9] = 0.0
    (found,) = anomalies(days_costing(usd)).days
    assert found.score < -3.5
    assert found.effects.total_usd == pytest.approx(-found.usual_usd)


def test_steady_growth_makes_no_day_odd() -> None:
    growing = [usd * (1 + 0.03 * day) for day, usd in enumerate(weeks(6))]
    assert anomalies(days_costing(growing)).days == ()


def test_a_difference_below_the_least_amount_is_not_reported() -> None:
    usd = weeks(4)
    usd[9] *= 2
    rollup = days_costing(usd)
    assert len(anomalies(rollup, 5.0).days) == 1
    assert anomalies(rollup, 50.0).days == ()


def test_a_first_day_that_the_data_cut_is_not_judged() -> None:
    cut = on(0, 23, 1)
    whole = [row for day in range(1, 22) for hour in (1, 22) for row in on(day, hour, 10)]
    report = anomalies(rollup_of([*cut, *whole]))
    assert (report.days, report.days_judged) == ((), 21)


def test_fewer_than_two_weeks_are_unanswerable() -> None:
    with pytest.raises(Unanswerable, match=r"14 whole days.*longer time"):
        anomalies(days_costing(weeks(2)[:13]))


def test_unpriced_requests_alone_are_unanswerable() -> None:
    rows = [UsageRow(START + timedelta(days=day), "acme", "acme-llm-7b", 10) for day in range(20)]
    with pytest.raises(Unanswerable, match="known price"):
        anomalies(rollup_of(rows))


def test_a_job_that_is_new_on_a_day_is_its_cause_as_volume() -> None:
    (found,) = anomalies(traffic(28, *on(9, 10, 50, feature="nightly"))).days
    feature = next(mover for mover in found.movers if mover.by == "feature")
    assert (feature.key, feature.usual_usd) == ("nightly", 0.0)
    assert feature.usd == pytest.approx(5.0)
    assert (found.effects.cause, feature.effects.cause) == ("volume", "volume")
    assert found.effects.total_usd == pytest.approx(found.usd - found.usual_usd)


def test_requests_that_got_larger_are_a_size_effect() -> None:
    rows = [row for day in range(28) for row in on(day, 9, 20, in_uncached=400_000 if day == 9 else 40_000)]
    (found,) = anomalies(rollup_of(rows)).days
    assert found.effects.cause == "size"
    assert found.effects.size_usd == pytest.approx(18.0)


def test_a_dearer_model_on_a_day_is_a_price_effect_and_named() -> None:
    expensive = [replace(row, provider="anthropic", model="claude-opus-4-1") for row in on(9, 9, 20)]
    rest = [row for day in range(28) if day != 9 for row in on(day, 9, 20)]
    (found,) = anomalies(rollup_of([*expensive, *rest])).days
    assert found.effects.cause == "price"
    assert found.effects.volume_usd == pytest.approx(0.0, abs=1e-9)
    assert [mover.key for mover in found.movers if mover.by == "model"] == ["claude-opus-4-1"]


def test_failures_that_cost_are_named_by_their_status() -> None:
    (found,) = anomalies(traffic(28, *on(9, 10, 50, status="timeout"))).days
    assert ("status", "timeout") in {(mover.by, mover.key) for mover in found.movers}


def test_an_hour_far_above_the_same_hour_of_other_workdays_is_found() -> None:
    report = anomalies(traffic(28, *on(9, 10, 50)))
    assert [(hour.day, hour.hour) for hour in report.hours] == [("2026-10-21", 10)]
    (hour,) = report.hours
    assert hour.effects.total_usd == pytest.approx(hour.usd - hour.usual_usd)
    assert hour.effects.cause == "volume"


def test_any_day_can_be_explained_and_its_effects_add_up() -> None:
    rollup = days_costing(weeks(4))
    found = explain_day(rollup, "2026-10-20")
    assert not found.odd
    assert found.effects.total_usd == pytest.approx(found.usd - found.usual_usd)
    with pytest.raises(KeyError, match="2027-01-01"):
        explain_day(rollup, "2027-01-01")
