"""Chips of a question: what they are, and what taking one off or changing it leaves."""

from typing import Any

import pytest
from hypothesis import given, settings

from common.assistant.question.chips import chips, patched
from common.assistant.question.model import Constraints, Operation, Part, Question
from common.assistant.question.tests.questions import QUESTIONS
from common.assistant.question.words import constraint_items, constraint_said
from common.spend.semantics import DimensionName, MeasureName, Order, Period, PeriodName, UsageQuery

_DEPENDENT = {
    "period": {"period", "versus", "order"},
    "versus": {"versus", "order"},
    "where": {"where"},
    "by": {"by", "order", "top", "threshold"},
    "top": {"top"},
    "threshold": {"threshold"},
}
"""What may go with a piece of a query."""


@settings(max_examples=150, deadline=None)
@given(QUESTIONS)
def test_every_chip_can_be_taken_off_and_nothing_else_changes(question: Question) -> None:
    for chip in chips(question):
        left = patched(question, chip.id)
        assert Question.model_validate_json(left.model_dump_json()) == left
        assert len(_pieces(left, chip.kind)) == len(_pieces(question, chip.kind)) - 1
        assert _changed(question, left) <= _may_change(chip.id)


@settings(max_examples=80, deadline=None)
@given(QUESTIONS)
def test_every_option_of_a_chip_changes_that_chip_alone(question: Question) -> None:
    for chip in chips(question):
        for option in chip.options:
            left = patched(question, chip.id, option.value)
            assert option.label in [each.label for each in chips(left) if each.id == chip.id]
            place, field, *_ = chip.id.split(".")
            assert _changed(question, left) - {"doubts"} == {f"{place}.{field}"}


def test_an_unknown_chip_and_an_option_that_is_not_offered_are_refused() -> None:
    question = _by_feature()
    with pytest.raises(ValueError, match="no chip"):
        patched(question, "0.where.0")
    with pytest.raises(ValueError, match="no option"):
        patched(question, "0.by.0", "minute")


def test_groups_of_two_periods_are_not_changed_to_days_that_these_do_not_share() -> None:
    query = UsageQuery(
        measures=(MeasureName.COST,), by=(DimensionName.FEATURE,), versus=Period(name=PeriodName.WEEK_BEFORE)
    )
    offered = {option.value for chip in chips(_measuring(query)) for option in chip.options}
    assert "model" in offered
    assert "weekday" in offered
    assert not offered & {"day", "week", "month", "minute", "feature"}


def test_an_order_goes_with_the_last_group_and_one_by_difference_with_the_comparison() -> None:
    assert patched(_by_feature(), "0.by.0").parts[0].query == UsageQuery(measures=(MeasureName.COST,))
    order = Order(measure=MeasureName.COST, by_difference=True)
    before = Period(name=PeriodName.WEEK_BEFORE)
    query = _by_feature().parts[0].query.model_copy(update={"order": order, "versus": before})
    left = patched(_measuring(query), "0.versus").parts[0].query
    assert left.by
    assert left.top == query.top
    assert left.order is None


def test_every_constraint_has_words() -> None:
    values: dict[str, Any] = {"max_effort": "low", "save": None, "budget": None}
    simple = {
        name for name, field in Constraints.model_fields.items() if field.annotation in (float | None, int | None)
    }
    for name in simple:
        assert constraint_said(name, values.get(name, 2.0 if "top" not in name else 2), str)
    assert {name for name, _, __ in constraint_items(Constraints(no_evaluation=True, top=3))} == {
        "no_evaluation",
        "top",
    }


def _measuring(query: UsageQuery) -> Question:
    return Question(parts=(Part(operation=Operation.MEASURE, query=query),))


def _by_feature() -> Question:
    order = Order(measure=MeasureName.COST)
    return _measuring(UsageQuery(measures=(MeasureName.COST,), by=(DimensionName.FEATURE,), order=order, top=3))


def _pieces(question: Question, kind: str) -> list[str]:
    """A period takes the one before it along; all other kinds keep their number."""
    return [chip.id for chip in chips(question) if chip.kind == kind]


def _may_change(chip: str) -> set[str]:
    place, field, *rest = chip.split(".")
    if field == "constraints":
        return {f"{place}.constraints.{rest[0]}", "doubts"}
    return {f"{place}.{each}" for each in _DEPENDENT[field]} | {"doubts"}


def _changed(before: Question, after: Question) -> set[str]:
    return {name for name, value in _fields(before).items() if _fields(after)[name] != value}


def _fields(question: Question) -> dict[str, object]:
    fields: dict[str, object] = {"doubts": question.doubts, "unread": question.unread, "format": question.format}
    for place, part in enumerate(question.parts):
        fields[f"{place}.operation"] = part.operation
        fields |= {f"{place}.{name}": getattr(part.query, name) for name in UsageQuery.model_fields}
        fields |= {f"{place}.constraints.{name}": getattr(part.constraints, name) for name in Constraints.model_fields}
    return fields
