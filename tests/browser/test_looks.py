"""The page for every eye and hand: axe, keyboard only, phone, dark, and no state that overflows."""

import re
from typing import Literal

import pytest
from playwright.sync_api import Page, ViewportSize, expect
from pytest_playwright.pytest_playwright import CreateContextCallback

from tests.browser.visitor import QUESTION, SPENT, Visitor

DESKTOP = ViewportSize(width=1280, height=850)
PHONE = ViewportSize(width=390, height=780)
Scheme = Literal["light", "dark"]
_BACKGROUND = "() => getComputedStyle(document.body.parentElement).backgroundColor"
_FOCUSED = """() => {
  const at = document.activeElement;
  return at === document.body ? '' : (at.getAttribute('aria-label') ?? at.textContent);
}"""
OVERFLOW = "() => document.documentElement.scrollWidth - document.documentElement.clientWidth"


def person(new_context: CreateContextCallback, size: ViewportSize, scheme: Scheme) -> Visitor:
    """A first visitor with this screen."""
    context = new_context(viewport=size, color_scheme=scheme, has_touch=size is PHONE, is_mobile=size is PHONE)
    return Visitor(context.new_page()).open()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_axe_finds_nothing_in_any_state(new_context: CreateContextCallback, size: ViewportSize, scheme: Scheme) -> None:
    visitor = person(new_context, size, scheme)
    page = visitor.page
    expect(page.get_by_role("button", name="Try it with sample data")).to_be_visible()
    violations = {"first visit": visitor.violations()}
    visitor.take_small_log()
    violations["with data"] = visitor.violations()
    visitor.chip.click()
    expect(page.get_by_role("dialog")).to_be_visible()
    violations["data dialog"] = visitor.violations()
    page.keyboard.press("Escape")
    turn = visitor.ask()
    violations["working"] = visitor.violations()
    visitor.see_answer(turn)
    violations["answer"] = visitor.violations()
    turn.get_by_role("button", name=re.compile(f"^{re.escape(SPENT)}")).first.click()
    expect(page.get_by_role("dialog")).to_contain_text("35.1109")
    violations["source of a figure"] = visitor.violations()
    page.keyboard.press("Escape")
    if size is PHONE:
        page.get_by_role("button", name="Open the menu").click()
        violations["drawer"] = visitor.violations()
    page.get_by_role("button", name="Sign in to keep your work").click()
    expect(page.get_by_role("dialog")).to_be_visible()
    violations["sign-in"] = visitor.violations()
    assert {state: list_ for state, list_ in violations.items() if list_} == {}


def test_the_dark_theme_follows_the_device_and_the_choice_wins(new_context: CreateContextCallback) -> None:
    light = person(new_context, DESKTOP, "light").page
    dark = person(new_context, DESKTOP, "dark").page
    assert light.evaluate(_BACKGROUND) != dark.evaluate(_BACKGROUND)
    light.get_by_role("button", name=re.compile("theme", re.IGNORECASE)).click()
    light.get_by_role("menuitemradio", name="Dark").or_(light.get_by_role("menuitem", name="Dark")).click()
    dark_background = dark.evaluate(_BACKGROUND)
    expect(light.locator("html")).to_have_css("background-color", dark_background)
    light.reload()
    expect(light.locator("html")).to_have_css("background-color", dark_background)


def test_nothing_moves_for_those_who_want_no_motion(visitor: Visitor) -> None:
    moving = """() => [...document.querySelectorAll('*')].map((element) => getComputedStyle(element))
      .filter((style) => style.transitionDuration !== '0s' || parseFloat(style.animationDuration) > 0.001).length"""
    expect(visitor.box).to_be_visible()
    assert visitor.page.evaluate(moving) == 0
    visitor.page.emulate_media(reduced_motion="no-preference")
    assert visitor.page.evaluate(moving) > 0


def test_a_phone_shows_everything_without_sideways_scrolling(new_context: CreateContextCallback) -> None:
    visitor = person(new_context, PHONE, "light")
    page = visitor.page
    assert page.evaluate(OVERFLOW) == 0
    visitor.take_small_log()
    turn = visitor.ask()
    visitor.see_answer(turn)
    assert page.evaluate(OVERFLOW) == 0
    page.get_by_role("button", name="Open the menu").click()
    expect(page.get_by_role("complementary")).to_contain_text(QUESTION)
    page.keyboard.press("Escape")
    expect(page.get_by_role("complementary")).to_be_hidden()


def test_the_keyboard_alone_is_enough_from_the_first_visit_to_the_source_of_a_figure(visitor: Visitor) -> None:
    page = visitor.page
    _tab_to(page, "Try it with sample data")
    page.keyboard.press("Enter")
    expect(visitor.chip).to_contain_text("28,452 rows", timeout=30_000)
    _tab_to(page, "Message")
    page.keyboard.type(QUESTION)
    page.keyboard.press("Enter")
    visitor.see_answer(visitor.turns.last)
    expect(visitor.box).to_be_focused()
    _tab_to(page, r"^115\.08 USD", back=True)
    page.keyboard.press("Enter")
    expect(page.get_by_role("dialog")).to_contain_text("115.08")
    page.keyboard.press("Escape")
    assert re.search(r"^115\.08 USD", _focused(page))


def test_enter_that_ends_a_composition_does_not_send(visitor: Visitor) -> None:
    visitor.box.fill("費用")
    visitor.box.dispatch_event("keydown", {"key": "Enter", "isComposing": True, "keyCode": 229})
    expect(visitor.box).to_have_value("費用")
    visitor.box.press("Shift+Enter")
    expect(visitor.box).to_have_value("費用\n")
    expect(visitor.turns).to_have_count(0)


def test_a_draft_survives_a_reload(visitor: Visitor) -> None:
    visitor.box.fill("half a thought")
    visitor.page.reload()
    expect(visitor.box).to_have_value("half a thought")


def test_a_message_that_is_too_long_is_flagged_while_it_is_typed(visitor: Visitor) -> None:
    visitor.box.fill("x" * 8_012)
    expect(visitor.page.get_by_text("12 too many")).to_be_visible()
    visitor.box.press("Enter")
    expect(visitor.page.get_by_text("Shorten the message")).to_be_visible()
    expect(visitor.turns).to_have_count(0)


def _focused(page: Page) -> str:
    name: str = page.evaluate(_FOCUSED)
    return name.strip()


def _tab_to(page: Page, name: str, *, back: bool = False) -> None:
    """Press Tab until the focus is on what has this name."""
    for _ in range(120):
        page.keyboard.press("Shift+Tab" if back else "Tab")
        if re.search(name, _focused(page)):
            return
    raise AssertionError(f"Tab never came to {name}")
