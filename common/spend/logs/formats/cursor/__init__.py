"""Cursor's usage export (CSV of the dashboard), one row per request.

Columns: as tokscale and t3code read them (2026). The four columns of tokens are disjoint: "Input (w/ Cache Write)" was
written to the cache, "Input (w/o Cache Write)" was not. A cost is a number, "Included" in the subscription, or "-".
"""

from collections.abc import Iterator
from typing import Any

from common.spend.logs.formats.accessors import first, number, pick
from common.spend.logs.formats.format import Fields, Format, Record

_WRITTEN, _PLAIN = "Input (w/ Cache Write)", "Input (w/o Cache Write)"


def _recognises(record: Record) -> bool:
    return record.keys() >= {_WRITTEN, _PLAIN, "Cache Read", "Output Tokens"}


def _read(row: Record) -> Iterator[Fields]:
    kind = str(row.get("Kind") or "").casefold()
    yield {
        "ts": row.get("Date"),
        "model": row.get("Model"),
        "uncached": first(row.get(_PLAIN), 0),
        "write": row.get(_WRITTEN),
        "cached": row.get("Cache Read"),
        "output": first(row.get("Output Tokens"), 0),
        "cost": 0 if "no charge" in kind else _charged(row),
        "status": "error" if "error" in kind else "aborted" if "abort" in kind else "ok",
        "user": row.get("User"),
    }


def _charged(row: Record) -> Any:
    """The number; None for what the subscription pays."""
    cost = pick(row, "Cost", "Cost to you", "Cost ($)")
    return number(cost.lstrip("$") if isinstance(cost, str) else cost)


FORMATS = (
    Format(
        name="cursor",
        title="Cursor usage export",
        recognises=_recognises,
        read=_read,
        labels={
            "ts": "Date", "model": "Model", "uncached": _PLAIN, "write": _WRITTEN, "cached": "Cache Read",
            "output": "Output Tokens", "cost": "Cost", "status": "Kind", "user": "User",
        },
        note="Requests that your Cursor plan includes are counted at list price, too: what they would cost at the"
        " provider, not what Cursor charges.",
    ),
)  # fmt: skip
