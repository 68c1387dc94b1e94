"""Where the rollup of a part goes, so that no dataset has many shards, however many parts or messages it came in.

Small parts are merged into the last shard; all are merged when there are LOOSE shards of parts, and at the end of a
file. What is kept is then bounded as a rollup is, and so is what a question reads; and a plan on one file need not read
the first request of every prompt to find what repeats across parts.
"""

import asyncio
import secrets
from collections.abc import Sequence
from dataclasses import dataclass

from google.cloud import firestore

from common.datasets.stored_shards import shard_document, shard_in
from common.spend import Rollup
from common.spend.rollup.shards import Shard, size_of
from common.store import paths
from common.store.bulk import BulkWriter
from common.store.client import Document, read_all

LOOSE = 16
"""Shards of parts after which all are merged, as a dataset grows."""

OPEN_BYTES = 128 * 1024
"""The last shard takes in further parts while it is smaller: thousands of small messages fill few shards."""

_MERGED = "m"
"""In the names of shards that are no longer of parts."""


@dataclass(frozen=True, kw_only=True)
class ShardUpdate:
    """How a commit changes the shards. `names`: all of them afterwards, in order; `written`: with that commit.

    `staged` are written already, under names that nobody reads before the commit lists them.
    """

    names: list[str]
    written: dict[str, Shard]
    staged: list[str]
    deleted: list[str]


@dataclass(frozen=True)
class ShardTarget:
    """A dataset that shards are added to: its document, the shards it lists, and the number of the new part.

    `prefix`: of the names of shards of rows that are kept apart, "" for all others.
    """

    db: firestore.AsyncClient
    dataset: firestore.AsyncDocumentReference
    listed: list[str]
    part: int
    prefix: str = ""


async def file_shards(target: ShardTarget, own: list[Shard], *, is_last: bool = False) -> ShardUpdate | None:
    """File the shards of a part's rollup, perhaps none; of the last part, so that there is one rollup of them all.

    None when a listed shard is missing, because somebody else was first: read again.
    """
    tail = await _open_tail(target) if own else None
    rollups = len({_rollup_of(name) for name in target.listed}) + bool(own and not tail)
    if (is_last and rollups > 1) or sum(_MERGED not in name for name in target.listed) >= LOOSE:
        return await _merge_all(target, own)
    if not own:
        return ShardUpdate(names=target.listed, written={}, staged=[], deleted=[])
    shards = await asyncio.to_thread(_merge, [tail[1], *own]) if tail else own
    names = [f"{target.prefix}{target.part:06d}-{number}" for number in range(len(shards))]
    if tail:
        names[0] = tail[0]
    written = dict(zip(names, shards, strict=True))
    return ShardUpdate(names=list(dict.fromkeys([*target.listed, *names])), written=written, staged=[], deleted=[])


async def discard(
    db: firestore.AsyncClient, dataset: firestore.AsyncDocumentReference, updates: Sequence[ShardUpdate]
) -> None:
    """Delete what was staged for a commit that lost, unless it was applied after all and only its reply got lost."""
    staged = [name for each in updates for name in each.staged]
    if not staged:
        return
    (snapshot,) = await read_all(db, [dataset.path])
    listed = set(all_shards(snapshot.to_dict() or {}))
    bulk = BulkWriter(db)
    for name in staged:
        if name not in listed:
            await bulk.delete(_shard(dataset, name))
    await bulk.flush()


def all_shards(document: Document) -> list[str]:
    """All that a dataset's document lists, also those of rows that other datasets have."""
    apart = [name for part in document.get("shared", ()) for name in part["shards"]]
    return [*document.get("shards", ()), *apart]


def add_shards(
    batch: firestore.AsyncWriteBatch, dataset: firestore.AsyncDocumentReference, update: ShardUpdate
) -> None:
    """Add to a batch what is written and deleted with it; the dataset's own list is the caller's."""
    for name, shard in update.written.items():
        batch.set(_shard(dataset, name), shard_document(shard))
    for name in update.deleted:
        batch.delete(_shard(dataset, name))


def _rollup_of(name: str) -> str:
    """What the names of one rollup's shards have in common."""
    return name.rpartition("-")[0]


async def _open_tail(target: ShardTarget) -> tuple[str, Shard] | None:
    """Name and content of the last shard when it is one of parts, and small."""
    if not target.listed or _MERGED in target.listed[-1]:
        return None
    (last,) = await read_all(target.db, [_shard(target.dataset, target.listed[-1]).path])
    shard = shard_in(last) if last.exists else {}
    return (target.listed[-1], shard) if 0 < size_of(shard) < OPEN_BYTES else None


async def _merge_all(target: ShardTarget, own: list[Shard]) -> ShardUpdate | None:
    """Stage the merge of everything: one commit might not hold it. A name of its own keeps two writers apart."""
    found = await read_all(target.db, [_shard(target.dataset, name).path for name in target.listed])
    if not all(shard.exists for shard in found):
        return None
    shards = await asyncio.to_thread(_merge, [*map(shard_in, found), *own])
    prefix = f"{target.prefix}{_MERGED}{target.part:06d}-{secrets.token_hex(4)}"
    merged = {f"{prefix}-{number}": shard for number, shard in enumerate(shards)}
    bulk = BulkWriter(target.db)
    for name, shard in merged.items():
        await bulk.set(_shard(target.dataset, name).path, shard_document(shard))
    await bulk.flush()
    return ShardUpdate(names=list(merged), written={}, staged=list(merged), deleted=target.listed)


def _merge(shards: list[Shard]) -> list[Shard]:
    return Rollup.from_shards(shards).shards()


def _shard(dataset: firestore.AsyncDocumentReference, name: str) -> firestore.AsyncDocumentReference:
    shard: firestore.AsyncDocumentReference = dataset.collection(paths.ROLLUPS).document(name)
    return shard
