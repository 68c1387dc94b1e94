"""Which rows a message is about: what is taken out, and what no filter can be made of."""

from dataclasses import replace

import pytest

from common.assistant.question.model import Question
from common.assistant.reading.read import read
from common.assistant.reading.tests.catalogues import draft_of, shop
from common.spend.semantics import Condition, DimensionName, PeriodName
from common.spend.semantics.catalogue import Catalogue, DimensionValues


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


@pytest.mark.parametrize(
    ("message", "rows"),
    [
        ("cost of all features but doc-search on gpt-4o", ["-feature doc-search", "model gpt-4o"]),
        ("cost of every model but gpt-4o", ["-model gpt-4o"]),
        ("cost by feature but only doc-search", ["feature doc-search"]),
        ("cost of doc-search rather than support_agent", ["feature doc-search"]),
        ("cost of gpt-4o-mini instead of gpt-4o", ["model gpt-4o-mini"]),
        ("cost not of gpt-4o but of gpt-4o-mini", ["-model gpt-4o", "model gpt-4o-mini"]),
        ("cost without gpt-4o, but with gpt-4o-mini", ["-model gpt-4o", "model gpt-4o-mini"]),
        ("cost without gpt-4o but including doc-search", ["-model gpt-4o", "feature doc-search"]),
        ("cost without gpt-4o on doc-search", ["-model gpt-4o", "feature doc-search"]),
        ("cost without gpt-4o and on doc-search", ["-model gpt-4o", "feature doc-search"]),
        ("spend on Nov 12, ignoring timeout, in Invoice OCR", ["-status timeout", "feature Invoice OCR"]),
        ("cost without chat, doc-search and support_agent", ["-feature chat doc-search support_agent"]),
        ("cost not in chat or in search", ["-feature chat search"]),
        ("cost excluding chat on weekends", ["-feature chat", "weekday Saturday Sunday"]),
        ("cost with Invoice OCR removed by model", ["-feature Invoice OCR"]),
        ("cost of chat with gpt-4o taken out", ["feature chat", "-model gpt-4o"]),
        ("cost with removed chat", ["-feature chat"]),
    ],
)
def test_a_negation_takes_out_what_it_is_of_and_no_more(message: str, rows: list[str]) -> None:
    question = draft_of(message).question
    assert rows_of(question) == [rows]
    assert question.unread == ()


@pytest.mark.parametrize(
    "message",
    ["requests, not the cost, of chat", "cost without the cost of chat", "cost excluding requests from chat"],
)
def test_a_negation_of_a_measure_of_a_name_is_not_left_out_silently(message: str) -> None:
    assert is_open(message)


@pytest.mark.parametrize("word", ["exlude", "withuot", "removd", "exept"])
def test_a_guess_at_the_spelling_decides_no_negation(word: str) -> None:
    assert is_open(f"cost by feature {word} chat")


@pytest.mark.parametrize("word", ["moved", "water", "grows", "last", "moving"])
def test_a_word_of_english_is_not_read_as_another(word: str) -> None:
    assert not [doubt for doubt in draft_of(f"cost of chat {word}").question.doubts if "read as" in doubt]


@pytest.mark.parametrize(
    "message",
    [
        "features above 5 and below 20 USD",
        "features with less than 5 % share",
        "features with more than 10 % of cost",
        "features whose cost fell by more than 10 %",
        "features with more than 1.000 requests",
        "success rate by model",
    ],
)
def test_a_limit_that_no_query_has_is_not_left_out_silently(message: str) -> None:
    assert is_open(message)


def test_a_percentage_is_a_limit_of_the_error_rate_where_errors_are_named() -> None:
    threshold = draft_of("features with an error rate above 5 %").question.parts[0].query.threshold
    assert threshold is not None
    assert threshold.at_least == 5


def test_weekdays_only_is_a_filter() -> None:
    question = draft_of("weekdays only, spend by feature in November").question
    assert rows_of(question) == [["weekday Monday Tuesday Wednesday Thursday Friday"]]


def test_what_is_untagged_is_so_in_the_dimension_that_is_asked_for() -> None:
    assert rows_of(draft_of("top 10 users excluding untagged").question) == [["-user (untagged)"]]
    assert rows_of(draft_of("cost by feature excluding untagged").question) == [["-feature (untagged)"]]


def _of_grammar() -> Catalogue:
    """With names that are words of the grammar."""
    names = {
        DimensionName.FEATURE: ("the", "last week", "by model", "top 3", "everything", "monday", "chat"),
        DimensionName.USER: ("May", "In", "my"),
    }
    dimensions = (
        DimensionValues(name=each.name, values=names.get(each.name, ()), more=0) for each in shop().dimensions
    )
    return replace(shop(), dimensions=tuple(dimensions))


@pytest.mark.parametrize(
    "message",
    [
        "cost of the chat last week",
        "top 3 models of chat",
        "cost of chat in May",
        "my cost of chat by model in October",
    ],
)
def test_a_word_of_the_grammar_is_no_name_of_the_data(message: str) -> None:
    assert rows_of(read(message, _of_grammar()).question) == [["feature chat"]]


@pytest.mark.parametrize("message", ['cost of "last week"', "cost of the feature last week"])
def test_a_name_of_such_words_counts_where_it_is_quoted_or_called_so(message: str) -> None:
    assert rows_of(read(message, _of_grammar()).question) == [["feature last week"]]
