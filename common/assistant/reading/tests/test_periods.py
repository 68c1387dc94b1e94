"""Periods in the ways people write them; the data are of 21 October to 24 November 2026, a Tuesday."""

from datetime import date

import pytest

from common.assistant.question.model import Operation
from common.assistant.reading.tests.catalogues import draft_of
from common.spend.semantics import PERIODS, DimensionName, Period, PeriodName, last_days


def days(first: str | None, last: str | None) -> Period:
    start, end = (date.fromisoformat(day) if day else None for day in (first, last))
    return Period(name=PeriodName.BETWEEN, first=start, last=end)


@pytest.mark.parametrize(
    ("words", "period"),
    [
        ("in November", days("2026-11-01", "2026-11-30")),
        ("in Nov 2025", days("2025-11-01", "2025-11-30")),
        ("since the 3rd", days("2026-11-03", None)),
        ("since 10 November", days("2026-11-10", None)),
        ("until 5 Nov", days(None, "2026-11-05")),
        ("from 14 to 20 Nov", days("2026-11-14", "2026-11-20")),
        ("14-20 November", days("2026-11-14", "2026-11-20")),
        ("between Nov 2nd and Nov 8th", days("2026-11-02", "2026-11-08")),
        ("from the 1st to the 15th of November", days("2026-11-01", "2026-11-15")),
        ("on 2026-11-03", days("2026-11-03", "2026-11-03")),
        ("on 3.11.2026", days("2026-11-03", "2026-11-03")),
        ("on November 3, 2026", days("2026-11-03", "2026-11-03")),
        ("in the first half of October", days("2026-10-01", "2026-10-15")),
        ("in the second week of November", days("2026-11-08", "2026-11-14")),
        ("in Q4", days("2026-10-01", "2026-12-31")),
        ("last quarter", days("2026-07-01", "2026-09-30")),
        ("in the last 10 days", last_days(10)),
        ("over the past two weeks", last_days(14)),
        ("in the last three months", days("2026-08-25", "2026-11-24")),
        ("on Tuesday", days("2026-11-24", "2026-11-24")),
        ("last Friday", days("2026-11-20", "2026-11-20")),
        ("last weekend", days("2026-11-21", "2026-11-22")),
        ("3 days ago", days("2026-11-21", "2026-11-21")),
        ("the day before yesterday", days("2026-11-23", "2026-11-23")),
        ("in 2025", days("2025-01-01", "2025-12-31")),
        ("this year", days("2026-01-01", "2026-12-31")),
    ],
)
def test_days_are_read_as_people_write_them(words: str, period: Period) -> None:
    draft = draft_of(f"cost {words}")
    assert draft.question.unread == ()
    assert draft.question.parts[0].query.period == period


@pytest.mark.parametrize("name", [name for name in PERIODS if name not in ("last_days", "between", "previous")])
def test_each_declared_period_is_read_by_its_title_and_synonyms(name: PeriodName) -> None:
    for words in (PERIODS[name].title, *PERIODS[name].synonyms):
        period = draft_of(f"cost {words}").question.parts[0].query.period
        assert period in (Period(name=name), last_days(7)), words


def test_a_weekday_in_the_plural_is_a_filter_and_in_the_singular_its_last_day() -> None:
    query = draft_of("cost on Tuesdays").question.parts[0].query
    assert (query.period, query.where[0].dimension, query.where[0].values) == (
        None,
        DimensionName.WEEKDAY,
        ("Tuesday",),
    )
    assert (
        "Tuesday: Tuesday, 24 November 2026, the last one in the data." in draft_of("cost on Tuesday").question.doubts
    )


@pytest.mark.parametrize(
    ("words", "hours"),
    [
        ("between 9 and 12 o'clock", ("09", "10", "11")),
        ("from 9am to 5pm", ("09", "10", "11", "12", "13", "14", "15", "16")),
        ("at 3am", ("03",)),
        ("after 21:00", ("21", "22", "23")),
        ("at night", ("22", "23", "00", "01", "02", "03", "04", "05")),
    ],
)
def test_hours_are_a_filter(words: str, hours: tuple[str, ...]) -> None:
    condition = draft_of(f"cost {words}").question.parts[0].query.where[0]
    assert (condition.dimension, condition.values) == (DimensionName.HOUR, hours)


@pytest.mark.parametrize("words", ["on 31 February", "on 99.99.2026", "in the last 0 days"])
def test_a_day_that_no_calendar_has_is_no_period(words: str) -> None:
    assert draft_of(f"cost {words}").question.parts[0].query.period is None


OCTOBER, NOVEMBER = days("2026-10-01", "2026-10-31"), days("2026-11-01", "2026-11-30")


@pytest.mark.parametrize(
    ("message", "period", "versus"),
    [
        ("October versus November", NOVEMBER, OCTOBER),
        ("November versus October", NOVEMBER, OCTOBER),
        ("compare October with November by model", NOVEMBER, OCTOBER),
        (
            "first half of November vs second half",
            days("2026-11-16", "2026-11-30"),
            days("2026-11-01", "2026-11-15"),
        ),
        ("Nov 1-7 vs Nov 8-14 by feature", days("2026-11-08", "2026-11-14"), days("2026-11-01", "2026-11-07")),
        ("cost last month against this month", Period(name=PeriodName.THIS_MONTH), Period(name=PeriodName.LAST_MONTH)),
    ],
)
def test_the_base_of_a_comparison_is_the_earlier_period(message: str, period: Period, versus: Period) -> None:
    query = draft_of(message).question.parts[0].query
    assert (query.period, query.versus) == (period, versus)


@pytest.mark.parametrize(
    ("message", "period"),
    [
        ("cost before the 23rd", days(None, "2026-11-22")),
        ("cost prior to 10 November", days(None, "2026-11-09")),
        ("cost before November", days(None, "2026-10-31")),
        ("cost after 12 November", days("2026-11-13", None)),
        ("cost after October", days("2026-11-01", None)),
        ("Kosten vor dem 10. November", days(None, "2026-11-09")),
        ("Kosten nach dem 12. November", days("2026-11-13", None)),
        ("coût avant le 10 novembre", days(None, "2026-11-09")),
        ("coût après le 12 novembre", days("2026-11-13", None)),
        ("coste antes del 10 de noviembre", days(None, "2026-11-09")),
        ("coste después del 12 de noviembre", days("2026-11-13", None)),
        ("cost until 10 November", days(None, "2026-11-10")),
        ("cost through 10 November", days(None, "2026-11-10")),
        ("cost up to 10 November", days(None, "2026-11-10")),
        ("cost since yesterday", days("2026-11-24", None)),
        ("cost until last week", days(None, "2026-11-24")),
        ("cost up to last month", days(None, "2026-10-31")),
        ("cost before last week", days(None, "2026-11-17")),
    ],
)
def test_before_and_after_leave_the_day_out_and_since_and_until_have_it(message: str, period: Period) -> None:
    draft = draft_of(message)
    assert draft.question.unread == ()
    assert draft.question.parts[0].query.period == period


THIS_WEEK = Period(name=PeriodName.THIS_WEEK)


@pytest.mark.parametrize(
    ("words", "period"),
    [
        ("from 10 November on", days("2026-11-10", None)),
        ("from November 1 onwards", days("2026-11-01", None)),
        ("since the first of November", days("2026-11-01", None)),
        ("by 10 November", days(None, "2026-11-10")),
        ("in the week of Nov 9", days("2026-11-09", "2026-11-15")),
        ("in the week of 5 November", days("2026-11-02", "2026-11-08")),
        ("in the week starting 3 November", days("2026-11-03", "2026-11-09")),
        ("in the week ending 8 November", days("2026-11-02", "2026-11-08")),
        ("in the first 15 days of November", days("2026-11-01", "2026-11-15")),
        ("in the last 3 days of October", days("2026-10-29", "2026-10-31")),
        ("in the first 2 weeks of November", days("2026-11-01", "2026-11-14")),
        ("from the 10th to the 14th", days("2026-11-10", "2026-11-14")),
        ("between the 10th and the 14th", days("2026-11-10", "2026-11-14")),
        ("between 3 and 5 November", days("2026-11-03", "2026-11-05")),
        ("in the 3 days before 12 November", days("2026-11-09", "2026-11-11")),
        ("in the week before 10 November", days("2026-11-03", "2026-11-09")),
        ("in the 7 days after 12 November", days("2026-11-13", "2026-11-19")),
        ("for 7 days", last_days(7)),
        ("over 30 days", last_days(30)),
        ("over 2 weeks", last_days(14)),
        ("on Monday last week", days("2026-11-23", "2026-11-23")),
        ("on Friday of the week before", days("2026-11-13", "2026-11-13")),
        ("on the first Monday of November", days("2026-11-02", "2026-11-02")),
        ("on the last Friday in October", days("2026-10-30", "2026-10-30")),
        ("from 1 to 23 November before the 10th", days("2026-11-01", "2026-11-09")),
        ("YTD", days("2026-01-01", "2026-11-24")),
        ("year to date", days("2026-01-01", "2026-11-24")),
        ("since the 1st", days("2026-11-01", None)),
        ("on 15.11.", days("2026-11-15", "2026-11-15")),
        ("from October to November", days("2026-10-01", "2026-11-30")),
    ],
)
def test_days_that_are_counted_from_others_are_those_days(words: str, period: Period) -> None:
    draft = draft_of(f"cost {words}")
    assert draft.question.unread == ()
    query = draft.question.parts[0].query
    assert (query.period, query.versus, query.by, query.threshold) == (period, None, (), None)


@pytest.mark.parametrize(
    ("message", "period", "versus"),
    [
        ("compare week of Nov 9 with week of Nov 2", ("2026-11-09", "2026-11-15"), ("2026-11-02", "2026-11-08")),
        ("first week of November vs the third week", ("2026-11-15", "2026-11-21"), ("2026-11-01", "2026-11-07")),
        ("Compare Nov 3 to Nov 10", ("2026-11-10", "2026-11-10"), ("2026-11-03", "2026-11-03")),
        ("compare Nov 1 to Nov 7 with Nov 8 to Nov 14", ("2026-11-08", "2026-11-14"), ("2026-11-01", "2026-11-07")),
    ],
)
def test_two_days_or_weeks_that_are_compared_are_two_periods(
    message: str, period: tuple[str, str], versus: tuple[str, str]
) -> None:
    query = draft_of(message).question.parts[0].query
    assert (query.period, query.versus) == (days(*period), days(*versus))


@pytest.mark.parametrize(
    ("message", "versus"),
    [
        ("spend this week vs last week", ("2026-11-16", "2026-11-17")),
        ("spend this week vs same week last month", ("2026-10-26", "2026-10-27")),
        ("spend yesterday vs same day last week", ("2026-11-17", "2026-11-17")),
        ("spend this month vs same period last month", ("2026-10-01", "2026-10-24")),
    ],
)
def test_a_part_of_a_week_or_month_is_held_against_the_same_part_of_another(
    message: str, versus: tuple[str, str]
) -> None:
    assert draft_of(message).question.parts[0].query.versus == days(*versus)


@pytest.mark.parametrize(
    ("words", "days", "negated"),
    [
        ("on 3 November and 12 November", ("2026-11-03", "2026-11-12"), False),
        ("on 3, 5 and 7 November", ("2026-11-03", "2026-11-05", "2026-11-07"), False),
        ("on the 3rd and the 5th", ("2026-11-03", "2026-11-05"), False),
        ("on 14/15 November", ("2026-11-14", "2026-11-15"), False),
        ("in November excluding the 12th", ("2026-11-12",), True),
        ("in November without the Nov 12 spike", ("2026-11-12",), True),
    ],
)
def test_single_days_are_no_range(words: str, days: tuple[str, ...], *, negated: bool) -> None:
    draft = draft_of(f"cost {words}")
    assert draft.question.unread == ()
    condition = draft.question.parts[0].query.where[0]
    assert (condition.dimension, condition.values, condition.negated) == (DimensionName.DAY, days, negated)


def test_a_place_in_an_order_is_no_day() -> None:
    assert draft_of("the 2nd biggest model").question.parts[0].query.period is None


def test_of_two_periods_that_have_no_day_in_common_one_is_not_used() -> None:
    assert draft_of("cost last week this month in October").question.unread != ()


@pytest.mark.parametrize("message", ["forecast december", "What will December cost?", "forecast for 60 days"])
def test_days_ahead_are_a_forecast_that_says_which_days_it_is_of(message: str) -> None:
    question = draft_of(message).question
    assert (question.parts[0].operation, question.parts[0].query.period) == (Operation.FORECAST, None)
    assert question.doubts == ("The forecast is of the 30 days from 25 November 2026 on, not of other days ahead.",)
