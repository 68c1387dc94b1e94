"""Storing evaluations, once for each request id, and deleting them with all that was stored of them.

A sample is stored in the commit that charges for it, so that neither is without the other.
"""

import hashlib
import json
import random
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

from google.cloud import firestore
from google.cloud.firestore_v1.async_batch import AsyncWriteBatch

from common.accounts.quotas import TIERS, quota_month, quota_resets
from common.accounts.users import new_user, refuse_moving
from common.contract.documents import EvaluationDocument, ReplayProgress
from common.core.clock import now_utc
from common.core.user import UserContext
from common.errors import ApexError, ErrorCode
from common.evaluations.sample import Sample, parts_of
from common.evaluations.stored import counted_lines, label_of, model_scores, scores_document
from common.spend.prices.engine import Model
from common.spend.quality import Evaluation
from common.store import paths
from common.store.client import RPC_S, SCHEMA_VERSION, Document, Snapshot, fields, read_all, updated
from common.store.codec import blob_document, pack
from common.store.commits import is_applied

EVALUATIONS_LIMIT = 20
"""Evaluations of one user: each question about savings reads them all."""
_TRIES = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplayRequest:
    """A replay as its user requested it. `feature` None: the sample stands for all features."""

    name: str
    reference: Model
    candidate: Model
    feature: str | None
    samples: Sequence[Sample]


class EvaluationIntake:
    """For one request; the same `client_request_id` is the same evaluation, and with other content refused."""

    def __init__(self, db: firestore.AsyncClient, user: UserContext, client_request_id: str) -> None:
        self._db = db
        self._user = user
        source = f"{user.uid}|evaluation|{client_request_id}"
        self.evaluation_id = hashlib.sha256(source.encode()).hexdigest()[:32]

    async def take_scores(self, evaluation: Evaluation) -> None:
        """Store scores, which count at once.

        Raises ApexError REQUEST_ID_REUSED, TOO_MANY_EVALUATIONS, UNUSABLE_EVALUATION, BUSY.
        """
        document = EvaluationDocument(
            name=evaluation.name,
            kind="scores",
            status="ready",
            feature=None,
            prompts=len(evaluation.rows),
            created_at=now_utc(),
            scores=model_scores(evaluation),
        )
        lines = counted_lines(evaluation)
        content = [evaluation.name, [label_of(model) for model in evaluation.models], lines]
        below = {
            paths.scores(self._user.uid, self.evaluation_id): scores_document(lines),
            paths.content_hash(self._user.uid, self.evaluation_id): _content_hash(content),
        }
        await self._create(document.stored(), below, charged=0)

    async def take_sample(self, request: ReplayRequest) -> None:
        """Store a sample to be replayed, and charge for it. Raises ApexError as above, and SAMPLE_OVER_QUOTA."""
        # Shuffled, as the replay may end early, by its cost.
        samples = random.SystemRandom().sample(request.samples, len(request.samples))
        parts = [pack([asdict(sample) for sample in part]) for part in parts_of(samples)]
        document = EvaluationDocument(
            name=request.name,
            kind="replay",
            status="running",
            feature=request.feature,
            prompts=len(samples),
            created_at=now_utc(),
            due_at=now_utc(),
            replay=_new_replay(request, len(parts)),
        )
        below = {
            paths.sample(self._user.uid, self.evaluation_id, number): blob_document(blob)
            for number, blob in enumerate(parts)
        }
        below[paths.content_hash(self._user.uid, self.evaluation_id)] = _content_hash(_content(request))
        await self._create(document.stored(), below, charged=len(samples))

    async def _create(self, document: Document, below: dict[str, Document], *, charged: int) -> None:
        uid = self._user.uid
        mark = paths.content_hash(uid, self.evaluation_id)
        for _ in range(_TRIES):
            wanted = [paths.evaluation(uid, self.evaluation_id), mark, paths.user(uid)]
            evaluation, content_hash, user = await read_all(self._db, wanted)
            if evaluation.exists:
                _refuse_other(content_hash, below[mark])
                return
            refuse_moving(user)
            await self._check_limits(user, charged)
            batch = self._db.batch()
            batch.create(evaluation.reference, document)
            for path, part in below.items():
                batch.create(self._db.document(path), part)
            self._charge(batch, user, charged)
            if await is_applied(batch):
                return
        raise ApexError(ErrorCode.BUSY)

    async def _check_limits(self, user: Snapshot, charged: int) -> None:
        stored = self._db.collection(paths.evaluations(self._user.uid)).select(["__name__"]).limit(EVALUATIONS_LIMIT)
        if len([each async for each in stored.stream(timeout=RPC_S)]) == EVALUATIONS_LIMIT:
            raise ApexError(ErrorCode.TOO_MANY_EVALUATIONS, limit=EVALUATIONS_LIMIT)
        document, now = user.to_dict() or new_user(self._user), now_utc()
        limit = TIERS[document["tier"]].turns_per_month
        left = max(limit - document["quota"].get(quota_month(now), 0), 0)
        if charged > left:
            raise ApexError(
                ErrorCode.SAMPLE_OVER_QUOTA, count=charged, left=left, limit=limit, resets=quota_resets(now)
            )

    def _charge(self, batch: AsyncWriteBatch, user: Snapshot, charged: int) -> None:
        """The guard of the batch: of two evaluations, or a merge, at once one sees the other."""
        month = quota_month(now_utc())
        if not user.exists:
            batch.create(user.reference, {**new_user(self._user), "quota": {month: charged} if charged else {}})
            return
        counted: Document = {f"quota.`{month}`": firestore.Increment(charged)} if charged else {"v": fields(user)["v"]}
        batch.update(user.reference, counted, option=self._db.write_option(last_update_time=updated(user)))


async def delete_evaluation(db: firestore.AsyncClient, uid: str, evaluation_id: str) -> bool:
    """Delete an evaluation with all that lies under it, in one commit; False when there is none.

    The quota of what a running replay has not done yet is given back.
    """
    for _ in range(_TRIES):
        (evaluation,) = await read_all(db, [paths.evaluation(uid, evaluation_id)])
        if not evaluation.exists:
            return False
        batch = db.batch()
        if fields(evaluation)["kind"] == "replay":
            drop_sample(db, batch, evaluation)
        else:
            batch.delete(db.document(paths.scores(uid, evaluation_id)))
        batch.delete(db.document(paths.content_hash(uid, evaluation_id)))
        batch.delete(evaluation.reference, option=db.write_option(last_update_time=updated(evaluation)))
        if await is_applied(batch):
            return True
    raise ApexError(ErrorCode.BUSY)


def drop_sample(
    db: firestore.AsyncClient, batch: AsyncWriteBatch, evaluation: Snapshot, done: int | None = None
) -> None:
    """Delete what is left of the sample of a running replay, and give back what was charged for more than `done`
    requests (None: those done so far). Nothing is left, and nothing given back, of one that has ended.
    """
    document = fields(evaluation)
    if document["status"] != "running":
        return
    replay, uid = document["replay"], evaluation.reference.parent.parent.id
    for number in range(replay["parts_done"], replay["parts"]):
        batch.delete(db.document(paths.sample(uid, evaluation.id, number)))
    spared = document["prompts"] - (replay["done"] if done is None else done)
    if spared:
        month = f"quota.`{replay['quota_month']}`"
        batch.update(db.document(paths.user(uid)), {month: firestore.Increment(-spared)})


def _content(request: ReplayRequest) -> list[Any]:
    models = [label_of(request.reference), label_of(request.candidate)]
    return [request.name, models, request.feature, [asdict(sample) for sample in request.samples]]


def _content_hash(content: list[Any]) -> Document:
    return {"v": SCHEMA_VERSION, "content_sha256": hashlib.sha256(json.dumps(content).encode()).hexdigest()}


def _refuse_other(stored: Snapshot, again: Document) -> None:
    """Raise ApexError REQUEST_ID_REUSED for other content. Evaluations older than the hash have none to compare."""
    if stored.exists and fields(stored)["content_sha256"] != again["content_sha256"]:
        raise ApexError(ErrorCode.REQUEST_ID_REUSED)


def _new_replay(request: ReplayRequest, parts: int) -> ReplayProgress:
    return ReplayProgress(
        reference=label_of(request.reference),
        candidate=label_of(request.candidate),
        parts=parts,
        parts_done=0,
        attempts=0,
        done=0,
        left_out=0,
        wins=0,
        ties=0,
        losses=0,
        contradictions=0,
        cost_usd=0.0,
        quota_month=quota_month(now_utc()),
    )
