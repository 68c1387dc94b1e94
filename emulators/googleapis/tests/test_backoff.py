"""Retry delays and limits, as documented for RetryConfig."""

import pytest

from emulators.googleapis.backoff import RetryPolicy
from emulators.googleapis.token_bucket import TokenBucket, burst_size


def test_delays_are_those_of_googles_example() -> None:
    policy = RetryPolicy(min_backoff_s=10, max_backoff_s=300, max_doublings=3)
    assert [policy.delay_s(failure) for failure in range(1, 9)] == [10, 20, 40, 80, 160, 240, 300, 300]


def test_default_delays_begin_at_a_tenth_of_a_second_and_end_at_an_hour() -> None:
    policy = RetryPolicy()
    assert policy.delay_s(1) == 0.1
    assert policy.delay_s(2) == 0.2
    assert policy.delay_s(10_000) == 3600


@pytest.mark.parametrize(
    ("attempts", "age_s", "over"),
    [(3, 1.0, False), (2, 11.0, False), (3, 10.0, True)],
)
def test_a_task_is_given_up_only_when_attempts_and_duration_are_both_used_up(
    *, attempts: int, age_s: float, over: bool
) -> None:
    policy = RetryPolicy(max_attempts=3, max_duration_s=10)
    assert policy.exhausted(attempts=attempts, age_s=age_s) is over


def test_a_limit_that_is_not_set_does_not_hold_a_task_back() -> None:
    assert RetryPolicy(max_attempts=3).exhausted(attempts=3, age_s=0)
    assert RetryPolicy(max_attempts=-1, max_duration_s=5).exhausted(attempts=1, age_s=5)
    assert not RetryPolicy(max_attempts=-1).exhausted(attempts=10_000, age_s=1e9)


def test_a_bucket_gives_its_burst_and_then_its_rate() -> None:
    bucket = TokenBucket(5.0, now=100.0)
    for _ in range(burst_size(5.0)):
        assert bucket.wait_s(100.0) == 0.0
        bucket.take()
    assert bucket.wait_s(100.0) == pytest.approx(0.2)
    assert bucket.wait_s(100.2) == pytest.approx(0.0)


def test_an_overloaded_handler_halves_the_rate_and_successes_bring_it_back() -> None:
    bucket = TokenBucket(100.0, now=0.0)
    bucket.slow_down(0.0)
    assert bucket.effective_rate_per_s == 50.0
    for _ in range(5):
        bucket.recover()
    assert bucket.effective_rate_per_s == pytest.approx(100.0)
