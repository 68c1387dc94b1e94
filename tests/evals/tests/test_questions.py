"""The written questions themselves: they can be asked of their data, and say what is right."""

import pytest

from common.assistant.question.model import Operation
from common.spend.semantics import Unanswerable
from tests.campaigns.queries.judge import fault
from tests.evals.data import DATA, data_named
from tests.evals.judge import ANSWERS
from tests.evals.normal import outcome_of
from tests.evals.notation import readings_of
from tests.evals.readers import conversation, ideal
from tests.evals.written import line_of
from tests.evals.written_questions import Message, WrittenQuestion, questions

_ALL = questions()
_MESSAGES = [(written, message) for written in _ALL for message in written.messages]


def test_every_question_is_of_known_data() -> None:
    assert {written.data for written in _ALL} == set(DATA)


@pytest.mark.parametrize(
    ("written", "message"), _MESSAGES, ids=lambda value: value.id if isinstance(value, WrittenQuestion) else ""
)
def test_every_expected_figure_is_what_the_rows_give_in_duckdb(written: WrittenQuestion, message: Message) -> None:
    data = data_named(written.data)
    queries = [part.query for parts in message.readings for part in parts if part.operation == Operation.MEASURE]
    assert [fault(query, outcome_of(query, written.data), data.truth) for query in queries] == [None] * len(queries)


def test_what_is_expected_to_be_measured_can_be_unless_the_file_says_that_it_is_not_held() -> None:
    refused = [
        written.id
        for written, message in _MESSAGES
        for part in (message.readings or [()])[0]
        if part.operation == Operation.MEASURE and "not_held" not in message.answers
        if isinstance(outcome_of(part.query, written.data), Unanswerable)
    ]
    assert refused == []


def test_every_message_says_what_is_expected_of_it() -> None:
    assert [written.id for written, message in _MESSAGES if not message.readings and not message.answers] == []
    assert set().union(*(message.answers for _, message in _MESSAGES)) <= ANSWERS


def test_words_that_need_not_be_used_stand_in_their_message() -> None:
    assert [
        (written.id, words)
        for written, message in _MESSAGES
        for words in (*message.unread, *message.maybe_unread)
        if words not in message.say
    ] == []


def test_a_reading_that_is_written_out_and_read_again_is_the_same() -> None:
    for _, message in _MESSAGES:
        for parts in message.readings:
            assert readings_of(" ;; ".join(map(line_of, parts))) == (parts,)


def test_a_perfect_reader_gets_every_question_right() -> None:
    assert [
        (each.written.id, each.verdict) for written in _ALL for each in conversation(written, ideal) if not each.is_good
    ] == []
