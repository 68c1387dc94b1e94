"""The clock of this process."""

from datetime import UTC, datetime


def now_utc() -> datetime:
    """The worker's clock; leases use it, the fence does not."""
    return datetime.now(UTC)
