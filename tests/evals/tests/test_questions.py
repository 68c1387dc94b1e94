"""The written questions themselves: they can be asked of their data, and say what is right."""

import pytest

from common.assistant.question.model import Operation
from common.spend.semantics import Unanswerable
from tests.campaigns.queries.judge import fault
from tests.evals.asked import Asked, Message, questions
from tests.evals.data import DATA, data_named
from tests.evals.judge import ANSWERS
from tests.evals.normal import outcome_of
from tests.evals.notation import readings_of
from tests.evals.readers import conversation, ideal
from tests.evals.written import line_of

_ALL = questions()
_MESSAGES = [(asked, message) for asked in _ALL for message in asked.messages]


def test_every_question_is_of_known_data() -> None:
    assert {asked.data for asked in _ALL} == set(DATA)


@pytest.mark.parametrize(
    ("asked", "message"), _MESSAGES, ids=lambda value: value.id if isinstance(value, Asked) else ""
)
def test_every_expected_figure_is_what_the_rows_give_in_duckdb(asked: Asked, message: Message) -> None:
    data = data_named(asked.data)
    queries = [part.query for parts in message.readings for part in parts if part.operation == Operation.MEASURE]
    assert [fault(query, outcome_of(query, asked.data), data.truth) for query in queries] == [None] * len(queries)


def test_what_is_expected_to_be_measured_can_be_unless_the_file_says_that_it_is_not_held() -> None:
    refused = [
        asked.id
        for asked, message in _MESSAGES
        for part in (message.readings or [()])[0]
        if part.operation == Operation.MEASURE and "not_held" not in message.answers
        if isinstance(outcome_of(part.query, asked.data), Unanswerable)
    ]
    assert refused == []


def test_every_message_says_what_is_expected_of_it() -> None:
    assert [asked.id for asked, message in _MESSAGES if not message.readings and not message.answers] == []
    assert set().union(*(message.answers for _, message in _MESSAGES)) <= ANSWERS


def test_words_that_need_not_be_used_stand_in_their_message() -> None:
    assert [
        (asked.id, words)
        for asked, message in _MESSAGES
        for words in (*message.unread, *message.maybe_unread)
        if words not in message.say
    ] == []


def test_a_reading_that_is_written_out_and_read_again_is_the_same() -> None:
    for _, message in _MESSAGES:
        for parts in message.readings:
            assert readings_of(" ;; ".join(map(line_of, parts))) == (parts,)


def test_a_perfect_reader_gets_every_question_right() -> None:
    assert [
        (each.asked.id, each.verdict) for asked in _ALL for each in conversation(asked, ideal) if not each.is_good
    ] == []
