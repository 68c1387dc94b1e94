"""What is to be left alone is kept, in whatever words, and is never what a plan is made of."""

import pytest

from common.assistant.question.draft import Draft, LastTurn
from common.assistant.question.model import Keep, Operation
from common.assistant.reading.read import read
from common.assistant.reading.tests.catalogues import draft_of, shop
from common.spend.semantics import DimensionName

BEFORE = [
    "without touching {}",
    "but don't touch {}",
    "and do not move {}",
    "but we can't change {}",
    "without affecting {}",
    "but nothing that touches {}",
    "with no changes to {}",
    "but hands off {}",
    "but keep off {}",
    "and leave {} alone",
    "while leaving {} as they are",
    "keeping {} untouched",
    "but {} must not be changed",
    "but {} must stay as is",
    "but {} are off limits",
    "and not by moving {}",
    "if nothing may be changed in {}",
    "because I don't want you to touch {}",
]
LISTS = [
    ("support_agent", (Keep(feature="support_agent"),)),
    ("support_agent or doc-search", (Keep(feature="support_agent"), Keep(feature="doc-search"))),
    (
        "support_agent, doc search and Invoice OCR",
        (Keep(feature="support_agent"), Keep(feature="doc-search"), Keep(feature="Invoice OCR")),
    ),
    ("gpt-4o and gpt-4o-mini", (Keep(model="gpt-4o"), Keep(model="gpt-4o-mini"))),
    ("gpt-4o for chat", (Keep(model="gpt-4o", feature="chat"),)),
]


def follow_up(message: str, before: str = "How can we save 10 %?") -> Draft:
    return read(message, shop(), LastTurn(question=draft_of(before).question))


@pytest.mark.parametrize(("names", "keeps"), LISTS)
@pytest.mark.parametrize("words", BEFORE)
def test_what_is_to_be_left_alone_is_kept(words: str, names: str, keeps: tuple[Keep, ...]) -> None:
    draft = draft_of(f"How can we save 10 % {words.format(names)}?")
    (part,) = draft.question.parts
    assert (part.operation, part.constraints.target_pct) == (Operation.PLAN, 10)
    assert part.constraints.keeps == keeps
    assert part.query.where == ()
    assert draft.question.unread == ()


@pytest.mark.parametrize(
    "message",
    [
        "no, nothing that touches chat",
        "what if we can't move chat?",
        "leave chat alone",
        "but don't touch chat",
        "chat must stay as it is",
    ],
)
def test_a_follow_up_keeps_what_is_to_be_left_alone(message: str) -> None:
    (part,) = follow_up(message).question.parts
    assert (part.operation, part.constraints.target_pct) == (Operation.PLAN, 10)
    assert (part.constraints.keeps, part.query.where) == ((Keep(feature="chat"),), ())


@pytest.mark.parametrize(
    "words",
    ["without {}", "except for {}", "excluding {}", "but not {}", "without touching {}", "but don't touch {}"],
)
@pytest.mark.parametrize("name", ["anthropic", "support_agent"])
def test_what_is_excepted_is_never_what_a_plan_is_made_of(words: str, name: str) -> None:
    (part,) = draft_of(f"Save 10 % {words.format(name)}").question.parts
    assert part.operation == Operation.PLAN
    assert all(condition.negated for condition in part.query.where)
    assert part.query.where or part.constraints.keeps or part.constraints.excluded_providers


@pytest.mark.parametrize("verb", ["changing", "switching", "swapping", "replacing", "moving", "touching"])
@pytest.mark.parametrize("own", ["", "any ", "our ", "the ", "any of our "])
@pytest.mark.parametrize(
    ("noun", "kind"), [("models", "right_sizing"), ("model", "right_sizing"), ("providers", "provider_choice")]
)
def test_no_change_of_models_or_providers_is_a_kind_that_is_not_wanted(
    verb: str, own: str, noun: str, kind: str
) -> None:
    (part,) = draft_of(f"How do I save 50 USD a month without {verb} {own}{noun}?").question.parts
    assert part.constraints.excluded_kinds == (kind,)
    assert part.constraints.keeps == ()


def test_a_move_that_is_not_wanted_is_not_imagined() -> None:
    draft = draft_of("Don't replace gpt-4o with gpt-4o-mini, save 10 %")
    assert {part.operation for part in draft.question.parts} == {Operation.PLAN}
    assert not any(part.query.where for part in draft.question.parts)


def test_a_model_is_not_imagined_for_what_is_to_be_left_alone() -> None:
    (part,) = draft_of("What if we moved to gpt-4o-mini without touching chat?").question.parts
    assert part.operation == Operation.WHAT_IF
    assert [(each.dimension, each.values, each.negated) for each in part.query.where] == [
        (DimensionName.FEATURE, ("chat",), True)
    ]


@pytest.mark.parametrize(
    "message", ["Should we not move chat to gpt-4o-mini?", "Why don't we move chat to gpt-4o-mini?"]
)
def test_a_suggestion_leaves_nothing_alone(message: str) -> None:
    assert all(part.constraints.keeps == () for part in draft_of(message).question.parts)
