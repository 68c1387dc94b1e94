"""The campaign: rounds, several at a time, on one stack; what they found, and which points were struck."""

import random
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field

from common.runs.end_reasons import EndReason
from emulators.platform.api import Stack
from tests.campaigns.faults.afterwards import Afterwards
from tests.campaigns.faults.board import Board, Switch
from tests.campaigns.faults.checker import Checker, Situation, Violation
from tests.campaigns.faults.crowd import People
from tests.campaigns.faults.findings import ATTEMPTS
from tests.campaigns.faults.injection import Injection, choose_kills
from tests.campaigns.faults.kinds import CLOCKS, EXHAUSTING, REFUSING
from tests.campaigns.faults.pace import Pace
from tests.campaigns.faults.people import Person, Story
from tests.campaigns.faults.plan import CALM, DATA_DELETED, RoundPlan, plan_round, with_data_deleted
from tests.campaigns.faults.records import Ledger, Records
from tests.campaigns.faults.scan import Point
from tests.support.fresh_database import renew_database

_FRESH_EVERY = 50
"""Rounds after which the database is a new one (tests/support/fresh_database.py)."""
_CALM_TRIES = 3
"""A busy machine can keep a task waiting for longer than the sweeper waits; it does not do so three times running."""


@dataclass(frozen=True, kw_only=True)
class CampaignScope:
    """Which rounds are played. `at`: names of points to kill at, instead of those that the campaign would choose."""

    rounds: int
    seed: int
    users: int
    lanes: int
    only: int | None = None
    at: tuple[str, ...] = ()


@dataclass(kw_only=True)
class CampaignResults:
    """What the campaign has found so far."""

    rounds: int = 0
    may_fail: int = 0
    """Rounds in which faults, those beside them included, might have used up what a run may use up."""
    ends: Counter[str] = field(default_factory=Counter)
    """Turns by the reason of their end; "gone" are those deleted or never accepted."""
    faults: Counter[str] = field(default_factory=Counter)
    struck: Counter[int] = field(default_factory=Counter)
    violations: list[tuple[RoundPlan, list[str], Violation]] = field(default_factory=list)


class _Gate:
    """Rounds run beside one another, calm ones alone."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._inside = 0
        self._alone = False

    @contextmanager
    def pass_through(self, *, alone: bool) -> Iterator[None]:
        with self._changed:
            self._changed.wait_for(lambda: not self._alone)
            self._alone = alone
            self._changed.wait_for(lambda: not alone or self._inside == 0)
            self._inside += 1
        try:
            yield
        finally:
            with self._changed:
                self._inside -= 1
                self._alone = self._alone and not alone
                self._changed.notify_all()


class _Beside:
    """What rounds do to the runs of those beside them, too."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._begun = 0
        self._under_way = 0

    def begun(self) -> int:
        """All there ever was."""
        with self._lock:
            return self._begun

    def over(self) -> int:
        """What cannot touch a round that begins now."""
        with self._lock:
            return self._begun - self._under_way

    @contextmanager
    def during(self, weight: int) -> Iterator[None]:
        """Count it as under way."""
        with self._lock:
            self._begun += weight
            self._under_way += weight
        try:
            yield
        finally:
            with self._lock:
                self._under_way -= weight


@dataclass(frozen=True, kw_only=True)
class _Strain:
    """See Situation: what this round and those beside it did."""

    may_fail: bool
    clocks_wrong: bool


def _weight(faults: Sequence[str]) -> int:
    """How many of a step's attempts they may use up; a calm round's slow database uses up none."""
    if CALM in faults:
        return 0
    return 2 * len(faults) + (ATTEMPTS if EXHAUSTING & set(faults) else 0)


def _reasons(faults: Sequence[str], story: Story) -> frozenset[str]:
    """Why a run may fail at once, without any further attempt."""
    refused = {EndReason.MODEL_REFUSED} if REFUSING.intersection(faults) else set()
    return frozenset(refused | ({EndReason.DATA_GONE} if story.plan.data_deleted else set()))


class Campaign:
    """Runs rounds against a stack whose functions run under tests.campaigns.faults.runner."""

    def __init__(
        self, stack: Stack, boards: Mapping[str, Board], points: Sequence[Point], scope: CampaignScope, pace: Pace
    ) -> None:
        self._stack = stack
        self._boards = boards
        self._points = points
        self._scope = scope
        self._people = People(stack, pace)
        self._records = Records(stack, pace)
        self._checker = Checker(self._records, pace)
        self._afterwards = Afterwards(stack, self._records)
        self._gate = _Gate()
        self._lock = threading.Lock()
        self._disturbances = _Beside()
        self._clocks = _Beside()
        self.results = CampaignResults()

    def run(self, report: Callable[[CampaignResults], None], *, stop_at_first: bool) -> None:
        """All rounds, or the requested one; `report` is called after each."""
        numbers = iter([self._scope.only] if self._scope.only is not None else range(self._scope.rounds))

        def lane() -> None:
            while True:
                with self._lock:
                    number = None if stop_at_first and self.results.violations else next(numbers, None)
                if number is None:
                    return
                self._round(plan_round(self._scope.seed, number, self._scope.users))
                with self._lock:
                    report(self.results)

        with ThreadPoolExecutor(self._scope.lanes) as pool:
            for done in [pool.submit(lane) for _ in range(self._scope.lanes)]:
                done.result()
        self._look_again()
        report(self.results)

    def _look_again(self) -> None:
        changed = self._afterwards.changed()
        with self._lock:
            self.results.violations += changed

    def _round(self, plan: RoundPlan) -> None:
        if plan.number % _FRESH_EVERY == _FRESH_EVERY - 1:
            with self._gate.pass_through(alone=True):
                self._look_again()
                self._people.leave()
                renew_database(self._stack)
        with self._gate.pass_through(alone=plan.calm):
            violations, log = self._play(plan)
            for _ in range(_CALM_TRIES - 1):
                if not violations or not all(what.kind == "stuck" and plan.calm for what in violations):
                    break
                violations, log = self._play(plan)
        with self._lock:
            self.results.rounds += 1
            self.results.violations += [(plan, log, violation) for violation in violations]

    def _play(self, plan: RoundPlan) -> tuple[list[Violation], list[str]]:
        injection = Injection(self._stack, self._boards, self._points, plan, self._kills(plan))
        plan = with_data_deleted(plan) if DATA_DELETED in injection.faults else plan
        people = [self._people.take(with_data=user.with_data) for user in plan.users]
        before = [self._records.ledger(person.client.uid) for person in people]
        tags = [f"T{plan.seed}x{plan.number}x{place}x{time.time_ns() % 10**6}" for place in range(len(people))]
        calmly, in_time = self._disturbances.over() + self._killed(), self._clocks.over()
        with (
            self._disturbances.during(_weight(injection.faults)),
            self._clocks.during(len(CLOCKS.intersection(injection.faults))),
            ThreadPoolExecutor(len(people)) as pool,
        ):
            injection.begin(tags)
            stories = list(pool.map(lambda one: one[0].act(one[1], one[2]), zip(people, plan.users, tags, strict=True)))
            injection.end(tags)
            may_fail = injection.exhausts or self._disturbances.begun() + self._killed() - calmly >= ATTEMPTS
            clocks_wrong = self._clocks.begun() > in_time
        strain = _Strain(may_fail=may_fail, clocks_wrong=clocks_wrong)
        violations = self._judge(plan, injection, list(zip(stories, before, strict=True)), strain)
        ends = Counter(self._records.end(turn) for story in stories for turn in story.turns)
        self._count(injection.faults, stories, ends, may_fail=may_fail)
        return violations, injection.log

    def _judge(
        self, plan: RoundPlan, injection: Injection, stories: Sequence[tuple[Story, Ledger]], strain: "_Strain"
    ) -> list[Violation]:
        """What is wrong with each story; those without a violation are noted, to be read again later."""
        violations: list[Violation] = []
        intact: list[Person] = []
        for story, ledger in stories:
            situation = Situation(
                may_fail=strain.may_fail or story.plan.data_deleted,
                reasons=_reasons(injection.faults, story),
                clocks_wrong=strain.clocks_wrong,
                calm=plan.calm,
                before=ledger,
                tags=tuple(other.tag for other, _ in stories if other is not story),
            )
            found = self._checker.violations(story, situation)
            found += [
                what for other, _ in stories if other is not story for what in self._checker.seen_by(other, story)
            ]
            if found:
                self._afterwards.forget(story)
            else:
                self._afterwards.note(plan, injection.log, story)
                intact.append(story.user)
            violations += found
        for user in intact:  # what is wrong with a user's runs must not count against another round
            self._people.give_back(user)
        return violations

    def _kills(self, plan: RoundPlan) -> list[int]:
        if self._scope.at:
            return [number for number, point in enumerate(self._points) if point.name in self._scope.at]
        rng = random.Random(f"{plan.seed}:{plan.number}:kills")  # noqa: S311 - not a secret
        with self._lock:
            return choose_kills(rng, self._boards, self._struck(), plan.kills, len(self._points))

    def _killed(self) -> int:
        return sum(board.value(Switch.KILLED) for board in self._boards.values())

    def _struck(self) -> Counter[int]:
        counts = Counter[int]()
        for board in self._boards.values():
            for number in range(len(self._points)):
                if struck := board.struck(number):
                    counts[number] += struck
        return counts

    def _count(self, faults: Sequence[str], stories: Sequence[Story], ends: Counter[str], *, may_fail: bool) -> None:
        with self._lock:
            self.results.struck = self._struck()
            self.results.ends.update(ends)
            self.results.may_fail += may_fail
            self.results.faults.update(faults)
            for story in stories:
                self.results.faults.update([f"watch_{story.plan.watching}"] if story.plan.watching != "live" else [])
                self.results.faults.update([f"thread_{story.plan.thread}"] if story.plan.thread else [])
                self.results.faults.update(["data_deleted"] if story.plan.data_deleted else [])
                self.results.faults.update(["stray_task"] if story.plan.stray_task and story.turns[1:] else [])
                for turn in story.turns:
                    self.results.faults.update([f"cancel_{turn.plan.cancel}"] if turn.stopped else [])
                    self.results.faults.update(["double_submit"] if turn.plan.double else [])
                    self.results.faults.update(["hang_up"] if turn.plan.hang_up else [])
