"""One question from posting to its end: the client's loop, with timings, and a stop that works at any moment."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from cli.ask.client import ApexClient, new_request_id
from cli.ask.errors import ClientError
from cli.ask.watch import SILENCE_S, ArrivedEvent, RunWatch
from common.errors import SPECS, ErrorCode

_STOPPING_S = 10.0
_STATUS = {"agent_completed": "completed", "agent_failed": "failed", "agent_cancelled": "cancelled"}


@dataclass(frozen=True, kw_only=True)
class Timings:
    """Milliseconds from just before the POST; None for what was not reached."""

    accepted_ms: float | None
    first_event_ms: float | None
    completed_ms: float | None


@dataclass(frozen=True, kw_only=True)
class TurnOutcome:
    """How a run ended. `answer` is common/contract/answer.py's Answer as stored; `error` says why there is none."""

    run_id: str
    thread_id: str
    status: str
    answer: dict[str, Any] | None
    error: ClientError | None
    events: tuple[ArrivedEvent, ...]
    timings: Timings
    interrupted: bool = False


@dataclass(kw_only=True)
class _Turn:
    client: ApexClient
    request_id: str
    on_event: Callable[[dict[str, Any]], None]
    thread_id: str = ""
    started: float = 0.0
    accepted: float | None = None
    events: list[ArrivedEvent] = field(default_factory=list)
    interrupted: bool = False

    def follow(self, watch: RunWatch, silence_s: float) -> None:
        for arrived in watch.events(silence_s):
            self.events.append(arrived)
            self.on_event(arrived.event)

    def stop(self, watch: RunWatch) -> None:
        self.interrupted = True
        try:
            self.client.cancel(self.client.run_id(self.request_id), client_request_id=self.request_id)
            self.follow(watch, _STOPPING_S)
        except ClientError as error:
            raise KeyboardInterrupt from error

    def outcome(self) -> TurnOutcome:
        last = self.events[-1].event
        return TurnOutcome(
            run_id=self.client.run_id(self.request_id),
            thread_id=self.thread_id,
            status=_STATUS[last["type"]],
            answer=last.get("answer"),
            error=_failure(last),
            events=tuple(self.events),
            timings=Timings(
                accepted_ms=self._ms(self.accepted),
                first_event_ms=self._ms(self.events[0].at),
                completed_ms=self._ms(self.events[-1].at),
            ),
            interrupted=self.interrupted,
        )

    def _ms(self, moment: float | None) -> float | None:
        return None if moment is None else round((moment - self.started) * 1000, 1)


def ask(
    client: ApexClient,
    question: str,
    *,
    thread_id: str | None = None,
    dataset_ids: tuple[str, ...] | None = None,
    on_event: Callable[[dict[str, Any]], None] = lambda _event: None,
) -> TurnOutcome:
    """Post `question` and follow its run to the end; raises ClientError when it is refused or falls silent.

    Ctrl-C stops the run through the API and follows it to its end; with no run to follow it is raised again.
    """
    turn = _Turn(client=client, request_id=new_request_id(), on_event=on_event, thread_id=thread_id or "")
    with client.watch(client.run_id(turn.request_id)) as watch:
        try:
            turn.started = time.perf_counter()
            accepted = client.post_turn(
                question, client_request_id=turn.request_id, thread_id=thread_id, dataset_ids=dataset_ids
            )
            turn.accepted = time.perf_counter()
            turn.thread_id = accepted.thread_id
            turn.follow(watch, SILENCE_S)
        except KeyboardInterrupt:
            turn.stop(watch)
    return turn.outcome()


def _failure(last: dict[str, Any]) -> ClientError | None:
    if last["type"] != "agent_failed":
        return None
    status = SPECS[ErrorCode(last["code"])].status
    return ClientError(last["code"], last["message"], http_status=status, support_id=last["support_id"])
