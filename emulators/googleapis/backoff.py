"""When a failed task is retried, and when it is given up: RetryConfig of Cloud Tasks."""

from dataclasses import dataclass
from typing import Any

_DOUBLINGS_THAT_REACH_ANY_CAP = 60


@dataclass(frozen=True, kw_only=True)
class RetryPolicy:
    """Times in seconds. Defaults are those of a queue created without a RetryConfig.

    `max_attempts` -1 and `max_duration_s` 0 mean unlimited.
    """

    max_attempts: int = 100
    max_duration_s: float = 0.0
    min_backoff_s: float = 0.1
    max_backoff_s: float = 3600.0
    max_doublings: int = 16

    @classmethod
    def of(cls, config: Any) -> "RetryPolicy":
        """From a google.cloud.tasks.v2.RetryConfig; unset fields (0 on the wire) get their default."""
        defaults = cls()
        return cls(
            max_attempts=config.max_attempts or defaults.max_attempts,
            max_duration_s=config.max_retry_duration.total_seconds() if config.max_retry_duration else 0.0,
            min_backoff_s=_seconds(config.min_backoff, defaults.min_backoff_s),
            max_backoff_s=_seconds(config.max_backoff, defaults.max_backoff_s),
            max_doublings=config.max_doublings or defaults.max_doublings,
        )

    def delay_s(self, failures: int) -> float:
        """Wait after the `failures`-th failure (>= 1): min * 2^n up to max_doublings, then linear, capped.

        Google's example: 10 s, 3 doublings, cap 300 s gives 10, 20, 40, 80, 160, 240, 300, 300, ...
        """
        doublings = min(failures - 1, self.max_doublings, _DOUBLINGS_THAT_REACH_ANY_CAP)
        linear_steps = max(failures - 1 - self.max_doublings, 0)
        return float(min(self.min_backoff_s * 2.0**doublings * (1 + linear_steps), self.max_backoff_s))

    def exhausted(self, *, attempts: int, age_s: float) -> bool:
        """Whether the task is given up: each limit that is set is used up (attempts AND time since the first one)."""
        if self.max_attempts == -1 and not self.max_duration_s:
            return False
        attempts_used = self.max_attempts == -1 or attempts >= self.max_attempts
        return attempts_used and age_s >= self.max_duration_s


def _seconds(duration: Any, default: float) -> float:
    return float(duration.total_seconds()) if duration else default
