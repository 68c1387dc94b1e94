"""The list of conversations: names, search, deleting and taking it back, addresses, and very many of them."""

import re
from datetime import timedelta

from playwright.sync_api import BrowserContext, Page, Request, expect

from emulators.platform.api import Stack
from tests.browser.silence import Listeners
from tests.browser.visitor import Visitor
from tests.support.faults import inject_model_fault
from tests.support.threads import seed_threads, wait_until_deleted

TITLE_LIMIT = 80


def test_the_present_conversation_is_marked_in_the_list(visitor: Visitor) -> None:
    visitor.begin("hello")
    visitor.begin("What can you do?")
    expect(visitor.threads).to_have_text(["What can you do?", "hello"])
    expect(visitor.thread("What can you do?")).to_have_attribute("aria-current", "page")
    visitor.thread("hello").click()
    expect(visitor.thread("hello")).to_have_attribute("aria-current", "page")
    expect(visitor.thread("What can you do?")).not_to_have_attribute("aria-current", "page")
    expect(visitor.page.get_by_role("heading", level=1)).to_have_text("hello")
    visitor.page.get_by_role("link", name="New conversation").first.click()
    expect(visitor.page.get_by_role("complementary").locator("[aria-current]")).to_have_count(0)


def test_a_new_conversation_is_listed_at_once_while_the_listener_is_silent(page: Page) -> None:
    listeners, visitor = Listeners(page), Visitor(page)
    visitor.open().begin("hello")
    listeners.silence(for_good=True)
    page.get_by_role("link", name="New conversation").first.click()
    visitor.ask("What can you do?")
    expect(visitor.threads).to_contain_text(["What can you do?", "hello"])


def test_an_address_opens_its_conversation_in_another_tab(visitor: Visitor, context: BrowserContext) -> None:
    visitor.begin("hello")
    expect(visitor.page).to_have_url(re.compile(r"/t/[0-9a-f]{32}$"))
    visitor.begin("What can you do?")
    other = Visitor(context.new_page()).open(visitor.page.url)
    other.see_answer(other.turns.last)
    expect(other.turns).to_have_count(1)
    expect(other.turns.last).to_contain_text("What can you do?")
    expect(other.thread("What can you do?")).to_have_attribute("aria-current", "page")
    expect(other.page).to_have_title(re.compile("What can you do"))


def test_a_conversation_gets_another_name_by_enter_and_keeps_it(visitor: Visitor) -> None:
    visitor.begin("hello")
    visitor.rename_thread("hello")
    visitor.page.keyboard.type("  Savings   of October ")
    visitor.page.keyboard.press("Enter")
    expect(visitor.thread("Savings of October")).to_be_focused()
    expect(visitor.page.get_by_role("heading", level=1)).to_have_text("Savings of October")
    expect(visitor.page).to_have_title(re.compile("Savings of October"))
    visitor.page.reload()
    expect(visitor.threads).to_have_text(["Savings of October"])


def test_a_new_name_is_seen_in_the_other_tab(visitor: Visitor, context: BrowserContext) -> None:
    visitor.begin("hello")
    other = Visitor(context.new_page()).open()
    expect(other.thread("hello")).to_be_visible()
    visitor.rename_thread("hello")
    visitor.page.keyboard.type("Seen by both")
    visitor.page.keyboard.press("Enter")
    expect(other.threads).to_have_text(["Seen by both"])


def test_escape_keeps_the_old_name(visitor: Visitor) -> None:
    patches = _patches(visitor.page)
    visitor.begin("hello")
    visitor.rename_thread("hello")
    visitor.page.keyboard.type("never mind")
    visitor.page.keyboard.press("Escape")
    expect(visitor.thread("hello")).to_be_focused()
    visitor.page.reload()
    expect(visitor.threads).to_have_text(["hello"])
    assert patches == []


def test_an_empty_name_keeps_the_old_one(visitor: Visitor) -> None:
    patches = _patches(visitor.page)
    visitor.begin("hello")
    visitor.rename_thread("hello")
    visitor.page.keyboard.type("   ")
    visitor.page.keyboard.press("Enter")
    expect(visitor.threads).to_have_text(["hello"])
    visitor.page.reload()
    expect(visitor.threads).to_have_text(["hello"])
    assert patches == []


def test_a_name_is_typed_up_to_its_longest_and_kept_whole(visitor: Visitor) -> None:
    visitor.begin("hello")
    field = visitor.rename_thread("hello")
    visitor.page.keyboard.insert_text("n" * (TITLE_LIMIT + 20))
    expect(field).to_have_value("n" * TITLE_LIMIT)
    visitor.page.keyboard.press("Enter")
    expect(visitor.threads).to_have_text(["n" * TITLE_LIMIT])
    visitor.page.reload()
    expect(visitor.threads).to_have_text(["n" * TITLE_LIMIT])


def test_a_failed_renaming_is_reported_and_can_be_tried_again(visitor: Visitor, context: BrowserContext) -> None:
    visitor.begin("hello")
    context.set_offline(True)
    visitor.rename_thread("hello")
    visitor.page.keyboard.type("Better name")
    visitor.page.keyboard.press("Enter")
    expect(visitor.toast).to_contain_text("The name was not changed.")
    expect(visitor.threads).to_have_text(["hello"])
    context.set_offline(False)
    visitor.toast.get_by_role("button", name="Try again").click()
    expect(visitor.threads).to_have_text(["Better name"])
    visitor.page.reload()
    expect(visitor.threads).to_have_text(["Better name"])


def test_a_deleted_conversation_can_be_taken_back(visitor: Visitor) -> None:
    visitor.begin("hello")
    address = visitor.page.url
    visitor.delete_thread("hello")
    expect(visitor.threads).to_have_count(0)
    expect(visitor.page.get_by_role("heading", name="See where your AI budget goes")).to_be_visible()
    expect(visitor.toast).to_contain_text("“hello” is deleted.")
    visitor.toast.get_by_role("button", name="Undo").click()
    expect(visitor.page).to_have_url(address)
    visitor.see_answer(visitor.turns.last)
    visitor.page.reload()
    visitor.see_answer(visitor.turns.last)
    expect(visitor.threads).to_have_text(["hello"])


def test_a_deleted_conversation_is_deleted_for_good_and_its_address_says_so(visitor: Visitor) -> None:
    visitor.begin("hello")
    visitor.begin("What can you do?")
    address = visitor.page.url
    with visitor.page.expect_response(lambda reply: reply.request.method == "DELETE", timeout=30_000) as reply:
        visitor.delete_thread("What can you do?")
        expect(visitor.thread("hello")).to_be_focused()
    assert reply.value.ok
    expect(visitor.toast).to_have_count(0)
    visitor.open(address)
    expect(visitor.page.get_by_role("heading", name="There is no such conversation")).to_be_visible()
    expect(visitor.threads).to_have_text(["hello"])
    visitor.page.get_by_role("link", name="Start a new conversation").click()
    expect(visitor.box).to_be_focused()


def test_who_deletes_and_leaves_at_once_has_deleted(stack: Stack, visitor: Visitor) -> None:
    visitor.begin("hello")
    address = visitor.page.url
    visitor.delete_thread("hello")
    expect(visitor.threads).to_have_count(0)
    visitor.open("about:blank")
    wait_until_deleted(stack, address.rpartition("/")[2])  # the emulator may lose it for a listener just opened
    visitor.open(address)
    expect(visitor.page.get_by_role("heading", name="There is no such conversation")).to_be_visible()
    expect(visitor.page.get_by_text("Your conversations will be listed here")).to_be_visible()


def test_a_conversation_can_be_deleted_while_it_is_answered(stack: Stack, visitor: Visitor, tag: str) -> None:
    inject_model_fault(stack, "silence", match=tag, seconds=4.0)
    visitor.begin("hello")
    visitor.page.get_by_role("link", name="New conversation").first.click()
    visitor.ask(f"What did I spend? {tag}")
    expect(visitor.thread(f"What did I spend? {tag} is being answered")).to_be_visible()
    visitor.delete_thread(f"What did I spend? {tag}")
    expect(visitor.threads).to_have_text(["hello"])
    visitor.page.reload()
    expect(visitor.threads).to_have_text(["hello"])


def test_search_finds_conversations_by_any_of_their_words(stack: Stack, page: Page) -> None:
    visitor = Visitor(page)
    uid = visitor.open_first()
    seed_threads(stack, uid, ["Cost of summaries", "Batch the nightly jobs", *[f"Question {n}" for n in range(7)]])
    visitor.open()
    expect(visitor.threads).to_have_count(9)
    search = page.get_by_role("searchbox", name="Search conversations")
    search.fill("NIGHTLY batch")
    expect(visitor.threads).to_have_text(["Batch the nightly jobs"])
    search.fill("nightly cost")
    expect(page.get_by_text("No conversation has these words.")).to_be_visible()
    search.press("Escape")
    expect(search).to_have_value("")
    expect(visitor.threads).to_have_count(9)


def test_two_hundred_conversations_stay_usable(stack: Stack, page: Page) -> None:
    visitor = Visitor(page)
    uid = visitor.open_first()
    seed_threads(stack, uid, [f"Question {n:03d}" for n in range(200)], apart=timedelta(hours=2))
    visitor.open()
    expect(visitor.threads).to_have_count(200)
    expect(page.get_by_role("navigation").get_by_role("heading", name="Older")).to_be_attached()
    page.get_by_role("searchbox").fill("199")
    expect(visitor.threads).to_have_text(["Question 199"])
    page.get_by_role("searchbox").fill("")
    visitor.thread("Question 000").focus()
    page.keyboard.press("End")
    expect(visitor.thread("Question 199")).to_be_focused()
    expect(visitor.thread("Question 199")).to_be_in_viewport()
    page.keyboard.press("Enter")
    expect(visitor.turns).to_have_count(1)
    expect(visitor.turns.last).to_contain_text("Stopped.")
    visitor.rename_thread("Question 199")
    page.keyboard.type("The oldest")
    page.keyboard.press("Enter")
    expect(visitor.thread("The oldest")).to_be_visible()
    visitor.delete_thread("Question 198")
    expect(visitor.threads).to_have_count(199)
    visitor.begin("hello")
    expect(visitor.threads.first).to_have_text("hello")


def _patches(page: Page) -> list[Request]:
    """Changes of names that go out from now on."""
    sent: list[Request] = []
    page.on("request", lambda request: sent.append(request) if request.method == "PATCH" else None)
    return sent
