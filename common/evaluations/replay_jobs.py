"""Replays of stored samples, part by part. Upkeep calls it every minute.

A part is claimed with an update that puts off when it is due again, and what was judged of it, its deletion and the
progress are one commit, guarded by the claim: a worker that dies loses one part's work, and no part counts twice.
"""

import asyncio
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from google.cloud import firestore
from google.cloud.firestore_v1.async_batch import AsyncWriteBatch
from google.cloud.firestore_v1.base_query import FieldFilter

from common.contract.documents import EvaluationDocument, ReplayProgress
from common.core.clock import now_utc
from common.environment.settings import Settings
from common.errors import ApexError, ErrorCode
from common.evaluations.intake import drop_sample
from common.evaluations.replay import EvaluationService, ReplayResult, has_real_models, open_evaluation
from common.evaluations.sample import Sample
from common.evaluations.stored import model_in, tally_in
from common.llm.port import ModelRejectedError, ModelUnavailableError
from common.spend.quality.evaluation import PreferenceCounts, compare_tally
from common.store import paths
from common.store.client import RPC_S, Document, Snapshot, fields, read_all, updated
from common.store.codec import unpack
from common.store.commits import is_applied
from common.telemetry.logs import log

_ROUND_S = 45.0
"""After this time the remaining parts wait for the next round, a minute after this one began."""
_CLAIM = timedelta(minutes=5)
"""When a part whose worker died is due again; longer than a part takes when each of its calls is slow."""
_LATER = timedelta(minutes=1)
"""When a part that the model did not answer is due again."""
_ATTEMPTS = 5
"""Claims of one part; then the replay fails, and its sample is deleted."""
_UNREACHED = "the models could not be reached."
_REFUSED = "the provider refused the model."
_UNJUDGED = "the model gave no answer that could be judged."

Opener = Callable[[Settings, str], EvaluationService]


async def replay_due(db: firestore.AsyncClient, settings: Settings, open_service: Opener = open_evaluation) -> int:
    """Replay parts in turn, of all users, for the time of a round; returns how many parts were begun.

    None where a local model server answers: what came before it did waits until real models do again.
    """
    if not has_real_models(settings):
        return 0
    clock = asyncio.get_running_loop()
    ends, begun = clock.time() + _ROUND_S, 0
    while clock.time() < ends:
        due = await _next_due(db)
        if due is None:
            break
        begun += 1
        claimed = await _claim(db, due)
        if claimed is not None:
            await _work(db, settings, open_service, claimed)
    return begun


async def _next_due(db: firestore.AsyncClient) -> "Snapshot | None":
    """The one that waits longest."""
    query = (
        db.collection_group(paths.EVALUATIONS)
        .where(filter=FieldFilter("due_at", "<=", now_utc()))
        .order_by("due_at")
        .limit(1)
    )
    return next(iter([evaluation async for evaluation in query.stream(timeout=RPC_S)]), None)


async def _claim(db: firestore.AsyncClient, due: Snapshot) -> "Snapshot | None":
    """The evaluation as it is after the claim; None when another worker has it, or when no attempt is left."""
    batch = db.batch()
    option = db.write_option(last_update_time=updated(due))
    if fields(due)["replay"]["attempts"] >= _ATTEMPTS:
        _fail(db, batch, due, ApexError(ErrorCode.EVALUATION_FAILED, reason=_UNREACHED))
        await is_applied(batch)
        return None
    changes = EvaluationDocument.changes(due_at=now_utc() + _CLAIM) | _replay_changes(attempts=firestore.Increment(1))
    batch.update(due.reference, changes, option=option)
    if not await is_applied(batch):
        return None
    (claimed,) = await read_all(db, [due.reference.path])
    return claimed if claimed.exists else None


async def _work(db: firestore.AsyncClient, settings: Settings, open_service: Opener, claimed: Snapshot) -> None:
    """One part; whatever goes wrong is tried again a minute later, as long as there are attempts."""
    batch = db.batch()
    try:
        result = await _replay_part(db, settings, open_service, claimed)
    except ModelRejectedError as error:
        log("ERROR", "the provider refuses a replay", cause=error, evaluation_id=claimed.id)
        _fail(db, batch, claimed, ApexError(ErrorCode.EVALUATION_FAILED, reason=_REFUSED))
    except Exception as error:  # noqa: BLE001 - one evaluation must not keep the rest waiting
        severity: Any = "WARNING" if isinstance(error, ModelUnavailableError) else "ERROR"
        log(severity, "a part of a replay failed; it is tried again", cause=error, evaluation_id=claimed.id)
        _update(db, batch, claimed, EvaluationDocument.changes(due_at=now_utc() + _LATER))
    else:
        _advance(db, batch, claimed, result, settings.profile.replay_budget_usd)
    await is_applied(batch)


async def _replay_part(
    db: firestore.AsyncClient, settings: Settings, open_service: Opener, claimed: Snapshot
) -> ReplayResult:
    replay, uid = fields(claimed)["replay"], claimed.reference.parent.parent.id
    number: int = replay["parts_done"]
    (part,) = await read_all(db, [paths.sample(uid, claimed.id, number)])
    samples = [Sample(**sample) for sample in unpack(fields(part)["blob"])]
    service = await asyncio.to_thread(open_service, settings, model_in(replay["candidate"]).id)
    return await service.evaluate(samples, seed=number)


def _advance(
    db: firestore.AsyncClient, batch: AsyncWriteBatch, claimed: Snapshot, result: ReplayResult, budget_usd: float
) -> None:
    """The part is done: its requests go, their outcome is counted; the last one, or the budget, ends the replay."""
    document = fields(claimed)
    before = document["replay"]
    tally = tally_in(before) + result.tally
    parts_done, cost_usd = before["parts_done"] + 1, before["cost_usd"] + result.cost_usd
    done = before["done"] + result.tally.pairs + result.left_out
    changes = _replay_changes(
        parts_done=parts_done,
        attempts=0,
        done=done,
        left_out=before["left_out"] + result.left_out,
        wins=tally.wins,
        ties=tally.ties,
        losses=tally.losses,
        contradictions=tally.contradictions,
        cost_usd=cost_usd,
    )
    if parts_done < before["parts"] and cost_usd < budget_usd:
        uid = claimed.reference.parent.parent.id
        batch.delete(db.document(paths.sample(uid, claimed.id, before["parts_done"])))
        _update(db, batch, claimed, changes | EvaluationDocument.changes(due_at=now_utc()))
    elif tally.pairs == 0:
        _fail(db, batch, claimed, ApexError(ErrorCode.EVALUATION_FAILED, reason=_UNJUDGED))
    else:
        drop_sample(db, batch, claimed, done=done)
        _update(db, batch, claimed, changes | _ended("ready") | _outcome(tally))


def _replay_changes(**progress: Any) -> Document:
    """Fields to update of the progress in a stored evaluation, without those that are None."""
    values = ReplayProgress.changes(**progress)
    return {f"replay.{name}": value for name, value in values.items() if value is not None}


def _outcome(tally: PreferenceCounts) -> Document:
    comparison = compare_tally(tally)
    low, high = ((1 + end) / 2 for end in comparison.interval)
    return _replay_changes(
        win_rate=comparison.after, low=low, high=high, verdict=comparison.verdict, more=comparison.more
    )


def _fail(db: firestore.AsyncClient, batch: AsyncWriteBatch, evaluation: Snapshot, error: ApexError) -> None:
    """End it without an outcome; nothing is charged, and nothing of the sample stays."""
    drop_sample(db, batch, evaluation, done=0)
    log("ERROR", "a replay failed", evaluation_id=evaluation.id, support_id=error.support_id)
    _update(db, batch, evaluation, _ended("failed") | EvaluationDocument.changes(error=error.as_json()["error"]))


def _ended(status: str) -> Document:
    return EvaluationDocument.changes(status=status, ended_at=now_utc(), due_at=firestore.DELETE_FIELD)


def _update(db: firestore.AsyncClient, batch: AsyncWriteBatch, evaluation: Snapshot, changes: Document) -> None:
    batch.update(evaluation.reference, changes, option=db.write_option(last_update_time=updated(evaluation)))
