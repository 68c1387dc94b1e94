"""What the words for periods mean, on data from Monday 12 October to Tuesday 10 November 2026."""

from datetime import date

import pytest
from pydantic import ValidationError

from common.spend.semantics import Period, PeriodName, UsageQuery, last_days
from common.spend.semantics.periods import DayRange, range_of

DATA = DayRange(date(2026, 10, 12).toordinal(), date(2026, 11, 10).toordinal())
P = PeriodName


@pytest.mark.parametrize(
    ("period", "means"),
    [
        (None, "2026-10-12 to 2026-11-10"),
        (last_days(3), "2026-11-08 to 2026-11-10"),
        (Period(name=P.LAST_WEEK), "2026-11-04 to 2026-11-10"),
        (Period(name=P.WEEK_BEFORE), "2026-10-28 to 2026-11-03"),
        (Period(name=P.THIS_WEEK), "2026-11-09 to 2026-11-10"),
        (Period(name=P.TODAY), "2026-11-10"),
        (Period(name=P.YESTERDAY), "2026-11-10"),
        (Period(name=P.THIS_MONTH), "2026-11-01 to 2026-11-10"),
        (Period(name=P.LAST_MONTH), "2026-10-01 to 2026-10-31"),
        (Period(name=P.BETWEEN, first=date(2026, 11, 2)), "2026-11-02 to 2026-11-10"),
        (Period(name=P.BETWEEN, last=date(2026, 10, 13)), "2026-10-12 to 2026-10-13"),
    ],
)
def test_periods_count_back_from_the_last_day_of_the_data(period: Period | None, means: str) -> None:
    assert str(range_of(period, DATA)) == means


def test_the_time_before_is_as_long() -> None:
    week = range_of(Period(name=P.LAST_WEEK), DATA)
    assert str(range_of(Period(name=P.PREVIOUS), DATA, week)) == "2026-10-28 to 2026-11-03"


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"name": P.LAST_DAYS}, "days belong to last_days"),
        ({"name": P.TODAY, "days": 3}, "days belong to last_days"),
        ({"name": P.TODAY, "first": date(2026, 1, 1)}, "belong to between"),
        ({"name": P.BETWEEN}, "needs a first or a last day"),
        ({"name": P.BETWEEN, "first": date(2026, 1, 2), "last": date(2026, 1, 1)}, "after the last one"),
    ],
)
def test_a_period_has_the_fields_of_its_name(fields: dict[str, object], words: str) -> None:
    with pytest.raises(ValidationError, match=words):
        Period.model_validate(fields)


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"by": ("feature", "feature")}, "stands once"),
        ({"period": {"name": "previous"}}, "a period to compare with"),
        ({"top": 3}, "need lines"),
        ({"by": ("model",), "top": 51}, "less than or equal to 50"),
        ({"by": ("model",), "order": {"measure": "cost", "by_difference": True}}, "needs a measure, and a period"),
        ({"by": ("model",), "threshold": {"measure": "cost"}}, "at_least or at_most"),
        ({"by": ("model", "day", "hour")}, "at most 2 items"),
        ({"groups": ("model",)}, "Extra inputs are not permitted"),
        ({"measures": ["costs"]}, "Input should be 'cost'"),
        ({"period": {"name": "between", "first": 7}}, "Input should be a valid date"),
        ({"period": {"name": "between", "first": "soon"}}, "Invalid isoformat string"),
        ({"period": {"name": "last_days", "days": "7"}}, "Input should be a valid integer"),
    ],
)
def test_a_query_that_does_not_fit_together_is_refused(fields: dict[str, object], words: str) -> None:
    with pytest.raises(ValidationError, match=words):
        UsageQuery.model_validate({"measures": ["cost"], **fields})


def test_a_query_goes_through_json_unchanged() -> None:
    query = UsageQuery.model_validate_json(
        '{"measures": ["cost"], "by": ["model"], "period": {"name": "between", "first": "2026-11-02"},'
        ' "order": {"measure": "cost"}, "threshold": {"measure": "cost", "at_least": 1.5}}'
    )
    assert UsageQuery.model_validate_json(query.model_dump_json()) == query
    assert UsageQuery.model_validate(query.model_dump(mode="json")) == query
