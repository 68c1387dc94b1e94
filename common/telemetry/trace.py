"""W3C trace context: taken from the request, carried through the task to every step of a run."""

import re
import secrets

_TRACEPARENT = re.compile(r"^00-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}$")


def continue_trace(traceparent: str | None) -> str:
    """The caller's traceparent when it is well formed, else a new one."""
    if traceparent and _TRACEPARENT.match(traceparent):
        return traceparent
    return f"00-{secrets.token_hex(16)}-{secrets.token_hex(8)}-01"


def child_of(traceparent: str) -> str:
    """The same trace with a span id of its own."""
    version, trace, _, flags = traceparent.split("-")
    return f"{version}-{trace}-{secrets.token_hex(8)}-{flags}"
