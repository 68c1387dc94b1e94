"""Injecting the faults of a round: at points, on the wire, in the platform; and taking them back."""

import os
import random
import signal
import threading
import time
from collections.abc import Mapping, Sequence

import httpx

from emulators.platform.api import Stack
from tests.faults.board import Action, Board, Switch
from tests.faults.plan import CALM, RoundPlan
from tests.faults.scan import Point
from tests.support.faults import mend_model, spoil_deliveries, spoil_model

_SWITCHES: dict[str, tuple[tuple[str, ...], Switch, int, int]] = {
    "response_lost_chat": (("chat",), Switch.RESPONSE_LOST, 1, 3),
    "response_lost_step": (("step",), Switch.RESPONSE_LOST, 1, 3),
    "enqueue_fails_chat": (("chat",), Switch.TASKS_UNAVAILABLE, 1, 2),
    "enqueue_fails_step": (("step",), Switch.TASKS_UNAVAILABLE, 1, 2),
    "enqueue_fails_upkeep": (("upkeep", "chat"), Switch.TASKS_UNAVAILABLE, 1, 2),
    "enqueue_reply_lost": (("chat", "step"), Switch.TASKS_LOST_REPLY, 1, 2),
    "firestore_unavailable": (("chat", "step", "upkeep"), Switch.FIRESTORE_UNAVAILABLE, 1, 6),
    "firestore_aborted": (("chat", "step", "upkeep"), Switch.FIRESTORE_ABORTED, 1, 7),
    "firestore_slow": (("chat", "step", "upkeep"), Switch.FIRESTORE_SLOW, 3, 25),
    "firestore_reply_lost": (("chat", "step", "upkeep"), Switch.FIRESTORE_LOST_REPLY, 1, 4),
    "clock_ahead": (("step",), Switch.SKEW_AHEAD, 5, 40),
    "clock_behind": (("step",), Switch.SKEW_BEHIND, 5, 20),
}
"""Functions, switch, and from how much to how much."""
_MODEL: dict[str, tuple[str, int, float | None]] = {
    "model_429": ("rate_limit", 1, 0.2),
    "model_500": ("server_error", 2, None),
    "model_silence": ("silence", 1, 2.0),
    "model_cut": ("cut_stream", 1, None),
    "model_bad_json": ("bad_json", 1, None),
    "model_slow": ("slow", 1, 3.5),
    "model_away": ("server_error", 40, None),
    "model_empty": ("empty", 3, None),
    "model_made_up": ("made_up_number", 2, None),
    "model_unknown_tool": ("unknown_tool", 1, None),
    "model_refused": ("refused", 1, None),
}
"""The local model's name for it, how often, and seconds."""
_DELIVERIES: dict[str, dict[str, int]] = {
    "task_twice": {"duplicate": 4},
    "task_echo": {"echo": 4, "later_ms": 250},
    "task_late": {"delay_ms": 300},
    "task_reordered": {"reorder": 6, "later_ms": 400},
    "task_answer_lost": {"drop_response": 3},
}
_FROZEN = {
    "frozen_firestore": "firestore",
    "frozen_tasks": "googleapis",
    "frozen_model": "model",
    "frozen_auth": "firebase",
    "frozen_pubsub": "pubsub",
}
_LEADS: tuple[tuple[str, str, str, str], ...] = (
    ("common/agents/thoughts.py", "", "", "model_slow"),
    ("common/agents/conversation.py", "_ask_to_correct", "", "model_made_up"),
    ("common/agents/conversation.py", "_take", "user_item", "model_empty"),
    ("common/runs/advance.py", "go_on_later", "", "model_slow"),
    ("functions/step/worker.py", "_work_under_lease", "_LONG", "model_slow"),
    ("functions/step/worker.py", "_work_under_lease", "go_on_later", "model_slow"),
    ("functions/step/worker.py", "_work_under_lease", "failure", "model_refused"),
    ("common/runs/advance.py", "fail_step", "", "model_refused"),
)
"""File, function, a part of the text: points that are passed only beside this fault of the model."""
EXHAUSTING = frozenset({"model_away", "kill_again", "model_refused", "upkeep_ahead", "frozen_pubsub"})
"""Faults that use up the attempts of a step: its run may fail."""


class Injection:
    """The faults of one round; `log` tells what was armed and switched."""

    def __init__(self, stack: Stack, boards: Mapping[str, Board], points: Sequence[Point], plan: RoundPlan) -> None:
        self._stack = stack
        self._boards = boards
        self._points = points
        self._plan = plan
        self._rng = plan.rng()
        self._armed: list[tuple[Board, int]] = []
        self._switched: list[tuple[Board, Switch]] = []
        self._helpers: list[threading.Thread] = []
        self._over = threading.Event()
        self.log: list[str] = []

    def begin(self, kills: Sequence[int], tags: Sequence[str]) -> None:
        """Inject everything that the plan says, and arm the points that the campaign has chosen."""
        for kill in kills:
            self._arm(kill, Action.KILL)
            self._lead_to(kill)
        leads = {fault for kill in kills for fault in self._leads(kill)}
        for fault in (*self._plan.faults, *sorted(leads.difference(self._plan.faults))):
            self._inject(fault, tags)

    @property
    def exhausts(self) -> bool:
        """Whether attempts may be used up by what was injected."""
        return bool(EXHAUSTING.intersection(self.log))

    def end(self, tags: Sequence[str]) -> None:
        """Take back what has not struck."""
        self._over.set()
        for helper in self._helpers:
            helper.join()
        for board, point in self._armed:
            board.disarm_point(point)
        for board, switch in self._switched:
            board.switch(switch, int(switch is Switch.WORKERS))
        if any(fault in _MODEL for fault in self.log):
            for tag in tags:
                mend_model(self._stack, tag)
        if any(fault in _DELIVERIES for fault in self._plan.faults):
            spoil_deliveries(self._stack)

    def _inject(self, fault: str, tags: Sequence[str]) -> None:
        self.log.append(fault)
        if fault == "frozen_pubsub":
            self._inject("model_refused", tags)  # a run that fails has something to publish
        if fault in _SWITCHES:
            self._switch_on(fault)
        if fault in _MODEL:
            kind, times, seconds = _MODEL[fault]
            details: dict[str, float | str] = {} if seconds is None else {"seconds": seconds}
            for tag in tags:
                spoil_model(self._stack, kind, match=tag, times=times, **details)
        if fault in _DELIVERIES:
            spoil_deliveries(self._stack, **_DELIVERIES[fault])
        if fault in _FROZEN:
            self._help(self._freeze, _FROZEN[fault])
        special = {
            CALM: self._calm,
            "two_revisions": self._two_revisions,
            "clock_ahead": self._two_revisions,
            "clock_behind": self._two_revisions,
            "sweep_beside_worker": lambda: self._help(self._sweep),
            "refused_at_point": lambda: self._raise_at("before"),
            "reply_lost_at_point": lambda: self._raise_at("after"),
            "slow_at_point": self._slow,
            "kill_in_tool": self._kill_in_tool,
            "kill_again": self._kill_again,
            "sweeper_needed": self._sweeper_needed,
            "upkeep_ahead": self._upkeep_ahead,
        }
        if fault in special:
            special[fault]()

    # At points

    def _arm(self, point: int, action: Action, *, passing: int = 1, amount: int = 0, only: str = "") -> None:
        """In every function that has the point; a function's own are passed nowhere else."""
        for function, board in self._boards.items():
            if not only or only == function:
                board.arm(point, action, passing=passing, amount=amount)
                self._armed.append((board, point))
        self.log.append(f"{action.name} at {self._points[point].name} x{passing}")

    def _lead_to(self, kill: int) -> None:
        """A point in an `except` is passed only after something failed: let it fail."""
        sites = self._points[kill].handler_of
        if not sites:
            return
        site = self._rng.choice(sites)
        moment = self._rng.choice(("before", "before", "after"))
        action = self._rng.choice((Action.UNAVAILABLE, Action.ABORTED))
        for number, point in enumerate(self._points):
            if point.name == f"{site}:{moment}":
                self._arm(number, action)

    def _leads(self, kill: int) -> list[str]:
        point = self._points[kill]
        return [
            fault
            for file, function, text, fault in _LEADS
            if point.file == file and function in point.function and text in point.text
        ]

    def _pick(self, *, moment: str = "", text: str = "", file: str = "", function: str = "") -> list[int]:
        return [
            number
            for number, point in enumerate(self._points)
            if point.moment == (moment or point.moment)
            and text in point.text
            and point.file.startswith(file)
            and function in point.function
        ]

    def _raise_at(self, moment: str) -> None:
        for point in self._rng.sample(self._pick(moment=moment, file="common/runs"), 4):
            self._arm(point, self._rng.choice((Action.UNAVAILABLE, Action.ABORTED)))

    def _slow(self) -> None:
        for point in self._rng.sample(self._pick(file="common/runs"), 6):
            self._arm(point, Action.SLOW, amount=self._rng.choice((5, 20, 60)))

    def _calm(self) -> None:
        """A database that takes its time is no fault, and nothing may depend on its being quick."""
        self._set("chat", Switch.FIRESTORE_SLOW, 20)

    def _kill_in_tool(self) -> None:
        slow = self._pick(moment="before", file="functions/step/workspace.py")
        for point in slow:
            self._arm(point, Action.SLOW, amount=60)
        self._arm(self._rng.choice(self._pick(moment="before", text="work", function="_finish")), Action.KILL)

    def _kill_again(self) -> None:
        """Until the attempts of a step are used up; a clock that is ahead spares waiting for the leases."""
        self._set("step", Switch.SKEW_AHEAD, 30)
        self._arm(self._pick(moment="after", function="claim_step", text="_take")[0], Action.KILL, amount=7)

    def _sweeper_needed(self) -> None:
        """A process dies between a commit and the task that should follow."""
        texts = ("_enqueue(", "queue.enqueue(", "ensure_head(", "wake_head(")
        for point in self._pick(moment="before", file="common/runs"):
            if any(text in self._points[point].text for text in texts) and self._rng.random() < 0.25:
                self._arm(point, Action.KILL)

    # Of whole processes

    def _switch_on(self, fault: str) -> None:
        functions, switch, least, most = _SWITCHES[fault]
        for function in functions:
            self._set(function, switch, self._rng.randint(least, most))

    def _set(self, function: str, switch: Switch, value: int) -> None:
        self._boards[function].switch(switch, value)
        self._switched.append((self._boards[function], switch))
        self.log.append(f"{function}: {switch.name}={value}")

    def _two_revisions(self) -> None:
        for function in ("step", "chat"):
            self._set(function, Switch.WORKERS, 2)

    def _upkeep_ahead(self) -> None:
        """A sweeper whose clock is ahead of a run's whole budget ends runs that are alive."""
        self._set("upkeep", Switch.SKEW_AHEAD, 700)
        self._set("upkeep", Switch.WORKERS, 2)
        self._help(self._sweep)

    # Of the platform

    def _help(self, what: object, *arguments: object) -> None:
        helper = threading.Thread(target=what, args=arguments, daemon=True)  # type: ignore[arg-type]  # a callable
        self._helpers.append(helper)
        helper.start()

    def _freeze(self, service: str) -> None:
        """Stop an emulator for a while; it goes on whatever happens here."""
        if self._over.wait(self._rng.uniform(0.0, 0.4)):
            return
        pids = self._stack.pids(service)
        try:
            for pid in pids:
                os.kill(pid, signal.SIGSTOP)
            time.sleep(self._rng.uniform(0.5, 2.5))
        finally:
            for pid in pids:
                os.kill(pid, signal.SIGCONT)

    def _sweep(self) -> None:
        while not self._over.wait(0.2):
            try:
                httpx.post(f"{self._stack.googleapis_url}/scheduler/sweep/run", timeout=10.0)
            except httpx.TransportError:
                continue


def choose_kills(
    rng: random.Random, boards: Mapping[str, Board], struck: Mapping[int, int], count: int, points: int
) -> list[int]:
    """Points to kill at: first those that were passed and not yet struck, then those not even passed."""
    if count == 0:
        return []
    left = [number for number in range(points) if not struck.get(number)]
    if not left:
        return rng.sample(range(points), count)
    passed = [number for number in left if any(board.passed(number) for board in boards.values())]
    unseen = [number for number in left if number not in set(passed)]
    chosen = rng.sample(passed, min(count, len(passed)))
    return chosen + rng.sample(unseen, min(6, len(unseen)))
