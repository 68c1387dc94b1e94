"""Progress on the terminal: nothing for the first second, then one line that changes."""

import time
from collections.abc import Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.status import Status

from emulators.platform.service import Say

_QUIET_S = 1.0
_PLAIN_EVERY_S = 3.0


@contextmanager
def terminal_progress(console: Console | None = None) -> Iterator[Say]:
    """Yields a function that shows a line on stderr; if that is no terminal, a plain line every few seconds."""
    shown = _Shown(console or Console(stderr=True))
    try:
        yield shown.say
    finally:
        shown.close()


class _Shown:
    def __init__(self, console: Console) -> None:
        self._console = console
        self._began = time.monotonic()
        self._printed = self._began
        self._status: Status | None = None

    def say(self, line: str) -> None:
        now = time.monotonic()
        if now - self._began < _QUIET_S:
            return
        if not self._console.is_terminal:
            self._plain(line, now)
        elif self._status is None:
            self._status = self._console.status(line)
            self._status.start()
        else:
            self._status.update(line)

    def close(self) -> None:
        if self._status:
            self._status.stop()

    def _plain(self, line: str, now: float) -> None:
        if self._printed == self._began or now - self._printed >= _PLAIN_EVERY_S:
            self._console.print(line, markup=False, highlight=False, soft_wrap=True)
            self._printed = now
