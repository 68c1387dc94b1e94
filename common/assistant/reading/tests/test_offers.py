"""What the product itself offers to ask is read whole."""

import re
from pathlib import Path

import pytest

from common.assistant.knowledge.capabilities import capabilities
from common.assistant.question.draft import Draft, LastTurn
from common.assistant.question.model import Constraints, Operation
from common.assistant.reading.read import read
from common.assistant.reading.tests.catalogues import draft_of, shop

_PAGE = Path(__file__).parents[4] / "frontend" / "src" / "chat" / "EmptyState.tsx"
_QUESTIONS = re.compile(r"const QUESTIONS = \[(.*?)\]", re.DOTALL)
_FIRST = (*(entry.ask for entry in capabilities() if entry.ask), "Plan the first change step by step.")
_BEFORE = ("Cost by feature", "How do we save 10 %?", "Set a budget of 500 USD", "Email this to my boss")
OFFERED_AFTER = (
    ("How do we save 10 %?", "plan the first one"),
    ("How do we save 10 %?", "Write this as an e-mail to my manager."),
    ("Make a business case", "engineers at 100 USD an hour"),
    ("Are we near our rate limits?", "Our limit is 60 rpm"),
    ("Can we take a spike of 10x?", "Our limits are 500 rpm and 100000 tpm"),
    ("Can we take a spike of 10x?", "Our limit is 500 requests per minute"),
)


def _after(before: str, message: str) -> Draft:
    last = LastTurn(question=draft_of(before).question, recommendations=("one", "two", "three"))
    return read(message, shop(), last)


def _is_whole(draft: Draft) -> bool:
    return draft.ask_back is None and draft.question.unread == ()


def _questions_of_the_page() -> list[str]:
    (listed,) = _QUESTIONS.findall(_PAGE.read_text(encoding="utf-8"))
    return re.findall(r"'(.*?)'", listed)


@pytest.mark.parametrize("offer", _FIRST)
def test_an_offer_is_read_whole_at_any_place(offer: str) -> None:
    assert _is_whole(draft_of(offer))
    assert all(_is_whole(_after(before, offer)) for before in _BEFORE)


def test_the_questions_of_the_page_are_read_whole() -> None:
    assert all(_is_whole(draft_of(question)) for question in _questions_of_the_page())


@pytest.mark.parametrize("question", ["Where does my money go?", "Where does our money go?"])
def test_where_money_goes_is_taken_apart(question: str) -> None:
    assert draft_of(question).question.parts[0].query.by


@pytest.mark.parametrize(("before", "offer"), OFFERED_AFTER)
def test_what_an_answer_offers_is_read_whole_after_it(before: str, offer: str) -> None:
    assert _is_whole(_after(before, offer))


def test_the_price_of_an_hour_goes_into_the_business_case() -> None:
    part = _after("Make a business case", "engineers at 100 USD an hour").question.parts[0]
    assert (part.operation, part.constraints) == (Operation.BUSINESS_CASE, Constraints(hour_usd=100))
