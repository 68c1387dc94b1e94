"""A turn on the page: from the first visit to the answer, whatever the network and the user do meanwhile."""

import re
from urllib.parse import unquote

import pytest
from playwright.sync_api import BrowserContext, Page, expect
from pytest_playwright.pytest_playwright import CreateContextCallback

from emulators.platform.api import Stack
from tests.browser.visitor import QUESTION, RUN_MS, SPENT, HeldRequests, Visitor
from tests.support.faults import clear_model_faults, inject_model_fault

STEPS = (
    "Understanding your question",
    "Measuring your usage",
    "Weighing options",
    "Planning the changes",
    "Writing the answer",
)

_EVENTS_QUERY = re.compile(r'"structuredQuery":\{"from":\[\{"collectionId":"events"\}\].*?\}\]\}')
"""What the page asks Firestore for, of the events of a run."""
_AFTER_KNOWN = '"where":{"fieldFilter":{"field":{"fieldPath":"first_seq"},"op":"GREATER_THAN_OR_EQUAL"'


def test_a_first_visitor_gets_an_answer_from_the_sample_data(visitor: Visitor) -> None:
    visitor.page.emulate_media(reduced_motion="no-preference")
    visitor.take_sample_data()
    turn = visitor.ask()
    visitor.see_answer(turn)
    expect(turn).to_contain_text("368.03 USD")
    expect(turn).to_contain_text("That meets your target of 30 %")
    expect(visitor.announced).to_contain_text("answer is ready")
    expect(visitor.page).to_have_title(re.compile(re.escape(QUESTION)))


def test_the_steps_are_seen_while_they_happen_and_stay_to_be_read(stack: Stack, analyst: Visitor, tag: str) -> None:
    inject_model_fault(stack, "silence", match=tag, agent="optimization", seconds=3.0)
    turn = analyst.ask(f"{QUESTION} {tag}")
    analyst.see_step(turn, f"{STEPS[2]}.*under way")
    expect(turn.get_by_role("button", name=re.compile(f"{STEPS[1]}.*done"))).to_be_visible()
    analyst.see_answer(turn)
    turn.get_by_role("button", name=re.compile("Worked .* in 5 steps")).click()
    expect(turn.locator(".step-label")).to_have_text(list(STEPS))
    turn.get_by_role("button", name=re.compile(STEPS[1])).click()
    expect(turn.locator(".note-result").first).to_contain_text(SPENT)


def test_a_figure_opens_the_result_that_it_comes_from(analyst: Visitor) -> None:
    turn = analyst.ask()
    analyst.see_answer(turn)
    figure = turn.get_by_role("button", name=re.compile(f"^{re.escape(SPENT)}")).first
    figure.click()
    source = analyst.page.get_by_role("dialog")
    expect(source).to_contain_text("35.1109")
    expect(source).to_contain_text("A plan of")
    analyst.page.keyboard.press("Escape")
    expect(figure).to_be_focused()


def test_a_reload_in_mid_run_loses_nothing(stack: Stack, analyst: Visitor, tag: str) -> None:
    inject_model_fault(stack, "silence", match=tag, agent="data", seconds=3.0)
    turn = analyst.ask(f"{QUESTION} {tag}")
    analyst.see_step(turn, STEPS[1])
    analyst.page.reload()
    analyst.see_step(analyst.turns.last, STEPS[1])
    analyst.see_answer(analyst.turns.last)
    expect(analyst.turns).to_have_count(1)
    expect(analyst.turns.last).to_contain_text(SPENT)


def test_a_lost_connection_in_mid_run_is_shown_and_caught_up(
    stack: Stack, analyst: Visitor, context: BrowserContext, tag: str
) -> None:
    inject_model_fault(stack, "silence", match=tag, agent="data", seconds=2.0)
    turn = analyst.ask(f"{QUESTION} {tag}")
    analyst.see_step(turn, STEPS[1])
    context.set_offline(True)
    expect(analyst.page.get_by_role("main").get_by_text("You are offline")).to_be_visible()
    analyst.page.wait_for_timeout(4_000)  # the run ends meanwhile
    context.set_offline(False)
    expect(analyst.page.get_by_role("main").get_by_text("You are offline")).to_be_hidden()
    analyst.see_answer(turn)
    turn.get_by_role("button", name=re.compile("Worked .* in 5 steps")).click()
    expect(turn.locator(".step-label")).to_have_text(list(STEPS))


def test_a_message_typed_offline_is_sent_when_the_connection_is_back(analyst: Visitor, context: BrowserContext) -> None:
    context.set_offline(True)
    turn = analyst.ask()
    expect(turn).to_contain_text(QUESTION)
    context.set_offline(False)
    analyst.see_answer(turn)
    expect(analyst.turns).to_have_count(1)


def test_a_message_typed_before_sign_in_is_sent_afterwards(page: Page) -> None:
    held = HeldRequests(page, "**/__/firebase/init.json")
    visitor = Visitor(page).open()
    turn = visitor.ask("hello")
    expect(turn).to_contain_text("hello")
    held.release()
    visitor.see_answer(turn)


def test_stop_works_before_the_server_has_replied(page: Page, analyst: Visitor) -> None:
    held = HeldRequests(page, "**/api/turns")
    turn = analyst.ask()
    page.wait_for_timeout(700)  # Stop is deaf to the second click of a double click
    analyst.stop_button.click()
    expect(turn).to_contain_text("Stopped.")
    held.release()
    page.wait_for_timeout(1_500)
    expect(turn).to_contain_text("Stopped.")
    expect(turn.get_by_role("button", name="Copy answer")).to_have_count(0)


@pytest.mark.parametrize("key", ["the button", "Escape"])
def test_stop_works_while_an_agent_works(stack: Stack, analyst: Visitor, tag: str, key: str) -> None:
    inject_model_fault(stack, "silence", match=tag, agent="actions", seconds=8.0)
    turn = analyst.ask(f"{QUESTION} {tag}")
    analyst.see_step(turn, STEPS[3])
    if key == "Escape":
        analyst.page.keyboard.press("Escape")
    else:
        analyst.stop_button.click()
    expect(turn).to_contain_text("Stopped.")
    expect(analyst.box).to_be_focused()
    turn.get_by_role("button", name="Ask again").click()
    analyst.see_answer(analyst.turns.last)


def test_a_failed_question_says_so_and_can_be_asked_again(stack: Stack, analyst: Visitor, tag: str) -> None:
    inject_model_fault(stack, "server_error", match=tag, times=100)
    turn = analyst.ask(f"{QUESTION} {tag}")
    failure = turn.get_by_role("region", name="This question failed")
    expect(failure).to_contain_text("Nothing was charged", timeout=RUN_MS)
    expect(failure).to_contain_text(re.compile(r"S-[0-9a-f]{10}"))
    clear_model_faults(stack, tag)
    failure.get_by_role("button", name="Ask again").click()
    analyst.see_answer(analyst.turns.last)


def test_follow_ups_sent_in_quick_succession_are_answered_in_order(analyst: Visitor) -> None:
    analyst.ask()
    analyst.ask("How much would the top 3 save?")
    analyst.ask("Plan the first one")
    for number in range(3):
        analyst.see_answer(analyst.turns.nth(number))
    expect(analyst.turns).to_have_count(3)
    expect(analyst.turns.nth(2)).to_contain_text("search-rag")


def test_two_tabs_show_the_same_turn_and_send_it_once(analyst: Visitor, context: BrowserContext) -> None:
    turn = analyst.ask()
    expect(analyst.page).to_have_url(re.compile(r"/t/[0-9a-f]{32}$"))
    other = Visitor(context.new_page()).open(analyst.page.url)
    other.see_answer(other.turns.last)
    analyst.see_answer(turn)
    expect(other.turns).to_have_count(1)
    expect(analyst.turns).to_have_count(1)


def test_another_user_sees_nothing_under_the_same_address(analyst: Visitor, new_context: CreateContextCallback) -> None:
    turn = analyst.ask()
    analyst.see_answer(turn)
    stranger = Visitor(new_context().new_page()).open(analyst.page.url)
    expect(stranger.page.get_by_text("There is no such conversation")).to_be_visible()
    expect(stranger.page.get_by_text("Your conversations will be listed here")).to_be_attached()
    expect(stranger.page.locator("body")).not_to_contain_text(SPENT)


def test_back_and_forward_move_between_conversations(analyst: Visitor) -> None:
    first = analyst.ask("hello")
    analyst.see_answer(first)
    address = analyst.page.url
    analyst.page.get_by_role("link", name="New conversation").first.click()
    analyst.page.go_back()
    expect(analyst.page).to_have_url(address)
    expect(analyst.turns).to_have_count(1)
    analyst.page.go_forward()
    expect(analyst.page.get_by_role("heading", name="See where your AI budget goes")).to_be_visible()


def test_a_question_that_waits_is_looked_after_without_reading_its_events_again_and_again(
    stack: Stack, page: Page, analyst: Visitor, tag: str
) -> None:
    inject_model_fault(stack, "silence", match=tag, seconds=4.0)
    queries: list[str] = []
    page.on("request", lambda request: queries.extend(_EVENTS_QUERY.findall(unquote(request.post_data or ""))))
    analyst.ask(f"{QUESTION} {tag}")
    analyst.ask("Plan the first one")
    analyst.see_answer(analyst.turns.nth(1))
    looks = [query for query in queries if _AFTER_KNOWN in query]
    assert looks
    assert len(queries) - len(looks) == 2  # each run is listened to, from its beginning
