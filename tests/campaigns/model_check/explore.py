"""The orders in which the RPCs of two operations can follow one another, run by google-cloud-testutils' `orchestrate`.

`orchestrate` tries the permutations of the turns that it counted in its first run. Here operations make more or fewer
RPCs when the other one was first, and most RPCs commute; so its private `_permutations` is replaced (its version is
pinned) by the search of Flanagan and Godefroid ("Dynamic partial-order reduction"): after each run, where an RPC met
an earlier one of the other operation, it is tried the other way round. Each result that any order has comes up.
"""

import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Protocol

import pytest
import test_utils.orchestrate as library

from tests.campaigns.model_check.footprint import Footprint

SEED = 4
_LONGEST = 60
"""RPCs of both operations together; those of an order that is longer come as they come."""


class Acting(Protocol):
    """An operation that waits for its turns; `calls` are its RPCs so far (`Actor` of turns.py)."""

    calls: list[Footprint]

    def proceed(self) -> bool:
        """Take a turn; False after the last one."""


class Episode(Protocol):
    """One meeting: two operations on a scene of its own."""

    @property
    def actors(self) -> "tuple[Acting, Acting]":
        """The operations."""

    def check(self) -> None:
        """Raise AssertionError if what they left breaks an invariant."""


@dataclass
class _Choice:
    """A place in an order. `turn` is whose turn it is; `tried` and `wanted`: whose it was, or shall be, in others."""

    turn: int
    tried: set[int] = field(default_factory=set)
    wanted: set[int] = field(default_factory=set)


class Explorer:
    """Plays episodes in all orders that matter, or in `sample` random ones that are the same every time."""

    def __init__(self, begin: Callable[[], Episode], *, sample: int | None) -> None:
        self._begin = begin
        self._sample = sample
        self._order: list[int] = []
        self._choices: list[_Choice] = []
        self.played = 0

    def run(self) -> None:
        """Play; raises AssertionError of the first episode that breaks an invariant, with its order in a note."""
        self._set_up()
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(library, "_permutations", lambda _: self._orders())
            library.orchestrate(*(partial(self._take_turns, index) for index in (0, 1)))  # type: ignore[no-untyped-call]  # it has no types

    def _set_up(self) -> None:
        self._order = []
        self._episode = self._begin()

    def _take_turns(self, index: int) -> None:
        self._order.append(index)
        while self._episode.actors[index].proceed():
            pass  # noqa: PIE790 - pragma: SYNCPOINT
            self._order.append(index)

    def _orders(self) -> Iterator[Sequence[int]]:
        """Beginnings of orders for `orchestrate`: what they leave open it lets 0 finish, then 1."""
        yield ()  # the run that counted the turns
        self._look_back()
        for beginning in self._drawn(self._sample) if self._sample else self._others():
            self._set_up()
            yield beginning
            self._look_back()

    def _look_back(self) -> None:
        """Check what the last run left."""
        self.played += 1
        with _OrderInNote(self._order, self._episode):
            self._episode.check()
        if not self._sample:
            self._learn()

    def _drawn(self, sample: int) -> Iterator[Sequence[int]]:
        chance = random.Random(SEED)  # noqa: S311 - nobody needs to be surprised
        for _ in range(1, sample):
            yield tuple(chance.randrange(2) for _ in range(_LONGEST))

    def _learn(self) -> None:
        """Note where the last run could have taken another turn."""
        if any(choice.turn != index for choice, index in zip(self._choices, self._order, strict=False)):
            raise RuntimeError("After the same beginning an operation made other RPCs than before")
        self._choices += [_Choice(index, tried={index}) for index in self._order[len(self._choices) :]]
        calls = _calls(self._order, self._episode)
        for later, call in enumerate(calls):
            actor = self._order[later]
            conflicts = (n for n in reversed(range(later)) if self._order[n] != actor and _meet(calls[n], call))
            for earlier in conflicts:
                self._choices[earlier].wanted.add(actor)
                break

    def _others(self) -> Iterator[Sequence[int]]:
        """The deepest place where another turn is wanted, with what came before it, until there is none."""
        while self._choices:
            last = self._choices[-1]
            if last.wanted <= last.tried:
                self._choices.pop()
                continue
            (last.turn,) = last.wanted - last.tried
            last.tried.add(last.turn)
            yield tuple(choice.turn for choice in self._choices)


def _calls(order: Sequence[int], episode: Episode) -> list[Footprint | None]:
    """The RPC of each turn; an operation without any has one turn all the same."""
    calls = [iter(actor.calls) for actor in episode.actors]
    return [next(calls[index], None) for index in order]


def _meet(one: Footprint | None, other: Footprint | None) -> bool:
    return one is not None and other is not None and one.meets(other)


class _OrderInNote:
    """Notes which order broke an invariant."""

    def __init__(self, order: Sequence[int], episode: Episode) -> None:
        self._order = order
        self._episode = episode

    def __enter__(self) -> None:
        pass

    def __exit__(self, _kind: object, error: BaseException | None, _trace: object) -> None:
        if error is not None:
            calls = _calls(self._order, self._episode)
            rpcs = [f"{index}:{call.method}" for index, call in zip(self._order, calls, strict=True) if call]
            error.add_note(f"order: {' '.join(rpcs)}")
