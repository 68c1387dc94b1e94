"""A real Chromium on the test stack's page; each test has a context, and so a guest, of its own."""

import uuid
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from emulators.platform.api import Stack
from tests.browser.visitor import Visitor
from tests.support.browser import FLAGS, chromium

expect.set_options(timeout=20_000)  # what is true in the end, also on a machine that does ten other things


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    """The Chromium of this machine."""
    return {**browser_type_launch_args, "executable_path": chromium(), "args": list(FLAGS)}


@pytest.fixture(scope="session")
def browser_context_args(browser_context_args: dict[str, Any]) -> dict[str, Any]:
    """Visitors who want no motion: without a graphics card, drawing it takes a quarter of Chromium's computing."""
    return {**browser_context_args, "reduced_motion": "reduce"}


@pytest.fixture(scope="session")
def base_url(stack: Stack) -> str:
    """`page.goto("/")` is the page's root."""
    return stack.page_url


@pytest.fixture
def visitor(page: Page) -> Visitor:
    """A guest on the first visit."""
    return Visitor(page).open()


@pytest.fixture
def analyst(visitor: Visitor) -> Visitor:
    """A guest with a small log."""
    visitor.take_small_log()
    return visitor


@pytest.fixture
def email() -> str:
    """An address that nobody has yet."""
    return f"ada{uuid.uuid4().hex[:12]}@example.com"
