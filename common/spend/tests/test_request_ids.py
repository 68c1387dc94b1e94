"""A column that is only called id may be of conversations or users; the first rows of a file tell."""

import json

import pytest

from common.spend.logs import ImportBatch, Importer
from common.spend.measures.totals import totals
from common.spend.tests.builders import imported

_HEAD = "timestamp,model,prompt_tokens,completion_tokens"


def _batch(column: str, *rows: str) -> ImportBatch:
    return imported("\n".join([f"{column},{_HEAD}", *rows, ""]))


def _says_why(batch: ImportBatch) -> list[bool]:
    return ["does not hold request ids" in note for note in batch.notes if "request id" in note]


_TURNS = [f"conv-1,2026-11-24T10:0{turn}:00Z,gpt-4o,{turn}000,100" for turn in (1, 2, 3)]


@pytest.mark.parametrize("column", ["id", "ID", "uuid", "message_id"])
def test_ids_of_conversations_cost_no_row(column: str) -> None:
    batch = _batch(column, *_TURNS)
    assert (batch.duplicates, totals(batch.rollup).input_tokens, _says_why(batch)) == (0, 6_000, [True])


def test_so_it_is_with_ids_of_users_in_json() -> None:
    lines = [
        json.dumps({"id": "u7", "ts": "2026-11-24T10:00:00Z", "model": m, "prompt_tokens": 10, "completion_tokens": 1})
        for m in ("gpt-4o", "gpt-4o-mini", "gpt-5")
    ]
    batch = imported("\n".join(lines))
    assert (batch.rows, batch.duplicates, _says_why(batch)) == (3, 0, [True])


@pytest.mark.parametrize("column", ["request_id", "response_id", "generation_id", "call_id"])
def test_a_column_that_says_whose_ids_it_has_keeps_its_meaning(column: str) -> None:
    batch = _batch(column, *_TURNS)
    assert (batch.duplicates, totals(batch.rollup).requests, _says_why(batch)) == (2, 1, [False])


def test_records_of_a_growing_answer_are_one_request() -> None:
    rows = [f"m1,2026-11-24T10:00:0{part}Z,gpt-4o,1000,{part}0" for part in (1, 2, 3)]
    batch = _batch("id", *rows)
    assert (batch.duplicates, totals(batch.rollup).output_tokens) == (2, 30)


def test_records_of_one_second_are_one_request() -> None:
    rows = [f"m1,2026-11-24T10:00:00.{part}Z,gpt-4o,{part}000,10" for part in (0, 1)]
    batch = _batch("id", *rows)
    assert (batch.duplicates, totals(batch.rollup).input_tokens) == (1, 1000)


def test_one_odd_repeat_among_many_ids_is_no_reason() -> None:
    rows = [f"m{n},2026-11-24T10:00:00Z,gpt-4o,1000,{n}" for n in range(40)]
    batch = _batch("id", *rows, "m1,2026-11-25T10:00:00Z,gpt-5,7,7")
    assert (batch.duplicates, totals(batch.rollup).requests) == (1, 40)


def test_what_the_customer_says_of_the_column_holds() -> None:
    importer = Importer(mapping={"request_id": "id"})
    importer.feed("\n".join([f"id,{_HEAD}", *_TURNS, ""]).encode())
    importer.finish()
    batch = importer.take()
    assert (batch.duplicates, _says_why(batch)) == (2, [False])
