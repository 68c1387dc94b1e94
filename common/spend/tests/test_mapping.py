"""A file's columns are mapped to fields by name; the customer sees the proposal and corrects it."""

import json

import pytest

from common.errors import ErrorCode
from common.spend import Importer, ImportFailed, UsageRow, propose_mapping, totals
from common.spend.logs.importer import ImportBatch
from common.spend.tests.formats import files
from common.spend.tests.formats import writers as w
from common.spend.tests.formats.workload import WORKLOAD

_CSV = "when,llm,tok_a,tok_b,squad,latency\n2026-11-01T10:00:00Z,gpt-4o,1000,10,search,1.5\n"
_RIGHT = {"ts": "when", "model": "llm", "input": "tok_a", "output": "tok_b", "feature": "squad"}


def _imported(text: str, mapping: dict[str, str], cut: int = 0) -> ImportBatch:
    importer = Importer(mapping=mapping)
    importer.feed(text[:cut].encode())
    importer = Importer(state=importer.state())
    importer.feed(text[cut:].encode())
    importer.finish()
    return importer.take()


def test_a_proposal_tells_what_it_found_and_what_is_missing() -> None:
    proposal = propose_mapping(_CSV.encode())
    assert proposal.columns == ("when", "llm", "tok_a", "tok_b", "squad", "latency")
    assert (proposal.mapping, proposal.format) == ({"latency": "latency"}, "")
    assert proposal.missing == ("ts", "model", "input", "output")


def test_a_corrected_mapping_makes_the_file_readable_also_after_a_change_of_process() -> None:
    for cut in (0, 20):
        whole = totals(_imported(_CSV, _RIGHT, cut).rollup)
        assert (whole.input_tokens, whole.output_tokens, whole.features) == (1000, 10, 1)


def test_a_correction_goes_before_what_the_names_tell() -> None:
    text = "timestamp,model,prompt_tokens,completion_tokens,cached_tokens,user,team\n2026-11-01,gpt-4o,10,5,4,ann,red\n"
    corrected = {"user": "team", "cached": "", "feature": ""}
    for source in (text, _as_json_lines(text)):
        whole = totals(_imported(source, corrected).rollup)
        assert (whole.tokens["in_uncached"], whole.features, whole.users) == (10, 0, 1)
        assert whole.has >= {"user"}


def _as_json_lines(text: str) -> str:
    header, *lines = [line.split(",") for line in text.strip().split("\n")]
    return "\n".join(json.dumps(dict(zip(header, line, strict=True))) for line in lines)


def test_a_known_format_can_be_corrected_too() -> None:
    text = files.written(w.litellm, files.as_csv, ("openai",))
    assert "api_key" not in propose_mapping(text.encode()).mapping.values()
    batch = _imported(text, {"feature": "api_key"})
    assert {key.feature for key in batch.rollup.cells} == {"88dc"}


def test_the_proposal_of_a_known_format_names_it_and_lacks_nothing() -> None:
    proposal = propose_mapping(files.written(w.langfuse, files.as_page, ("google",)).encode())
    assert (proposal.format, proposal.missing) == ("Langfuse observations", ())
    assert proposal.mapping["input"] == "usage_details.input"


def test_a_proposal_tells_how_what_is_open_was_settled() -> None:
    text = "timestamp,model,prompt_tokens,completion_tokens,latency\n2026-11-01,gpt-4o,10,5,0.7\n"
    assert propose_mapping(text.encode()).notes == ("latency was read as seconds.",)


def test_a_proposal_tells_what_is_open_of_dates_and_numbers() -> None:
    text = "timestamp,model,prompt_tokens,completion_tokens\n11/5/2026,gpt-4o,10,5\n"
    assert "can be month/day or day/month" in propose_mapping(text.encode()).notes[0]


@pytest.mark.parametrize(
    ("mapping", "words"),
    [({"speed": "latency"}, "there is no field speed"), (_RIGHT | {"user": "whoever"}, "it has no column whoever")],
)
def test_a_mapping_to_nothing_is_refused(mapping: dict[str, str], words: str) -> None:
    with pytest.raises(ImportFailed) as caught:
        _imported(_CSV, mapping)
    assert caught.value.code == ErrorCode.UNKNOWN_FORMAT
    assert words in str(caught.value.details["reason"])


@pytest.mark.parametrize(
    ("times", "grain"),
    [
        (("2026-11-01", "2026-11-02"), "day"),
        (("2026-11-01T10:00:00", "2026-11-01T11:00:00"), "hour"),
        (("2026-11-01T10:01:00", "2026-11-01T10:02:00"), "minute"),
    ],
)
def test_a_column_of_request_counts_makes_the_rows_sums(times: tuple[str, ...], grain: str) -> None:
    lines = "".join(f"{time},gpt-4o,250000000,10,1000\n" for time in times)
    batch = _imported(f"date,model,prompt_tokens,completion_tokens,num_requests\n{lines}", {})
    whole = totals(batch.rollup)
    assert (whole.requests, "aggregated" in whole.has, batch.rollup.sketches) == (2000, True, {})
    assert f"the sum of a {grain}'s requests (column num_requests)" in batch.notes[0]


def test_quality_currency_and_tier_columns_are_read() -> None:
    head = "timestamp,model,prompt_tokens,completion_tokens,score,cost,currency,service_tier"
    batch = _imported(f"{head}\n2026-11-01,gpt-4o,10,5,0.75,1.5,eur,flex\n2026-11-01,gpt-4o,10,5,,0.5,USD,\n", {})
    whole = totals(batch.rollup)
    assert (whole.reported_usd, whole.other_currencies) == (0.5, {"EUR": 1.5})
    assert {"quality", "other_currency"} <= whole.has
    assert sorted(key.tier for key in batch.rollup.cells) == ["flex", "standard"]


def test_a_sum_among_single_requests_is_rejected() -> None:
    many = "2026-11-01,gpt-4o,10,5,1\n" * 3_000
    batch = _imported(f"date,model,prompt_tokens,completion_tokens,requests\n{many}2026-11-01,gpt-4o,10,5,7\n", {})
    assert (batch.rows, batch.rejects[0].reason) == (3_000, "requests is 7, but this file's rows are single requests")


def test_a_row_of_defaults_is_one_request_in_usd() -> None:
    row = UsageRow(ts=WORKLOAD[0].row.ts, provider="openai", model="gpt-4o", in_uncached=1)
    assert (row.requests, row.grain, row.tier, row.currency) == (1, "request", "standard", "USD")


def _refused(text: str, mapping: dict[str, str] | None = None) -> ImportFailed:
    with pytest.raises(ImportFailed) as caught:
        _imported(text, mapping or {})
    assert caught.value.code == ErrorCode.UNKNOWN_FORMAT
    return caught.value


def test_what_is_not_known_gets_an_error_with_the_mapping_that_makes_it_readable() -> None:
    text = _CSV.replace("tok_a", "sent_tok").replace("tok_b", "answer_tok")
    error = _refused(text)
    assert error.details["missing"] == ["ts", "model", "input", "output"]
    mapping = error.details["mapping"]
    assert mapping == {"ts": "when", "model": "llm", "input": "sent_tok", "output": "answer_tok"}
    options = "--map when=ts --map llm=model --map sent_tok=input --map answer_tok=output"
    assert options in str(error.details["reason"])
    assert totals(_imported(text, mapping).rollup).input_tokens == 1000


@pytest.mark.parametrize(
    "columns",
    [
        "tok_a,tok_b",
        "request.size,response.size",
        "in_audio_tokens,out_audio_tokens",
        "prompt_tokens_cached,out_tokens_cached",
        "max_in_tokens,max_out_tokens",
        "total_in_tok,total_out_tok",
        "in_tok_reasoning,out_tok_reasoning",
        "in_token_chars,out_token_bytes",
        "question,answer",
        "usage.gpt-5.4.in_tok,usage.gpt-5.4.out_tok",
    ],
)
def test_a_column_that_does_not_say_it_counts_the_whole_input_or_output_is_not_proposed(columns: str) -> None:
    error = _refused(f"when,llm,{columns}\n2026-11-01T10:00:00Z,gpt-4o,1000,10\n")
    assert error.details["mapping"] == {"ts": "when", "model": "llm"}


def test_two_columns_that_count_the_input_differently_are_not_proposed() -> None:
    """OpenRouter's API for one generation counts in its own tokens and in the provider's, which are billed."""
    text = '{"data": {"made": "2026-11-01", "n_tokens_in": 980, "native_tokens_in": 1000, "n_tokens_out": 5}}\n'
    assert _refused(text).details["mapping"] == {"ts": "made", "output": "n_tokens_out"}


def test_what_a_column_counts_is_said_by_its_own_name_before_those_around_it() -> None:
    text = '{"at": 1793527200, "out": {"in_tok": 1000, "out_tok": 10}}\n'
    assert _refused(text).details["mapping"] == {"ts": "at", "input": "out.in_tok", "output": "out.out_tok"}


def test_fields_inside_unknown_objects_are_mapped_by_their_path() -> None:
    text = '{"at": 1793527200, "llm": {"name": "gpt-4o"}, "tokens": {"sent": 500, "answered": 60}}\n'
    error = _refused(text)
    assert error.details["mapping"] == {
        "ts": "at", "model": "llm.name", "input": "tokens.sent", "output": "tokens.answered"
    }  # fmt: skip
    whole = totals(_imported(text, error.details["mapping"]).rollup)
    assert (whole.input_tokens, whole.output_tokens) == (500, 60)


def test_the_error_names_the_nearest_known_format_and_what_is_not_in_the_file() -> None:
    """An export of Cursor's without one of its columns; see formats/cursor."""
    error = _refused("Date,Kind,Model,Cache Read,Output Tokens,Cost\n2026-11-01,Included,gpt-4o,1000,10,0.2\n")
    assert error.details["nearest"] == "Cursor usage export"
    assert "The nearest known format is Cursor usage export, without Input (w/o Cache Write)." in str(error.details)
    assert error.details["missing"] == ["input"]


def test_a_table_of_something_else_has_no_nearest_format_and_no_mapping() -> None:
    error = _refused("name,age\nann,3\n")
    assert (error.details["nearest"], error.details["mapping"]) == ("", {})
    assert "--map COLUMN=FIELD, for ts, model, input, output" in str(error.details["reason"])


def test_a_model_without_a_column_is_named_by_its_own_option() -> None:
    error = _refused("timestamp,n_sent_tok,completion_tokens\n2026-11-01,5,6\n")
    assert "--model NAME --map n_sent_tok=input" in str(error.details["reason"])


@pytest.mark.parametrize(
    ("mapping", "words"),
    [
        ({"inputs": "tok_a"}, "no field inputs (did you mean input?)"),
        ({"timestamp": "when"}, "no field timestamp (did you mean ts?)"),
        ({"input": "tok_aa"}, "no column tok_aa (did you mean tok_a?)"),
    ],
)
def test_an_unknown_column_or_field_of_a_mapping_names_the_nearest(mapping: dict[str, str], words: str) -> None:
    assert words in str(_refused(_CSV, mapping).details["reason"])
