"""The data sets of one step's user, read from Firestore; built for one step, read at most once."""

import asyncio
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from itertools import chain

from google.cloud import firestore

from common.runs.reasons import EndReason, RunFailedError
from common.spend import Rollup
from common.store import paths
from common.store.client import Document, fields, read_all
from common.tools.workspace import DatasetInfo

REASONS_SHOWN = 20
_TRIES = 5


@dataclass
class FirestoreWorkspace:
    """Implements `common.tools.workspace.Workspace` for one user and one step."""

    db: firestore.AsyncClient
    uid: str
    _rollups: dict[tuple[str, ...], Rollup] = field(default_factory=dict)

    async def datasets(self, ids: tuple[str, ...]) -> tuple[DatasetInfo, ...]:
        """The ready ones of `ids`, in that order."""
        ready = dict(await self._ready(ids))
        return tuple([await self._info(dataset_id, document, ready.keys()) for dataset_id, document in ready.items()])

    async def rollup(self, ids: tuple[str, ...]) -> Rollup:
        """The merged rollup of the ready ones of `ids`; raises RunFailedError if deleted meanwhile."""
        if ids not in self._rollups:
            blobs = await self._blobs(ids)
            self._rollups[ids] = await asyncio.to_thread(Rollup.from_shards, blobs)
        return self._rollups[ids]

    async def _blobs(self, ids: tuple[str, ...]) -> list[bytes]:
        """All shards; read again when one was merged into others between the two reads (live data)."""
        for _ in range(_TRIES):
            ready = dict(await self._ready(ids))
            shards = [
                paths.rollup(self.uid, dataset_id, shard)
                for dataset_id, document in ready.items()
                for shard in _counted(document, ready.keys())
            ]
            snapshots = await read_all(self.db, shards) if shards else []
            if snapshots and all(snapshot.exists for snapshot in snapshots):
                return [fields(snapshot)["blob"] for snapshot in snapshots]
        raise RunFailedError(EndReason.DATA_GONE)

    async def _ready(self, ids: tuple[str, ...]) -> list[tuple[str, Document]]:
        if not ids:
            return []
        snapshots = await read_all(self.db, [paths.dataset(self.uid, dataset_id) for dataset_id in ids])
        documents = [(snapshot.id, snapshot.to_dict() or {}) for snapshot in snapshots]
        return [(dataset_id, document) for dataset_id, document in documents if document.get("status") == "ready"]

    async def _info(self, dataset_id: str, document: Document, asked: AbstractSet[str]) -> DatasetInfo:
        chunks = document["reject_chunks"]
        reads = await read_all(self.db, [paths.rejects(self.uid, dataset_id, chunk) for chunk in chunks[:3]])
        reasons = [reject["reason"] for read in reads for reject in (read.to_dict() or {}).get("rejects", [])]
        return DatasetInfo(
            id=dataset_id,
            name=document["name"],
            model=document["model"],
            rows=document["rows"],
            rejects=document["rejects"],
            reject_reasons=tuple(dict.fromkeys(reasons))[:REASONS_SHOWN],
            shared=sum(part["rows"] for part in _shared(document) if not asked.isdisjoint(part["also_in"])),
        )


def _counted(document: Document, asked: AbstractSet[str]) -> list[str]:
    """The shards of a data set that count in a question on some: rows that one of the others had before count there."""
    shared = [part["shards"] for part in _shared(document) if asked.isdisjoint(part["also_in"])]
    return [*document["shards"], *chain.from_iterable(shared)]


def _shared(document: Document) -> list[Document]:
    """The parts of a data set that other ones had before."""
    parts: list[Document] = document.get("shared", [])
    return parts
