"""Tables as people have them: titles above the header, letters of Windows, flattened objects, costs of all models."""

import json

import pytest

from common.errors import ErrorCode
from common.spend import Importer, ImportFailed, totals
from common.spend.tests.builders import imported

_HEAD = "timestamp,model,prompt_tokens,completion_tokens"
_ROW = "2026-11-04T09:30:00Z,gpt-4o,1000,100"
_LINE = "2026-11-04T09:30:00Z,gpt-4o,10,5"


@pytest.mark.parametrize(
    ("above", "note"),
    [
        ("AI usage report", "1 line above the header"),
        ("AI usage report,,,\nNovember 2026,,,\n,,,", "2 lines above the header"),
        ("# exported by finops\n# model, prices in USD\n", "2 lines above the header"),
        ("sep=,\nUsage", "1 line above the header"),
    ],
)
@pytest.mark.parametrize("rows", [2, 3_000])
def test_lines_above_the_header_are_left_out_with_a_note(above: str, note: str, rows: int) -> None:
    batch = imported("\n".join([above, _HEAD, *[_ROW] * rows, ""]))
    assert (batch.rows, batch.rejected) == (rows, 0)
    assert note in " ".join(batch.notes)


def test_a_line_number_counts_the_lines_above_the_header() -> None:
    batch = imported(f"Report\n\n{_HEAD}\n{_ROW}\n2026-11-04T09:30:00Z,gpt-4o,x,1\n")
    assert [reject.line for reject in batch.rejects] == [5]


def test_the_header_of_a_known_format_is_found_below_titles() -> None:
    head = "generation_id,created_at,cost_total,tokens_prompt,tokens_completion,model_permaslug"
    batch = imported(f"Activity\n{head}\ng1,2026-11-04T09:30:00Z,0.0035,1000,100,openai/gpt-4o\n")
    assert (batch.format_name, batch.rows) == ("openrouter", 1)


def test_a_table_without_any_header_of_a_log_is_refused_by_its_first_line() -> None:
    with pytest.raises(ImportFailed) as caught:
        imported("a,b\n1,2\n3,4\n")
    assert "its columns are: a, b." in str(caught.value.details["reason"])


@pytest.mark.parametrize("rows", [3, 4_000])
def test_what_excel_saves_in_western_europe_is_read_with_a_note_in_any_pieces(rows: int) -> None:
    data = (f"{_HEAD},user\n" + f"{_LINE},Müller Zoë €\n" * rows).encode("cp1252")
    importer = Importer()
    for start in range(0, len(data), 50_000):
        importer.feed(data[start : start + 50_000])
        importer = Importer(state=importer.state()) if start == 0 else importer
    importer.finish()
    batch = importer.take()
    assert batch.rejected == 0
    assert "Müller Zoë €" in json.dumps(list(batch.rollup.records()), ensure_ascii=False)


@pytest.mark.parametrize(("codec", "name"), [("cp1251", "Иванов"), ("shift_jis", "山田太郎"), ("euc_kr", "김철수")])
def test_text_of_other_scripts_is_not_taken_for_that_of_western_europe(codec: str, name: str) -> None:
    with pytest.raises(ImportFailed) as caught:
        imported((f"{_HEAD},user\n" + f"{_LINE},{name}\n" * 9).encode(codec))
    assert caught.value.code == ErrorCode.NOT_UTF8


def test_the_encoding_is_in_the_notes() -> None:
    batch = imported(f"{_HEAD},user\n{_LINE},Müller\n".encode("cp1252"))
    assert batch.notes == ("The file is not UTF-8: it was read as Windows-1252, as Excel saves CSV in Western Europe.",)


@pytest.mark.parametrize("mark", [".", "_", "__", "/"])
@pytest.mark.parametrize("outer", ["usage", "response.usage", "body.usage"])
def test_columns_of_flattened_objects_are_read_as_the_objects_are(mark: str, outer: str) -> None:
    inner = ["input_tokens", "output_tokens", "cache_read_input_tokens", "cache_creation_input_tokens"]
    names = [f"{outer}.{name}".replace(".", mark) for name in inner]
    table = f"timestamp,model,{','.join(names)}\n2026-11-04T09:30:00Z,claude-sonnet-4-5,100,1000,40000,3000\n"
    usage = dict(zip(inner, (100, 1000, 40000, 3000), strict=True))
    record = {"timestamp": "2026-11-04T09:30:00Z", "model": "claude-sonnet-4-5", "usage": usage}
    assert totals(imported(table).rollup).tokens == totals(imported(f"{json.dumps(record)}\n").rollup).tokens
    assert totals(imported(table).rollup).cost_usd == pytest.approx(0.03855)


def test_details_of_flattened_objects_are_read_and_a_plain_column_goes_before_them() -> None:
    details = "usage.prompt_tokens_details.cached_tokens,usage.completion_tokens_details.reasoning_tokens"
    table = f"{_HEAD},{details},usage.prompt_tokens,usage.id\n{_ROW},400,60,7,x\n{_ROW},400,60,7,x\n"
    batch = imported(table)
    found = totals(batch.rollup).tokens
    assert (found["in_uncached"], found["cache_read"], found["out_reasoning"]) == (1200, 800, 120)
    assert batch.duplicates == 0


def test_costs_of_days_that_are_not_split_by_model_count() -> None:
    day = {"object": "bucket", "start_time": 1_762_214_400, "end_time": 1_762_300_800}
    cost = {"object": "organization.costs.result", "amount": {"value": 0.06, "currency": "usd"}, "line_item": None}
    report = {"object": "page", "data": [{**day, "results": [{**cost, "project_id": None}]}], "has_more": False}
    batch = imported(json.dumps(report))
    assert batch.left_out == 0
    assert totals(batch.rollup).cost_usd == pytest.approx(0.06)
    whole = {"currency": "USD", "amount": "12345.67", "cost_type": None, "description": None, "model": None}
    bucket = {"starting_at": "2026-11-04T00:00:00Z", "ending_at": "2026-11-05T00:00:00Z", "results": [whole]}
    assert totals(imported(json.dumps({"data": [bucket], "has_more": False})).rollup).cost_usd == pytest.approx(
        123.4567
    )


@pytest.mark.parametrize("rows", [1, 2_000])
def test_a_table_of_costs_without_tokens_counts_as_billed_with_its_credits(rows: int) -> None:
    lines = ["2026-11-24,gpt-4o,12.50", "2026-11-25,claude-sonnet-4-5,7.25", "2026-11-25,gpt-4o,-1.00"] * rows
    batch = imported("\n".join(["Date,Model,Cost (USD)", *lines, ""]))
    found = totals(batch.rollup)
    assert (batch.rows, batch.rejected, found.requests, found.input_tokens) == (3 * rows, 0, 0, 0)
    assert found.cost_usd == pytest.approx(18.75 * rows)
    assert "no column of tokens" in " ".join(batch.notes)


def test_costs_of_days_without_a_model_are_not_split() -> None:
    batch = imported("date,cost\n2026-11-24,3\n2026-11-25,4\n")
    assert totals(batch.rollup).cost_usd == pytest.approx(7)
    assert {key.model for key in batch.rollup.cells} == {"not split by model"}


def test_a_log_whose_tokens_have_other_names_is_no_bill() -> None:
    with pytest.raises(ImportFailed) as caught:
        imported("timestamp,model,tok_sent,tok_got,cost\n2026-11-24T09:00:00Z,gpt-4o,100,10,0.1\n")
    assert caught.value.details["missing"] == ["input", "output"]


def test_tokens_in_thousands_are_no_bill_and_no_tokens() -> None:
    with pytest.raises(ImportFailed) as caught:
        imported("date,model,Input Tokens (K),Output Tokens (K),cost\n2026-11-24,gpt-4o,12.5,1.2,0.1\n")
    assert caught.value.code == ErrorCode.UNKNOWN_FORMAT


def test_no_name_of_a_column_is_too_long_for_an_error() -> None:
    with pytest.raises(ImportFailed) as caught:
        imported(f"timestamp,model,prompt_tokens,out_tok{'9' * 9_000}\n2026-11-24T09:00:00Z,gpt-4o,100,10\n")
    assert len(str(caught.value.details["reason"])) < 900


def test_no_note_repeats_a_line_of_text_in_place_of_a_name() -> None:
    head = f"timestamp,model,prompt_tokens,completion_tokens,cached_tokens{'[' * 9_000},latency{']' * 9_000}"
    lines = [f"2026-11-24T09:00:0{n}Z,gpt-4o,100,10,90,{n}" for n in range(9)]
    batch = imported("\n".join([head, *lines, "2026-11-24T09:00:00Z,gpt-4o,x,1,2,soon", ""]))
    assert batch.rows == 9
    assert max(map(len, (*batch.notes, *(reject.reason for reject in batch.rejects)))) < 500


@pytest.mark.parametrize("time", ["1e99999999999999999999", "1.79006E+12", "1e5000", "e", "1e"])
def test_a_number_with_an_exponent_that_is_no_time_costs_its_row_only(time: str) -> None:
    batch = imported(f"{_HEAD}\n{_ROW}\n{time},gpt-4o,1,1\n")
    assert (batch.rows, batch.rejected) == (1, 1)
