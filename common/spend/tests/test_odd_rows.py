"""Rows that are no requests are left out with a note; a cell that the count can do without never costs its row."""

import pytest

from common.spend import totals
from common.spend.logs import ImportBatch
from common.spend.logs.fields.values import money
from common.spend.tests.builders import imported

_HEAD = "timestamp,model,prompt_tokens,completion_tokens,cost,latency_ms"
_GOOD = "2026-11-04T09:30:00Z,gpt-4o,1000,100,0.0035,900"


def _batch(*lines: str, head: str = _HEAD) -> ImportBatch:
    return imported("\n".join([head, *lines, ""]))


@pytest.mark.parametrize(
    ("line", "kind"),
    [
        ("Total,,1000,100,0.0035,", "totals of other rows"),
        ("Grand total (USD),,1000,100,0.0035,", "totals of other rows"),
        (",Total,1000,100,0.0035,", "totals of other rows"),
        ("2026-11-04T09:31:00Z,All models,1000,100,0.0035,7", "totals of other rows"),
        ("Summe,1000", "totals of other rows"),
        ("Gesamtergebnis,,1000,100,0.0035,", "totals of other rows"),
        ("Total général,,1000,100,0.0035,", "totals of other rows"),
        (",合計,1000,100,0.0035,", "totals of other rows"),
        (",,1000,100,0.0035,900", "with neither a time nor a model, as sums of other rows are"),
        (_HEAD, "the header again"),
        (",,,,,", "without any value"),
        ("2026-11-04T09:31:00Z,<synthetic>,0,0,0,7", "written by the client itself, without a model (<synthetic>)"),
    ],
)
@pytest.mark.parametrize("rows", [1, 3_000])
def test_rows_that_are_no_requests_are_left_out_with_a_note(line: str, kind: str, rows: int) -> None:
    batch = _batch(*[_GOOD] * rows, line)
    assert (batch.rows, batch.rejected, batch.left_out) == (rows, 0, 1)
    assert f"1 row was left out: {kind}." in batch.notes
    result = totals(batch.rollup)
    assert [result.cost_usd, result.unpriced_requests] == pytest.approx([0.0035 * rows, 0])


@pytest.mark.parametrize("line", [",gpt-4o,1000,100,0.0035,900", "2026-11-04,,1000,100,0.0035,900"])
def test_a_request_without_its_time_or_without_its_model_is_rejected(line: str) -> None:
    batch = _batch(_GOOD, line)
    assert (batch.rows, batch.rejected, batch.left_out) == (1, 1, 0)


def test_a_totals_row_is_known_by_a_cell_that_no_field_reads() -> None:
    batch = _batch(
        "a,2026-11-04,gpt-4o,1000,100", "Total,,,1000,100", head="sheet,date,model,prompt_tokens,completion_tokens"
    )
    assert (batch.rows, batch.rejected, batch.left_out) == (1, 0, 1)


def test_the_totals_of_a_known_format_are_left_out_and_names_that_begin_like_them_are_not() -> None:
    head = "generation_id,created_at,cost_total,tokens_prompt,tokens_completion,model_permaslug"
    batch = _batch("Sumo-1,2026-11-04,0.0035,1000,100,openai/gpt-4o", "Total,,0.0035,1000,100,", head=head)
    assert (batch.rows, batch.rejected, batch.left_out) == (1, 0, 1)
    named = "Sum Insights,2026-11-04,gpt-4o,1000,100"
    assert _batch(named, head="user,date,model,prompt_tokens,completion_tokens").rows == 1


@pytest.mark.parametrize("rows", [1, 3_000])
def test_a_cost_or_a_time_that_is_no_number_is_dropped_with_a_note(rows: int) -> None:
    bad = _GOOD.replace("0.0035", "little").replace(",900", ",fast")
    batch = _batch(*[_GOOD] * rows, bad)
    result = totals(batch.rollup)
    assert (batch.rows, batch.rejected) == (rows + 1, 0)
    assert [result.cost_usd, result.reported_usd] == pytest.approx([0.0035 * (rows + 1), 0.0035 * rows])
    texts = [note for note in batch.notes if "could not be used" in note]
    assert ["1 value of cost" in texts[0], "1 value of latency_ms" in texts[1]] == [True, True]


@pytest.mark.parametrize(
    ("text", "usd"),
    [("($4.00)", -4), ("-$4.00", -4), ("$-4", -4), ("1,234.50", 1234.5), ("USD 2.5", 2.5), ("$1,234,567", 1_234_567)],
)
def test_amounts_are_read_as_sheets_write_them(text: str, usd: float) -> None:
    assert money(text, "cost") == usd


@pytest.mark.parametrize("cells", [",,", "0,0,"])
def test_a_credit_in_a_log_of_requests_counts_and_is_no_request(cells: str) -> None:
    batch = _batch("2026-11-04T10:00:00Z,gpt-4o," + cells.removesuffix(",") + ",-2.00,", _GOOD)
    result = totals(batch.rollup)
    assert (batch.rows, batch.rejected, result.requests) == (2, 0, 1)
    assert result.cost_usd == pytest.approx(0.0035 - 2)


@pytest.mark.parametrize("rows", [1, 3_000])
def test_an_embedding_has_no_output_and_needs_none(rows: int) -> None:
    batch = _batch(*["2026-11-04T10:00:00Z,text-embedding-3-small,4000,,,"] * rows, _GOOD)
    assert (batch.rows, batch.rejected) == (rows + 1, 0)
    assert totals(batch.rollup).cost_usd == pytest.approx(0.0035 + rows * 4000 * 0.02e-6)
    assert _batch(_GOOD, "2026-11-04T10:00:00Z,gpt-4o,4000,,,").rejected == 1


@pytest.mark.parametrize(
    ("end", "grain"), [("2026-11-01", "a month"), ("2026-10-08", "a week"), ("2026-10-02", "a day")]
)
def test_what_is_billed_counts_whatever_its_period(end: str, grain: str) -> None:
    head = (
        "BilledCost,EffectiveCost,BillingCurrency,ChargePeriodStart,ChargePeriodEnd,ServiceName,Provider,ResourceName"
    )
    lines = [
        f"9.00,9.00,USD,2026-10-01,{end},OpenAI,Azure,gpt-4o",
        f"-4.00,-4.00,USD,2026-10-01,{end},OpenAI,Azure,credit",
    ]
    batch = _batch(*lines, head=head)
    assert (batch.rows, totals(batch.rollup).billed_usd) == (2, 5.0)
    assert any("another period than a day" in note for note in batch.notes) == (grain != "a day")


def test_the_costs_of_rejected_rows_are_summed_in_a_note() -> None:
    batch = _batch(_GOOD, "yesterday,gpt-4o,1,1,7.25,", "2026-11-04T10:00:00Z,gpt-4o,many,1,$5.00,")
    assert (batch.rejected, batch.unread_usd) == (2, 12.25)
    assert "12.25 USD could not be read: the costs of rejected rows are in no figure." in batch.notes


@pytest.mark.parametrize("currency", ["dollars", "US$", "12"])
def test_a_currency_that_is_none_costs_the_cost_and_not_the_row(currency: str) -> None:
    head = "timestamp,model,prompt_tokens,completion_tokens,cost,currency"
    at = "2026-11-04T10:00:00Z"
    batch = _batch(f"{at},gpt-4o,1000,100,2.5,USD", f"{at},gpt-4o,1000,100,7.5,{currency}", head=head)
    whole = totals(batch.rollup)
    assert (batch.rows, batch.rejected, whole.reported_usd, whole.other_currencies) == (2, 0, 2.5, {})
    assert any("1 value of cost could not be used" in note and currency in note for note in batch.notes)


def test_a_bill_in_a_currency_that_is_none_is_rejected() -> None:
    head = (
        "BilledCost,EffectiveCost,BillingCurrency,ChargePeriodStart,ChargePeriodEnd,ServiceName,Provider,ResourceName"
    )
    line = "9.00,9.00,{},2026-10-01,2026-10-02,OpenAI,Azure,gpt-4o"
    batch = _batch(line.format("USD"), line.format("dollars"), head=head)
    assert (batch.rows, batch.rejected) == (1, 1)
