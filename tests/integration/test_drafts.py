"""No text twice: what was shown of a reply that gets lost is retracted, and what is final is never shown again."""

from typing import Any

import pytest
from pydantic import TypeAdapter

from common.contract.events import Event
from common.runs.advance import continue_in_next_delivery, try_again
from common.runs.end_reasons import EndReason
from common.runs.ports import Ports
from common.runs.step import Item
from common.runs.transitions import INTERRUPTED
from tests.support.protocol import Worker, accept, claim, events_of, lease_over, state_of

_EVENT: TypeAdapter[Event] = TypeAdapter(Event)
REPLY: list[Item] = [{"type": "message", "role": "assistant", "content": "You spent 3 USD."}]


async def begun(ports: Ports, uid: str) -> Worker:
    """A worker that has shown two sentences of a reply that is still arriving."""
    accepted = await accept(ports, uid, "request-1")
    worker = Worker(ports, await claim(ports, accepted.run_id))
    await worker.say("I read your question.")
    for sentence in ("You spent 3 USD.", "Most of it is search."):
        await worker.recorder.think(sentence, draft=True)
    await worker.writer.flush()
    return worker


async def replaced(ports: Ports, uid: str, worker: Worker) -> list[tuple[str, str]]:
    """The thoughts that retract others, each with the first one that it retracts."""
    events: list[Any] = [
        _EVENT.validate_python(event) for event in await events_of(ports, uid, worker.claimed.state.run_id)
    ]
    return [(event.thought, events[event.replaces].thought) for event in events if getattr(event, "replaces", None)]


async def test_a_takeover_retracts_what_was_shown_of_the_reply_that_got_lost(ports: Ports, uid: str) -> None:
    worker = await begun(ports, uid)
    await lease_over()
    await claim(ports, worker.claimed.state.run_id)
    assert await replaced(ports, uid, worker) == [(INTERRUPTED, "You spent 3 USD.")]


@pytest.mark.parametrize("final", ["The bill is measured.", ""])
async def test_a_reply_that_is_stored_stays_as_it_was_shown(ports: Ports, uid: str, final: str) -> None:
    worker = await begun(ports, uid)
    await worker.recorder.remember(REPLY)
    await worker.recorder.think(final or "And that is all.", draft=not final)
    await worker.writer.flush()
    await lease_over()
    second = Worker(ports, await claim(ports, worker.claimed.state.run_id))
    assert second.memory.transcript == REPLY
    assert await replaced(ports, uid, worker) == ([] if final else [(INTERRUPTED, "And that is all.")])


async def test_a_step_that_is_tried_again_retracts_its_unfinished_reply_at_once(ports: Ports, uid: str) -> None:
    worker = await begun(ports, uid)
    await try_again(ports, worker.writer, why="Again.", reason=EndReason.MODEL_UNAVAILABLE, after_s=None)
    await claim(ports, worker.claimed.state.run_id)
    assert await replaced(ports, uid, worker) == [("Again.", "You spent 3 USD.")]


async def test_a_reply_that_cannot_be_used_is_withdrawn_once(ports: Ports, uid: str) -> None:
    worker = await begun(ports, uid)
    for why in ("Not right.", "Not right either."):
        await worker.recorder.retract(why)
    await worker.writer.flush()
    await lease_over()
    await claim(ports, worker.claimed.state.run_id)
    assert await replaced(ports, uid, worker) == [("Not right.", "You spent 3 USD.")]


async def test_what_a_reply_has_shown_stands_when_the_next_one_cannot_be_used(ports: Ports, uid: str) -> None:
    worker = await begun(ports, uid)
    await worker.recorder.remember(REPLY)
    worker.recorder.allow_model_call()
    await worker.recorder.retract("Not right.")
    await worker.writer.flush()
    assert await replaced(ports, uid, worker) == []


async def test_a_worker_whose_time_is_up_hands_its_transcript_on_and_uses_up_no_attempt(ports: Ports, uid: str) -> None:
    worker = await begun(ports, uid)
    await worker.recorder.remember(REPLY)
    await worker.recorder.think("I go on.")
    await continue_in_next_delivery(ports, worker.writer)
    state = await state_of(ports, worker.claimed.state.run_id)
    assert (state.dispatch, state.attempts, state.lease_until) == (1, 0, None)
    second = Worker(ports, await claim(ports, state.run_id))
    assert second.memory.transcript == REPLY
    assert await replaced(ports, uid, worker) == []
