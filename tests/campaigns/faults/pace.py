"""How fast this machine is while a campaign runs: its own seconds, of which a busy machine has fewer than a clock.

`python -m tests.campaigns.faults.pace` prints samples: seconds of `time.time()`, and the share of one processor that a
process got which wanted all of it. A process of its own, because the campaign's threads wait for one another.
"""

import subprocess
import sys
import threading
import time
from bisect import bisect_right
from collections.abc import Iterator
from contextlib import contextmanager

_EVERY_S, _BURST_S = 0.5, 0.01
_LEAST_SHARE = 0.02
"""However slow the machine is said to be, a stuck run is found in the end."""


class Pace:
    """The machine's own time. Threads may share it."""

    def __init__(self, begin: float) -> None:
        self._lock = threading.Lock()
        self._at = [begin]
        self._machine_s = [0.0]
        self._share = 1.0

    def note(self, at: float, share: float) -> None:
        """From the sample before to `at` (seconds of `time.time()`) a process got this share of a processor."""
        with self._lock:
            self._share = min(1.0, max(_LEAST_SHARE, share))
            self._machine_s.append(self._machine_s[-1] + max(0.0, at - self._at[-1]) * self._share)
            self._at.append(max(at, self._at[-1]))

    def between(self, begin: float, end: float) -> float:
        """The machine's own seconds from one moment to another; after the last sample at that one's pace."""
        with self._lock:
            return self._until(end) - self._until(begin)

    def _until(self, at: float) -> float:
        after = bisect_right(self._at, at)
        if after == len(self._at):
            return self._machine_s[-1] + (at - self._at[-1]) * self._share
        if after == 0:
            return at - self._at[0]
        passed = (at - self._at[after - 1]) / (self._at[after] - self._at[after - 1])
        return self._machine_s[after - 1] + passed * (self._machine_s[after] - self._machine_s[after - 1])


@contextmanager
def measured_pace() -> Iterator[Pace]:
    """The pace, measured as long as the context lasts."""
    pace = Pace(time.time())
    command = (sys.executable, "-m", "tests.campaigns.faults.pace")
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as sampling:  # noqa: S603 - our own program
        reader = threading.Thread(target=_read, args=(sampling, pace), daemon=True)
        reader.start()
        try:
            yield pace
        finally:
            sampling.kill()
            reader.join()


def _read(sampling: "subprocess.Popen[str]", pace: Pace) -> None:
    for line in sampling.stdout or ():
        at, share = line.split()
        pace.note(float(at), float(share))


def _sample() -> float:
    """The share of a processor that a short computation gets."""
    began, computed = time.perf_counter(), time.thread_time()
    while (used := time.thread_time() - computed) < _BURST_S:
        pass
    return used / (time.perf_counter() - began)


if __name__ == "__main__":
    while True:
        time.sleep(_EVERY_S)
        sys.stdout.write(f"{time.time()} {_sample()}\n")
        sys.stdout.flush()
