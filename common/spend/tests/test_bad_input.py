"""The bad files that customers send: each fault is reported in their words, and every good row is counted."""

import json
import time
from datetime import UTC, datetime, timedelta

import pytest

from common.errors import SPECS
from common.spend import Importer, ImportFailed, Reject, totals
from common.spend.logs.rows.csv_table import MAX_ROW
from common.spend.tests.builders import imported

_HEAD = "timestamp,model,prompt_tokens,completion_tokens,user"
_GOOD = "2026-11-01T10:00:00Z,gpt-4o,10,5,ann"
_OBJECT = {"ts": "2026-11-01T10:00:00Z", "model": "gpt-4o", "prompt_tokens": 10, "completion_tokens": 5}
_LINE = json.dumps(_OBJECT)


def _words(data: bytes | str) -> str:
    """What the customer reads about a refused file."""
    with pytest.raises(ImportFailed) as caught:
        imported(data)
    return SPECS[caught.value.code].message.format(**caught.value.details)


def _one_bad(value: str, field: str = "prompt_tokens") -> tuple[int, list[str]]:
    """(rows, reasons) of a log whose second line has `value`, as JSON, in a field."""
    row = json.dumps(_OBJECT | {field: "@"}).replace('"@"', value)
    batch = imported(f"{_LINE}\n{row}\n{_LINE}\n")
    return batch.rows, [reject.reason for reject in batch.rejects]


def _tokens(value: str) -> int:
    """Input tokens that a row with `value`, as JSON, is counted with."""
    row = json.dumps(_OBJECT | {"prompt_tokens": "@"}).replace('"@"', value)
    return totals(imported(row).rollup).input_tokens


def test_csv_rows_in_json_lines_cost_themselves_only() -> None:
    batch = imported(f"{_LINE}\n{_GOOD}\n{_LINE}\n")
    assert (batch.rows, [reject.line for reject in batch.rejects]) == (2, [2])
    assert "not valid JSON" in batch.rejects[0].reason


def test_json_lines_in_a_csv_cost_themselves_only() -> None:
    batch = imported(f"{_HEAD}\n{_GOOD}\n{_LINE}\n{_GOOD}\n")
    assert (batch.rows, [reject.line for reject in batch.rejects]) == (2, [3])
    assert batch.rejects[0].reason == "the row has 4 columns, the header has 5"


@pytest.mark.parametrize("long", ["x" * 10_000_000, json.dumps(_OBJECT | {"user": "x" * 10_000_000})])
@pytest.mark.parametrize("log", [f"{_HEAD}\n{_GOOD}", _LINE])
def test_a_line_of_10_mb_costs_itself_only_and_never_much_memory(long: str, log: str) -> None:
    importer = Importer()
    good = log.rsplit("\n", maxsplit=1)[-1]
    data = f"{log}\n{long}\n{good}\n".encode()
    largest = 0
    for start in range(0, len(data), 100_000):
        importer.feed(data[start : start + 100_000])
        largest = max(largest, len(importer.state()))
    importer.finish()
    batch = importer.take()
    assert (batch.rows, batch.rejected) == (2, 1)
    assert "the row is longer than" in batch.rejects[0].reason
    assert largest < 900_000


@pytest.mark.parametrize(
    ("value", "reason"),
    [
        ("NaN", "prompttokens is missing"),
        ("Infinity", "is 'inf', not a number"),
        ("-Infinity", "is '-inf', not a number"),
        ("1e999", "is 'inf', not a number"),
        ("-5", "is negative (-5)"),
        ("12.5", "is '12.5', not a whole number"),
        ("true", "is 'True', not a whole number"),
        ("[1]", "is '[1]', not a number"),
        ('"12.000"', "that can be 12 or 12,000. Write it without the dot"),
        ("1" + "0" * 400, "more than any request can have"),
        ('"' + "1" * 5_000 + '"', "not a number"),
    ],
)
def test_what_is_no_number_of_tokens_is_rejected_with_the_reason(value: str, reason: str) -> None:
    rows, reasons = _one_bad(value)
    assert (rows, len(reasons)) == (2, 1)
    assert reason in reasons[0]
    assert len(reasons[0]) < 120


@pytest.mark.parametrize(
    ("value", "tokens"),
    [("12.0", 12), ("1e3", 1_000), ('"12.0"', 12), ('"1e3"', 1_000), ('"12,000"', 12_000), ('"1,234,567"', 1_234_567)],
)
def test_whole_numbers_are_read_however_they_are_written(value: str, tokens: int) -> None:
    assert _tokens(value) == tokens


@pytest.mark.parametrize("field", ["cost", "latency_ms", "ttft_ms"])
@pytest.mark.parametrize("value", ["NaN", "Infinity", "-1", "1e308", "1" + "0" * 400])
def test_an_amount_that_cannot_be_does_not_cost_its_row(field: str, value: str) -> None:
    assert _one_bad(value, field) == (3, [])


@pytest.mark.parametrize(
    ("time_text", "reason"),
    [
        ("2101-01-01", "in the far future"),
        ("0001-01-01", "before 1970"),
        ("0001-01-01T00:00:00+05:00", "before 1970"),
        ("9999-12-31T23:00:00-05:00", "in the far future"),
        ("1e300", "not a time"),
        ("01.11.2026", "not a time"),
    ],
)
def test_an_impossible_time_is_rejected(time_text: str, reason: str) -> None:
    batch = imported(f"{_HEAD}\n{_GOOD}\n{_GOOD.replace('2026-11-01T10:00:00Z', time_text)}\n")
    assert (batch.rows, batch.rejected) == (1, 1)
    assert reason in batch.rejects[0].reason


def test_a_time_of_hundreds_of_digits_is_rejected() -> None:
    rows, reasons = _one_bad("1" + "0" * 400, "ts")
    assert (rows, len(reasons)) == (2, 1)
    assert "is not a time" in reasons[0]


def test_rows_dated_after_tomorrow_are_counted_and_reported() -> None:
    now = datetime.now(UTC)
    later, soon = (now + timedelta(days=400)).isoformat(), (now + timedelta(hours=23)).isoformat()
    batch = imported("\n".join([_HEAD, _GOOD, *(_GOOD.replace("2026-11-01T10:00:00Z", at) for at in (later, soon))]))
    assert batch.rows == 3
    assert batch.notes == (
        "Rows dated later than tomorrow (timestamp) were counted all the same. Check the dates of the log.",
    )


@pytest.mark.parametrize("delimiter", [";", "\t", "|"])
@pytest.mark.parametrize("before", ["", "\n\n", "sep={}\r\n", '"sep={}"\n'])
def test_other_delimiters_and_excels_line_about_them_are_understood(delimiter: str, before: str) -> None:
    text = f"{_HEAD}\n{_GOOD}\nbroken\n".replace(",", delimiter)
    batch = imported(before.format(delimiter) + text)
    assert (batch.rows, [reject.line for reject in batch.rejects]) == (1, [before.count("\n") + 3])


def test_a_decimal_comma_is_understood_where_cells_are_parted_by_semicolons() -> None:
    head, good = f"{_HEAD};cost".replace(",", ";"), f"{_GOOD};0,0125".replace(",", ";").replace("0;0125", "0,0125")
    found = totals(imported(f"{head}\n{good}\n").rollup)
    assert found.reported_usd == pytest.approx(0.0125)


def test_an_unknown_delimiter_is_reported_with_what_was_read() -> None:
    words = _words(f"{_HEAD}\n{_GOOD}\n".replace(",", ":"))
    assert "its columns are: timestamp:model:prompt_tokens" in words


def test_a_utf8_mark_is_no_part_of_the_first_name() -> None:
    assert imported(b"\xef\xbb\xbf" + f"{_HEAD}\n{_GOOD}\n".encode()).rows == 1


def test_lines_that_end_with_a_carriage_return_only_are_reported() -> None:
    assert "as on old Macs" in _words(f"{_HEAD}\r{_GOOD}\r")


@pytest.mark.parametrize("name", ["=1+1", "+1", "-1", "@cmd", "=cmd|' /C calc'!A0"])
def test_names_that_a_spreadsheet_would_run_are_kept_as_they_are(name: str) -> None:
    batch = imported(f"{_HEAD}\n{_GOOD.replace('ann', name)}\n")
    assert name in json.dumps(list(batch.rollup.records()))


@pytest.mark.parametrize(
    ("data", "words"), [("", "it is empty"), (" \n\t\n", "it is empty"), (_HEAD, "it has a header, but no rows")]
)
def test_a_file_without_rows_says_so(data: str, words: str) -> None:
    assert words in _words(data)


@pytest.mark.parametrize("closes", ["", f"{_GOOD},\n".replace("ann,", '"ann"')])
def test_a_quote_that_is_never_closed_costs_its_line_only_in_a_long_file(closes: str) -> None:
    broken = _GOOD.replace("ann", '"ann')
    batch = imported(f"{_HEAD}\n{_GOOD}\n{broken}\n" + f"{_GOOD}\n" * 20_000 + closes)
    assert (batch.rows, batch.rejects[0].line) == (20_001 + bool(closes), 3)
    assert "a quote is opened and never closed" in batch.rejects[0].reason


def test_quotes_that_are_never_closed_on_every_line_cost_no_time() -> None:
    began = time.process_time()
    batch = imported(f"{_HEAD}\n{_GOOD}\n" + 'a","\n' * 100_000)
    assert (batch.rows, batch.rejected) == (1, 100_000)
    assert time.process_time() - began < 20


def test_a_quote_that_is_never_closed_in_the_header_is_reported() -> None:
    assert "a quote in its first line, the header, is opened and never closed" in _words(f'"{_HEAD}\n{_GOOD}\n')


def test_excels_line_alone_is_no_log() -> None:
    assert "its columns are: none" in _words("sep=;\n")


def test_json_nested_too_deep_in_the_first_line_costs_that_line_only() -> None:
    deep = '{"a":' * 9_000 + "1" + "}" * 9_000
    batch = imported(f"{deep}\n{_LINE}\n")
    assert (batch.rows, batch.rejects) == (1, (Reject(1, "the line is JSON nested too deep"),))


def test_names_of_columns_are_shown_shortened() -> None:
    assert len(_words(",".join(["x" * 5_000] * 30) + "\n1\n")) < 2_000


def test_a_cell_of_several_lines_is_one_row_up_to_the_limit() -> None:
    text = "n\n" * (MAX_ROW // 2 - 100)
    batch = imported(f"{_HEAD}\n{_GOOD.replace('ann', chr(34) + text + chr(34))}\n{_GOOD}\n")
    assert (batch.rows, batch.rejected) == (2, 0)


@pytest.mark.parametrize(("log", "bad"), [(f"{_HEAD}\n{_GOOD}", _GOOD.replace("ann", "a\0n")), (_LINE, "\0" * 99)])
def test_a_line_with_zero_bytes_costs_itself_only(log: str, bad: str) -> None:
    good = log.rsplit("\n", maxsplit=1)[-1]
    batch = imported("\n".join([log, bad, *[good] * 50]))
    assert (batch.rows, batch.rejected) == (51, 1)


def test_many_zero_bytes_are_no_text() -> None:
    assert "binary data" in _words(f"{_HEAD}\n" + f"{_GOOD}\0\n" * 50)


def test_a_name_that_two_columns_have_is_read_from_the_first_and_reported() -> None:
    batch = imported("timestamp,model,prompt_tokens,Prompt Tokens,completion_tokens\n2026-11-01,gpt-4o,10,99,5\n")
    assert batch.notes == ("prompt_tokens is the name of 2 columns; the first of them was read.",)
    assert totals(batch.rollup).input_tokens == 10


def test_two_thousand_columns_are_no_trouble() -> None:
    others = range(2_000)
    head, good = ",".join([*map("c{}".format, others), _HEAD]), ",".join([*map(str, others), _GOOD])
    batch = imported("\n".join([head, *[good] * 1_000, good + ",1"]))
    assert (batch.rows, batch.rejects) == (1_000, (Reject(1_002, "the row has 2006 columns, the header has 2005"),))


def test_an_array_nested_too_deep_is_no_list_of_rows() -> None:
    assert "no list of JSON objects" in _words("[" * 300_000)


def test_an_item_nested_too_deep_is_reported_and_those_before_it_are_counted() -> None:
    batch = imported(f"[{_LINE}," + '{"a":' * 30_000 + "1" + "}" * 30_000 + "]")
    assert (batch.rows, batch.rejects[0].reason) == (1, "the record is not valid JSON")


def test_a_first_row_longer_than_what_is_looked_at_first_is_read() -> None:
    long = json.dumps(_OBJECT | {"prompt": "why? " * 30_000})
    importer = Importer()
    for start in range(0, len(long), 1_000):
        importer.feed(long[start : start + 1_000].encode())
    importer.feed(f"\n{_LINE}\n".encode())
    importer.finish()
    assert importer.take().rows == 2


def test_half_of_an_emoji_in_a_name_can_be_stored() -> None:
    batch = imported(json.dumps(_OBJECT | {"user": "ann\ud83d", "status": "\ud83d", "hash_ids": ["\ud83d"]}))
    assert "ann?" in json.dumps(list(batch.rollup.records()), ensure_ascii=False).encode().decode()


def test_long_block_hashes_keep_the_state_small() -> None:
    importer = Importer()
    rows = [_OBJECT | {"hash_ids": [f"{n:064x}" * 40 for n in range(r * 50, r * 50 + 50)]} for r in range(600)]
    importer.feed("\n".join(map(json.dumps, rows)).encode() + b"\n")
    assert len(importer.state()) < 900_000


@pytest.mark.parametrize("rows", [1, 3_000])
def test_a_header_that_comes_again_in_another_order_refuses_the_file(rows: int) -> None:
    """As in exports of different days that were put together with cat: no column is read as another."""
    head, again = "timestamp,model,prompt_tokens,completion_tokens", "timestamp,model,completion_tokens,prompt_tokens"
    good = "2026-11-01T10:00:00Z,gpt-4o,10,5"
    words = _words("\n".join([head, *[good] * rows, again, good, ""]))
    assert f"its header comes again with the columns in another order: {', '.join(again.split(','))}" in words
    assert "Split the file there" in words
    same = imported("\n".join([head, *[good] * rows, head, good, ""]))
    assert (same.rows, same.rejected) == (rows + 1, 0)
