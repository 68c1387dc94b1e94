"""What the supervisor needs to know of one service."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

Say = Callable[[str], None]
"""Takes one line on what is being done."""


def quiet(_line: str) -> None:
    """Say nothing."""


@dataclass(frozen=True, kw_only=True)
class Launch:
    """How a process is started."""

    command: tuple[str, ...]
    environment: Mapping[str, str]
    directory: Path


@dataclass(frozen=True, kw_only=True)
class Service:
    """One service: its ports by name, its limits in MiB, and the hooks of its life. All callables may block."""

    name: str
    ports: Mapping[str, int]
    health_urls: tuple[str, ...]
    """It is healthy when all of them answer."""
    reserve_mb: int
    """What it usually uses; the sum is checked before anything starts."""
    limit_mb: int
    """Above this, with all its children, it is restarted."""
    prepare: Callable[[Say], Launch]
    """Called before every start."""
    after_start: Launch | None = None
    """A program to run after every start, before the service counts as healthy."""
    save: Callable[[], None] | None = None
    """Writes its data to disk, so that the next start finds them."""
    start_timeout_s: float = 120.0
    """Far more than usual (auth: 6 s): a busy machine must not fail a start."""
