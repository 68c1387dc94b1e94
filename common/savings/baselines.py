"""Baselines: how the requests of a recommendation behaved, frozen in the commit of its acceptance."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from google.cloud import firestore

from common.contract.answer import Recommendation
from common.contract.documents import BaselineSummary
from common.datasets.datasets import read_shards, ready_datasets
from common.errors import ApexError, ErrorCode
from common.spend import Rollup, Unanswerable
from common.spend.ledger import Baseline, as_document, freeze, from_document
from common.spend.rollup.shards import Shard
from common.store.client import Document, Snapshot, fields
from common.store.codec import blob_document, pack, unpack


@dataclass(frozen=True, kw_only=True)
class FrozenBaseline:
    """A baseline as it is stored: what its owner reads of it, and the whole, which is bounded by the spend library."""

    summary: BaselineSummary
    document: Document


async def frozen_baseline(db: firestore.AsyncClient, uid: str, recommendation: Document, today: date) -> FrozenBaseline:
    """The baseline of a stored recommendation that is accepted `today` (UTC).

    Raises ApexError BASELINE_DATA_GONE when a dataset of it was deleted, NOT_MEASURABLE when nothing can be measured.
    """
    ids: list[str] = recommendation["dataset_ids"]
    ready = await ready_datasets(db, uid, ids)
    shards = await read_shards(db, uid, ids) if len(ready) == len(ids) else None
    if shards is None:
        raise ApexError(ErrorCode.BASELINE_DATA_GONE)
    proposal = Recommendation.model_validate(recommendation["proposal"], extra="ignore")
    try:
        baseline = await asyncio.to_thread(_freeze, shards, proposal, today)
    except Unanswerable as error:
        raise ApexError(ErrorCode.NOT_MEASURABLE, reason=str(error)) from error
    return FrozenBaseline(summary=_summary(baseline), document=blob_document(pack(as_document(baseline))))


def stored_baseline(snapshot: Snapshot) -> Baseline:
    """The baseline in a document that exists."""
    return from_document(unpack(fields(snapshot)["blob"]))


def _freeze(shards: Sequence[Shard], proposal: Recommendation, today: date) -> Baseline:
    return freeze(Rollup.from_shards(shards), proposal, today)


def _summary(baseline: Baseline) -> BaselineSummary:
    return BaselineSummary(
        first_day=baseline.first,
        last_day=baseline.last,
        days=baseline.days,
        requests=baseline.requests,
        expected_usd=baseline.expected_usd,
        price_version=baseline.price_version,
    )
