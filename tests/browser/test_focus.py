"""Where the focus is, and what Escape and a click beside mean: for hands on a keyboard, and for a slip of the hand."""

import re

import pytest
from playwright.sync_api import Page, expect
from pytest_playwright.pytest_playwright import CreateContextCallback

from emulators.platform.api import Stack
from tests.browser.test_looks import PHONE, person
from tests.browser.visitor import Visitor, log_file
from tests.support.faults import inject_model_fault
from tests.support.usage_log import nameless_log

_IN_SIDEBAR = "() => document.activeElement.closest('.sidebar') !== null"


@pytest.fixture
def phone(new_context: CreateContextCallback) -> Visitor:
    """A first visitor with a phone."""
    return person(new_context, PHONE, "light")


def open_menu(page: Page) -> None:
    page.get_by_role("button", name="Open the menu").click()
    expect(page.get_by_role("complementary")).to_be_visible()


def test_the_open_menu_of_a_phone_has_the_focus_and_gives_it_back(phone: Visitor) -> None:
    page = phone.page
    open_menu(page)
    expect(page.get_by_role("complementary").get_by_role("button", name="Close the menu")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="Open the menu")).to_be_focused()
    open_menu(page)
    page.get_by_role("complementary").get_by_role("link", name="New conversation").click()
    expect(page.get_by_role("button", name="Open the menu")).to_be_focused()


def test_tab_does_not_leave_the_open_menu_for_what_lies_under_it(phone: Visitor) -> None:
    open_menu(phone.page)
    for _ in range(12):
        phone.page.keyboard.press("Tab")
        assert not phone.page.evaluate("() => document.activeElement.closest('main') !== null")
    phone.page.keyboard.press("Escape")
    phone.box.click()
    expect(phone.box).to_be_focused()


def test_escape_closes_the_open_menu_and_does_not_stop_the_question(stack: Stack, phone: Visitor, tag: str) -> None:
    inject_model_fault(stack, "silence", match=tag, seconds=4.0)
    turn = phone.ask(f"What did I spend? {tag}")
    expect(phone.stop_button).to_be_visible()
    expect(phone.page).to_have_url(re.compile("/t/"))  # a new address closes the menu, that of a new conversation, too
    open_menu(phone.page)
    phone.page.locator(".scrim").focus()
    phone.page.keyboard.press("Escape")
    expect(phone.page.get_by_role("complementary")).to_be_hidden()
    phone.see_answer(turn)


def test_a_wider_window_leaves_no_menu_over_the_conversation(phone: Visitor) -> None:
    open_menu(phone.page)
    phone.page.set_viewport_size({"width": 1024, "height": 768})
    phone.box.click()
    expect(phone.box).to_be_focused()


def test_who_names_a_conversation_and_goes_on_elsewhere_keeps_the_focus_there(visitor: Visitor) -> None:
    visitor.begin("hello")
    visitor.rename_thread("hello")
    visitor.page.keyboard.type("Greetings")
    visitor.box.click()
    expect(visitor.thread("Greetings")).to_be_visible()
    visitor.page.keyboard.type("and now")
    expect(visitor.box).to_have_value("and now")
    expect(visitor.thread("Greetings")).to_be_visible()


def test_a_log_whose_model_is_asked_for_is_not_lost_by_a_click_beside_the_question(visitor: Visitor) -> None:
    visitor.box.focus()
    visitor.choose_files(log_file("nameless.csv", nameless_log(60)))
    visitor.dialog.get_by_label("Model").fill("gpt-4o")
    visitor.page.mouse.click(5, 5)
    expect(visitor.dialog.get_by_label("Model")).to_have_value("gpt-4o")
    visitor.dialog.get_by_role("button", name="Continue").click()
    expect(visitor.chip).to_contain_text("60 rows")


def test_the_focus_goes_back_to_the_message_when_the_model_of_a_log_is_named(visitor: Visitor) -> None:
    visitor.page.get_by_role("link", name="New conversation").first.focus()
    log = nameless_log(60).decode()
    visitor.box.focus()
    visitor.page.evaluate(
        """(log) => {
          const data = new DataTransfer();
          data.setData('text/plain', log);
          document.activeElement.dispatchEvent(new ClipboardEvent('paste', { clipboardData: data, bubbles: true }));
        }""",
        log,
    )
    field = visitor.dialog.get_by_label("Model")
    field.fill("gpt-4o")
    field.press("Enter")
    expect(visitor.dialog).to_be_hidden()
    expect(visitor.box).to_be_focused()


def test_a_long_question_names_its_turn_by_its_beginning(visitor: Visitor) -> None:
    turn = visitor.ask("hello " + "and so on " * 50)
    expect(turn).to_have_attribute("aria-label", re.compile(r"^hello and so on .{64,66}…$"))


def test_a_deletion_can_be_taken_back_by_keyboard(visitor: Visitor) -> None:
    visitor.begin("hello")
    visitor.delete_thread("hello")
    visitor.page.wait_for_timeout(7_000)
    undo = visitor.toast.get_by_role("button", name="Undo")
    for _ in range(60):
        if undo.evaluate("(button) => button === document.activeElement"):
            break
        visitor.page.keyboard.press("Tab")
    visitor.page.keyboard.press("Enter")
    expect(visitor.thread("hello")).to_be_visible()
