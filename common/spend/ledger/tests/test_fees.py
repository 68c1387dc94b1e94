"""Fees and statements."""

import csv
import io
from dataclasses import replace

import pytest

from common.core.vocabulary import TierName
from common.spend.ledger import FEE_PERCENT, LedgerRow, fee, statement, statement_csv

ROW = LedgerRow(
    id="1",
    day="2026-10-01",
    recommendation="batch:nightly",
    kind="batch",
    feature="nightly",
    basis="measured",
    requests=10,
    counterfactual_usd=300.0,
    actual_usd=200.0,
    saved_usd=100.0,
    price_effect_usd=7.0,
    low_usd=90.0,
    high_usd=110.0,
    footprint=1.0,
    method="as told",
    baseline="b",
    price_version="2026-11-22",
)
VERIFIED = {"batch:nightly", 'a, "b"\r\nc'}


def row(number: int, **fields: object) -> LedgerRow:
    return replace(ROW, id=str(number), **fields)  # type: ignore[arg-type]  # fields of a row


@pytest.mark.parametrize(("tier", "usd"), [("free", 0.0), ("early", 20.0), ("mid", 15.0), ("enterprise", 10.0)])
def test_each_tier_pays_its_share_of_what_was_verified(tier: TierName, usd: float) -> None:
    assert fee([ROW], tier, VERIFIED).fee_usd == usd
    assert set(FEE_PERCENT) == {"free", "early", "mid", "enterprise"}


def test_negative_rows_reduce_their_month_and_no_other() -> None:
    rows = [ROW, row(2, saved_usd=-40.0), row(3, day="2026-11-02", saved_usd=-500.0), row(4, day="2026-12-31")]
    found = fee(rows, "early", VERIFIED)
    assert [(month.month, month.saved_usd, month.fee_usd) for month in found.months] == [
        ("2026-10", 60.0, 12.0),
        ("2026-11", -500.0, 0.0),
        ("2026-12", 100.0, 20.0),
    ]
    assert found.fee_usd == 32.0


def test_projections_and_what_is_unexplained_earn_nothing() -> None:
    assert fee([row(2, basis="projected"), row(3, recommendation=None)], "early", VERIFIED).months == ()
    assert fee([ROW, row(3, recommendation=None, saved_usd=-90.0)], "early", VERIFIED).fee_usd == 20.0


def test_what_may_be_chance_is_listed_apart_and_earns_nothing() -> None:
    found = statement([ROW, row(2, recommendation="swap:chat", saved_usd=70.0)], "2026-10", "early", VERIFIED)
    assert (found.saved_usd, found.unproven_usd, found.fee_usd) == (100.0, 70.0, 20.0)


def test_a_row_verified_again_replaces_the_one_before() -> None:
    assert fee([ROW, ROW, replace(ROW, saved_usd=50.0)], "mid", VERIFIED).fee_usd == 7.5


def test_half_a_cent_is_rounded_up() -> None:
    assert fee([replace(ROW, saved_usd=0.10)], "mid", VERIFIED).fee_usd == 0.02


def test_a_statement_holds_its_month_only_with_measured_and_projected_apart() -> None:
    rows = [ROW, row(2, basis="projected", saved_usd=9.0), row(3, recommendation=None, saved_usd=-3.0)]
    found = statement([*rows, row(4, day="2026-11-01")], "2026-10", "early", VERIFIED)
    assert [(line.recommendation, line.basis, line.saved_usd) for line in found.lines] == [
        ("batch:nightly", "measured", 100.0),
        (None, "measured", -3.0),
        ("batch:nightly", "projected", 9.0),
    ]
    assert (found.saved_usd, found.unexplained_usd, found.projected_usd) == (100.0, -3.0, 9.0)
    assert (found.percent, found.fee_usd) == (20, 20.0)


def test_a_month_without_rows_is_a_statement_of_zeros() -> None:
    found = statement([ROW], "2026-12", "early", VERIFIED)
    assert (found.lines, found.saved_usd, found.fee_usd) == ((), 0.0, 0.0)


def test_the_csv_has_units_in_its_header_and_the_fee_in_its_last_line() -> None:
    text = statement_csv(
        statement([ROW, row(2, recommendation='a, "b"\r\nc', low_usd=None)], "2026-10", "early", VERIFIED)
    )
    lines = list(csv.DictReader(io.StringIO(text, newline="")))
    assert text.startswith("month,line,recommendation,feature,days,requests,counterfactual_usd,actual_usd,saved_usd,")
    assert all(line.endswith("\r\n") for line in text.splitlines(keepends=True))
    assert [line["recommendation"] for line in lines] == ["batch:nightly", 'a, "b"\r\nc', ""]
    assert [line["low_usd"] for line in lines] == ["90.000000", "", ""]
    assert (lines[-1]["line"], lines[-1]["saved_usd"], lines[-1]["fee_usd"]) == ("verified", "200.000000", "40.00")


@pytest.mark.parametrize("name", ["=HYPERLINK(1)", "+1", "-1", "@sum", "\t=1", "\r=1"])
def test_no_name_is_a_formula_in_the_csv(name: str) -> None:
    text = statement_csv(statement([replace(ROW, recommendation=name, feature=name)], "2026-10", "early", VERIFIED))
    (line, _) = csv.DictReader(io.StringIO(text, newline=""))
    assert (line["recommendation"], line["feature"]) == (f"'{name}", f"'{name}")
