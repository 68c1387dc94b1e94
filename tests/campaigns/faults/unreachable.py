"""Points that no fault can reach, each with the reason; they are not counted. Everything else must be struck."""

from collections.abc import Sequence

from tests.campaigns.faults.scan import Point

_OF_ACCOUNT = "Only the account function writes many documents; chat only deletes them."
_OF_OTHERS = "Routes of the usage and account functions, which the campaign leaves alone."
UNREACHABLE: dict[tuple[str, str, str], str] = {
    ("common/accounts/auth.py", "_user_or_key", ""): _OF_OTHERS,
    ("common/accounts/auth.py", "_pubsub", ""): _OF_OTHERS,
    ("common/accounts/tokens.py", "is_guest", ""): _OF_OTHERS,
    ("common/runs/accept.py", "_read", "read_all(db, [paths.run("): (
        "Passed only where a read falls across the commit of the same request, which no fault can bring about, or by a "
        "retry after its thread was deleted (tests/integration/test_threads.py has one)."
    ),
    ("common/runs/recorder.py", "close_open_tool", "self._stage("): (
        "An announced call is in the transcript of the same commit, so every worker of this revision makes it again; "
        "only a revision with other tools abandons one (tests/integration/test_run_protocol.py does)."
    ),
    ("common/store/bulk.py", "set", ""): _OF_ACCOUNT,
    ("common/store/bulk.py", "update", ""): _OF_ACCOUNT,
    ("common/store/bulk.py", "_make_room", ""): (
        "A full batch: no conversation of the campaign has as much (tests/integration/test_account_merge.py has)."
    ),
}
"""File, function, and how the text of the await begins."""


def reason(point: Point) -> str | None:
    """Why a point cannot be reached; None for those that must be."""
    for (file, function, text), why in UNREACHABLE.items():
        if (point.file, point.function) == (file, function) and point.text.startswith(text):
            return why
    return None


def required(points: Sequence[Point]) -> frozenset[int]:
    """The numbers of the points that a campaign must strike."""
    return frozenset(number for number, point in enumerate(points) if reason(point) is None)
