"""Baselines: how the requests of a recommendation behaved, frozen in the commit of its acceptance."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from google.cloud import firestore
from pydantic import TypeAdapter

from common.contract.answer import Recommendation
from common.contract.documents import BaselineSummary
from common.datasets.datasets import read_shards, ready_datasets
from common.errors import ApexError, ErrorCode
from common.spend import Opportunity, OpportunityKind, Rollup, Unanswerable
from common.spend.ledger import Baseline, as_document, freeze, from_document
from common.store.client import SCHEMA_VERSION, Document, Snapshot, fields
from common.store.codec import pack, unpack

_KIND: TypeAdapter[OpportunityKind] = TypeAdapter(OpportunityKind)


@dataclass(frozen=True, kw_only=True)
class Frozen:
    """A baseline as it is stored: what its owner reads of it, and the whole, which is bounded by the spend library."""

    summary: Document
    document: Document


async def frozen_baseline(db: firestore.AsyncClient, uid: str, recommendation: Document, today: date) -> Frozen:
    """The baseline of a stored recommendation that is accepted `today` (UTC).

    Raises ApexError BASELINE_DATA_GONE when a data set of it is gone, NOT_MEASURABLE when they tell no requests.
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
    document = {"v": SCHEMA_VERSION, "blob": pack(as_document(baseline))}
    return Frozen(summary=_summary(baseline), document=document)


def stored_baseline(snapshot: Snapshot) -> Baseline:
    """The baseline in a document that exists."""
    return from_document(unpack(fields(snapshot)["blob"]))


def _freeze(shards: Sequence[bytes], proposal: Recommendation, today: date) -> Baseline:
    return freeze(Rollup.from_shards(shards), _opportunity(proposal), today)


def _opportunity(item: Recommendation) -> Opportunity:
    """What was proposed; its savings are those of the plan, after the steps before it."""
    return Opportunity(
        id=item.id,
        kind=_KIND.validate_python(item.kind),
        title=item.title,
        feature=item.feature,
        from_model=item.from_model,
        to_model=item.to_model,
        requests=item.requests,
        input_tokens=item.input_tokens,
        savings_usd=item.savings_usd,
        savings_pct=item.savings_pct,
        low_usd=item.savings_usd,
        high_usd=item.savings_usd,
        effort=item.effort,
        quality_risk=item.risk,
        latency_risk=item.risk,
        confidence=item.confidence,
        method=item.method,
        assumptions=tuple(item.assumptions),
        evidence="",
        steps=tuple(item.steps),
        verify=item.verify,
        rollback=item.rollback,
        snippet=item.snippet,
    )


def _summary(baseline: Baseline) -> Document:
    return BaselineSummary(
        first_day=baseline.first,
        last_day=baseline.last,
        days=baseline.days,
        requests=baseline.requests,
        expected_usd=baseline.expected_usd,
        price_version=baseline.price_version,
    ).model_dump(mode="json")
