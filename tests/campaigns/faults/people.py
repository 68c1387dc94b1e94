"""The users of the campaign, who act as the page does: they send again under the same id, look again, and stop."""

import itertools
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
from google.api_core.exceptions import GoogleAPICallError

from cli.ask.client import ApexClient, new_request_id
from cli.ask.errors import ClientCode, ClientError
from common.runs.queue import StepTask
from emulators.platform import local_http
from emulators.platform.api import Stack
from tests.campaigns.faults.pace import Pace
from tests.campaigns.faults.plan import TurnPlan, UserPlan

STUCK_S = 45.0
"""An accepted turn must have ended so long after it was accepted, in the machine's own time (pace.py).

It is far more than any recovery takes.

What only a budget of time ended (30 s without progress in the test environment) is stuck, too: see the checker.
"""
_SEEN_S = 10.0
"""How much longer a tab looks for the end, in the machine's own time."""
_TRIES = 80
_AGAIN_S = 0.15
_TURNS_OF_A_USER = 150
"""Fewer than a free month has."""
_LIFE_S = 2400.0
"""Shorter than a token's."""


@dataclass(kw_only=True)
class Sent:
    """A message, and all that its user saw of it. `accepted_at`: seconds of `time.time()`."""

    plan: TurnPlan
    text: str
    request_id: str
    run_id: str
    due_s: float
    """Within which it must end, in the machine's own time: each turn before it in its conversation has its own."""
    thread_id: str = ""
    accepted_at: float | None = None
    refused: str = ""
    stopped: str | None = None
    """What the server said the run's status is when it was stopped."""
    tabs: list[list[dict[str, Any]]] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)
    """What stayed broken after all tries."""


@dataclass(kw_only=True)
class Story:
    """What one user did in a round."""

    user: "Person"
    plan: UserPlan
    tag: str
    turns: list[Sent]
    title: str | None = None
    deleted: bool = False
    errors: list[str] = field(default_factory=list)

    @property
    def thread_id(self) -> str:
        """The thread of all turns: it bears the id of its first run."""
        return self.turns[0].run_id


class Person:
    """A signed-in user with a ledger of their own; in one round at a time."""

    def __init__(self, stack: Stack, data: Path | None, pace: Pace) -> None:
        self._pace = pace
        self.client = ApexClient.sign_in_guest(stack)
        self._retires_at = time.monotonic() + _LIFE_S
        self.turns = 0
        self.with_data = data is not None
        self._dataset = self.client.upload(data).dataset_id if data is not None else None

    @property
    def retires(self) -> bool:
        """True when their month or their token runs out."""
        without = self.with_data and self._dataset is None
        return without or self.turns > _TURNS_OF_A_USER or time.monotonic() > self._retires_at

    def act(self, plan: UserPlan, tag: str) -> Story:
        """Do what the plan says, and return when all has ended, or should have."""
        turns = [self._sent(turn, tag, (place + 1) * STUCK_S) for place, turn in enumerate(plan.turns)]
        story = Story(user=self, plan=plan, tag=tag, turns=turns)
        self.turns += len(turns)
        watchers = [thread for turn in turns for thread in self._watchers(plan, turn)]
        for watcher in watchers:
            watcher.start()
        for number, turn in enumerate(turns):
            self._send(turn, story.thread_id if number else None)
            if number and plan.stray_task:
                self._deliver(turn, story.thread_id)
        if plan.data_deleted:
            self._delete_data(story)
        self._act_on_thread(story)
        for watcher in watchers:
            watcher.join()
        if plan.thread == "delete_after":
            self._delete(story)
        return story

    def _sent(self, turn: TurnPlan, tag: str, due_s: float) -> Sent:
        request_id = new_request_id()
        run_id = self.client.run_id(request_id)
        return Sent(plan=turn, text=f"{turn.text} {tag}", request_id=request_id, run_id=run_id, due_s=due_s)

    # Sending and stopping

    def _send(self, turn: Sent, thread_id: str | None) -> None:
        stop = threading.Thread(target=self._stop, args=(turn,), daemon=True)
        if turn.plan.cancel == "before_accept":
            self._stop(turn)
        if turn.plan.cancel == "with_post":
            stop.start()
        if turn.plan.hang_up:
            self._hang_up(turn, thread_id)
        twin = threading.Thread(target=self._post, args=(turn, thread_id), daemon=True)
        if turn.plan.double:
            twin.start()
        self._post(turn, thread_id)
        if turn.plan.cancel == "before_start":
            self._stop(turn)
        for thread in (twin, stop):
            if thread.ident is not None:
                thread.join()

    def _post(self, turn: Sent, thread_id: str | None) -> None:
        """Until there is an answer, as the page's outbox does."""
        for _ in range(_TRIES):
            try:
                accepted = self.client.post_turn(turn.text, client_request_id=turn.request_id, thread_id=thread_id)
            except ClientError as error:
                if not _passing(error):
                    turn.refused = error.code
                    return
                time.sleep(_AGAIN_S)
            else:
                if accepted.run_id != turn.run_id:
                    turn.errors.append(f"duplicated: the request became run {accepted.run_id}, too")
                turn.thread_id = accepted.thread_id
                turn.accepted_at = turn.accepted_at or time.time()
                return
        turn.errors.append("stuck: the turn was not accepted, however often it was sent")

    def _hang_up(self, turn: Sent, thread_id: str | None) -> None:
        """Send, and leave before the reply."""
        body = {"client_request_id": turn.request_id, "message": turn.text}
        body |= {"thread_id": thread_id} if thread_id else {}
        headers = {"Authorization": f"Bearer {self.client.session.token}"}
        try:
            local_http.post(f"{self.client.stack.chat_url}/api/turns", json=body, headers=headers, timeout=0.02)
        except httpx.TransportError:
            return

    def _stop(self, turn: Sent) -> None:
        for _ in range(_TRIES):
            try:
                turn.stopped = self.client.cancel(turn.run_id, client_request_id=turn.request_id)
            except ClientError as error:
                if not _passing(error):
                    turn.errors.append(f"lost: a stop was refused: {error.code}")
                    return
                time.sleep(_AGAIN_S)
            else:
                return
        turn.errors.append("stuck: a stop was never answered")

    def _deliver(self, turn: Sent, thread_id: str) -> None:
        """Call the step function as Cloud Tasks does; whether it answers is not the point."""
        stack, token = self.client.stack, {"audience": self.client.stack.step_url}
        task = StepTask(run_id=turn.run_id, uid=self.client.uid, thread_id=thread_id, step=0, dispatch=0)
        try:
            minted = local_http.post(f"{stack.googleapis_url}/token", json=token, timeout=5.0).json()["token"]
            headers = {"Authorization": f"Bearer {minted}", "Content-Type": "application/json"}
            local_http.post(f"{stack.step_url}/", content=task.model_dump_json(), headers=headers, timeout=5.0)
        except httpx.TransportError:
            return

    # Watching

    def _watchers(self, plan: UserPlan, turn: Sent) -> list[threading.Thread]:
        delays = {"late": [0.7], "offline": [3.0], "two_tabs": [0.0, 0.3]}.get(plan.watching, [0.0])
        deleted_meanwhile = plan.thread == "delete_during"
        return [
            threading.Thread(
                target=self._watch, args=(turn, delay, plan.watching == "reload", deleted_meanwhile), daemon=True
            )
            for delay in delays
        ]

    def _watch(self, turn: Sent, delay_s: float, reload: bool, may_vanish: bool) -> None:  # noqa: FBT001 - a thread's arguments
        time.sleep(delay_s)
        if may_vanish:
            return
        if reload:
            self._follow(turn, [], most=3)
        events: list[dict[str, Any]] = []
        turn.tabs.append(events)
        self._follow(turn, events)
        if turn.plan.cancel == "in_tool" and not turn.refused and turn.stopped is None:
            self._stop(turn)  # there was no tool: a stop that comes after the end

    def _follow(self, turn: Sent, events: list[dict[str, Any]], most: int | None = None) -> None:
        """Take events up to the final one; opens another listener where one broke."""
        began = time.time()
        while self._pace.between(began, time.time()) < turn.due_s + _SEEN_S and not turn.refused:
            try:
                with self.client.watch(turn.run_id) as watch:
                    for arrived in itertools.islice(watch.events(5.0), len(events), most):
                        events.append(arrived.event)
                        self._react(turn, arrived.event)
            except (ClientError, GoogleAPICallError):
                time.sleep(_AGAIN_S)
            else:
                return

    def _react(self, turn: Sent, event: dict[str, Any]) -> None:
        moment = {"in_tool": ("tool_executing", None), "at_end": ("agent_started", "reporting")}.get(turn.plan.cancel)
        if moment is None or turn.stopped is not None:
            return
        if event["type"] == moment[0] and moment[1] in {None, event["agent"]}:
            time.sleep(turn.plan.cancel_after_s)
            self._stop(turn)

    # Threads

    def _act_on_thread(self, story: Story) -> None:
        if story.turns[0].accepted_at is None:
            return
        if story.plan.thread == "rename":
            title = f"Renamed {story.tag}"
            reply = self._until_answered("PATCH", story, json={"title": title})
            story.title = title if reply == 200 else None
            story.errors += [f"lost: a new name was refused: {reply}"] if 400 <= reply < 500 else []
        if story.plan.thread == "delete_during":
            self._delete(story)

    def _delete(self, story: Story) -> None:
        if story.turns[0].accepted_at is not None:
            story.deleted = self._until_answered("DELETE", story) in {200, 404}

    def _delete_data(self, story: Story) -> None:
        self._until_answered("DELETE", story, path=f"/api/uploads/{self._dataset}")
        self._dataset = None

    def _until_answered(self, method: str, story: Story, *, path: str = "", json: object = None) -> int:
        for _ in range(_TRIES):
            try:
                status = self.client.http(method, path or f"/api/threads/{story.thread_id}", json=json).status_code
            except ClientError:
                status = 503
            if status < 500:
                return status
            time.sleep(_AGAIN_S)
        story.errors.append(f"stuck: {method} of a thread was never answered")
        return 503


def _passing(error: ClientError) -> bool:
    """Whether sending again may help."""
    return error.code == ClientCode.UNREACHABLE or (error.http_status or 0) >= 500
