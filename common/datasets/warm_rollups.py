"""Rollups that were asked about last, decoded: the next question on the same data fetches and decodes none of it.

Kept in the memory of a process, by user, datasets, their versions and the parts; what is no longer stored is never
found again, and goes when others need the room.
"""

import asyncio
from collections import OrderedDict
from collections.abc import Collection, Sequence
from itertools import chain

from google.cloud import firestore

from common.datasets.datasets import TRIES, read_shards_of, ready_snapshots
from common.spend import Rollup
from common.spend.rollup.parts import Part
from common.spend.rollup.shards import size_of
from common.store.client import Snapshot

MOST_BYTES = 2 * 1024 * 1024
"""As stored; decoded they take 35 times as much: 70 MB."""

_Key = tuple[str, frozenset[Part], tuple[tuple[str, object], ...]]
"""User, parts, and each dataset with the time of its last change."""


class WarmRollups:
    """Of one process, for all its users. What it gives is shared: it is only to be read."""

    def __init__(self, most_bytes: int = MOST_BYTES) -> None:
        self._most_bytes = most_bytes
        self._bytes = 0
        self._kept: OrderedDict[_Key, tuple[Rollup, int]] = OrderedDict()

    async def read(
        self, db: firestore.AsyncClient, uid: str, ids: Sequence[str], parts: Collection[Part]
    ) -> Rollup | None:
        """The merged rollup of the ready ones of `ids`, with these parts; None without any, or while it is deleted."""
        for _ in range(TRIES):
            ready = await ready_snapshots(db, uid, ids)
            if not ready:
                return None
            key = _key(uid, ready, parts)
            kept = self._kept.get(key)
            if kept is not None:
                self._kept.move_to_end(key)
                return kept[0]
            shards = [*chain.from_iterable((await read_shards_of(db, uid, ready, parts)).values())]
            if shards:
                rollup = await asyncio.to_thread(Rollup.from_shards, shards, parts)
                self._keep(key, rollup, sum(map(size_of, shards)))
                return rollup
        return None

    def _keep(self, key: _Key, rollup: Rollup, size: int) -> None:
        """Two callers may have read the same at once: then the later one counts."""
        _, replaced = self._kept.pop(key, (None, 0))
        self._kept[key] = rollup, size
        self._bytes += size - replaced
        while self._bytes > self._most_bytes:
            _, (_, oldest) = self._kept.popitem(last=False)
            self._bytes -= oldest


def _key(uid: str, ready: Sequence[Snapshot], parts: Collection[Part]) -> _Key:
    return uid, frozenset(parts), tuple((snapshot.id, snapshot.update_time) for snapshot in ready)
