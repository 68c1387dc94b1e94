"""Evidence on quality on the page: scores handed in, refused with the reason, replays followed, all of it deleted."""

import re
from datetime import UTC, datetime
from typing import Any

from google.cloud import firestore
from playwright.sync_api import FilePayload, Locator, Page, Route, ViewportSize, expect
from pytest_playwright.pytest_playwright import CreateContextCallback

from common.store import paths
from emulators.platform.api import Stack
from tests.browser.silence import Listeners
from tests.browser.test_looks import OVERFLOW, Scheme
from tests.browser.visitor import LostReplies, Visitor, log_file

SMALL = ViewportSize(width=360, height=740)
SCHEMES: tuple[Scheme, ...] = ("light", "dark")
NAME = "graded answers.csv"
ID = f"{1:032x}"


def scores(*models: str) -> FilePayload:
    """Seven prompts, of which the first model is right about six, and every other one about five."""
    right = [[n < (6 if place == 0 else 5) for place in range(len(models))] for n in range(7)]
    lines = [",".join(["prompt", *models]), *(",".join([f"p{n}", *map(str, row)]) for n, row in enumerate(right))]
    return log_file(NAME, "\n".join(lines).encode())


def replay(**changed: object) -> dict[str, Any]:
    """A replay of 40 requests that has begun."""
    tally = {"done": 12, "left_out": 2, "wins": 3, "ties": 4, "losses": 3, "contradictions": 1}
    work = {"parts": 5, "parts_done": 2, "attempts": 0, "cost_usd": 0.01, "quota_month": "2026-11"}
    return {
        "v": 1,
        "name": "sample.jsonl",
        "kind": "replay",
        "status": "running",
        "feature": "support-chat",
        "prompts": 40,
        "created_at": datetime.now(UTC),
        "replay": {"reference": "gpt-4o", "candidate": "gpt-4o-mini", **tally, **work},
        **changed,
    }


def evidence(page: Page) -> Locator:
    """The section in the savings."""
    return page.get_by_role("region", name="Evidence on quality")


def open_evidence(visitor: Visitor) -> Locator:
    """Open the savings of a new guest, and give the section."""
    visitor.open("/savings")
    expect(visitor.page.get_by_role("heading", name="Nothing found yet")).to_be_visible()
    return evidence(visitor.page)


def open_seeded(stack: Stack, visitor: Visitor, document: dict[str, Any]) -> tuple[str, Locator]:
    """Open the savings of a new guest who has this evaluation, and give the guest's id and its row."""
    uid = visitor.open_first()
    write(stack, uid, document)
    row = open_evidence(visitor).get_by_role("listitem")
    expect(row).to_contain_text(document["name"])
    return uid, row


def write(stack: Stack, uid: str, document: dict[str, Any]) -> None:
    """Write it as the server does."""
    firestore.Client(project=stack.project).document(paths.evaluation(uid, ID)).set(document)


def add(visitor: Visitor, file: FilePayload) -> None:
    """Hand a file of scores in."""
    evidence(visitor.page).get_by_role("button", name="Add evidence").click()
    visitor.dialog.get_by_label("File").set_input_files(file)
    visitor.dialog.get_by_role("button", name="Add it").click()


def test_a_guest_adds_scores_of_two_models_and_sees_what_each_has_right(page: Page) -> None:
    visitor = Visitor(page)
    section = open_evidence(visitor)
    add(visitor, scores("gpt-4o", "gpt-4o-mini"))
    expect(visitor.toast.last).to_contain_text(f"“{NAME}” was added.")
    row = section.get_by_role("listitem")
    expect(row.get_by_role("heading", name=NAME)).to_be_visible()
    expect(row).to_contain_text("gpt-4o: 85.7 % right, 7 prompts")
    expect(row).to_contain_text("gpt-4o-mini: 71.4 % right, 7 prompts")
    expect(visitor.dialog).to_be_hidden()
    expect(section.get_by_role("button", name="Add evidence")).to_be_focused()


def test_a_file_without_two_models_is_refused_with_the_reason_and_the_form_stays(page: Page) -> None:
    visitor = Visitor(page)
    section = open_evidence(visitor)
    add(visitor, scores("gpt-4o"))
    refusal = visitor.dialog.get_by_role("alert")
    expect(refusal).to_contain_text("no columns of two known models")
    expect(refusal).to_contain_text("Support id")
    expect(visitor.dialog.get_by_label("File")).to_have_value(re.compile(re.escape(NAME)))
    expect(section.get_by_role("listitem")).to_have_count(0)


def test_evidence_whose_reply_was_lost_counts_once_when_it_is_sent_again(page: Page) -> None:
    visitor = Visitor(page)
    section = open_evidence(visitor)
    network = LostReplies(page, "**/api/evaluations?*")
    add(visitor, scores("gpt-4o", "gpt-4o-mini"))
    expect(visitor.dialog.get_by_role("alert")).to_contain_text("Apex cannot be reached right now.")
    network.mend()
    visitor.dialog.get_by_role("button", name="Add it").click()
    expect(visitor.toast.last).to_contain_text("was added.")
    expect(section.get_by_role("listitem")).to_have_count(1)


def test_evidence_whose_reply_is_lost_once_is_sent_again_by_itself_and_counts_once(page: Page) -> None:
    visitor = Visitor(page)
    section = open_evidence(visitor)
    page.route("**/api/evaluations?*", _lose_reply, times=1)
    add(visitor, scores("gpt-4o", "gpt-4o-mini"))
    expect(visitor.toast.last).to_contain_text("was added.")
    expect(section.get_by_role("listitem")).to_have_count(1)


def _lose_reply(route: Route) -> None:
    route.fetch()
    route.abort("connectionreset")


def test_evidence_is_listed_and_deleted_at_once_while_the_listener_is_silent(page: Page) -> None:
    listeners, visitor = Listeners(page), Visitor(page)
    section = open_evidence(visitor)
    listeners.silence()
    add(visitor, scores("gpt-4o", "gpt-4o-mini"))
    row = section.get_by_role("listitem")
    expect(row.get_by_role("heading", name=NAME)).to_be_visible()
    expect(row).to_contain_text("gpt-4o: 85.7 % right, 7 prompts")
    listeners.silence()
    row.get_by_role("button", name=f"Delete {NAME}").click()
    row.get_by_role("button", name="Delete", exact=True).click()
    expect(row).to_have_count(0)


def test_deleting_the_last_evidence_leaves_the_list_empty_and_the_focus_at_the_way_to_more(page: Page) -> None:
    visitor = Visitor(page)
    section = open_evidence(visitor)
    add(visitor, scores("gpt-4o", "gpt-4o-mini"))
    trash = section.get_by_role("button", name=f"Delete {NAME}")
    trash.click()
    keep = section.get_by_role("button", name="Keep it")
    expect(keep).to_be_focused()
    keep.click()
    expect(trash).to_be_focused()
    page.route("**/api/evaluations/*", lambda route: route.abort())
    trash.click()
    section.get_by_role("button", name="Delete", exact=True).click()
    expect(visitor.toast.last).to_contain_text(f"“{NAME}” was not deleted.")
    page.unroute("**/api/evaluations/*")
    section.get_by_role("button", name="Delete", exact=True).click()
    expect(section.get_by_role("listitem")).to_have_count(0)
    expect(section.get_by_role("button", name="Add evidence")).to_be_focused()


def test_a_guest_who_wants_a_replay_learns_why_it_needs_an_account_and_is_led_there(page: Page) -> None:
    visitor = Visitor(page)
    open_evidence(visitor).get_by_role("button", name="Add evidence").click()
    visitor.dialog.get_by_role("radio", name="A sample to replay").check()
    expect(visitor.dialog).to_contain_text("A replay belongs to an account")
    expect(visitor.dialog.get_by_label("File")).to_have_count(0)
    visitor.dialog.get_by_role("button", name="Sign in").click()
    expect(visitor.dialog.get_by_label("E-mail address")).to_be_visible()


def test_an_account_hands_a_sample_in_with_its_models_and_keeps_them_when_it_is_refused(
    stack: Stack, visitor: Visitor, email: str
) -> None:
    visitor.sign_in_by_link(stack, email)
    open_evidence(visitor).get_by_role("button", name="Add evidence").click()
    dialog = visitor.dialog
    dialog.get_by_role("radio", name="A sample to replay").check()
    dialog.get_by_label("File").set_input_files(log_file("sample.jsonl", b'{"request": "2 + 2", "answer": "4"}'))
    dialog.get_by_role("button", name="Add it").click()
    expect(dialog).to_contain_text("Name both models")
    dialog.get_by_label("Answers are from").fill("gpt-4o")
    dialog.get_by_label("Try instead").fill("gpt-4o-mini")
    dialog.get_by_role("button", name="Add it").click()
    expect(dialog).to_contain_text("A replay needs real models")
    expect(dialog.get_by_label("Try instead")).to_have_value("gpt-4o-mini")
    assert visitor.violations() == []


def test_a_replay_is_followed_to_its_verdict(stack: Stack, page: Page) -> None:
    visitor = Visitor(page)
    document = replay()
    uid, row = open_seeded(stack, visitor, document)
    expect(row).to_contain_text("gpt-4o-mini against gpt-4o, support-chat")
    expect(row).to_contain_text("12 of 40 requests replayed")
    expect(row.get_by_role("progressbar")).to_have_attribute("value", "12")
    outcome = {"done": 40, "win_rate": 0.482, "low": 0.451, "high": 0.513, "verdict": "open", "more": 300}
    write(stack, uid, {**document, "status": "ready", "replay": {**document["replay"], **outcome}})
    expect(row).to_contain_text("Open: about 300 more requests would settle it")
    expect(row).to_contain_text("Win rate 48.2 % (45.1 to 51.3 %, ties half), 40 of 40 requests, 2 left out")
    expect(visitor.announced).to_contain_text("sample.jsonl: Open: about 300 more requests")


def test_the_evidence_fits_a_small_phone_and_every_eye(stack: Stack, new_context: CreateContextCallback) -> None:
    page = new_context(viewport=SMALL, has_touch=True, is_mobile=True).new_page()
    visitor = Visitor(page)
    error = {"code": "evaluation_failed", "message": "It failed.", "retryable": True, "support_id": "a" * 12}
    _, row = open_seeded(stack, visitor, replay(name="a-long-name-" * 15, status="failed", error=error))
    expect(row).to_contain_text("It failed.")
    add(visitor, scores("gpt-4o", "gpt-4o-mini"))
    expect(evidence(page).get_by_role("listitem")).to_have_count(2)
    evidence(page).get_by_role("button", name=f"Delete {NAME}").click()
    assert page.evaluate(OVERFLOW) == 0
    for scheme in SCHEMES:
        page.emulate_media(color_scheme=scheme)
        assert visitor.violations() == []
    evidence(page).get_by_role("button", name="Add evidence").click()
    assert page.evaluate(OVERFLOW) == 0
    for scheme in SCHEMES:
        page.emulate_media(color_scheme=scheme)
        assert visitor.violations() == []
