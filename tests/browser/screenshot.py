"""`python -m tests.browser.screenshot` (make screenshot): the picture in the README, taken from a real answer."""

import os
import sys
from pathlib import Path

from playwright.sync_api import sync_playwright

from common.environment.profiles import EnvironmentName
from emulators.platform.api import ensure_up, stop
from emulators.platform.errors import PlatformError
from emulators.platform.progress import terminal_progress
from tests.browser.visitor import Visitor
from tests.support.browser import FLAGS, chromium

PICTURE = Path(__file__).parents[2] / "docs" / "images" / "answer.png"


def take(page_url: str) -> None:
    """Be a first visitor with the sample data, ask, and take the picture of the answer."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium(), args=list(FLAGS))
        page = browser.new_page(viewport={"width": 1280, "height": 860}, base_url=page_url)
        visitor = Visitor(page).open()
        visitor.take_sample_data()
        turn = visitor.ask()
        visitor.see_answer(turn)
        page.screenshot(path=PICTURE, animations="disabled")
        browser.close()


def main() -> int:
    """Use the test stack, started where none runs; 1 when there is none."""
    try:
        with terminal_progress() as progress:
            stack, _ = ensure_up(EnvironmentName.TEST, owner_pid=os.getpid(), progress=progress)
        PICTURE.parent.mkdir(parents=True, exist_ok=True)
        take(stack.page_url)
        stop(EnvironmentName.TEST, owner_pid=os.getpid())
    except PlatformError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
