"""Builds the frozen context of one step from what is stored: nothing is shared with any other request."""

from typing import Any

from google.cloud import firestore

from common.contract.answer import Answer
from common.runs.claim import Claimed
from common.runs.recorder import StepMemory, StepRecorder
from common.runs.step import PastTurn, StepContext, ToolEvidence
from common.store import paths
from common.store.client import Document, read_all
from common.store.codec import unpack

TURNS_REMEMBERED = 5
"""Earlier turns of the thread that an agent knows."""


async def build_context(db: firestore.AsyncClient, claimed: Claimed, recorder: StepRecorder) -> StepContext:
    """Everything that the agent of this step may know."""
    state = claimed.state
    memories = [StepMemory.parse(document) for document in claimed.earlier]
    evidence: list[ToolEvidence] = [item for memory in memories for item in memory.evidence.values()]
    evidence += claimed.memory.evidence.values()
    return StepContext(
        user=state.user,
        run_id=state.run_id,
        thread_id=state.thread_id,
        step=state.step,
        agent=state.agent,
        question=state.question,
        click=state.click,
        read=_read(claimed),
        dataset_ids=state.dataset_ids,
        history=await _history(db, claimed),
        evidence=tuple(evidence),
        recorder=recorder,
        transcript=list(claimed.memory.transcript),
    )


def _read(claimed: Claimed) -> dict[str, Any] | None:
    """What triage left, in the steps after it."""
    return unpack(claimed.earlier[0]["output"]) if claimed.earlier else None


async def _history(db: firestore.AsyncClient, claimed: Claimed) -> tuple[PastTurn, ...]:
    state = claimed.state
    runs = claimed.answered[-TURNS_REMEMBERED:]
    if not runs:
        return ()
    ids = [name for run in runs for name in (paths.question_id(run), run)]
    messages = await read_all(db, [paths.message(state.user.uid, state.thread_id, name) for name in ids])
    documents = [message.to_dict() or {} for message in messages]
    return tuple(
        PastTurn(question=question["text"], answer=_answer(answer))
        for question, answer in zip(documents[::2], documents[1::2], strict=True)
        if question and answer  # either may be missing while the thread is being deleted
    )


def _answer(message: Document) -> Answer:
    """The stored answer; what a later version has added is ignored."""
    stored = {name: message[name] for name in Answer.model_fields if name in message}
    return Answer.model_validate(stored, extra="ignore")
