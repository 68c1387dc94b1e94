"""How fast a queue dispatches: a token bucket that slows down when handlers report overload."""

import math

_SLOWEST = 1 / 32
"""Floor of the throttling, as a share of the queue's rate. Google publishes no curve: half down, a tenth back."""


def burst_size(rate_per_s: float) -> int:
    """Google chooses it from the rate; observed: 10 for 1/s, 100 for 500/s."""
    return max(10, min(100, math.ceil(rate_per_s)))


class TokenBucket:
    """`rate_per_s` tokens a second, at most `burst_size` saved up; times are seconds since the epoch."""

    def __init__(self, rate_per_s: float, now: float) -> None:
        self.rate_per_s = rate_per_s
        self._burst = float(burst_size(rate_per_s))
        self._tokens = self._burst
        self._refilled = now
        self._share = 1.0

    @property
    def effective_rate_per_s(self) -> float:
        """The rate after throttling."""
        return self.rate_per_s * self._share

    def wait_s(self, now: float) -> float:
        """Seconds until a token is available; 0.0 if one is."""
        self._refill(now)
        return max(1.0 - self._tokens, 0.0) / self.effective_rate_per_s

    def take(self) -> None:
        """Use the token that `wait_s` promised."""
        self._tokens -= 1.0

    def slow_down(self, now: float) -> None:
        """A handler answered 429 or 503: half the rate, and no burst."""
        self._refill(now)
        self._share = max(self._share / 2, _SLOWEST)
        self._tokens = min(self._tokens, 1.0)

    def recover(self) -> None:
        """A handler succeeded: a tenth of the rate back."""
        self._share = min(self._share + 0.1, 1.0)

    def _refill(self, now: float) -> None:
        gained = max(now - self._refilled, 0.0) * self.effective_rate_per_s
        self._tokens = min(self._tokens + gained, self._burst)
        self._refilled = now
