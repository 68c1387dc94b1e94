"""A model reads otherwise than the rules: what is certain stays, the rest needs words of the message."""

import json
from datetime import date
from typing import Any

import pytest

from common.assistant.question.draft import Because, Draft
from common.assistant.question.model import Constraints, Operation, Part, Question
from common.assistant.reading import wire
from common.assistant.reading.merge import merged
from common.spend.semantics import Condition, DimensionName, MeasureName, Period, PeriodName, UsageQuery
from common.spend.semantics.catalogue import Catalogue, DimensionValues

MESSAGE = "How much did Doc Search cost last week, per model, without batch?"
CATALOGUE = Catalogue(
    first=date(2026, 10, 1),
    last=date(2026, 11, 24),
    measures=(MeasureName.COST, MeasureName.REQUESTS),
    dimensions=(
        DimensionValues(name=DimensionName.FEATURE, values=("doc-search", "chat"), more=0),
        DimensionValues(name=DimensionName.MODEL, values=("gpt-4o",), more=0),
    ),
)
LAST_WEEK = Period(name=PeriodName.LAST_WEEK)


def condition(value: str = "doc-search", *, negated: bool = False) -> Condition:
    return Condition(dimension=DimensionName.FEATURE, values=(value,), negated=negated)


def measuring(unread: tuple[str, ...] = (), constraints: Constraints | None = None, **query: Any) -> Question:
    measured = UsageQuery(measures=(MeasureName.COST,), **query)
    return Question(
        parts=(Part(operation=Operation.MEASURE, query=measured, constraints=constraints or Constraints()),),
        unread=unread,
    )


DRAFT = Draft(
    question=measuring(("per model", "without batch"), where=(condition(),), period=LAST_WEEK),
    because=(
        Because("parts.0.query.where.0", "Doc Search", certain=True),
        Because("parts.0.query.period", "last week", certain=True),
    ),
)


def read(theirs: Question, *because: tuple[str, str]) -> Draft:
    spans = tuple(Because(field, words, certain=False) for field, words in because)
    return merged(MESSAGE, DRAFT, theirs, spans, CATALOGUE)


def test_a_gap_is_filled_by_words_of_the_message_which_are_then_no_longer_unread() -> None:
    theirs = measuring(where=(condition("Doc Search"),), period=LAST_WEEK, by=(DimensionName.MODEL,))
    question = read(theirs, ("parts.0.query.by", "per model")).question
    assert question.parts[0].query.by == (DimensionName.MODEL,)
    assert question.parts[0].query.where == (condition(),)
    assert question.unread == ("without batch",)


@pytest.mark.parametrize(
    "theirs",
    [
        measuring(where=(condition("chat"),), period=LAST_WEEK),
        measuring(where=(condition(negated=True),), period=LAST_WEEK),
        measuring(period=LAST_WEEK),
        measuring(where=(condition(),)),
        measuring(where=(condition(),), period=Period(name=PeriodName.LAST_MONTH)),
    ],
)
def test_what_the_rules_are_certain_of_is_never_overruled_or_left_out(theirs: Question) -> None:
    with pytest.raises(wire.WireError, match="certainly say"):
        read(theirs, ("parts.0.query.where", "Doc Search"), ("parts.0.query.period", "last week"))


@pytest.mark.parametrize(
    "constraints",
    [Constraints(target_pct=30.0), Constraints(excluded_kinds=("batch",)), Constraints(no_evaluation=True)],
)
def test_a_constraint_without_words_of_the_message_is_refused(constraints: Constraints) -> None:
    theirs = measuring(constraints=constraints, where=(condition(),), period=LAST_WEEK)
    with pytest.raises(wire.WireError, match="Nothing in the message says constraints"):
        read(theirs, ("parts.0.constraints." + next(iter(constraints.model_fields_set)), "words that stand nowhere"))


def test_a_constraint_with_words_of_the_message_is_taken() -> None:
    theirs = measuring(constraints=Constraints(excluded_kinds=("batch",)), where=(condition(),), period=LAST_WEEK)
    question = read(theirs, ("parts.0.constraints.excluded_kinds", "without batch")).question
    assert question.parts[0].constraints.excluded_kinds == ("batch",)
    assert question.unread == ("per model",)


def test_a_name_that_the_data_do_not_have_is_refused() -> None:
    theirs = measuring(where=(condition(), condition("billing-bot")), period=LAST_WEEK)
    with pytest.raises(wire.WireError, match="no feature 'billing-bot'"):
        read(theirs, ("parts.0.query.where", "Doc Search"))


def test_a_question_comes_back_from_the_wire_as_it_went() -> None:
    question = measuring(
        constraints=Constraints(target_pct=20.0, due_days=7, top=3, only_providers=("openai",)),
        where=(condition(negated=True),),
        period=Period(name=PeriodName.LAST_DAYS, days=10),
        versus=Period(name=PeriodName.PREVIOUS),
        by=(DimensionName.DAY,),
        top=5,
    )
    back, because = wire.question_of(json.dumps(wire.as_wire(question, DRAFT.because)))
    assert back == question
    assert because == tuple(Because(each.field.removesuffix(".0"), each.words, certain=False) for each in DRAFT.because)


@pytest.mark.parametrize("text", ["", "{}", "[1]", '{"parts": []}', json.dumps({"parts": [{"operation": "spy"}]})])
def test_what_is_no_question_is_an_error(text: str) -> None:
    with pytest.raises(wire.WireError):
        wire.question_of(text)


@pytest.mark.parametrize("number", ["NaN", "Infinity", "-Infinity", "1e999"])
@pytest.mark.parametrize("field", ["target_pct", "growth_pct", "burst", "quality", "rpm", "hour_usd"])
def test_a_number_that_is_not_finite_is_refused(field: str, number: str) -> None:
    question = wire.as_wire(DRAFT.question, ())
    question["parts"][0][field] = "?"
    with pytest.raises(wire.WireError):
        wire.question_of(json.dumps(question).replace('"?"', number))


def nested(node: Any) -> int:
    """How deep objects lie in one another."""
    if isinstance(node, list):
        return max(map(nested, node), default=0)
    if not isinstance(node, dict):
        return 0
    inside = max((nested(value) for value in node.values()), default=0)
    return inside + (node.get("type") == "object")


def objects(node: Any) -> list[dict[str, Any]]:
    """All object schemas."""
    children = node.values() if isinstance(node, dict) else node if isinstance(node, list) else ()
    own = [node] if isinstance(node, dict) and node.get("type") == "object" else []
    return own + [found for child in children for found in objects(child)]


def test_the_schema_is_one_that_both_providers_accept() -> None:
    schema = wire.schema()
    assert nested(schema) == 3
    assert "$ref" not in json.dumps(schema)
    for each in objects(schema):
        assert each["additionalProperties"] is False
        assert set(each["required"]) == set(each["properties"])
    bounds = {"minimum", "maximum", "minItems", "maxItems", "minLength", "maxLength", "pattern", "default"}
    assert not [bound for bound in bounds if f'"{bound}"' in json.dumps(schema)]
