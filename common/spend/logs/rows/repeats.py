"""Requests that a log has several records of: the fullest one counts, and each request counts once.

Rows with an id wait until no fuller record is likely to come: a client writes a message several times while its answer
grows, and a resumed session writes the messages of the one before again. Claude Code writes a message into the log of a
sub-agent again, also under a new request id (rajbos/ai-engineering-fluency PR #1632): there the message's id and its
input identify it within its session.
"""

import base64
from collections import OrderedDict
from collections.abc import Iterable, Iterator
from dataclasses import fields, replace
from datetime import datetime
from typing import Any

from common.spend.model import Charge, UsageRow
from common.spend.rollup.bounded_names import hash64

MOST_WAITING = 100_000
"""Rows that wait at a time, some 80 MB."""
MOST_IDS = 400_000
"""Ids of counted rows that are remembered at least, and of half of all that are: some 80 MB. Claude Code's messages
count twice, by both of their ids.
"""
STORED_ROWS, STORED_IDS = 200, 40_000
"""As many are kept from one part of an upload to the next."""
FORGOTTEN = (
    "This log has more request ids than are remembered: a request that comes again very far from its first record "
    "counts twice."
)
SIDECHAIN = "sidechain"
"""The tag of a sub-agent's requests."""
_MESSAGE = "msg_"
"""The beginning of Anthropic's ids of messages."""
_ID_BYTES = 6
_NAMES = tuple(each.name for each in fields(UsageRow))


class Repeats:
    """Bounded memory of rows by their request ids; `forgot`: whether an id is not remembered any more."""

    def __init__(self, ids: str | list[int] = "", waiting: Iterable[list[Any]] = (), *, forgot: bool = False) -> None:
        """Without arguments, or what `as_json` gave; a list of ids is an earlier version's."""
        self._waiting = OrderedDict((_key(row), row) for row in map(_unpacked, waiting))
        self._recent = dict.fromkeys(_ids_of(ids))
        self._older: dict[int, None] = {}
        self.forgot = forgot

    def as_json(self) -> dict[str, Any]:
        """What the constructor takes: the last ids, and the rows that wait."""
        counted = [*self._older, *self._recent]
        raw = b"".join(key.to_bytes(_ID_BYTES, "little") for key in counted[-STORED_IDS:])
        rows = [_packed(row) for row in self._waiting.values()]
        forgot = self.forgot or len(counted) > STORED_IDS
        return {"ids": base64.b64encode(raw).decode(), "waiting": rows, "forgot": forgot}

    def add(self, row: UsageRow) -> bool:
        """Take in a row with an id; False for a record of one that came before."""
        key = _key(row)
        before = self._waiting.get(key)
        known = before is not None or self._knows(key)
        if (row.request_id or "").startswith(_MESSAGE):
            if not known and self._is_replay(row):
                return False
            self._remember_message(row)
        if before is not None:
            self._waiting[key] = fullest(before, row)
        elif not known:
            self._waiting[key] = row
        return not known

    def _knows(self, key: int) -> bool:
        return key in self._recent or key in self._older

    def _is_replay(self, row: UsageRow) -> bool:
        """Whether it is a parent's message in the log of a sub-agent, or one whose copy came before."""
        others = (False, True) if SIDECHAIN in row.tags else (True,)
        keys = (_message_key(row, sidechain=each) for each in others)
        return any(key is not None and self._knows(key) for key in keys)

    def _remember_message(self, row: UsageRow) -> None:
        key = _message_key(row, sidechain=SIDECHAIN in row.tags)
        if key is not None:
            self._remember(key)

    def release(self, most: int) -> Iterator[UsageRow]:
        """The rows that need not wait any longer, so that at most `most` do."""
        while len(self._waiting) > most:
            key, row = self._waiting.popitem(last=False)
            self._remember(key)
            yield row

    def _remember(self, key: int) -> None:
        self._recent[key] = None
        if len(self._recent) >= MOST_IDS:
            self.forgot = self.forgot or bool(self._older)
            self._older, self._recent = self._recent, {}


def fullest(first: UsageRow, again: UsageRow) -> UsageRow:
    """One row of two records of a request, bucket by bucket, at the time of the earlier one.

    Parts of one count are not mixed: a record may tell what was written for an hour, or thought, and another may not.
    """
    base = max((first, again), key=lambda row: (sum(row.tokens), row.status == "ok"))
    costs = [row.cost_reported for row in (first, again) if row.cost_reported is not None]
    times = [row.latency_ms for row in (first, again) if row.latency_ms is not None]
    uncached, read = _larger((first.in_uncached, first.cache_read), (again.in_uncached, again.cache_read))
    short, long = max(_writes(first), _writes(again), key=_size)
    visible, reasoning = max(_answer(first), _answer(again), key=_size)
    return replace(
        base,
        ts=min(first.ts, again.ts),
        in_uncached=uncached,
        cache_read=read,
        cache_write_5m=short,
        cache_write_1h=long,
        out_visible=visible,
        out_reasoning=reasoning,
        cost_reported=max(costs, default=None),
        latency_ms=max(times, default=None),
        prefix_reusable=first.prefix_reusable,
        prefix_reusable_1h=first.prefix_reusable_1h,
        charges=_charges(first, again),
    )


def _charges(first: UsageRow, again: UsageRow) -> tuple[Charge, ...]:
    """Of each kind the most: a search is counted as soon as it is done, and a later record has it again."""
    if not (first.charges or again.charges):
        return ()
    found: dict[str, Charge] = {}
    for charge in (*first.charges, *again.charges):
        found[charge.kind] = max(found.get(charge.kind, charge), charge, key=lambda each: each.units)
    return tuple(found.values())


def _larger(one: tuple[int, int], other: tuple[int, int]) -> tuple[int, int]:
    """Each by itself; of two splits of the same sum the one that tells more of the cache."""
    if sum(one) == sum(other):
        return max(one, other, key=_size)
    return max(one[0], other[0]), max(one[1], other[1])


def _size(parts: tuple[int, int]) -> tuple[int, int]:
    return sum(parts), parts[1]


def _writes(row: UsageRow) -> tuple[int, int]:
    return row.cache_write_5m, row.cache_write_1h


def _answer(row: UsageRow) -> tuple[int, int]:
    return row.out_visible, row.out_reasoning


def _key(row: UsageRow) -> int:
    """In 48 bits: one request in 300 million is taken for another that is remembered."""
    return hash64(row.request_id or "") >> 16


def _message_key(row: UsageRow, *, sidechain: bool) -> int | None:
    """Of a message of Claude Code that has a request id; None for any other row."""
    message, _, request = (row.request_id or "").partition(" ")
    if not (request and row.session):
        return None
    return hash64(f"{row.session} {message} {row.tokens[:4]} {sidechain}") >> 16


def _ids_of(stored: str | list[int]) -> list[int]:
    if isinstance(stored, list):
        return [number >> 16 for number in stored]
    raw = base64.b64decode(stored)
    return [int.from_bytes(raw[place : place + _ID_BYTES], "little") for place in range(0, len(raw), _ID_BYTES)]


def _packed(row: UsageRow) -> list[Any]:
    return [row.ts.isoformat(), *(getattr(row, name) for name in _NAMES[1:])]


def _unpacked(values: list[Any]) -> UsageRow:
    named = dict(zip(_NAMES, values, strict=False))
    charges = tuple(Charge(*each) for each in named.get("charges", ()))
    moment = datetime.fromisoformat(values[0])
    return UsageRow(**named | {"ts": moment, "tags": tuple(named["tags"]), "charges": charges})
