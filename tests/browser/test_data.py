"""The visitor's data on the page: how logs come in, what is said of them, and what questions are about."""

import gzip
import io
import re
from zipfile import ZIP_DEFLATED, ZipFile

import pytest
from playwright.sync_api import BrowserContext, Locator, Page, Request, expect
from pytest_playwright.pytest_playwright import CreateContextCallback

from common.spend.logs.containers.inflate import zstd
from tests.browser.silence import Listeners
from tests.browser.visitor import RUN_MS, HeldRequests, LostReplies, Visitor, log_file
from tests.support.usage_log import HEADER, csv, nameless_log, usage_log

WHERE = "Where does my money go?"
LARGE_ROWS = 18_000
LARGE = usage_log(LARGE_ROWS, width=560)
"""About 10 MB: three parts."""
CHUNKS = re.compile(r"/chunks/\d+$")
_TRANSFER = """([name, text]) => {
  const transfer = new DataTransfer();
  transfer.items.add(new File([text], name));
  return transfer;
}"""


def test_a_chosen_file_can_be_asked_about(visitor: Visitor) -> None:
    visitor.choose_files(log_file("october.csv", usage_log(300)))
    expect(visitor.chip).to_contain_text("october.csv")
    expect(visitor.chip).to_contain_text("300 rows")
    turn = visitor.ask(WHERE)
    visitor.see_answer(turn)
    expect(turn).to_contain_text("gpt-4o")


def test_a_file_can_be_asked_about_though_the_listener_is_silent(page: Page) -> None:
    listeners, visitor = Listeners(page), Visitor(page)
    visitor.open_first()
    listeners.silence(for_good=True)
    visitor.choose_files(log_file("october.csv", usage_log(300)))
    expect(visitor.chip).to_contain_text("october.csv")
    expect(visitor.chip).to_contain_text("300 rows")
    visitor.open_data()
    expect(visitor.data_row("october.csv")).to_contain_text("300 rows")


def test_files_that_are_chosen_together_are_asked_about_together(visitor: Visitor) -> None:
    visitor.choose_files(log_file("a.csv", usage_log(20)), log_file("b.csv", usage_log(30)))
    expect(visitor.chip).to_contain_text("2 files")
    expect(visitor.chip).to_contain_text("50 rows")


def test_a_log_can_be_dropped_anywhere_on_the_page(visitor: Visitor) -> None:
    files = visitor.page.evaluate_handle(_TRANSFER, ["dropped.csv", usage_log(25).decode()])
    sidebar = visitor.page.get_by_role("complementary")
    sidebar.dispatch_event("dragover", {"dataTransfer": files})
    expect(visitor.page.get_by_text("Drop your usage log to upload it")).to_be_visible()
    sidebar.dispatch_event("drop", {"dataTransfer": files})
    expect(visitor.page.get_by_text("Drop your usage log to upload it")).to_be_hidden()
    expect(visitor.chip).to_contain_text("dropped.csv")
    expect(visitor.chip).to_contain_text("25 rows")


def test_a_pasted_log_becomes_data_and_a_pasted_question_stays_text(visitor: Visitor, context: BrowserContext) -> None:
    context.grant_permissions(["clipboard-read", "clipboard-write"])
    _paste(visitor, usage_log(40).decode())
    expect(visitor.chip).to_contain_text("40 rows")
    expect(visitor.box).to_have_value("")
    _paste(visitor, WHERE)
    expect(visitor.box).to_have_value(WHERE)


def test_a_large_upload_tells_how_far_it_is(visitor: Visitor) -> None:
    held = HeldRequests(visitor.page, "**/chunks/1")
    visitor.choose_files(log_file("large.csv", LARGE))
    expect(visitor.page.locator(".starter-data")).to_contain_text(
        re.compile(r"4 MB of 10 MB · [\d,]+ rows"), timeout=RUN_MS
    )
    expect(visitor.chip.get_by_role("progressbar")).to_have_js_property("value", 4 * 2**20)
    held.release()
    expect(visitor.chip).to_contain_text(f"{LARGE_ROWS:,} rows", timeout=RUN_MS)
    expect(visitor.announced).to_contain_text(f"large.csv is ready: {LARGE_ROWS:,} rows")


def test_an_upload_that_is_given_up_leaves_nothing(visitor: Visitor) -> None:
    held = HeldRequests(visitor.page, "**/chunks/0")
    visitor.choose_files(log_file("unwanted.csv", usage_log(20)))
    visitor.open_data().get_by_role("button", name="Cancel the upload of unwanted.csv").click()
    held.release()
    expect(visitor.dialog).to_contain_text("Start with your usage log")
    visitor.page.reload()
    expect(visitor.chip).to_contain_text("Add data")
    expect(visitor.open_data()).not_to_contain_text("unwanted.csv")


def test_lost_replies_in_mid_upload_are_shown_and_each_row_counts_once(visitor: Visitor) -> None:
    network = LostReplies(visitor.page, "**/chunks/1")
    visitor.choose_files(log_file("large.csv", LARGE))
    expect(visitor.page.get_by_text("The connection is interrupted. It goes on by itself.")).to_be_visible(
        timeout=RUN_MS
    )
    network.mend()
    expect(visitor.chip).to_contain_text(f"{LARGE_ROWS:,} rows", timeout=RUN_MS)
    assert network.lost > 0


def test_an_upload_goes_on_by_itself_after_the_device_was_offline(visitor: Visitor, context: BrowserContext) -> None:
    held = HeldRequests(visitor.page, "**/chunks/1")
    visitor.choose_files(log_file("large.csv", LARGE))
    expect(visitor.page.locator(".starter-data")).to_contain_text("4 MB of 10 MB", timeout=RUN_MS)
    context.set_offline(True)
    held.release()
    expect(visitor.page.get_by_text("The connection is interrupted. It goes on by itself.")).to_be_visible()
    context.set_offline(False)
    expect(visitor.chip).to_contain_text(f"{LARGE_ROWS:,} rows", timeout=RUN_MS)


def test_rows_that_cannot_be_counted_are_shown_with_their_lines_and_reasons(visitor: Visitor) -> None:
    rows = [
        "2026-10-01T00:00:00Z,gpt-4o,900,120",
        "2026-10-01T00:01:00Z,gpt-4o,many,120",
        "yesterday,gpt-4o,900,120",
        "2026-10-01T00:03:00Z,gpt-4o,900,120",
    ]
    visitor.choose_files(log_file("mixed.csv", csv(HEADER, rows)))
    expect(visitor.chip).to_contain_text("2 rows")
    visitor.open_data().get_by_role("button", name="2 rows skipped: see why").click()
    expect(visitor.dialog).to_contain_text("2 rows of mixed.csv could not be counted. The other 2 were.")
    skipped = visitor.dialog.get_by_role("row")
    expect(skipped.nth(1)).to_contain_text(re.compile("3.*prompt_tokens is .*many.*, not a number"))
    expect(skipped.nth(2)).to_contain_text(re.compile("4.*the timestamp .*yesterday.* is not a time"))


def test_a_log_without_a_model_is_counted_once_a_known_model_is_named(visitor: Visitor) -> None:
    visitor.choose_files(log_file("nameless.csv", nameless_log(60)))
    expect(visitor.dialog).to_contain_text("nameless.csv does not say which model its requests went to")
    field = visitor.dialog.get_by_label("Model")
    expect(field).to_be_focused()
    visitor.page.keyboard.press("Enter")
    expect(visitor.dialog).to_contain_text("Name the model, for example gpt-4o.")
    field.fill("gtp-4o")
    visitor.page.keyboard.press("Enter")
    expect(visitor.dialog).to_contain_text("No price is known for the model gtp-4o. Check its spelling")
    visitor.dialog.get_by_label("Model").fill("gpt-4o")
    visitor.dialog.get_by_role("button", name="Continue").click()
    expect(visitor.dialog).to_be_hidden()
    expect(visitor.chip).to_contain_text("60 rows")
    expect(visitor.open_data()).to_contain_text(re.compile("nameless.csv.*60 rows · gpt-4o"))


def test_a_log_whose_model_is_not_named_is_given_up(visitor: Visitor) -> None:
    visitor.choose_files(log_file("nameless.csv", nameless_log(60)))
    visitor.dialog.get_by_role("button", name="Cancel").click()
    expect(visitor.dialog).to_be_hidden()
    expect(visitor.toast).to_contain_text("nameless.csv was not added.")
    expect(visitor.open_data()).not_to_contain_text("nameless.csv")
    expect(visitor.toast).to_be_visible()  # it lies beside the message box, not over it
    visitor.page.reload()
    expect(visitor.open_data()).not_to_contain_text("nameless.csv")


def test_a_question_sent_during_an_upload_goes_out_once_and_is_about_the_file(visitor: Visitor) -> None:
    posts: list[Request] = []
    visitor.page.on("request", lambda sent: posts.append(sent) if sent.url.endswith("/api/turns") else None)
    held = HeldRequests(visitor.page, "**/chunks/0")
    visitor.choose_files(log_file("waited-for.csv", usage_log(50, model="gpt-4.1-mini")))
    turn = visitor.ask(WHERE)
    expect(turn).to_contain_text("Waits until your data are read")
    assert posts == []
    held.release()
    visitor.see_answer(turn)
    expect(turn).to_contain_text("gpt-4.1-mini")
    expect(visitor.turns).to_have_count(1)
    assert len(posts) == 1


def zipped(files: dict[str, bytes]) -> bytes:
    """A ZIP archive."""
    packed = io.BytesIO()
    with ZipFile(packed, "w", ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return packed.getvalue()


PACKED = {
    "zip": zipped({"__MACOSX/._log.csv": b"x", "log.csv": usage_log(20)}),
    "zstd": zstd.compress(usage_log(20)),
    "gzip": gzip.compress(usage_log(20)),
    "utf-16": usage_log(20).decode().encode("utf-16"),
}


@pytest.mark.parametrize("kind", PACKED)
def test_a_packed_log_and_one_in_utf16_are_read_in_the_browser(visitor: Visitor, kind: str) -> None:
    visitor.choose_files(log_file("log.bin", PACKED[kind]))
    expect(visitor.chip).to_contain_text("20 rows")


def test_what_excel_saves_in_western_europe_is_read(visitor: Visitor) -> None:
    visitor.choose_files(log_file("excel.csv", LATIN_1))
    expect(visitor.chip).to_contain_text("1 row")


UTF32 = usage_log(20).decode().encode("utf-32")
SHEET = zipped({"[Content_Types].xml": b"<Types/>", "xl/workbook.xml": b"<workbook/>"})
SEVERAL = zipped({"1.csv": usage_log(2), "2.csv": usage_log(2)})
LATIN_1 = csv(f"{HEADER},team", ["2026-10-01T00:00:00Z,gpt-4o,900,120,Büro"]).decode().encode("latin-1")
CYRILLIC = csv(f"{HEADER},team", ["2026-10-01T00:00:00Z,gpt-4o,900,120,Привет"]).decode().encode("cp1251")
WRONG = {
    "empty": (b"", "It is empty. Choose the file that holds the usage log."),
    "blank": (b"\n\n \n", "It has no content. Export the usage log itself"),
    "pdf": (b"%PDF-1.7\n1 0 obj", "It is a PDF document. Export the usage log itself as CSV or JSON lines."),
    "png": (b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR", "It is a picture. Export the usage log itself"),
    "zip that is cut off": (PACKED["zip"][:-40], "It is a ZIP archive that is cut off or damaged. Unpack it"),
    "zip of several": (SEVERAL, "It is a ZIP archive with several files (1.csv, 2.csv). Unpack it and upload them"),
    "xlsx": (SHEET, "It is an Office document. Save the sheet as CSV (UTF-8)."),
    "utf-32": (UTF32, "It is UTF-32 text. Save it as UTF-8"),
    "cp1251": (CYRILLIC, "The text is not UTF-8. Save it as UTF-8 and send it again."),
    "html": (b"<!doctype html><title>Log in</title>", "It is a web page or an XML document."),
    "header only": (csv(HEADER, []), "The file has no usable rows"),
    "no good row": (csv(HEADER, ["soon,gpt-4o,1,1"]), "every row was rejected, the first in line 2: the timestamp"),
    "prose": (b"Dear all,\nplease find the log attached.\n", "The file is not a usage log that Apex can read"),
    "other csv": (csv("name,city", ["Ada,London"]), "its columns are: name, city. It needs input tokens"),
}


@pytest.mark.parametrize("kind", WRONG)
def test_a_wrong_file_is_refused_with_what_to_do_instead(visitor: Visitor, kind: str) -> None:
    content, words = WRONG[kind]
    visitor.choose_files(log_file("wrong.csv", content))
    expect(visitor.notice).to_contain_text("wrong.csv was not added")
    expect(visitor.notice).to_contain_text(words)
    visitor.notice.get_by_role("button", name="Dismiss wrong.csv").click()
    expect(visitor.notice).to_have_count(0)
    expect(visitor.chip).to_contain_text("Add data")


def test_a_removed_data_set_stays_away(visitor: Visitor) -> None:
    visitor.choose_files(log_file("kept.csv", usage_log(20)), log_file("removed.csv", usage_log(30)))
    expect(visitor.chip).to_contain_text("50 rows")
    visitor.open_data().get_by_role("button", name="Remove removed.csv").click()
    visitor.dialog.get_by_role("button", name="Keep it").click()
    expect(visitor.dialog.get_by_role("button", name="Remove removed.csv")).to_be_focused()
    visitor.dialog.get_by_role("button", name="Remove removed.csv").click()
    with visitor.page.expect_response(lambda reply: reply.request.method == "DELETE") as reply:
        visitor.dialog.get_by_role("button", name="Remove", exact=True).click()
    assert reply.value.ok
    expect(visitor.dialog).not_to_contain_text("removed.csv")
    visitor.page.reload()
    expect(visitor.chip).to_contain_text(re.compile("kept.csv.*20 rows"))
    expect(visitor.open_data()).not_to_contain_text("removed.csv")


def test_questions_are_about_the_ticked_files_also_after_a_reload(visitor: Visitor) -> None:
    visitor.choose_files(log_file("first.csv", usage_log(20, model="gpt-4o")))
    expect(visitor.chip).to_contain_text("20 rows")
    visitor.choose_files(log_file("second.csv", usage_log(30, model="gpt-4.1-mini")))
    expect(visitor.chip).to_contain_text(re.compile("second.csv.*30 rows"))
    visitor.open_data()
    expect(_tick(visitor, "second.csv")).to_be_checked()
    _tick(visitor, "first.csv").check()
    expect(visitor.chip).to_contain_text(re.compile("2 files.*50 rows"))
    _tick(visitor, "second.csv").uncheck()
    _tick(visitor, "first.csv").click(force=True)  # the last one stays, and says so
    expect(_tick(visitor, "first.csv")).to_be_checked()
    visitor.page.reload()
    expect(visitor.chip).to_contain_text(re.compile("first.csv.*20 rows"))
    turn = visitor.ask(WHERE)
    visitor.see_answer(turn)
    expect(turn).to_contain_text("gpt-4o")
    expect(turn).not_to_contain_text("gpt-4.1-mini")


def test_another_user_sees_nothing_of_the_data(visitor: Visitor, new_context: CreateContextCallback) -> None:
    visitor.choose_files(log_file("private.csv", usage_log(20)))
    expect(visitor.chip).to_contain_text("private.csv")
    stranger = Visitor(new_context().new_page()).open()
    expect(stranger.page.get_by_text("Your conversations will be listed here")).to_be_visible()  # signed in, lists read
    expect(stranger.chip).to_contain_text("Add data")
    expect(stranger.open_data()).to_contain_text("Start with your usage log")
    expect(stranger.page.locator("body")).not_to_contain_text("private.csv")


def _paste(visitor: Visitor, text: str) -> None:
    visitor.page.evaluate("(text) => navigator.clipboard.writeText(text)", text)
    visitor.box.press("ControlOrMeta+V")


def _tick(visitor: Visitor, name: str) -> Locator:
    return visitor.data_row(name).get_by_role("checkbox")
