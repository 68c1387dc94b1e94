"""The built page opens under the headers of production."""

import re

from playwright.sync_api import Page, Route, expect

from emulators.platform.api import Stack
from tests.browser.visitor import Visitor
from tests.support.threads import seed_threads

_FROM_FIRESTORE = re.compile(r"Listen/channel.*RID=rpc")


def test_the_page_opens_and_breaks_none_of_its_own_rules(page: Page) -> None:
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    reply = page.goto("/", wait_until="load")
    assert reply
    assert reply.status == 200
    page.locator("body *").first.wait_for(state="attached")
    assert page.title()
    assert complaints == []


def test_a_stream_that_opens_and_says_nothing_is_restarted(stack: Stack, page: Page) -> None:
    silent: list[Route] = []

    def answer_none_at_first(route: Route) -> None:
        if silent:
            route.continue_()
        else:
            silent.append(route)

    page.route(_FROM_FIRESTORE, answer_none_at_first)
    visitor = Visitor(page)
    seed_threads(stack, visitor.open_first(until_stored=False), ["An earlier question"])
    expect(visitor.thread("An earlier question")).to_be_visible()
    assert len(silent) == 1
