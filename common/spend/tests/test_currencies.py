"""Costs in another currency than USD, as headers and cells say it: counted apart, never as USD, never dropped.

The signs are those of CLDR, the codes those of ISO 4217; the shapes those of spreadsheets, which show a column's
currency in each cell (https://support.microsoft.com/office/0a03bb38-1a07-458d-9e30-2b54366bc7a4), and of tables that
name it in their header.
"""

import json

import pytest

from common.spend import Totals, totals
from common.spend.logs.fields.currencies import currency_in, parted
from common.spend.tests.builders import imported

_ROW = "2026-11-24T10:00:00Z,gpt-4o,1000,100"


def _of(cost_column: str, *cells: str) -> Totals:
    rows = [f'{_ROW},"{cell}"' for cell in cells]
    batch = imported("\n".join([f"timestamp,model,prompt_tokens,completion_tokens,{cost_column}", *rows, ""]))
    assert (batch.rows, batch.rejected) == (len(cells), 0)
    assert not [note for note in batch.notes if "not" in note and "exchange" not in note]
    return totals(batch.rollup)


@pytest.mark.parametrize(
    ("column", "code"),
    [
        ("Cost (€)", "EUR"),
        ("cost_eur", "EUR"),
        ("costEur", "EUR"),
        ("Total Cost (EUR)", "EUR"),
        ("Cost GBP", "GBP"),
        ("Amount (GBP)", "GBP"),
        ("Spend [CHF]", "CHF"),
        ("Cost £", "GBP"),
    ],
)
def test_a_column_says_the_currency_of_its_costs(column: str, code: str) -> None:
    found = _of(column, "0.5", "0.25")
    assert (found.reported_usd, found.other_currencies) == (None, {code: 0.75})


@pytest.mark.parametrize("column", ["cost", "Cost (USD)", "Cost ($)", "cost_usd"])
def test_costs_without_another_currency_are_usd(column: str) -> None:
    assert _of(column, "0.5").reported_usd == 0.5


@pytest.mark.parametrize("column", ["Cost per entry", "country", "cost", "Cost in USD", "amounts"])
def test_a_part_of_a_word_is_no_currency(column: str) -> None:
    assert currency_in(column) == ""


@pytest.mark.parametrize(
    ("cell", "amount", "code"),
    [
        ("£0.28", 0.28, "GBP"),
        ("0.35 €", 0.35, "EUR"),
        ("-€1.50", -1.5, "EUR"),
        ("(€1.50)", -1.5, "EUR"),
        ("CHF 3.50", 3.5, "CHF"),
        ("3.50CHF", 3.5, "CHF"),
        ("₹ 34.50", 34.5, "INR"),
        ("R$12.75", 12.75, "BRL"),
        ("EUR 1,234.50", 1234.5, "EUR"),
    ],
)
def test_a_cell_says_the_currency_of_its_cost(cell: str, amount: float, code: str) -> None:
    found = _of("cost", cell, "2.5")
    assert (found.reported_usd, found.other_currencies) == (2.5, {code: amount})


@pytest.mark.parametrize("cell", ["$1.50", "US$ 1.50", "1.50 USD"])
def test_a_cell_with_a_dollar_is_usd(cell: str) -> None:
    assert _of("cost", cell).reported_usd == 1.5


@pytest.mark.parametrize("text", ["€uro", "EUR", "5 EUR a day", "EURO 5", ""])
def test_other_texts_are_no_amounts(text: str) -> None:
    assert parted(text) is None


def test_german_amounts_with_a_decimal_comma_are_euros() -> None:
    data = "timestamp;model;prompt_tokens;completion_tokens;cost\n2026-11-24T10:00:00Z;gpt-4o;1000;100;1.234,50 €\n"
    assert totals(imported(data).rollup).other_currencies == {"EUR": 1234.5}


def test_what_a_row_says_goes_before_the_column() -> None:
    head = "timestamp,model,prompt_tokens,completion_tokens,cost_eur,currency"
    found = totals(imported(f"{head}\n{_ROW},0.5,USD\n{_ROW},0.25,\n").rollup)
    assert (found.reported_usd, found.other_currencies) == (0.5, {"EUR": 0.25})


def test_keys_of_json_say_it_for_their_rows_only() -> None:
    row = {"ts": "2026-11-24T10:00:00Z", "model": "gpt-4o", "prompt_tokens": 1000, "completion_tokens": 100}
    lines = [json.dumps(row | cost) for cost in ({"cost_eur": 0.5}, {"cost": 2.0}, {"cost": "£4"})]
    found = totals(imported("\n".join(lines)).rollup)
    assert (found.reported_usd, found.other_currencies) == (2.0, {"EUR": 0.5, "GBP": 4.0})


@pytest.mark.parametrize("column", ["cost_eur", "cost"])
def test_a_file_that_is_long_enough_for_columns_is_counted_the_same(column: str) -> None:
    cells = ["0.5"] * 3000 if column == "cost_eur" else ["0.5 €"] * 3000
    assert _of(column, *cells).other_currencies == pytest.approx({"EUR": 1500.0})


def test_many_lines_of_json_are_counted_the_same() -> None:
    row = {"ts": "2026-11-24T10:00:00Z", "model": "gpt-4o", "prompt_tokens": 1000, "completion_tokens": 100}
    lines = [json.dumps(row | {"cost_eur" if at >= 2000 else "cost": 0.5}) for at in range(4000)]
    found = totals(imported("\n".join(lines)).rollup)
    assert found.reported_usd == pytest.approx(1000.0)
    assert found.other_currencies == pytest.approx({"EUR": 1000.0})


def test_the_cost_of_a_rejected_row_in_another_currency_is_no_unread_usd() -> None:
    head = "timestamp,model,prompt_tokens,completion_tokens"
    bad = "2026-11-24T10:00:00Z,gpt-4o,many,100"
    unread = [imported(f"{head},{column}\n{bad},0.5\n{_ROW},0.5\n").unread_usd for column in ("cost_eur", "cost_usd")]
    assert unread == [0.0, 0.5]
