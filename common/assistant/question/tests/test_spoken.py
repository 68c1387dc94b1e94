"""A question said back in words."""

from datetime import date, timedelta

from hypothesis import given, settings

from common.assistant.question.model import COST_OF_ALL, Constraints, Operation, Part, Question
from common.assistant.question.spoken import spoken
from common.assistant.question.tests.questions import QUESTIONS
from common.spend.semantics import (
    Condition,
    DimensionName,
    MeasureName,
    Order,
    Period,
    PeriodName,
    Threshold,
    UsageQuery,
)
from common.spend.semantics.periods import DayRange

_DATA = DayRange(date(2026, 11, 1).toordinal(), date(2026, 11, 20).toordinal())
_LAST_WEEK = Period(name=PeriodName.LAST_WEEK)


def _measuring(**query: object) -> Question:
    asked = UsageQuery.model_validate({"measures": (MeasureName.COST,), **query})
    return Question(parts=(Part(operation=Operation.MEASURE, query=asked),))


def test_the_cost_of_everything_needs_no_words() -> None:
    assert spoken(Question(parts=(Part(operation=Operation.MEASURE, query=COST_OF_ALL),)), _DATA) == ""


def test_filters_periods_and_groups_are_said_with_the_dates_that_they_mean() -> None:
    chat = Condition(dimension=DimensionName.FEATURE, values=("support_agent",))
    question = _measuring(where=(chat,), period=_LAST_WEEK, by=(DimensionName.WEEKDAY,))
    assert spoken(question, _DATA) == "Cost of `support_agent`, 14 to 20 November 2026, by weekday"
    assert spoken(question) == "Cost of `support_agent`, last week, by weekday"


def test_a_comparison_says_both_periods_and_what_lines_are_shown() -> None:
    question = _measuring(
        period=_LAST_WEEK,
        versus=Period(name=PeriodName.PREVIOUS),
        by=(DimensionName.MODEL,),
        order=Order(measure=MeasureName.COST, by_difference=True),
        threshold=Threshold(measure=MeasureName.COST, at_least=5.0),
        top=3,
    )
    assert spoken(question, _DATA) == (
        "Cost, 14 to 20 November 2026, against 7 to 13 November 2026, by model, only those with cost at least"
        " 5.00 USD, the first 3, largest change first"
    )


def test_what_is_left_out_is_said_as_left_out() -> None:
    conditions = (
        Condition(dimension=DimensionName.MODEL, values=("gpt-4o", "o3"), negated=True),
        Condition(dimension=DimensionName.STATUS, values=("timeout",)),
        Condition(dimension=DimensionName.WEEKDAY, values=("Monday",)),
        Condition(dimension=DimensionName.HOUR, values=("14",)),
    )
    assert spoken(_measuring(where=conditions)) == (
        "Cost without `gpt-4o` or `o3` with status `timeout` on Mondays at 14:00 UTC"
    )


def test_constraints_of_a_plan_are_said() -> None:
    constraints = Constraints(target_pct=30.0, excluded_kinds=("batch",), no_evaluation=True)
    question = Question(parts=(Part(operation=Operation.PLAN, constraints=constraints),))
    assert spoken(question) == "Plan savings: save 30 %, nothing that needs an evaluation first, without batch"


def test_words_that_were_not_used_and_what_was_guessed_are_said() -> None:
    question = _measuring(period=_LAST_WEEK).model_copy(
        update={"unread": ("per moon phase",), "doubts": ("last week: the 7 days up to the last day of the data",)}
    )
    assert spoken(question, _DATA) == (
        "Cost, 14 to 20 November 2026. Last week: the 7 days up to the last day of the data."
        " Not used: \u201cper moon phase\u201d."
    )


def test_data_that_end_days_ago_are_said_to_only_where_days_are_counted_back_from_their_end() -> None:
    end = date.fromordinal(_DATA.last)
    stale, fresh = end + timedelta(days=4), end + timedelta(days=3)
    assert "Your data end on Friday 20 November 2026" in spoken(_measuring(period=_LAST_WEEK), _DATA, today=stale)
    assert "end on" not in spoken(_measuring(period=_LAST_WEEK), _DATA, today=fresh)
    assert "end on" not in spoken(_measuring(by=(DimensionName.DAY,)), _DATA, today=stale)


@settings(max_examples=100, deadline=None)
@given(QUESTIONS)
def test_every_question_can_be_said_with_and_without_its_data(question: Question) -> None:
    assert "\n" not in spoken(question, _DATA) + spoken(question)
    asks_something = any(part.operation == Operation.MEASURE and part.query != COST_OF_ALL for part in question.parts)
    assert bool(spoken(question)) >= asks_something
