"""The one way a transition is committed: fenced by the update time of the control document, and decided if uncertain.

The fence is the precondition that nobody has written the document since `before` was read. After an uncertain commit
(common/store/commits.py) the document is read once, and decides which of three outcomes it is. What each outcome means
is the caller's policy.
"""

import secrets
from collections.abc import Callable
from dataclasses import dataclass, replace

from google.cloud import firestore
from google.cloud.firestore_v1.async_batch import AsyncWriteBatch

from common.runs.commit import add_events, add_fenced_update
from common.runs.state import RunState, read_state
from common.runs.transitions import Transition
from common.store.client import RPC_S
from common.store.commits import UNCERTAIN, is_applied

Writes = Callable[[AsyncWriteBatch], None]
"""Adds further documents to the batch."""


@dataclass(frozen=True)
class Applied:
    """The transition is stored: `state` is its `after`, with the fence of the next commit."""

    state: RunState


@dataclass(frozen=True)
class Lost:
    """Somebody else has written since; `fresh` is what stands there, None where the run was deleted.

    Ours may have been applied before that: the commit id of `fresh` is the other writer's.
    """

    fresh: RunState | None
    error: Exception


@dataclass(frozen=True)
class Untouched:
    """Not applied, and nobody was in the way: the document is as `before` says."""

    error: Exception


Outcome = Applied | Lost | Untouched


def new_commit_id() -> str:
    """Random, in every commit: an update that changes nothing would keep the update time and not fence."""
    return secrets.token_hex(8)


async def fenced_commit(
    db: firestore.AsyncClient,
    transition: Transition,
    *,
    writes: Writes | None = None,
    commit_id: str | None = None,
) -> Outcome:
    """Commit the transition with its events and `writes`, all or nothing. Raises what is no uncertain outcome.

    `commit_id`: of an earlier try of the same commit, which may yet be applied and is recognized by it.
    """
    after = replace(transition.after, commit_id=commit_id or new_commit_id(), missing=frozenset())
    batch = _fenced_batch(db, replace(transition, after=after))
    if writes is not None:
        writes(batch)
    try:
        results = await batch.commit(timeout=RPC_S)
    except UNCERTAIN as error:
        fresh = await read_state(db, after.run_id)
        if fresh is not None and fresh.commit_id == after.commit_id:
            return Applied(replace(after, update_time=fresh.update_time))
        if fresh is not None and fresh.update_time == transition.before.update_time:
            return Untouched(error)
        return Lost(fresh, error)
    return Applied(replace(after, update_time=results[0].update_time))


async def commit_unless_moved(db: firestore.AsyncClient, transition: Transition) -> None:
    """Commit a transition that nobody needs where somebody else has moved the run on; an uncertain outcome will do."""
    after = replace(transition.after, commit_id=new_commit_id())
    await is_applied(_fenced_batch(db, replace(transition, after=after)))


def _fenced_batch(db: firestore.AsyncClient, transition: Transition) -> AsyncWriteBatch:
    batch = db.batch()
    add_fenced_update(db, batch, transition)
    add_events(db, batch, uid=transition.before.user.uid, events=transition.events)
    return batch
