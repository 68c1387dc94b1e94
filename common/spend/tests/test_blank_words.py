r"""Words that programs and people write for nothing: in a cell that a row can do without they are an empty one.

They are those of pandas (https://pandas.pydata.org/docs/reference/api/pandas.read_csv.html, na_values), MySQL and
PostgreSQL (\N), SQL's null, Excel's #N/A, and dashes.
"""

import json

import pytest

from common.spend import totals
from common.spend.tests.builders import imported

WORDS = (
    "N/A",
    "n/a",
    "-",
    "--",
    "NULL",
    "null",
    "NaN",
    "nan",
    "None",
    "none",
    "#N/A",
    "(null)",
    r"\N",
    "<NA>",
    " ",
    "—",
)
_HEAD = "timestamp,model,prompt_tokens,completion_tokens,cached_tokens,cache_write_tokens,reasoning_tokens,status"
_ROW = "2026-11-24T10:00:00Z,gpt-4o,1000,100"
_OPTIONAL = ("cached_tokens", "cache_write_tokens", "reasoning_tokens", "input_audio_tokens", "total_tokens")


@pytest.mark.parametrize("word", WORDS)
def test_a_word_for_nothing_is_an_empty_cell_where_tokens_are_optional(word: str) -> None:
    batch = imported(f"{_HEAD}\n{_ROW},{word},{word},{word},ok\n{_ROW},500,0,20,ok\n")
    found = totals(batch.rollup)
    assert (batch.rows, batch.rejected) == (2, 0)
    assert (found.input_tokens, found.output_tokens, found.tokens["cache_read"]) == (2000, 200, 500)


@pytest.mark.parametrize("name", _OPTIONAL)
def test_so_it_is_in_json_and_for_every_optional_count(name: str) -> None:
    row = {
        "ts": "2026-11-24T10:00:00Z",
        "model": "gpt-4o",
        "prompt_tokens": 1000,
        "completion_tokens": 100,
        name: "N/A",
    }
    batch = imported(json.dumps(row))
    assert (batch.rows, totals(batch.rollup).input_tokens) == (1, 1000)


def test_one_note_for_each_column_says_so() -> None:
    batch = imported(f"{_HEAD}\n{_ROW},N/A,,-,ok\n{_ROW},NULL,,,ok\n")
    assert [note for note in batch.notes if "read as empty" in note] == [
        "2 cells of cached_tokens say 'N/A' or the like: they were read as empty.",
        "1 cell of reasoning_tokens says '-': it was read as empty.",
    ]


@pytest.mark.parametrize("word", ["N/A", "nan", "-"])
@pytest.mark.parametrize(("place", "name"), [(2, "prompt_tokens"), (3, "completion_tokens")])
def test_a_count_that_every_answer_has_stays_missing(word: str, place: int, name: str) -> None:
    cells = [*_ROW.split(","), "", "", "", "ok"]
    cells[place] = word
    batch = imported(f"{_HEAD}\n{','.join(cells)}\n{_ROW},,,,ok\n")
    assert [(reject.line, reject.reason) for reject in batch.rejects] == [(2, f"{name} is missing")]


def test_a_failed_request_may_say_nothing_of_its_tokens() -> None:
    batch = imported(f"{_HEAD}\n2026-11-24T10:00:00Z,gpt-4o,N/A,-,NULL,,,timeout\n{_ROW},,,,ok\n")
    assert (batch.rows, totals(batch.rollup).failed_requests) == (2, 1)


def test_a_cost_that_says_nothing_is_no_value_that_could_not_be_used() -> None:
    batch = imported(f"timestamp,model,prompt_tokens,completion_tokens,cost\n{_ROW},#N/A\n{_ROW},0.01\n")
    assert "1 cell of cost says '#N/A': it was read as empty." in batch.notes
    assert totals(batch.rollup).reported_usd == pytest.approx(0.01)
