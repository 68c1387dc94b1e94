"""Who is asking: frozen, built for each request from a verified token, passed explicitly."""

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class UserContext:
    """A verified user. `uid` comes from the token and from nowhere else."""

    uid: str
    email: str | None
    """None for guests."""
    guest: bool
