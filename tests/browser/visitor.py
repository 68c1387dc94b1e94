"""What a visitor does on the page and sees of it, in the words of the screen."""

import re
from pathlib import Path

from playwright.sync_api import FilePayload, Locator, Page, Route, expect

from emulators.platform.api import Stack
from tests.support.accounts import mailed_link
from tests.support.usage_log import sample_tenth

QUESTION = "How do I cut this bill by 30 %?"
SPENT = "35.11 USD"
"""What the requests of the small log cost."""
RUN_MS = 60_000
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
        self.dialog = page.get_by_role("dialog")
        self.toast = page.locator(".toast")
        self.notice = page.locator(".data-notice")

    def open(self, path: str = "/") -> "Visitor":
        """Go to a path of the page."""
        self.page.goto(path)
        return self

    def open_first(self, *, until_stored: bool = True) -> str:
        """Open the page for the first time, and give the id of the guest that one becomes.

        What a test writes for that guest is seen by the next `open`: the emulator loses a write beside a listener
        that is just being opened. `until_stored`: wait until the browser has stored the guest, or the next `open` may
        make another.
        """
        with self.page.expect_response(re.compile("accounts:signUp")) as reply:
            self.open()
        if until_stored:
            expect(self.page.get_by_text("Your conversations will be listed here")).to_be_attached()
        uid: str = reply.value.json()["localId"]
        return uid

    def take_sample_data(self) -> None:
        """One click, and wait until the sample can be asked about."""
        self.page.get_by_role("button", name="Try it with sample data").click()
        expect(self.chip).to_contain_text("28,452 rows", timeout=RUN_MS)

    def take_small_log(self) -> None:
        """Every tenth request of the sample, chosen as a file."""
        self.choose_files(log_file("usage.csv", sample_tenth()))
        expect(self.chip).to_contain_text("2,846 rows", timeout=RUN_MS)

    def choose_files(self, *files: FilePayload) -> None:
        """Choose files in the device's file chooser."""
        with self.page.expect_file_chooser() as chooser:
            self.page.get_by_role("button", name=re.compile("Choose a file|Add another file|Add a file")).click()
        chooser.value.set_files(files)

    def open_data(self) -> Locator:
        """Open the list of one's data."""
        self.chip.click()
        expect(self.dialog).to_contain_text("Your data")
        return self.dialog

    def data_row(self, name: str) -> Locator:
        """One dataset in that list."""
        return self.dialog.get_by_role("listitem").filter(has_text=name)

    @property
    def chip(self) -> Locator:
        """What questions are about, beside the message box."""
        return self.page.locator(".data-chip")

    def ask(self, question: str = QUESTION) -> Locator:
        """Type a question, press Enter, and give its turn."""
        self.box.fill(question)
        self.box.press("Enter")
        return self.turns.last

    def begin(self, question: str) -> Locator:
        """Ask in a new conversation, and give the turn when it is answered."""
        self.page.get_by_role("link", name="New conversation").first.click()
        turn = self.ask(question)
        self.see_answer(turn)
        return turn

    @property
    def threads(self) -> Locator:
        """The conversations in the list."""
        return self.page.get_by_role("navigation", name="Conversations").get_by_role("link")

    def thread(self, title: str) -> Locator:
        """The conversation of this title in the list."""
        return self.page.get_by_role("navigation", name="Conversations").get_by_role("link", name=title, exact=True)

    def rename_thread(self, title: str) -> Locator:
        """Choose Rename in the menu of a conversation, and give the field for its name."""
        self._choose(title, "Rename")
        field = self.page.get_by_role("textbox", name="Name of the conversation")
        expect(field).to_be_focused()
        return field

    def delete_thread(self, title: str) -> None:
        """Choose Delete in the menu of a conversation."""
        self._choose(title, "Delete")

    def _choose(self, title: str, how: str) -> None:
        menu = self.page.get_by_role("button", name=f"Rename or delete {title}", exact=True)
        menu.focus()
        menu.click()
        self.page.get_by_role("menuitem", name=how).click()

    def account(self, email: str) -> Locator:
        """The button of the account that one is signed in to."""
        return self.page.get_by_role("button", name=f"Account: {email}")

    def open_sign_in(self) -> None:
        """Open the sign-in dialog."""
        self.page.get_by_role("button", name="Sign in to keep your work").click()

    def open_google(self) -> Page:
        """Open Google's window: the Auth emulator's choice of accounts."""
        self.open_sign_in()
        with self.page.expect_popup() as window:
            self.dialog.get_by_role("button", name="Continue with Google").click()
        return window.value

    def sign_in_with_google(self, email: str) -> None:
        """Sign in with a Google account that Apex has not seen before."""
        self.add_google_account(email)
        expect(self.account(email)).to_be_visible()

    def add_google_account(self, email: str) -> None:
        """The same, without waiting for the page."""
        window = self.open_google()
        window.get_by_role("button", name="Add new account").click()
        window.get_by_label("Email").fill(email)
        window.get_by_role("button", name="Sign in with Google.com").click()

    def choose_google_account(self, email: str) -> None:
        """Sign in with a Google account that Apex knows."""
        self.open_google().locator(".js-reuse-account", has_text=email).click()
        expect(self.account(email)).to_be_visible(timeout=RUN_MS)

    def ask_for_link(self, email: str) -> None:
        """Have a sign-in link mailed."""
        self.open_sign_in()
        self.give_address(email)
        expect(self.dialog).to_contain_text(f"We sent a link to {email}")

    def give_address(self, email: str) -> None:
        """Type an address into the sign-in dialog, and press Enter."""
        field = self.dialog.get_by_label("E-mail address")
        field.fill(email)
        field.press("Enter")

    def sign_in_by_link(self, stack: Stack, email: str) -> None:
        """Sign in with a mailed link, opened in the same tab."""
        self.ask_for_link(email)
        self.open(mailed_link(stack, email))
        expect(self.account(email)).to_be_visible()
        expect(self.dialog).to_be_hidden()

    def open_keys(self) -> Locator:
        """Open the API keys, as an account or as a guest."""
        self.page.get_by_role("button", name=re.compile("^(Account: |API keys and theme)")).click()
        self.page.get_by_role("menuitem", name="API keys").click()
        expect(self.dialog).to_be_visible()
        return self.dialog

    def make_key(self, name: str, *, kind: str = "Files") -> None:
        """Fill in the form for a key and send it."""
        self.dialog.get_by_role("button", name="Make a key").click()
        self.dialog.get_by_label("Name").fill(name)
        self.dialog.get_by_role("radio", name=kind).check()
        self.dialog.get_by_role("button", name="Make the key").click()

    def sign_out(self) -> None:
        """Leave the account."""
        self.page.get_by_role("button", name="Account:").click()
        self.page.get_by_role("menuitem", name="Sign out").click()
        expect(self.page.get_by_role("button", name="Sign in to keep your work")).to_be_visible()

    def see_answer(self, turn: Locator) -> None:
        """Wait until a turn is answered."""
        expect(turn.get_by_role("button", name="Copy answer")).to_be_visible(timeout=RUN_MS)

    def see_step(self, turn: Locator, label: str) -> None:
        """Wait until the work on a turn has come to a step."""
        expect(turn.get_by_role("button", name=re.compile(label))).to_be_visible(timeout=RUN_MS)

    def violations(self) -> list[str]:
        """What axe finds on the page as it is now."""
        self.page.evaluate(AXE.read_text(encoding="utf-8"))
        violations: list[str] = self.page.evaluate(_AXE_RUN)
        return violations


def log_file(name: str, content: bytes) -> FilePayload:
    """A file on the visitor's device."""
    return {"name": name, "mimeType": "text/csv", "buffer": content}


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


class LostReplies:
    """A network that breaks: requests to a pattern arrive, but their replies do not come back until it is mended."""

    def __init__(self, page: Page, pattern: str) -> None:
        self.lost = 0
        self._mended = False
        page.route(pattern, self._take)

    def _take(self, route: Route) -> None:
        if self._mended:
            route.continue_()
            return
        route.fetch()
        self.lost += 1
        route.abort("connectionreset")

    def mend(self) -> None:
        """The network works again."""
        self._mended = True
