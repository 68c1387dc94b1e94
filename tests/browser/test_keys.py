"""API keys on the page: made, copied, used by a program, deleted, and refused from then on."""

import re

from playwright.sync_api import Page, Route, expect

from emulators.platform import local_http
from emulators.platform.api import Stack
from tests.browser.visitor import Visitor
from tests.support.accounts import uid_of
from tests.support.keys import with_key
from tests.support.usage_log import usage_log

NAME = "nightly export"
_CLIPBOARD = "() => navigator.clipboard.readText()"


def signed_in(stack: Stack, visitor: Visitor, email: str) -> Visitor:
    """The visitor as somebody with an account that may read its own clipboard."""
    visitor.page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    visitor.sign_in_by_link(stack, email)
    return visitor


def send(stack: Stack, secret: str) -> int:
    """The status of a program's file."""
    address = f"{stack.page_url}/api/usage?name=usage.csv"
    return local_http.post(address, content=usage_log(20), headers=with_key(secret), timeout=30).status_code


def test_a_guest_learns_why_keys_need_an_account_and_is_led_there(visitor: Visitor) -> None:
    dialog = visitor.open_keys()
    expect(dialog).to_contain_text("it belongs to an account")
    dialog.get_by_role("button", name="Sign in").click()
    expect(visitor.dialog.get_by_label("E-mail address")).to_be_visible()


def test_a_key_is_made_copied_used_and_deleted(stack: Stack, visitor: Visitor, email: str) -> None:
    dialog = signed_in(stack, visitor, email).open_keys()
    expect(dialog).to_contain_text("You have no keys yet.")
    visitor.make_key(NAME)
    expect(dialog).to_contain_text("it is shown only this once")
    dialog.get_by_role("button", name="Copy the key").click()
    secret = visitor.page.evaluate(_CLIPBOARD)
    assert re.fullmatch(r"apex_[\w-]{43}", secret)
    dialog.get_by_role("button", name="Copy the command").click()
    command = visitor.page.evaluate(_CLIPBOARD)
    assert f'"{stack.page_url}/api/usage?name=usage.csv" -H "Authorization: Bearer {secret}"' in command
    dialog.get_by_role("button", name="I have kept it").click()
    row = dialog.get_by_role("listitem").filter(has_text=NAME)
    expect(row).to_contain_text(f"ends in {secret[-4:]}")
    expect(row).to_contain_text("not used yet")
    assert secret not in visitor.page.content()

    assert send(stack, secret) == 201
    expect(visitor.chip).to_contain_text("20 rows")
    visitor.page.keyboard.press("Escape")
    expect(visitor.open_keys().get_by_role("listitem")).to_contain_text("last used")

    row.get_by_role("button", name=f"Delete {NAME}").click()
    expect(row).to_contain_text("refused from now on")
    row.get_by_role("button", name="Delete", exact=True).click()
    expect(dialog).to_contain_text("You have no keys yet.")
    expect(dialog.get_by_role("button", name="Make a key")).to_be_focused()
    assert send(stack, secret) == 401


def test_a_key_for_live_data_comes_with_the_id_of_its_account(stack: Stack, visitor: Visitor, email: str) -> None:
    dialog = signed_in(stack, visitor, email).open_keys()
    visitor.make_key("collector", kind="Live data")
    expect(dialog).to_contain_text(uid_of(stack, email))
    assert visitor.violations() == []


def test_a_failure_to_read_or_make_keys_says_what_to_do(stack: Stack, visitor: Visitor, page: Page, email: str) -> None:
    signed_in(stack, visitor, email)
    page.route("**/api/keys", lambda route: route.abort())
    dialog = visitor.open_keys()
    expect(dialog.get_by_role("alert")).to_contain_text("Your keys could not be read.")
    page.unroute("**/api/keys")
    dialog.get_by_role("button", name="Try again").click()
    expect(dialog).to_contain_text("You have no keys yet.")
    page.route("**/api/keys", _lose_reply)
    visitor.make_key(NAME)
    expect(dialog.get_by_role("alert")).to_contain_text("its secret is lost")
    dialog.get_by_role("button", name="Cancel").click()
    expect(dialog.get_by_role("listitem")).to_contain_text(NAME)


def _lose_reply(route: Route) -> None:
    """The server makes the key; the browser never hears of it."""
    if route.request.method == "POST":
        route.fetch()
        route.abort("connectionreset")
    else:
        route.continue_()
