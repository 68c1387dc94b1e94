"""Which rows a message is about: what is taken out, and what no filter can be made of."""

import pytest

from common.assistant.question.model import Question
from common.assistant.reading.tests.catalogues import draft_of
from common.spend.semantics import Condition, PeriodName


def rows_of(question: Question) -> list[list[str]]:
    """The filters of each part, as "-feature chat" where it is taken out."""
    return [[_text(each) for each in part.query.where] for part in question.parts]


def _text(condition: Condition) -> str:
    return f"{'-' if condition.negated else ''}{condition.dimension} {' '.join(condition.values)}"


def is_open(message: str) -> bool:
    """Whether something is asked back, or said not to be used."""
    draft = draft_of(message)
    return draft.ask_back is not None or bool(draft.question.unread)


@pytest.mark.parametrize(
    ("message", "rows"),
    [
        ("cost by feature. Exclude doc-search.", ["-feature doc-search"]),
        ("cost by feature; skip doc-search", ["-feature doc-search"]),
        ("Only doc-search please. Cost by model?", ["feature doc-search"]),
        ("cost by model of chat. Exclude timeout.", ["feature chat", "-status timeout"]),
    ],
)
def test_a_sentence_that_only_filters_filters_what_the_others_ask(message: str, rows: list[str]) -> None:
    draft = draft_of(message)
    assert rows_of(draft.question) == [rows]
    assert draft.question.unread == ()
    assert any(each.field == "parts.0.query.where" for each in draft.because)


def test_a_sentence_that_only_filters_goes_to_all_parts() -> None:
    question = draft_of("In November. Cost by feature and error rate by model. Without chat.").question
    assert rows_of(question) == [["-feature chat"], ["-feature chat"]]
    assert [part.query.period and part.query.period.name for part in question.parts] == [PeriodName.BETWEEN] * 2


@pytest.mark.parametrize("message", ["cost of chat by model. Only doc-search.", "cost last week. Only November."])
def test_a_sentence_whose_filter_does_not_fit_what_is_asked_is_not_left_out_silently(message: str) -> None:
    assert is_open(message)


@pytest.mark.parametrize(
    ("message", "rows"),
    [
        ("cost with provider != openai", ["-provider openai"]),
        ("cost where feature <> chat", ["-feature chat"]),
        ("cost where feature \u2260 chat", ["-feature chat"]),
        ("cost by feature !doc-search", ["-feature doc-search"]),
        ("cost by feature -doc-search", ["-feature doc-search"]),
        ("cost - chat", ["-feature chat"]),
        ("cost by feature - last week", []),
        ("- cost of doc-search", ["feature doc-search"]),
    ],
)
def test_signs_take_out_what_stands_after_them(message: str, rows: list[str]) -> None:
    question = draft_of(message).question
    assert rows_of(question) == [rows]
    assert question.unread == ()


@pytest.mark.parametrize(
    ("message", "least", "most"),
    [
        ("features with cost > 20 USD", 20, None),
        ("features with cost >= 20 USD", 20, None),
        ("features with cost < 20 USD", None, 20),
        ("features with cost \u2264 20 USD", None, 20),
    ],
)
def test_signs_limit_lines(message: str, least: float | None, most: float | None) -> None:
    threshold = draft_of(message).question.parts[0].query.threshold
    assert threshold is not None
    assert (threshold.at_least, threshold.at_most) == (least, most)


@pytest.mark.parametrize("message", ["cost by feature < doc-search", "cost > chat", "cost != 5"])
def test_a_sign_that_nothing_is_made_of_is_not_left_out_silently(message: str) -> None:
    assert is_open(message)


def test_a_point_inside_a_name_ends_no_sentence() -> None:
    question = draft_of("cost on us.anthropic.claude-sonnet-4-5").question
    assert rows_of(question) == [["provider anthropic", "model claude-sonnet-4-5"]]


@pytest.mark.parametrize("name", ["search-in", "chat.prod", "chat-v2", "doc-search:v3", "v2.chat"])
def test_the_ending_of_a_name_is_not_left_out_silently(name: str) -> None:
    assert is_open(f"cost on {name}")
