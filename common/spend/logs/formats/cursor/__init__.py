"""Cursor's usage export (CSV of the dashboard), one row per request, and the same events from its Admin API.

Columns: as tokscale and t3code read them (2026). The four columns of tokens are disjoint: "Input (w/ Cache Write)" was
written to the cache, "Input (w/o Cache Write)" was not. A cost is a number, "Included" in the subscription, or "-".

Admin API: POST /teams/filtered-usage-events (cursor.com/docs/account/teams/admin-api). Its counts are disjoint, too;
money is in cents; events that are not billed by tokens have no count of them.
"""

from collections.abc import Iterator
from typing import Any

from common.spend.logs.formats.accessors import first, inner, number, objects, pick
from common.spend.logs.formats.format import Fields, Format, Record

_WRITTEN, _PLAIN = "Input (w/ Cache Write)", "Input (w/o Cache Write)"
_CENTS = 100


def _recognises(record: Record) -> bool:
    return record.keys() >= {_WRITTEN, _PLAIN, "Cache Read", "Output Tokens"} or bool(_events(record))


def _events(record: Record) -> list[Record]:
    """A page of the Admin API's, or one event of it."""
    events = objects(record.get("usageEvents")) or [record]
    return events if all(each.keys() >= {"kind", "requestsCosts"} for each in events) else []


def _read(record: Record) -> Iterator[Fields]:
    events = _events(record)
    yield from map(_event, events) if events else _row(record)


def _event(event: Record) -> Fields:
    used, kind = inner(event.get("tokenUsage")), str(event.get("kind") or "").casefold()
    if not used:
        return {}
    cents = number(first(event.get("chargedCents"), used.get("totalCents")))
    return {
        "ts": event.get("timestamp"),
        "model": event.get("model"),
        "uncached": first(used.get("inputTokens"), 0),
        "write": used.get("cacheWriteTokens"),
        "cached": used.get("cacheReadTokens"),
        "output": first(used.get("outputTokens"), 0),
        "cost": None if cents is None or "included" in kind else cents / _CENTS,
        "status": _status(kind),
        "user": event.get("userEmail"),
    }


def _status(kind: str) -> str:
    return "error" if "error" in kind else "aborted" if "abort" in kind else "ok"


def _row(row: Record) -> Iterator[Fields]:
    kind = str(row.get("Kind") or "").casefold()
    yield {
        "ts": row.get("Date"),
        "model": row.get("Model"),
        "uncached": first(row.get(_PLAIN), 0),
        "write": row.get(_WRITTEN),
        "cached": row.get("Cache Read"),
        "output": first(row.get("Output Tokens"), 0),
        "cost": 0 if "no charge" in kind else _charged(row),
        "status": _status(kind),
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
        others="events without a count of tokens",
        note="Requests that your Cursor plan includes are counted at list price, too: what they would cost at the"
        " provider, not what Cursor charges.",
    ),
)  # fmt: skip
