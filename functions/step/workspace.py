"""The datasets of one step's user, read from Firestore; built for one step, read at most once."""

import asyncio
from collections.abc import Coroutine
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from typing import Any

from google.cloud import firestore

from common.assistant.workspace import DatasetInfo
from common.datasets.datasets import ready_datasets, shared_parts
from common.datasets.warm_rollups import WarmRollups
from common.evaluations.stored import stored_evaluations
from common.runs.end_reasons import EndReason, RunFailedError
from common.savings.ledger_rows import read_ledger
from common.spend import Rollup
from common.spend.ledger.rows import TitledRow
from common.spend.quality import Evaluations
from common.spend.rollup.parts import ALL_PARTS, Part
from common.store import paths
from common.store.client import Document, read_all

REASONS_SHOWN = 20


@dataclass
class FirestoreWorkspace:
    """Implements `common.assistant.workspace.Workspace` for one user and one step."""

    db: firestore.AsyncClient
    uid: str
    warm: WarmRollups = field(default_factory=WarmRollups)
    _rollups: dict[tuple[str, ...], Rollup] = field(default_factory=dict)
    _loading: asyncio.Lock = field(default_factory=asyncio.Lock)
    _evaluations: Evaluations | None = None

    async def datasets(self, ids: tuple[str, ...]) -> tuple[DatasetInfo, ...]:
        """The ready ones of `ids`, in that order."""
        ready = dict(await ready_datasets(self.db, self.uid, ids))
        return tuple([await self._info(dataset_id, document, ready.keys()) for dataset_id, document in ready.items()])

    async def rollup(self, ids: tuple[str, ...], parts: frozenset[Part] = ALL_PARTS) -> Rollup:
        """The merged rollup of the ready ones of `ids`; raises RunFailedError if deleted meanwhile.

        For a further part those loaded before are read again: all parts are then of the same rows, also of data that
        has grown meanwhile. One caller loads at a time, so that none undoes what another has loaded.
        """
        async with self._loading:
            loaded = self._rollups.get(ids)
            if loaded is None or not loaded.loaded.issuperset(parts):
                wanted = parts | (loaded.loaded if loaded else frozenset())
                self._rollups[ids] = await self._load(ids, wanted)
            return self._rollups[ids]

    async def _load(self, ids: tuple[str, ...], parts: frozenset[Part]) -> Rollup:
        rollup = await self.warm.read(self.db, self.uid, ids, parts)
        if rollup is None:
            raise RunFailedError(EndReason.DATA_GONE)
        return rollup

    async def evaluations(self) -> Evaluations:
        """The user's evidence on quality as it is at the first call of the step."""
        if self._evaluations is None:
            self._evaluations = await stored_evaluations(self.db, self.uid)
        return self._evaluations

    def ledger(self) -> Coroutine[Any, Any, tuple[TitledRow, ...]]:
        """The user's ledger as it is now."""
        return read_ledger(self.db, self.uid)

    async def _info(self, dataset_id: str, document: Document, requested: AbstractSet[str]) -> DatasetInfo:
        chunks = document["reject_chunks"]
        reads = await read_all(self.db, [paths.rejects(self.uid, dataset_id, chunk) for chunk in chunks[:3]])
        reasons = [reject["reason"] for read in reads for reject in (read.to_dict() or {}).get("rejects", [])]
        return DatasetInfo(
            id=dataset_id,
            name=document["name"],
            model=document["model"],
            rows=document["rows"],
            rejects=document["rejects"],
            unread_usd=document.get("unread_usd") or 0.0,
            reject_reasons=tuple(dict.fromkeys(reasons))[:REASONS_SHOWN],
            shared=sum(part["rows"] for part in shared_parts(document) if not requested.isdisjoint(part["also_in"])),
        )
