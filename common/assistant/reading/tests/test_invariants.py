"""What holds for every message, whatever it says."""

import time
from math import inf

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from common.assistant.question.draft import LastTurn
from common.assistant.reading.constraints import take_constraints
from common.assistant.reading.lexicon import lexicon
from common.assistant.reading.read import read
from common.assistant.reading.tests.catalogues import draft_of, shop
from common.assistant.reading.tokens import tokenise

_MOST_CHARACTERS = 10_000
_MOST_SECONDS = 1.0
"""Of computing, on a busy machine; what no pattern may take is a multiple of it."""
WITH_PROVIDERS = (
    "openai/gpt-4o",
    "azure/gpt-4o-mini",
    "openrouter/openai/gpt-4o",
    "models/gemini-2.5-flash",
    "non-o4-mini",
)
"""Models with what gateways write before them."""
WORDS = st.sampled_from(
    sorted(
        {
            *lexicon("en").words,
            *WITH_PROVIDERS,
            "doc-search",
            "gpt-4o",
            "u-10423",
            "3",
            "20",
            "%",
            "$5",
            "xyz",
            "?",
            ",",
            ".",
        }
    )
)
MESSAGES = st.one_of(st.text(max_size=200), st.lists(WORDS, max_size=25).map(" ".join))


@settings(max_examples=300, deadline=None)
@given(MESSAGES)
def test_any_message_is_read_and_always_alike(message: str) -> None:
    draft = read(message, shop())
    assert draft == read(message, shop())
    for word in draft.question.unread:
        assert word in message or word in " ".join(message.split())
    for because in draft.because:
        assert because.words in message


@settings(max_examples=200, deadline=None)
@given(MESSAGES, MESSAGES)
def test_any_message_is_read_after_any_other(first: str, message: str) -> None:
    draft = read(first, shop())
    options = draft.ask_back.options if draft.ask_back else ()
    last = LastTurn(question=draft.question, options=options, was_ask_back=draft.ask_back is not None)
    second = read(message, shop(), last)
    assert not (options and second.ask_back and second.ask_back.options)
    read(message, None, last)


PIECES = st.sampled_from(
    [
        "us",
        "chat",
        "doc",
        "search",
        "gpt",
        "4o",
        "claude",
        "sonnet",
        "4",
        "5",
        "v2",
        "prod",
        "openai",
        "the",
        "in",
        "by",
    ]
)
JOINED = st.builds(
    lambda pieces, joint: joint.join(pieces), st.lists(PIECES, min_size=2, max_size=5), st.sampled_from("./_@:-")
)
QUESTIONS = st.sampled_from(
    ["cost on {}", "cost by feature of {}", "top 5 users of {}", "error rate by model for {}", "{} cost last week"]
)


@settings(max_examples=400, deadline=None)
@given(QUESTIONS, JOINED)
def test_no_part_of_a_technical_name_vanishes(question: str, name: str) -> None:
    draft = read(question.format(name), shop())
    said = " ".join([*(each.words for each in draft.because), *draft.question.unread])
    technical = [token.text for token in tokenise(name) if any(char.isdigit() for char in token.text)]
    assert draft.ask_back is not None or all(word in said for word in technical)


@pytest.mark.parametrize(
    "frame", ["{}", "cost of {}", "cost of {} and {} by day", "what if we used {}", "how do we save 10 % without {}"]
)
@pytest.mark.parametrize(
    "name", [*WITH_PROVIDERS, "bedrock/claude-haiku-4-5", "vertex_ai/gemini-2.5-pro", "9" * 400 + " %"]
)
def test_a_model_is_read_whatever_stands_before_it(frame: str, name: str) -> None:
    message = frame.format(name, name)
    draft_of(message)
    assert take_constraints(message, shop())[0].target_pct != inf


@pytest.mark.parametrize(
    "question",
    ["What did we spend last week?", "top 5 users by requests", "error rate by model", "Which day was the dearest?"],
)
@pytest.mark.parametrize(
    "filtered",
    ["only chat", "without doc-search", "for gpt-4o", "of user u-10423", "on weekends", "at night", "excluding batch"],
)
def test_a_filter_that_is_added_changes_the_query(question: str, filtered: str) -> None:
    plain, narrowed = draft_of(question).question, draft_of(f"{question.rstrip('?')} {filtered}").question
    assert plain.parts != narrowed.parts
    assert narrowed.unread == ()


@pytest.mark.parametrize(
    "text",
    [
        "cost of search by model and requests, ",
        "a1 ",
        "gpt-4 ",
        "xqzvb ",
        "1,",
        "no ",
        "what about ",
        "frobnic brobnac quxxor ",
        "1",
        "a-",
        '"',
        "since 3 nov to ",
        "keep search under 800 ms and ",
        "\u0661 \u00b2 ",
    ],
)
def test_the_longest_message_is_read_quickly(text: str) -> None:
    message = (text * _MOST_CHARACTERS)[:_MOST_CHARACTERS]
    draft_of("cost")
    began = time.thread_time()
    read(message, shop())
    assert time.thread_time() - began < _MOST_SECONDS
