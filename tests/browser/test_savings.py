"""Savings on the page: what was found, accepted and implemented, and the ledger of what was really saved."""

import re
from datetime import UTC, datetime
from pathlib import Path

from google.cloud import firestore
from playwright.sync_api import Locator, Page, ViewportSize, expect
from pytest_playwright.pytest_playwright import CreateContextCallback

from common.contract.documents import LedgerDocument
from common.store import paths
from emulators.platform.api import Stack
from tests.browser.silence import Listeners
from tests.browser.test_looks import OVERFLOW, Scheme
from tests.browser.visitor import Visitor

SMALL = ViewportSize(width=360, height=740)
SCHEMES: tuple[Scheme, ...] = ("light", "dark")
SHOWN = 30
"""Rows of the ledger that are shown at first."""


def row(number: int, **changed: object) -> LedgerDocument:
    """A row that saved 1 USD of 3 USD; the higher its number, the older it is."""
    values: dict[str, object] = {
        "v": 1,
        "recommendation_id": f"{number:032x}",
        "title": f"Move feature {number} to gpt-4o-mini",
        "month": "2026-10",
        "day": f"2026-10-{31 - (number + 2) // 3:02}",
        "recommendation": f"right_sizing|feature {number}",
        "kind": "right_sizing",
        "feature": f"feature {number}",
        "basis": "measured",
        "requests": 1_234,
        "counterfactual_usd": 3.0,
        "actual_usd": 2.0,
        "saved_usd": 1.0,
        "price_effect_usd": 0.25,
        "low_usd": 0.75,
        "high_usd": 1.25,
        "footprint": 1.0,
        "method": "The requests of this day, at the model of before.",
        "baseline": "b" * 20,
        "price_version": "2026-11-22",
        "verified_at": datetime.now(UTC),
    }
    return LedgerDocument.model_validate(values | changed)


def seed_ledger(stack: Stack, uid: str, rows: list[LedgerDocument]) -> None:
    """Write rows as verification does, 500 a commit."""
    db = firestore.Client(project=stack.project)
    for start in range(0, len(rows), 500):
        batch = db.batch()
        for number, document in enumerate(rows[start : start + 500], start):
            batch.set(db.document(paths.ledger_row(uid, f"{number:032x}")), document.model_dump())
        batch.commit()


def open_ledger(stack: Stack, visitor: Visitor, rows: list[LedgerDocument]) -> None:
    """Open the savings of a new guest with this ledger."""
    uid = visitor.open_first()
    expect(visitor.page.get_by_text("Your conversations will be listed here")).to_be_attached()  # the guest is kept
    seed_ledger(stack, uid, rows)
    visitor.open("/savings")


def recommendation(page: Page, title: str) -> Locator:
    """A recommendation in the list."""
    return page.get_by_role("region", name="What was found").get_by_role("listitem").filter(has_text=title)


def money_table(page: Page, title: str) -> Locator:
    """A table of the ledger."""
    return page.get_by_role("table", name=re.compile(f"^{title}.*, by day"))


def test_a_change_is_accepted_in_the_answer_and_implemented_in_the_savings_of_every_tab(analyst: Visitor) -> None:
    page = analyst.page
    other = Visitor(page.context.new_page()).open("/savings").page
    expect(other.get_by_role("heading", name="Nothing found yet")).to_be_visible()
    page.bring_to_front()
    turn = analyst.ask()
    analyst.see_answer(turn)
    card = turn.get_by_role("article").first
    title = card.get_attribute("aria-label") or ""
    card.get_by_role("button", name="Accept").click()
    expect(card).to_contain_text("It is measured against")
    expect(card.locator(".decisions-life")).to_be_focused()
    expect(recommendation(other, title).locator("[aria-current=step]")).to_have_text("Accepted")

    page.get_by_role("link", name="Savings").click()
    recommendation(page, title).get_by_role("button", name="Mark as implemented").click()
    expect(analyst.toast.last).to_contain_text("is marked as implemented.")
    for each in (page, other):
        expect(recommendation(each, title).locator("[aria-current=step]")).to_have_text("Implemented")
    _reject_one(page)
    page.get_by_role("button", name="All").click()
    recommendation(page, title).get_by_role("link", name="The answer that proposed it").click()
    expect(turn.get_by_role("article").first).to_contain_text("Implemented")


def test_a_decision_is_shown_at_once_while_the_listener_is_silent(page: Page) -> None:
    listeners, visitor = Listeners(page), Visitor(page)
    visitor.open().take_small_log()
    turn = visitor.ask()
    visitor.see_answer(turn)
    card = turn.get_by_role("article").first
    accept = card.get_by_role("button", name="Accept")
    expect(accept).to_be_visible()
    listeners.silence()
    accept.click()
    expect(card).to_contain_text("Next: make the change")
    expect(card.get_by_role("button", name="Mark as implemented")).to_be_visible()
    expect(card).to_contain_text("It is measured against")


def _reject_one(page: Page) -> None:
    """It is asked for once more, and the focus stays with those that are left to decide."""
    page.get_by_role("button", name="To decide").click()
    rejects = page.get_by_role("button", name="Reject: ")
    before = rejects.count()
    rejects.first.click()
    expect(page.get_by_role("button", name="No, keep it")).to_be_focused()
    page.get_by_role("button", name="Yes, reject it").click()
    expect(rejects).to_have_count(before - 1)
    expect(page.get_by_role("button", name="To decide")).to_be_focused()
    expect(page.get_by_role("button", name="Rejected 1")).to_be_visible()


def test_the_ledger_shows_its_newest_rows_and_sums_all_of_them(stack: Stack, page: Page, tmp_path: Path) -> None:
    visitor = Visitor(page)
    rows = [row(number) for number in range(SHOWN + 10)]
    rows[0] = row(0, title="A swap that backfired", saved_usd=-4.5, actual_usd=7.5)
    rows[1] = row(1, basis="projected", title="Carried forward", saved_usd=100.0)
    rows[2] = row(2, recommendation_id=None, recommendation=None, kind=None, title="", saved_usd=7.0)
    open_ledger(stack, visitor, rows)
    measured = money_table(page, "Measured")
    expect(measured.get_by_role("row").nth(1)).to_contain_text("A swap that backfired")
    expect(measured.get_by_role("row").nth(1)).to_contain_text("-4.50")
    expect(money_table(page, "Projected")).to_contain_text("Carried forward")
    expect(money_table(page, "Not explained")).to_contain_text("Other causes")
    expect(page.get_by_text(f"The {SHOWN} newest rows are shown.")).to_be_visible()
    month = page.get_by_role("region", name="October 2026")
    expect(month).to_contain_text("32.50 USD")  # 37 rows of 1 USD, and one of -4.50
    expect(month).to_contain_text("100.00 USD")
    expect(month).to_contain_text("7.00 USD")
    with page.expect_download() as started:
        month.get_by_role("button", name="Download").click()
    file = tmp_path / started.value.suggested_filename
    started.value.save_as(file)
    assert file.name == "apex-savings-2026-10.csv"
    assert len(file.read_text(encoding="utf-8").splitlines()) > len(rows)
    page.get_by_role("button", name="Show older rows").click()
    expect(measured.get_by_role("row")).to_have_count(1 + len(rows) - 2)  # its head, and all that belong to it
    month.get_by_role("button", name="Earlier").click()
    expect(page.get_by_role("region", name="September 2026")).to_contain_text("0.00 USD")
    expect(visitor.announced).to_contain_text("September 2026: 0.00 USD saved")


def test_the_savings_fit_a_small_phone_and_every_eye(stack: Stack, new_context: CreateContextCallback) -> None:
    page = new_context(viewport=SMALL, has_touch=True, is_mobile=True).new_page()
    visitor = Visitor(page)
    open_ledger(stack, visitor, [row(0, saved_usd=-4.5), row(1), row(2, basis="projected")])
    expect(money_table(page, "Measured")).to_be_visible()
    expect(page.get_by_role("region", name="by day, scrolls sideways").first).to_be_attached()
    assert page.evaluate(OVERFLOW) == 0
    for scheme in SCHEMES:
        page.emulate_media(color_scheme=scheme)
        assert visitor.violations() == []
