"""What is stored of ledger rows: exactly what was measured, and sums that follow it."""

from common.contract.documents import LedgerDocument, MeasuredSavings
from common.core.vocabulary import Basis
from common.savings.ledger_rows import differs, measured_savings, row_in, stored_row
from common.spend.ledger import LedgerRow


def row(day: str, saved: float, basis: Basis = "measured") -> LedgerRow:
    return LedgerRow(
        id=f"id-{day}",
        day=day,
        recommendation="right_sizing:chat:a:b",
        kind="right_sizing",
        feature="chat",
        basis=basis,
        requests=7,
        counterfactual_usd=10.0 + saved,
        actual_usd=10.0,
        saved_usd=saved,
        price_effect_usd=0.25,
        low_usd=None,
        high_usd=None,
        footprint=0.5,
        method="as in the tests",
        baseline="b1",
        price_version="2026-11-22",
    )


def test_a_stored_row_is_as_clients_read_it_and_comes_back_exactly() -> None:
    document = stored_row(row("2026-11-03", -1 / 3), "r1", "Move chat to b")
    LedgerDocument.model_validate(document)
    assert row_in("id-2026-11-03", document) == row("2026-11-03", -1 / 3)


def test_only_new_figures_make_a_row_differ() -> None:
    document = stored_row(row("2026-11-03", 2.0), "r1", "title")
    assert not differs(document, stored_row(row("2026-11-03", 2.0), "r1", "title"))
    assert differs(document, stored_row(row("2026-11-03", 2.1), "r1", "title"))
    assert differs(None, document)


def test_the_sum_of_a_recommendation_follows_its_measured_rows() -> None:
    first, second = (stored_row(row(day, usd), "r1", "t") for day, usd in (("2026-11-03", 2.0), ("2026-11-01", -0.5)))
    once = measured_savings(None, [(None, first), (None, second)])
    assert once == MeasuredSavings(saved_usd=1.5, days=2, first_day="2026-11-01", last_day="2026-11-03")
    better = stored_row(row("2026-11-03", 3.0), "r1", "t")
    again = measured_savings(once.model_dump(), [(first, better)])
    assert again == MeasuredSavings(saved_usd=2.5, days=2, first_day="2026-11-01", last_day="2026-11-03")


def test_what_is_projected_is_in_no_sum_until_it_is_measured() -> None:
    projected = stored_row(row("2026-11-03", 9.0, "projected"), "r1", "t")
    assert measured_savings(None, [(None, projected)]) is None
    measured = stored_row(row("2026-11-03", 2.0), "r1", "t")
    assert measured_savings(None, [(projected, measured)]) == MeasuredSavings(
        saved_usd=2.0, days=1, first_day="2026-11-03", last_day="2026-11-03"
    )
