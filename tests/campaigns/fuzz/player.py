"""Plays cases in a process of their own, which has bounds of memory and of time."""

import random
import resource
import signal
import sys
import time
import traceback
from collections import Counter
from multiprocessing.sharedctypes import Synchronized
from types import FrameType

import psutil

from tests.campaigns.fuzz.feed import Outcome, feed
from tests.campaigns.fuzz.mutations import case

CASE_S = 60
"""Seconds of processor time that one case may take."""
MEMORY = 500 * 1024 * 1024
"""Bytes of resident memory that the process may grow by in one case."""
_ADDRESSES = 16 * MEMORY
"""Address space that it may grow by: allocators of several threads reserve far more than is used, and polars waits for
ever for a thread that could not have any.
"""
_REPORT_S = 20.0


class TooSlowError(Exception):
    """A case took longer than CASE_S."""


def play(seed: int, reached: "Synchronized[int]", until: float) -> None:
    """Cases from the one that is reached on, at least one; leaves the process with 1 at the first that fails."""
    catch_slow()
    counts: Counter[str] = Counter()
    first, reported_at = reached.value, time.monotonic()
    while True:
        number = reached.value
        try:
            chance = random.Random(f"{seed}/{number}/feed")  # noqa: S311 - to be repeated, not to be secret
            counts[_kind_of(one(case(seed, number), chance))] += 1
        except BaseException:  # noqa: BLE001 - whatever it is, it must not happen
            traceback.print_exc()
            sys.exit(1)
        if time.monotonic() >= until:
            break
        reached.value = number + 1
        if time.monotonic() - reported_at > _REPORT_S:
            reported_at = time.monotonic()
            sys.stdout.write(f"{number + 1 - first:,} cases: {dict(counts)}\n")
            sys.stdout.flush()
    peak = _peak() // 1024**2
    sys.stdout.write(
        f"seed {seed}: {sum(counts.values()):,} cases, all ended well: {dict(counts)}; at most {peak} MB\n"
    )


def one(data: bytes, chance: random.Random) -> Outcome:
    """Feed one case, in CASE_S and MEMORY at most."""
    before, hard = resource.getrlimit(resource.RLIMIT_AS)
    memory = psutil.Process().memory_info()
    most = max(_peak(), memory.rss + MEMORY)
    resource.setrlimit(resource.RLIMIT_AS, (memory.vms + _ADDRESSES, hard))
    signal.setitimer(signal.ITIMER_VIRTUAL, CASE_S)
    try:
        outcome = feed(data, chance)
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        resource.setrlimit(resource.RLIMIT_AS, (before, hard))
    if _peak() > most:
        raise MemoryError(f"the case took the process to {_peak():,} bytes, more than {most:,}")
    return outcome


def _peak() -> int:
    """The most resident memory that this process ever had, in bytes."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


def catch_slow() -> None:
    """From here on a case that takes too long raises TooSlowError."""
    signal.signal(signal.SIGVTALRM, _end)


def _kind_of(outcome: Outcome) -> str:
    if outcome.refused:
        return "refused after rows" if outcome.rows else "refused"
    return "rows and rejects" if outcome.rejected else "rows"


def _end(_signal: int, _frame: FrameType | None) -> None:
    raise TooSlowError(f"the case took more than {CASE_S} s")
