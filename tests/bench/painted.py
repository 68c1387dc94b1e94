"""When the first event of a question is on the screen: against its commit, and against the page's request.

All on one machine, so that Firestore's clock and the browser's are one.
"""

from datetime import datetime
from typing import Any

from playwright.sync_api import Browser, Page, expect
from rich.console import Console
from rich.progress import track

from common.store import paths
from emulators.platform import local_http
from emulators.platform.api import Stack
from tests.bench.figures import Summary, summary

GREETING = "Hello"
WARM_UP = 3
_COMMIT = "commit of the first event to its paint"
_POST = "POST to paint of the first event"
AIMS_MS = {_COMMIT: 150.0}
_ANSWERED_MS = 30_000
# The frame after the change is painted when the task that was queued in it runs.
_WATCH_PAINTS = """
globalThis.paints = {};
const seen = new Set();
new MutationObserver(() => {
  for (const turn of document.querySelectorAll('article.turn[data-run]')) {
    const { run } = turn.dataset;
    if (seen.has(run) || !turn.querySelector('.progress')) continue;
    seen.add(run);
    requestAnimationFrame(() => {
      const { port1, port2 } = new MessageChannel();
      port1.onmessage = () => { globalThis.paints[run] = performance.timeOrigin + performance.now(); };
      port2.postMessage(null);
    });
  }
}).observe(document, { subtree: true, childList: true, attributeFilter: ['data-run'] });
"""
_POSTED = """() => performance.getEntriesByType('resource').filter(({ name }) => name.endsWith('/api/turns'))
  .map(({ startTime }) => performance.timeOrigin + startTime)"""


def measure(browser: Browser, stack: Stack, turns: int, console: Console) -> dict[str, Summary]:
    """Ms from the commit of a turn's first event, and from the page's POST, until the event is painted."""
    page = browser.new_page()
    page.add_init_script(_WATCH_PAINTS)
    page.goto(stack.page_url)
    runs = [_ask(page, number) for number in track(range(turns + WARM_UP), "Paints", console=console, transient=True)]
    painted: dict[str, float] = page.evaluate("() => globalThis.paints")
    posted: list[float] = page.evaluate(_POSTED)
    page.close()
    return {
        _COMMIT: summary([painted[run] - _committed_ms(stack, run) for run in runs][WARM_UP:]),
        _POST: summary([painted[run] - start for run, start in zip(runs, posted, strict=True)][WARM_UP:]),
    }


def _ask(page: Page, number: int) -> str:
    """Ask in the conversation on the page, wait for the answer, and give the run."""
    box = page.get_by_role("textbox", name="Message")
    box.fill(f"{GREETING} {number}")
    box.press("Enter")
    turn = page.locator("article.turn").nth(number)
    expect(turn.get_by_role("button", name="Copy answer")).to_be_visible(timeout=_ANSWERED_MS)
    run = turn.get_attribute("data-run")
    if not run:
        raise RuntimeError("an answered question has no run on the page")
    return run


def _committed_ms(stack: Stack, run: str) -> float:
    """When Firestore created the first document of a run's events, in ms since 1970."""
    uid = _document(stack, paths.run_state(run))["fields"]["uid"]["stringValue"]
    created = _document(stack, paths.events(uid, run, 0))["createTime"]
    return datetime.fromisoformat(created).timestamp() * 1000


def _document(stack: Stack, path: str) -> dict[str, Any]:
    url = f"{stack.url('firestore')}/v1/projects/{stack.project}/databases/(default)/documents/{path}"
    reply = local_http.get(url, headers={"Authorization": "Bearer owner"}).raise_for_status()
    found: dict[str, Any] = reply.json()
    return found
