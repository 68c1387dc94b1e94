"""Answers queries from the parts of the user's datasets that they need."""

import asyncio
from collections.abc import Sequence

from google.cloud import firestore

from common.datasets.datasets import ready_datasets
from common.datasets.warm_rollups import WarmRollups
from common.errors import ApexError, ErrorCode
from common.spend import Rollup
from common.spend.rollup.parts import PartNotLoadedError
from common.spend.semantics import Result, Unanswerable, UsageQuery, parts_of, run
from common.spend.semantics.query import MOST_LINES
from common.spend.semantics.reply import ResultReply, reply_of
from common.store import paths
from common.store.client import read_all
from functions.usage.replies import QueryReply

MOST_DAYS = 400


async def answer(
    db: firestore.AsyncClient, warm: WarmRollups, uid: str, query: UsageQuery, dataset_ids: Sequence[str] | None
) -> QueryReply:
    """Raises ApexError DATASET_NOT_FOUND without data, INVALID_REQUEST for more than MOST_DAYS."""
    ids = await _all_datasets(db, uid) if dataset_ids is None else dataset_ids
    outcome, notes = await asyncio.gather(_outcome(db, warm, uid, query, ids), _notes(db, uid, ids))
    reply = reply_of(outcome)
    if isinstance(reply, ResultReply):
        coverage = reply.coverage.model_copy(update={"notes": (*reply.coverage.notes, *notes)})
        return QueryReply(answer=reply.model_copy(update={"coverage": coverage}), unanswerable=None)
    return QueryReply(answer=None, unanswerable=reply.unanswerable)


async def _notes(db: firestore.AsyncClient, uid: str, ids: Sequence[str]) -> list[str]:
    """Which rows of the files are in no figure."""
    files = [document for _, document in await ready_datasets(db, uid, ids) if document["rejects"]]
    return [f"{file['name']}: {_rows(file['rejects'])} rejected, and in no figure." for file in files]


def _rows(count: int) -> str:
    return "1 row was" if count == 1 else f"{count:,} rows were"


async def _all_datasets(db: firestore.AsyncClient, uid: str) -> list[str]:
    (user,) = await read_all(db, [paths.user(uid)])
    ids: list[str] = (user.to_dict() or {}).get("datasets", [])
    return ids


async def _outcome(
    db: firestore.AsyncClient, warm: WarmRollups, uid: str, query: UsageQuery, ids: Sequence[str]
) -> Result | Unanswerable:
    """A part that only the reason of a refusal needs is loaded when it is missed."""
    parts = parts_of(query)
    while True:
        rollup = await warm.read(db, uid, ids, parts)
        if rollup is None:
            raise ApexError(ErrorCode.DATASET_NOT_FOUND)
        try:
            return await asyncio.to_thread(_bounded, query, rollup)
        except PartNotLoadedError as error:
            parts |= error.parts


def _bounded(query: UsageQuery, rollup: Rollup) -> Result | Unanswerable:
    outcome = run(query, rollup)
    if isinstance(outcome, Unanswerable):
        return outcome
    days = max(each.days for each in (outcome.coverage.period, outcome.coverage.versus) if each)
    if days > MOST_DAYS:
        reason = f"A query is of {MOST_DAYS} days at most, and this one of {days:,}. Send a shorter period."
        raise ApexError(ErrorCode.INVALID_REQUEST, reason=reason)
    if len(outcome.rows) > MOST_LINES:
        return run(query.model_copy(update={"top": MOST_LINES}), rollup)
    return outcome
