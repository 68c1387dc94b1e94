"""Where the rollup of a part goes, so that no data set has many shards, however many parts or messages it came in.

Small parts are merged into the last shard; when there are LOOSE shards of parts, all are merged. What is kept is then
bounded as a rollup is, and so is what a question reads.
"""

import asyncio
import secrets
from collections.abc import Sequence
from dataclasses import dataclass

from google.cloud import firestore

from common.spend import Rollup
from common.store import paths
from common.store.bulk import BulkWriter
from common.store.client import SCHEMA_VERSION, Document, fields, read_all

LOOSE = 16
"""Shards of parts after which all are merged, as a data set grows."""

SETTLED = 4
"""The same at the end of a file: later questions each read what is left."""

OPEN_BYTES = 128 * 1024
"""The last shard takes further parts in while it is smaller: thousands of small messages fill few shards."""

_MERGED = "m"
"""In the names of shards that are no longer of parts."""


@dataclass(frozen=True, kw_only=True)
class Filed:
    """How a commit changes the shards. `names`: all of them afterwards, in order; `written`: with that commit.

    `staged` are written already, under names that nobody reads before the commit tells them.
    """

    names: list[str]
    written: dict[str, bytes]
    staged: list[str]
    gone: list[str]


@dataclass(frozen=True)
class Place:
    """A data set that shards are added to: its document, the shards it lists, and the number of the new part.

    `begin`: how the names begin of shards of rows that are kept apart, "" for all others.
    """

    db: firestore.AsyncClient
    target: firestore.AsyncDocumentReference
    listed: list[str]
    part: int
    begin: str = ""


async def file_shards(place: Place, own: list[bytes], *, limit: int = LOOSE) -> Filed | None:
    """File the shards of a part's rollup, perhaps none; merge all when there are `limit` shards of parts or more.

    None when a listed shard is gone, because somebody else was first: read again.
    """
    if sum(_MERGED not in name for name in place.listed) >= limit:
        return await _merge_all(place, own)
    if not own:
        return Filed(names=place.listed, written={}, staged=[], gone=[])
    tail = await _open_tail(place)
    blobs = await asyncio.to_thread(_merge, [tail[1], *own]) if tail else own
    names = [f"{place.begin}{place.part:06d}-{number}" for number in range(len(blobs))]
    if tail:
        names[0] = tail[0]
    written = dict(zip(names, blobs, strict=True))
    return Filed(names=list(dict.fromkeys([*place.listed, *names])), written=written, staged=[], gone=[])


async def discard(db: firestore.AsyncClient, target: firestore.AsyncDocumentReference, filed: Sequence[Filed]) -> None:
    """Delete what was staged for a commit that lost, unless it was applied after all and only its reply got lost."""
    staged = [name for each in filed for name in each.staged]
    if not staged:
        return
    (dataset,) = await read_all(db, [target.path])
    listed = set(all_shards(dataset.to_dict() or {}))
    bulk = BulkWriter(db)
    for name in staged:
        if name not in listed:
            await bulk.delete(_shard(target, name))
    await bulk.flush()


def all_shards(document: Document) -> list[str]:
    """All that a data set's document lists, also those of rows that other data sets have."""
    apart = [name for part in document.get("shared", ()) for name in part["shards"]]
    return [*document.get("shards", ()), *apart]


def add_shards(batch: firestore.AsyncWriteBatch, target: firestore.AsyncDocumentReference, filed: Filed) -> None:
    """Add to a batch what is written and deleted with it; the data set's own list is the caller's."""
    for name, blob in filed.written.items():
        batch.set(_shard(target, name), {"v": SCHEMA_VERSION, "blob": blob})
    for name in filed.gone:
        batch.delete(_shard(target, name))


async def _open_tail(place: Place) -> tuple[str, bytes] | None:
    """Name and content of the last shard when it is one of parts, and small."""
    if not place.listed or _MERGED in place.listed[-1]:
        return None
    (found,) = await read_all(place.db, [_shard(place.target, place.listed[-1]).path])
    blob: bytes = (found.to_dict() or {"blob": b""})["blob"]
    return (place.listed[-1], blob) if 0 < len(blob) < OPEN_BYTES else None


async def _merge_all(place: Place, own: list[bytes]) -> Filed | None:
    """Stage the merge of everything: one commit might not hold it. A name of its own keeps two writers apart."""
    found = await read_all(place.db, [_shard(place.target, name).path for name in place.listed])
    if not all(shard.exists for shard in found):
        return None
    blobs = await asyncio.to_thread(_merge, [*(fields(shard)["blob"] for shard in found), *own])
    tag = secrets.token_hex(4)
    merged = {f"{place.begin}{_MERGED}{place.part:06d}-{tag}-{number}": blob for number, blob in enumerate(blobs)}
    bulk = BulkWriter(place.db)
    for name, blob in merged.items():
        await bulk.set(_shard(place.target, name).path, {"v": SCHEMA_VERSION, "blob": blob})
    await bulk.flush()
    return Filed(names=list(merged), written={}, staged=list(merged), gone=place.listed)


def _merge(blobs: list[bytes]) -> list[bytes]:
    return Rollup.from_shards(blobs).shards()


def _shard(target: firestore.AsyncDocumentReference, name: str) -> firestore.AsyncDocumentReference:
    shard: firestore.AsyncDocumentReference = target.collection(paths.ROLLUPS).document(name)
    return shard
