"""What belongs to a user stays with that user: signing out, signing in, and all that is under way meanwhile."""

import json
import re

import pytest
from playwright.sync_api import BrowserContext, Page, Route, expect

from emulators.platform.api import Stack
from tests.browser.visitor import RUN_MS, HeldRequests, Visitor, log_file
from tests.support.accounts import mailed_link
from tests.support.faults import inject_model_fault
from tests.support.gapi import serve_gapi
from tests.support.usage_log import HEADER, csv, usage_log

SECRET = "What is my secret?"  # pragma: allowlist secret
MERGE = "**/api/account/merge"
TURNS = "**/api/turns"
_STORED = "() => JSON.stringify(localStorage)"
_FILL = """() => {
  for (let size = 1 << 20; size > 0; size = size >> 1) {
    try { while (true) localStorage.setItem('filler.' + crypto.randomUUID(), 'x'.repeat(size)); } catch {}
  }
}"""
_CLOSED_STORAGE = """Object.defineProperty(window, 'localStorage', {
  get() { throw new DOMException('denied', 'SecurityError'); },
})"""


@pytest.fixture
def page(context: BrowserContext) -> Page:
    """A page whose Google windows open."""
    serve_gapi(context)
    return context.new_page()


@pytest.fixture
def account(visitor: Visitor, email: str) -> Visitor:
    """Somebody with an account."""
    visitor.sign_in_with_google(email)
    expect(visitor.dialog).to_be_hidden()
    return visitor


@pytest.fixture
def returning(account: Visitor) -> Visitor:
    """A guest in front of whom somebody has left an account."""
    account.sign_out()
    return account


def test_a_message_that_waits_for_an_upload_leaves_with_its_user(account: Visitor) -> None:
    posted = _posted(account.page)
    held = HeldRequests(account.page, "**/api/uploads/**")
    account.choose_files(log_file("mine.csv", usage_log(20)))
    turn = account.ask(SECRET)
    expect(turn).to_contain_text("Waits until your data are read")
    _ask_to_leave(account)
    expect(account.dialog).to_contain_text("A file is still being uploaded.")
    account.dialog.get_by_role("button", name="Stay signed in").click()
    expect(turn).to_contain_text("Waits until your data are read")
    _ask_to_leave(account)
    account.dialog.get_by_role("button", name="Sign out").click()
    _see_guest(account)
    held.release()
    account.page.wait_for_timeout(1_500)
    expect(account.page.locator("body")).not_to_contain_text(SECRET)
    expect(account.page.locator("body")).not_to_contain_text("mine.csv")
    assert posted == []
    assert SECRET not in account.page.evaluate(_STORED)


def test_what_a_guest_left_unsent_goes_with_the_account_that_the_guest_became(visitor: Visitor, email: str) -> None:
    held = HeldRequests(visitor.page, "**/api/uploads/**")
    visitor.choose_files(log_file("mine.csv", usage_log(20)))
    turn = visitor.ask(SECRET)
    visitor.page.wait_for_timeout(700)  # Stop is deaf to the second click of a double click
    visitor.stop_button.click()
    expect(turn).to_contain_text("Stopped before it was sent.")
    held.release()
    expect(visitor.chip).to_contain_text("20 rows")
    visitor.sign_in_with_google(email)
    _ask_to_leave(visitor)
    expect(visitor.dialog).to_contain_text("A message is not sent yet.")
    visitor.dialog.get_by_role("button", name="Sign out").click()
    _see_guest(visitor)
    expect(visitor.page.locator("body")).not_to_contain_text(SECRET)
    stored = visitor.page.evaluate(_STORED)
    assert SECRET not in stored
    assert email not in stored


def test_a_conversation_that_is_deleted_before_signing_out_is_deleted(account: Visitor, email: str) -> None:
    account.begin("hello")
    account.delete_thread("hello")
    account.sign_out()
    expect(account.page.get_by_text("is deleted")).to_be_hidden()
    account.choose_google_account(email)
    expect(account.page.get_by_text("Your conversations will be listed here")).to_be_visible()


def test_a_conversation_that_a_guest_deletes_before_signing_in_does_not_come_along(
    returning: Visitor, email: str
) -> None:
    returning.begin("hello")
    returning.begin("What can you do?")
    returning.delete_thread("hello")
    returning.choose_google_account(email)
    expect(returning.threads).to_have_text(["What can you do?"])


def test_skipped_rows_leave_the_screen_of_all_tabs_with_their_user(account: Visitor) -> None:
    account.choose_files(log_file("mine.csv", csv(HEADER, ["2026-10-01T00:00:00Z,gpt-4o,900,120", "never,gpt-4o,1,1"])))
    expect(account.chip).to_contain_text("mine.csv")
    other = Visitor(account.page.context.new_page()).open()
    expect(other.chip).to_contain_text("mine.csv")
    other.open_data().get_by_role("button", name=re.compile("see why")).click()
    expect(other.dialog).to_contain_text("could not be counted")
    account.sign_out()
    expect(other.page.locator("body")).not_to_contain_text("mine.csv")


def test_closing_the_dialog_gives_signing_in_up(stack: Stack, returning: Visitor, email: str, tag: str) -> None:
    inject_model_fault(stack, "silence", match=tag, times=100, seconds=4.0)
    turn = returning.ask(f"What did I spend? {tag}")
    expect(returning.page).to_have_url(re.compile("/t/"))
    returning.open_google().locator(".js-reuse-account", has_text=email).click()
    expect(returning.page.get_by_role("heading", name="Signing you in")).to_be_visible()
    returning.page.keyboard.press("Escape")
    returning.see_answer(turn)
    returning.page.wait_for_timeout(1_500)
    _see_guest(returning)
    expect(returning.dialog).to_be_hidden()


def test_a_message_on_its_way_arrives_before_the_account_takes_the_guests_place(returning: Visitor, email: str) -> None:
    held = HeldRequests(returning.page, TURNS)
    returning.ask("hello")
    address = returning.page.url
    returning.open_google().locator(".js-reuse-account", has_text=email).click()
    expect(returning.page.get_by_role("heading", name="Signing you in")).to_be_visible()
    returning.page.wait_for_timeout(1_500)
    held.release()
    expect(returning.account(email)).to_be_visible(timeout=RUN_MS)
    returning.see_answer(returning.turns.last)
    expect(returning.turns).to_have_count(1)
    expect(returning.threads).to_have_text(["hello"])
    expect(returning.page).to_have_url(address)


def test_the_page_goes_along_with_a_message_that_could_not_be_sent(returning: Visitor, email: str) -> None:
    page = returning.page
    page.route(TURNS, lambda route: _refuse(route, 503, "busy", retryable=True))
    turn = returning.ask("hello")
    expect(turn).to_contain_text("Trying again by itself")
    address = page.url
    returning.choose_google_account(email)
    expect(turn).to_contain_text("You signed in while this was being sent.")
    assert page.url != address
    page.unroute(TURNS)
    turn.get_by_role("button", name="Send again").click()
    returning.see_answer(turn)
    expect(returning.threads).to_have_text(["hello"])


def test_an_upload_goes_on_in_the_account_that_another_tab_signs_in_to(returning: Visitor, email: str) -> None:
    other = Visitor(returning.page.context.new_page()).open()
    held = HeldRequests(other.page, "**/api/uploads")
    other.choose_files(log_file("mine.csv", usage_log(20)))
    returning.choose_google_account(email)
    expect(other.account(email)).to_be_visible(timeout=RUN_MS)
    held.release()
    expect(other.chip).to_contain_text("20 rows", timeout=RUN_MS)


@pytest.mark.parametrize("how", ["the tab is closed", "one signs out"])
def test_a_guests_work_comes_along_later_when(returning: Visitor, email: str, how: str) -> None:
    page = returning.page
    page.route(MERGE, lambda route: route.abort())
    returning.begin("hello")
    returning.choose_google_account(email)
    expect(returning.toast).to_contain_text(["They follow by themselves", "You are signed in"])
    if how == "the tab is closed":
        again = Visitor(page.context.new_page()).open()
        page.close()
    else:
        returning.sign_out()
        page.unroute(MERGE)
        returning.choose_google_account(email)
        again = returning
    expect(again.account(email)).to_be_visible()
    expect(again.threads).to_have_text(["hello"])


def test_a_token_that_is_refused_once_loses_no_guest(returning: Visitor, email: str) -> None:
    returning.page.route(MERGE, lambda route: _refuse(route, 401, "unauthenticated", retryable=False), times=1)
    returning.begin("hello")
    returning.choose_google_account(email)
    expect(returning.threads).to_have_text(["hello"])


def test_a_guest_who_is_lost_for_good_is_reported_until_it_is_read(returning: Visitor, email: str) -> None:
    returning.page.route(MERGE, lambda route: _refuse(route, 400, "invalid_request", retryable=False))
    returning.begin("hello")
    returning.choose_google_account(email)
    notice = returning.page.get_by_role("alert").filter(has_text="Support id S-0123456789")
    expect(notice).to_contain_text("Words of the server.")
    returning.page.wait_for_timeout(8_000)  # longer than a toast
    notice.get_by_role("button", name="Dismiss").click()
    expect(notice).to_be_hidden()


def test_a_link_that_finds_no_network_can_be_tried_again(stack: Stack, visitor: Visitor, email: str) -> None:
    visitor.ask_for_link(email)
    pattern = "**/accounts:signInWithEmailLink*"
    visitor.page.route(pattern, lambda route: route.abort())
    visitor.open(mailed_link(stack, email))
    expect(visitor.dialog).to_contain_text("Apex cannot be reached right now.")
    expect(visitor.dialog).not_to_contain_text("another browser")
    visitor.page.unroute(pattern)
    visitor.dialog.get_by_role("button", name="Try again").click()
    expect(visitor.account(email)).to_be_visible()
    expect(visitor.dialog).to_be_hidden()


def test_a_damaged_message_does_not_keep_the_page_from_opening(visitor: Visitor) -> None:
    visitor.page.evaluate("() => localStorage.setItem('apex.outbox.damaged', '{\"requestId\":')")
    visitor.page.reload()
    visitor.see_answer(visitor.ask("hello"))


def test_a_full_device_hinders_neither_an_upload_nor_a_message(visitor: Visitor) -> None:
    visitor.page.evaluate(_FILL)
    visitor.choose_files(log_file("mine.csv", usage_log(20)))
    expect(visitor.chip).to_contain_text("20 rows")
    expect(visitor.notice).to_be_hidden()
    visitor.see_answer(visitor.ask("hello"))
    expect(visitor.page.get_by_text("This browser cannot keep what you write here.")).to_be_attached()


def test_the_page_works_where_site_data_are_blocked(page: Page) -> None:
    page.add_init_script(_CLOSED_STORAGE)
    visitor = Visitor(page).open()
    visitor.see_answer(visitor.ask("hello"))


def _posted(page: Page) -> list[str]:
    """Questions that the page sends from now on."""
    posted: list[str] = []
    page.on("request", lambda request: posted.append(request.url) if request.url.endswith("/api/turns") else None)
    return posted


def _ask_to_leave(visitor: Visitor) -> None:
    visitor.page.get_by_role("button", name="Account:").click()
    visitor.page.get_by_role("menuitem", name="Sign out").click()


def _see_guest(visitor: Visitor) -> None:
    expect(visitor.page.get_by_role("button", name="Sign in to keep your work")).to_be_visible()


def _refuse(route: Route, status: int, code: str, *, retryable: bool) -> None:
    error = {"code": code, "message": "Words of the server.", "retryable": retryable, "support_id": "S-0123456789"}
    route.fulfill(status=status, content_type="application/json", body=json.dumps({"error": error}))
