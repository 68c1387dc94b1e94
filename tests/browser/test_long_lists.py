"""More conversations and data than one list shows: the older ones are a click away, and open as the others do."""

import json
import re
from datetime import UTC, datetime, timedelta

from google.cloud import firestore
from playwright.sync_api import Page, expect

from common.contract.documents import DatasetDocument
from common.store import paths
from emulators.platform.api import Stack
from tests.browser.visitor import Visitor, log_file
from tests.support.threads import seed_threads
from tests.support.usage_log import usage_log

LISTED = 200
OLDEST = f"Question {LISTED}"
_UNTIL = "None of the newest 200 conversations has these words."


def long_history(stack: Stack, uid: str) -> None:
    """One conversation more than the list shows; each asked about the data of its own time."""
    seed_threads(stack, uid, [f"Question {n:03d}" for n in range(LISTED + 1)])


def test_older_conversations_are_shown_on_demand_and_search_says_what_it_has_seen(stack: Stack, page: Page) -> None:
    visitor = Visitor(page)
    long_history(stack, visitor.open_first())
    visitor.open()
    expect(visitor.threads).to_have_count(LISTED)
    page.get_by_role("searchbox").fill("200")
    expect(page.get_by_text(_UNTIL)).to_be_visible()
    page.get_by_role("searchbox").fill("")
    older = page.get_by_role("button", name="Show older conversations")
    older.focus()
    page.keyboard.press("Enter")
    expect(visitor.thread(OLDEST)).to_be_focused()
    expect(visitor.threads).to_have_count(LISTED + 1)
    expect(older).to_have_count(0)
    page.get_by_role("searchbox").fill("200")
    expect(visitor.threads).to_have_text([OLDEST])


def test_a_conversation_that_is_not_listed_opens_under_its_name_and_goes_on_with_its_own_data(
    stack: Stack, page: Page
) -> None:
    visitor = Visitor(page)
    uid = visitor.open_first()
    for name in ("old.csv", "new.csv"):
        visitor.choose_files(log_file(name, usage_log(30)))
        expect(visitor.chip).to_contain_text(re.compile(f"{name}.*30 rows"))
    long_history(stack, uid)
    db = firestore.Client(project=stack.project)
    (old,) = db.collection(paths.datasets(uid)).where(filter=firestore.FieldFilter("name", "==", "old.csv")).get()
    (thread,) = db.collection(paths.threads(uid)).where(filter=firestore.FieldFilter("title", "==", OLDEST)).get()
    thread.reference.update({"dataset_ids": [old.id]})
    visitor.open(f"/t/{thread.id}")
    expect(page.get_by_role("heading", level=1)).to_have_text(OLDEST)
    expect(visitor.chip).to_contain_text("old.csv")
    with page.expect_request("**/api/turns") as asked:
        visitor.ask("Where does my money go?")
    assert json.loads(asked.value.post_data or "")["dataset_ids"] == [old.id]


def test_older_files_are_shown_on_demand(stack: Stack, page: Page) -> None:
    visitor = Visitor(page)
    uid = visitor.open_first()
    db = firestore.Client(project=stack.project)
    batch = db.batch()
    for number in range(LISTED + 1):
        document = DatasetDocument(
            v=1,
            name=f"file-{number:03d}.csv",
            model=None,
            status="ready",
            rows=10,
            rejects=0,
            bytes=100,
            next_chunk=1,
            shards=[],
            reject_chunks=[],
            notes=[],
            created_at=datetime.now(UTC) - timedelta(minutes=number),
        )
        batch.set(db.document(paths.dataset(uid, f"{number:032x}")), document.model_dump(exclude_none=True))
    batch.commit()
    visitor.open()
    dialog = visitor.open_data()
    expect(dialog.get_by_role("listitem")).to_have_count(LISTED)
    dialog.get_by_role("button", name="Show older files").click()
    expect(visitor.data_row(f"file-{LISTED}.csv")).to_be_attached()
    expect(dialog.get_by_role("button", name="Show older files")).to_have_count(0)
