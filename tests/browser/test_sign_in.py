"""How a guest becomes an account, on the page: Google and e-mail links, new and existing, wrong and abandoned."""

import re

import pytest
from playwright.sync_api import BrowserContext, Page, expect
from pytest_playwright.pytest_playwright import CreateContextCallback

from emulators.platform.api import Stack
from tests.browser.visitor import HeldRequests, Visitor, log_file
from tests.support.accounts import mailed_link, uid_of
from tests.support.gapi import serve_gapi
from tests.support.usage_log import usage_log


@pytest.fixture
def page(context: BrowserContext) -> Page:
    """A page whose Google windows open."""
    serve_gapi(context)
    return context.new_page()


@pytest.fixture
def elsewhere(new_context: CreateContextCallback) -> Visitor:
    """The same person in another browser, still a guest."""
    context = new_context()
    serve_gapi(context)
    return Visitor(context.new_page()).open()


def test_a_guest_who_signs_in_with_google_stays_the_same_user(stack: Stack, page: Page, email: str) -> None:
    visitor = Visitor(page)
    uid = visitor.open_first()
    _work(visitor, "hello", "mine.csv")
    visitor.sign_in_with_google(email)
    expect(visitor.toast).to_contain_text(f"You are signed in as {email}")
    assert uid_of(stack, email) == uid
    _see_work(visitor, ["hello"], "mine.csv")
    page.reload()
    expect(visitor.account(email)).to_be_visible()
    _see_work(visitor, ["hello"], "mine.csv")


def test_work_as_a_guest_arrives_in_the_google_account_that_exists(
    visitor: Visitor, elsewhere: Visitor, email: str
) -> None:
    _work(elsewhere, "What can you do?", "first.csv")
    elsewhere.sign_in_with_google(email)
    _work(visitor, "hello", "second.csv")
    visitor.choose_google_account(email)
    expect(visitor.account(email)).to_be_visible()
    _see_work(visitor, ["hello", "What can you do?"], "second.csv")
    expect(visitor.open_data()).to_contain_text("first.csv")
    visitor.page.keyboard.press("Escape")
    visitor.thread("hello").click()
    visitor.see_answer(visitor.turns.last)
    expect(elsewhere.thread("hello")).to_be_visible()


def test_an_email_link_makes_the_guest_an_account_in_all_tabs(
    stack: Stack, visitor: Visitor, page: Page, email: str
) -> None:
    _work(visitor, "hello", "mine.csv")
    visitor.ask_for_link(email)
    second = Visitor(page.context.new_page()).open(mailed_link(stack, email))
    for tab in (second, visitor):
        expect(tab.account(email)).to_be_visible()
        expect(tab.dialog).to_be_hidden()
        _see_work(tab, ["hello"], "mine.csv")
    expect(second.page).to_have_url(visitor.page.url)  # where it was asked for


def test_work_as_a_guest_arrives_in_the_account_of_an_email_link(
    stack: Stack, visitor: Visitor, elsewhere: Visitor, email: str
) -> None:
    _work(elsewhere, "What can you do?", "first.csv")
    elsewhere.ask_for_link(email)
    elsewhere.open(mailed_link(stack, email))
    expect(elsewhere.account(email)).to_be_visible()
    _work(visitor, "hello", "second.csv")
    visitor.ask_for_link(email)
    visitor.open(mailed_link(stack, email))
    expect(visitor.account(email)).to_be_visible()
    _see_work(visitor, ["hello", "What can you do?"], "second.csv")


def test_a_link_that_is_opened_in_another_browser_asks_for_the_address(
    stack: Stack, visitor: Visitor, elsewhere: Visitor, email: str
) -> None:
    visitor.ask_for_link(email)
    elsewhere.open(mailed_link(stack, email))
    expect(elsewhere.page.get_by_role("heading", name="One more step")).to_be_visible()
    elsewhere.give_address("someone.else@example.com")
    expect(elsewhere.dialog).to_contain_text("This is not the address that the link was sent to. Check its spelling.")
    elsewhere.give_address(email)
    expect(elsewhere.account(email)).to_be_visible()
    expect(elsewhere.dialog).to_be_hidden()
    expect(elsewhere.page).to_have_url(re.compile(r"/$"))


def test_a_used_link_offers_a_new_one(stack: Stack, visitor: Visitor, elsewhere: Visitor, email: str) -> None:
    visitor.ask_for_link(email)
    link = mailed_link(stack, email)
    visitor.open(link)
    expect(visitor.account(email)).to_be_visible()
    elsewhere.open(link)
    elsewhere.give_address(email)
    expect(elsewhere.dialog).to_contain_text("This link was used already, or a newer one was sent.")
    elsewhere.give_address(email)
    expect(elsewhere.dialog).to_contain_text(f"We sent a link to {email}")
    elsewhere.open(mailed_link(stack, email))
    expect(elsewhere.account(email)).to_be_visible()


def test_a_used_link_that_is_opened_again_leaves_one_signed_in(stack: Stack, visitor: Visitor, email: str) -> None:
    visitor.ask_for_link(email)
    link = mailed_link(stack, email)
    visitor.open(link)
    expect(visitor.account(email)).to_be_visible()
    visitor.open(link)
    expect(visitor.toast).to_contain_text(f"You are signed in as {email}")
    expect(visitor.account(email)).to_be_visible()
    expect(visitor.dialog).to_be_hidden()


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("", "Type your e-mail address."),
        ("ada", "This is not a whole e-mail address. Type it like name@company.com."),
        ("ada@company", "This is not a whole e-mail address."),
        ("ada company.com", "This is not a whole e-mail address."),
    ],
)
def test_a_wrong_address_is_explained_beside_its_field(visitor: Visitor, typed: str, words: str) -> None:
    visitor.open_sign_in()
    visitor.give_address(typed)
    field = visitor.dialog.get_by_label("E-mail address")
    expect(visitor.dialog).to_contain_text(words)
    expect(field).to_be_focused()
    expect(field).to_have_accessible_description(re.compile(re.escape(words)))
    field.fill("ada@company.com")
    expect(visitor.dialog).not_to_contain_text(words)


def test_a_closed_google_window_is_reported_and_hinders_nothing(visitor: Visitor, email: str) -> None:
    window = visitor.open_google()
    expect(visitor.dialog).to_contain_text("Go on in the Google window.")
    window.close()
    expect(visitor.dialog).to_contain_text("The Google window was closed before you signed in.", timeout=15_000)
    visitor.page.keyboard.press("Escape")
    visitor.sign_in_with_google(email)
    expect(visitor.dialog).to_be_hidden()


def test_signing_out_gives_a_fresh_guest_who_sees_nothing_of_the_account(visitor: Visitor, email: str) -> None:
    _work(visitor, "hello", "mine.csv")
    address = visitor.page.url
    visitor.sign_in_with_google(email)
    visitor.sign_out()
    expect(visitor.page.get_by_text("Your conversations will be listed here")).to_be_visible()
    expect(visitor.chip).to_contain_text("Add data")
    expect(visitor.page.locator("body")).not_to_contain_text("mine.csv")
    visitor.open(address)
    expect(visitor.page.get_by_role("heading", name="There is no such conversation")).to_be_visible()
    visitor.choose_google_account(email)
    _see_work(visitor, ["hello"], "mine.csv")


def test_another_tab_follows_into_the_account_and_out_of_it(visitor: Visitor, email: str) -> None:
    _work(visitor, "hello", "mine.csv")
    other = Visitor(visitor.page.context.new_page()).open()
    visitor.sign_in_with_google(email)
    expect(other.account(email)).to_be_visible()
    _see_work(other, ["hello"], "mine.csv")
    visitor.sign_out()
    expect(other.page.get_by_role("button", name="Sign in to keep your work")).to_be_visible()
    expect(other.page.get_by_text("Your conversations will be listed here")).to_be_visible()
    expect(other.chip).to_contain_text("Add data")


def test_another_tab_follows_a_sign_in_that_it_sees_half_way(visitor: Visitor, email: str) -> None:
    other = Visitor(visitor.page.context.new_page()).open()
    for tab in (visitor, other):
        expect(tab.page.get_by_text("Your conversations will be listed here")).to_be_visible()
    held = HeldRequests(visitor.page, "**/accounts:lookup?*")
    visitor.add_google_account(email)
    expect(other.account(email)).to_be_visible()
    held.release()
    expect(visitor.account(email)).to_be_visible()


def _work(visitor: Visitor, question: str, name: str) -> None:
    """A conversation and a dataset."""
    visitor.choose_files(log_file(name, usage_log(20)))
    expect(visitor.chip).to_contain_text("20 rows")
    visitor.begin(question)


def _see_work(visitor: Visitor, titles: list[str], active: str) -> None:
    expect(visitor.threads).to_have_text(titles)
    expect(visitor.chip).to_contain_text(active)
