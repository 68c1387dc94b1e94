"""The built page opens under the headers of production."""

from playwright.sync_api import Page


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
