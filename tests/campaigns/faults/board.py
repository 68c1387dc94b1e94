"""What the campaign and a function's processes share: one small file, mapped into the memory of all of them.

It survives any kill, is read in nanoseconds at every point, and holds numbers only: for each point how often it was
passed and struck and what is armed there; and the switches of the process.
"""

import mmap
from collections.abc import Sequence
from enum import IntEnum, auto
from pathlib import Path


class Action(IntEnum):
    """What happens at an armed point."""

    NOTHING = 0
    KILL = auto()
    """And `amount` times more."""
    UNAVAILABLE = auto()
    """ServiceUnavailable: before a write it was not applied, after it the reply is lost."""
    ABORTED = auto()
    DEADLINE = auto()
    """DeadlineExceeded, likewise."""
    SLOW = auto()
    """`amount` x 10 ms."""


class Switch(IntEnum):
    """Faults of a whole process: how many calls are left to fail, or an amount."""

    WORKERS = 0
    """Processes that serve: 2 is an old and a new revision."""
    FIRESTORE_UNAVAILABLE = auto()
    FIRESTORE_ABORTED = auto()
    FIRESTORE_LOST_REPLY = auto()
    FIRESTORE_SLOW = auto()
    TASKS_UNAVAILABLE = auto()
    TASKS_LOST_REPLY = auto()
    RESPONSE_LOST = auto()
    SKEW_AHEAD = auto()
    """x 100 ms, for processes that begin from now on."""
    SKEW_BEHIND = auto()
    KILLED = auto()
    """Processes that died so far."""


_SWITCHES = 32
_CELLS = 3


class Board:
    """The file of one function. Cells are 32 bit and each is written in one piece."""

    def __init__(self, path: Path, names: Sequence[str]) -> None:
        size = 4 * (_SWITCHES + _CELLS * len(names))
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("a+b") as file:
            file.truncate(size)
            self._map = mmap.mmap(file.fileno(), size)
        self._cells = memoryview(self._map).cast("I")
        self._names = names
        self._armed = _SWITCHES
        self._passed = _SWITCHES + len(names)
        self._struck = _SWITCHES + 2 * len(names)

    def arm(self, point: int, action: Action, *, passing: int = 1, amount: int = 0) -> None:
        """Let `action` happen at the `passing`-th passing from now on, once."""
        self._cells[self._armed + point] = action | passing << 8 | amount << 16

    def disarm(self) -> None:
        """Take everything back: points and switches, but for the number of processes and the counts."""
        for point in range(len(self._names)):
            self._cells[self._armed + point] = 0
        for switch in Switch:
            if switch is not Switch.KILLED:
                self._cells[switch] = int(switch is Switch.WORKERS)

    def disarm_point(self, point: int) -> None:
        """Take one back."""
        self._cells[self._armed + point] = 0

    def is_armed(self, point: int) -> bool:
        """True until it has struck."""
        return self._cells[self._armed + point] != 0

    def passed(self, point: int) -> int:
        """How often a point was passed."""
        return self._cells[self._passed + point]

    def struck(self, point: int) -> int:
        """How often a process was killed at a point."""
        return self._cells[self._struck + point]

    def switch(self, switch: Switch, value: int) -> None:
        """Set a switch."""
        self._cells[switch] = value

    def value(self, switch: Switch) -> int:
        """What a switch stands at."""
        return self._cells[switch]

    def skew(self) -> int:
        """How far wrong clocks are ahead, x 100 ms."""
        return self._cells[Switch.SKEW_AHEAD] - self._cells[Switch.SKEW_BEHIND]

    def take(self, switch: Switch) -> bool:
        """Use a counted switch up by one; False when nothing is left of it."""
        left = self._cells[switch]
        if left:
            self._cells[switch] = left - 1
        return left > 0

    def count(self, switch: Switch) -> None:
        """Count one more."""
        self._cells[switch] += 1

    def pass_point(self, point: int) -> tuple[Action, int]:
        """A process passes a point: what is to happen to it now, and how much of it."""
        self._cells[self._passed + point] += 1
        armed = self._cells[self._armed + point]
        if not armed:
            return Action.NOTHING, 0
        passings = armed >> 8 & 0xFF
        if passings > 1:
            self._cells[self._armed + point] = armed - (1 << 8)
            return Action.NOTHING, 0
        self._cells[self._armed + point] = 0
        action = Action(armed & 0xFF)
        if action is Action.KILL:
            self._cells[self._struck + point] += 1
            if armed >> 16:  # and again
                self.arm(point, action, amount=(armed >> 16) - 1)
        return action, armed >> 16
