"""A new database between rounds, or categories of tests. Deleted documents and closed listeners stay in the emulator.

A new listener looks through every document that ever was, and a commit through every listener, all under one lock.
After some 300 rounds those who wait for it time out and come again, and nothing moves any more.
"""

import time

import httpx

from emulators.platform import local_http
from emulators.platform.api import Stack
from emulators.platform.errors import PlatformError

_SERVICE = "firestore"
_READY_S, _LOOK_S = 30.0, 0.1


def renew_database(stack: Stack) -> None:
    """Restart the emulator, empty; returns once every function reads from it. Raises PlatformError if one cannot."""
    stack.refresh(_SERVICE)
    give_up = time.monotonic() + _READY_S
    for url in (stack.chat_url, stack.usage_url, stack.step_url, stack.upkeep_url, stack.account_url):
        while local_http.get(f"{url}/healthz", timeout=_READY_S).status_code != httpx.codes.OK:
            if time.monotonic() > give_up:
                raise PlatformError(f"{url} does not reach the new database.")
            time.sleep(_LOOK_S)
