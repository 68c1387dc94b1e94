"""Injecting the faults of a round: at points, on the wire, in the platform; and taking them back."""

import os
import random
import signal
import threading
import time
from collections.abc import Mapping, Sequence

import httpx

from emulators.platform import local_http
from emulators.platform.api import Stack
from tests.campaigns.faults.board import Action, Board, Switch
from tests.campaigns.faults.kinds import DELIVERIES, EXHAUSTING, FREEZES, MODEL, SWITCHES
from tests.campaigns.faults.leads import failures_before, leads_of
from tests.campaigns.faults.plan import CALM, RoundPlan
from tests.campaigns.faults.scan import Point
from tests.support.faults import clear_model_faults, inject_delivery_faults, inject_model_fault

_REFUSALS = (Action.UNAVAILABLE, Action.ABORTED, Action.DEADLINE)
_UNSEEN = 3
"""More would be struck at once in the first rounds, which run beside one another in one process of a function."""


class Injection:
    """The faults of one round; `log` lists what was armed and switched."""

    def __init__(
        self,
        stack: Stack,
        boards: Mapping[str, Board],
        points: Sequence[Point],
        plan: RoundPlan,
        kills: Sequence[int],
    ) -> None:
        self._stack = stack
        self._boards = boards
        self._points = points
        self._kills = kills
        self._users = plan.users
        self._rng = plan.rng()
        self.faults = tuple(dict.fromkeys((*plan.faults, *leads_of(points, kills, self._rng))))
        """Of the plan, and those beside which the chosen points are passed."""
        self._armed: list[tuple[Board, int]] = []
        self._switched: list[tuple[Board, Switch]] = []
        self._helpers: list[threading.Thread] = []
        self._over = threading.Event()
        self.log: list[str] = []

    def begin(self, tags: Sequence[str]) -> None:
        """Inject all faults, and arm the points that the campaign has chosen."""
        for kill in self._kills:
            self._arm(kill, Action.KILL)
            self._lead_to(kill)
        for fault in self.faults:
            self._inject(fault, tags)
        if any(turn.cancel == "at_end" for user in self._users for turn in user.turns):
            self._slow_end()

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
        if any(fault in MODEL for fault in self.log):
            for tag in tags:
                clear_model_faults(self._stack, tag)
        if any(fault in DELIVERIES for fault in self.faults):
            inject_delivery_faults(self._stack)

    def _inject(self, fault: str, tags: Sequence[str]) -> None:
        self.log.append(fault)
        if fault == "frozen_pubsub":
            self._inject("model_refused", tags)  # a run that fails has something to publish
        if fault in SWITCHES:
            self._switch_on(fault)
        if fault in MODEL:
            what = MODEL[fault]
            for tag in tags:
                inject_model_fault(self._stack, what.kind, match=tag, times=what.times, **what.details)
        if fault in DELIVERIES:
            inject_delivery_faults(self._stack, **DELIVERIES[fault])
        if fault in FREEZES:
            self._help(self._freeze, FREEZES[fault])
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
        sites = failures_before(self._points, self._points[kill])
        if not sites:
            return
        site = self._rng.choice(sites)
        moment = self._rng.choice(("before", "before", "after"))
        action = self._rng.choice(_REFUSALS)
        for number, point in enumerate(self._points):
            if point.name == f"{site}:{moment}":
                self._arm(number, action)

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
        """At the fenced commit, on which the protocol turns, and at three others."""
        commits = self._pick(moment=moment, file="common/runs/fenced_commit.py", text="batch.commit")
        for point in (*commits, *self._rng.sample(self._pick(moment=moment, file="common/runs"), 3)):
            self._arm(point, self._rng.choice(_REFUSALS))

    def _slow(self) -> None:
        for point in self._rng.sample(self._pick(file="common/runs"), 6):
            self._arm(point, Action.SLOW, amount=self._rng.choice((5, 20, 60)))

    def _slow_end(self) -> None:
        """The last commit takes its time, so that a stop comes into it."""
        for point in self._pick(file="common/runs/end.py", text="fenced_commit", function="_end"):
            self._arm(point, Action.SLOW, amount=self._rng.choice((10, 30)))

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

    # In processes

    def _switch_on(self, fault: str) -> None:
        functions, switch, least, most = SWITCHES[fault]
        for function in functions:
            self._set(function, switch, self._rng.randint(least, most))

    def _set(self, function: str, switch: Switch, value: int) -> None:
        self._boards[function].switch(switch, value)
        self._switched.append((self._boards[function], switch))
        self.log.append(f"{function}: {switch.name}={value}")

    def _two_revisions(self) -> None:
        for function in ("step", "chat"):
            self._set(function, Switch.WORKERS, 2)
        self._help(self._retire_old)

    def _retire_old(self) -> None:
        """The older process ends what it has begun, in mid-turn."""
        if not self._over.wait(self._rng.uniform(0.5, 3.0)):
            for function in ("step", "chat"):
                self._boards[function].switch(Switch.WORKERS, 1)

    def _upkeep_ahead(self) -> None:
        """A sweeper whose clock is ahead of a run's whole budget ends runs that are alive."""
        self._set("upkeep", Switch.SKEW_AHEAD, 700)
        self._set("upkeep", Switch.WORKERS, 2)
        self._help(self._sweep)

    # In the platform

    def _help(self, what: object, *arguments: object) -> None:
        helper = threading.Thread(target=what, args=arguments, daemon=True)  # type: ignore[arg-type]  # a callable
        self._helpers.append(helper)
        helper.start()

    def _freeze(self, service: str) -> None:
        """Stop an emulator for a while; it is resumed whatever happens here."""
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
                local_http.post(f"{self._stack.googleapis_url}/scheduler/sweep/run", timeout=10.0)
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
    return chosen + rng.sample(unseen, min(_UNSEEN, len(unseen)))
