"""How a question was read: it stands above the answer, and can be changed by click without reading words again."""

import re

from playwright.sync_api import Locator, expect

from tests.browser.visitor import Visitor

FEATURE = "search-rag"


def reading_of(turn: Locator) -> Locator:
    """The chips of an answer."""
    return turn.get_by_role("group", name="How your question was read")


def test_a_chip_that_is_taken_off_asks_again_without_it(analyst: Visitor) -> None:
    first = analyst.begin(f"How much did {FEATURE} cost last week?")
    reading_of(first).get_by_role("button", name=re.compile(f"^Take off: .*{FEATURE}")).click()
    expect(analyst.turns).to_have_count(2)
    second = analyst.turns.last
    expect(second).to_contain_text(re.compile(f"Without: .*{FEATURE}"))
    analyst.see_answer(second)
    expect(reading_of(second)).not_to_contain_text(FEATURE)
    expect(reading_of(analyst.turns.first)).to_contain_text(FEATURE)
    expect(reading_of(analyst.turns.first).get_by_role("button")).to_have_count(0)
    assert analyst.violations() == []


def test_the_period_is_changed_by_keys(analyst: Visitor) -> None:
    first = analyst.begin(f"How much did {FEATURE} cost last week?")
    before = reading_of(first).inner_text()
    reading_of(first).get_by_role("button", name=re.compile(": change$")).first.press("Enter")
    analyst.page.get_by_role("menuitem", name="last month").press("Enter")
    expect(analyst.turns).to_have_count(2)
    second = analyst.turns.last
    expect(second).to_contain_text("Period: last month")
    analyst.see_answer(second)
    expect(reading_of(second)).to_contain_text(FEATURE)
    assert reading_of(second).inner_text() != before


def test_a_question_back_is_answered_by_click(analyst: Visitor) -> None:
    analyst.begin("asdf")
    first = analyst.turns.first
    choices = first.get_by_role("list", name="Choose what you meant")
    label = choices.get_by_role("button").first.inner_text()
    choices.get_by_role("button").first.click()
    expect(analyst.turns).to_have_count(2)
    expect(analyst.turns.last).to_contain_text(label)
    analyst.see_answer(analyst.turns.last)
    expect(choices).to_contain_text(label)
    expect(choices.get_by_role("button")).to_have_count(0)
