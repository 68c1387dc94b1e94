"""Memory, checked before anything starts."""

import psutil

from emulators.platform.errors import PlatformError


def available_mb() -> int:
    """MiB that this machine can provide without swapping."""
    return int(psutil.virtual_memory().available) // 2**20


def require(needed_mb: int, free_mb: int) -> None:
    """Raises PlatformError if the stack would not fit."""
    if free_mb < needed_mb:
        raise PlatformError(
            f"The local platform needs {needed_mb} MiB of memory and {free_mb} MiB are free. "
            "Close other programs, or end another stack with `make down`."
        )
