"""What a visitor does on the page and sees of it, in the words of the screen."""

import re
from pathlib import Path

from playwright.sync_api import Locator, Page, Route, expect

QUESTION = "How do I cut this bill by 30 %?"
RUN_MS = 30_000
"""A whole run on a loaded machine; a usual one takes 1 to 3 s."""
AXE = Path(__file__).parents[2] / "frontend" / "node_modules" / "axe-core" / "axe.min.js"
_AXE_RUN = """async () => {
  const found = await axe.run(document, { resultTypes: ['violations'] });
  return found.violations.map((each) => `${each.id}: ${each.nodes.map((node) => node.target.join(' ')).join(', ')}`);
}"""


class Visitor:
    """One person in front of one tab."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.box = page.get_by_role("textbox", name="Message")
        self.turns = page.locator("article.turn")
        self.stop_button = page.get_by_role("button", name="Stop", exact=True)
        self.announced = page.get_by_role("status")

    def open(self, path: str = "/") -> "Visitor":
        """Go to a path of the page."""
        self.page.goto(path)
        return self

    def take_sample_data(self) -> None:
        """One click, and wait until the sample can be asked about."""
        self.page.get_by_role("button", name="Try it with sample data").click()
        expect(self.chip).to_contain_text("28,452 rows", timeout=RUN_MS)

    @property
    def chip(self) -> Locator:
        """What questions are about, beside the message box."""
        return self.page.locator(".data-chip")

    def ask(self, question: str = QUESTION) -> Locator:
        """Type a question, press Enter, and give its turn."""
        self.box.fill(question)
        self.box.press("Enter")
        return self.turns.last

    def see_answer(self, turn: Locator) -> None:
        """Wait until a turn is answered."""
        expect(turn.get_by_role("button", name="Copy answer")).to_be_visible(timeout=RUN_MS)

    def see_step(self, turn: Locator, label: str) -> None:
        """Wait until the work on a turn has come to a step."""
        expect(turn.get_by_role("button", name=re.compile(label))).to_be_visible(timeout=RUN_MS)

    def violations(self) -> list[str]:
        """What axe finds on the page as it is now."""
        self.page.evaluate(AXE.read_text(encoding="utf-8"))
        found: list[str] = self.page.evaluate(_AXE_RUN)
        return found


class HeldRequests:
    """A slow network: requests to a pattern wait until they are let through."""

    def __init__(self, page: Page, pattern: str) -> None:
        self._held: list[Route] = []
        self._released = False
        page.route(pattern, self._take)

    def _take(self, route: Route) -> None:
        if self._released:
            route.continue_()
        else:
            self._held.append(route)

    def release(self) -> None:
        """Let them through, and all that come."""
        self._released = True
        for route in self._held:
            route.continue_()
