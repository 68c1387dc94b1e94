"""What a first visit loads, part by part, until it is idle: a guest without data, nothing cached."""

import gzip
import re
from collections import defaultdict
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from playwright.sync_api import Browser, Page, expect

from emulators.platform.api import Stack

AIM_BYTES = 200 * 1024
_READY_MS = 30_000
_IDLE_MS = 3_000
_SHELL = "the page"
_CALLS = "sign-in and first reads"
_HASH = re.compile(r"-[\w-]{8}(?=\.\w+$)")


@dataclass(frozen=True)
class Part:
    """Bytes of bodies. `packed`: by gzip -9, which is what the aim is about; `sent`: as the local hosting sent them."""

    name: str
    packed: int
    sent: int


def measure(browser: Browser, stack: Stack) -> list[Part]:
    """One first visit, the largest part first."""
    context = browser.new_context()
    page = context.new_page()
    calls = _count_calls(page, stack)
    responses: list[Any] = []
    page.on("response", lambda response: responses.append(response))  # noqa: PLW0108 - Playwright marks its handlers
    page.goto(stack.page_url)
    expect(page.get_by_text("Your conversations will be listed here")).to_be_attached(timeout=_READY_MS)
    page.wait_for_timeout(_IDLE_MS)
    parts = [_part(response) for response in responses if response.url.startswith(stack.page_url)]
    called = sum(calls.values())
    context.close()
    return sorted([*parts, Part(_CALLS, called, called)], key=lambda part: -part.packed)


def _part(response: Any) -> Part:
    name = urlsplit(response.url).path.rpartition("/")[2] or _SHELL
    packed = len(gzip.compress(response.body(), 9))
    return Part(_HASH.sub("", name), packed, response.request.sizes()["responseBodySize"])


def _count_calls(page: Page, stack: Stack) -> dict[str, int]:
    """Bytes by request to other addresses, as they come: Firestore's stream never ends, so it has no size."""
    bytes_of: dict[str, int] = defaultdict(int)
    elsewhere: set[str] = set()

    def on_request(event: dict[str, Any]) -> None:
        if not event["request"]["url"].startswith(stack.page_url):
            elsewhere.add(event["requestId"])

    def on_data(event: dict[str, Any]) -> None:
        if event["requestId"] in elsewhere:
            bytes_of[event["requestId"]] += event["dataLength"]

    session = page.context.new_cdp_session(page)
    session.send("Network.enable")
    session.on("Network.requestWillBeSent", on_request)
    session.on("Network.dataReceived", on_data)
    return bytes_of
