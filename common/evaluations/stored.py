"""A user's evaluations in Firestore: how they are stored, and read again into what the quality guard weighs."""

from collections import Counter
from typing import Any

from google.cloud import firestore
from google.cloud.firestore_v1.base_query import FieldFilter

from common.contract.documents import ModelScore
from common.errors import ApexError, ErrorCode
from common.spend.prices.engine import Model
from common.spend.prices.names import labelled_model, model_label
from common.spend.quality import Evaluation, Evaluations, PreferenceCounts, ReplayResult
from common.store import paths
from common.store.client import RPC_S, Document, fields, read_all
from common.store.codec import blob_document, pack, unpack
from common.telemetry.logs import log

_GRADES = frozenset((0.0, 1.0))
_BLOB_BYTES = 900_000
"""Of the 1 MiB that a document may have."""


async def stored_evaluations(db: firestore.AsyncClient, uid: str) -> Evaluations:
    """All that are ready, without those that are deleted meanwhile or about a model that has no price any more."""
    query = db.collection(paths.evaluations(uid)).where(filter=FieldFilter("status", "==", "ready"))
    ready = [(snapshot.id, fields(snapshot)) async for snapshot in query.stream(timeout=RPC_S)]
    priced = [(name, document) for name, document in ready if _has_prices(name, document)]
    scored = [(name, document) for name, document in priced if document["kind"] == "scores"]
    blobs = await read_all(db, [paths.scores(uid, name) for name, _ in scored]) if scored else []
    return Evaluations(
        files=tuple(
            _scores_in(document, fields(blob)) for (_, document), blob in zip(scored, blobs, strict=True) if blob.exists
        ),
        replays=tuple(_replay_in(document) for _, document in priced if document["kind"] == "replay"),
    )


def counted_lines(evaluation: Evaluation) -> list[Any]:
    """The scores, equal lines as one with their count."""
    return [[feature, list(scores), count] for (feature, scores), count in Counter(evaluation.rows).items()]


def scores_document(lines: list[Any]) -> Document:
    """The scores as they are stored; raises ApexError when they do not fit into a document."""
    blob = pack(lines)
    if len(blob) > _BLOB_BYTES:
        reason = "it holds too many different scores. Round them, or send fewer prompts."
        raise ApexError(ErrorCode.UNUSABLE_EVALUATION, reason=reason)
    return blob_document(blob)


def model_scores(evaluation: Evaluation) -> list[ModelScore]:
    """What its owner reads of each model, in the order of the file."""
    return [
        ModelScore(
            model=label_of(model),
            mean=sum(scores) / len(scores),
            prompts=len(scores),
            graded=_GRADES.issuperset(scores),
        )
        for place, model in enumerate(evaluation.models)
        if (scores := [score for _, line in evaluation.rows if (score := line[place]) is not None])
    ]


def label_of(model: Model) -> str:
    """How a model is stored and shown."""
    return model_label(model.provider, model.id)


def model_in(label: str) -> Model:
    """The model of a stored label; raises LookupError when it has no price any more."""
    model = labelled_model(label)
    if model is None:
        raise LookupError(f"no price is known for {label!r}, which had one when an evaluation of it was stored")
    return model


def tally_in(replay: Document) -> PreferenceCounts:
    """What was judged so far."""
    return PreferenceCounts(replay["wins"], replay["ties"], replay["losses"], replay["contradictions"])


def _has_prices(name: str, document: Document) -> bool:
    """A price list may lose a model: an evaluation of it then decides nothing, and must not fail every plan."""
    labels = [score["model"] for score in document.get("scores", ())]
    labels += [document["replay"][side] for side in ("reference", "candidate")] if "replay" in document else []
    lost = [label for label in labels if labelled_model(label) is None]
    if lost:
        log("WARNING", "an evaluation is about models without a price", evaluation_id=name, models=lost)
    return not lost


def _scores_in(document: Document, blob: Document) -> Evaluation:
    lines = unpack(blob["blob"])
    return Evaluation(
        name=document["name"],
        models=tuple(model_in(score["model"]) for score in document["scores"]),
        rows=tuple((feature, tuple(scores)) for feature, scores, count in lines for _ in range(count)),
    )


def _replay_in(document: Document) -> ReplayResult:
    replay = document["replay"]
    return ReplayResult(
        before=model_in(replay["reference"]),
        after=model_in(replay["candidate"]),
        feature=document["feature"],
        tally=tally_in(replay),
    )
