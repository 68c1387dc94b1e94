"""The life of a run, as its documents say it."""

from typing import Literal

Status = Literal["queued", "running", "completed", "failed", "cancelled"]
