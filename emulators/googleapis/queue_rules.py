"""Validation of queues, and the defaults that Cloud Tasks fills in."""

from datetime import timedelta

from google.cloud.tasks_v2.types import Queue, RateLimits, RetryConfig

from emulators.googleapis.backoff import RetryPolicy
from emulators.googleapis.grpc_service import not_emulated, refuse
from emulators.googleapis.token_bucket import burst_size

_MAX_RATE_PER_S = 500
_MAX_CONCURRENT = 5000
_DEFAULT_CONCURRENT = 1000


def complete_queue(queue: Queue, state: int) -> Queue:
    """The queue to store: validated, with defaults; raises INVALID_ARGUMENT with the texts of production."""
    if "http_target" in queue or "app_engine_routing_override" in queue:
        not_emulated("overrides of targets at the level of the queue")
    _check_rates(queue.rate_limits)
    _check_retries(queue.retry_config)
    rate = queue.rate_limits.max_dispatches_per_second or float(_MAX_RATE_PER_S)
    policy = RetryPolicy.of(queue.retry_config)
    if policy.min_backoff_s > policy.max_backoff_s:
        refuse("RetryConfig.minBackoff must be less than or equal to RetryConfig.maxBackoff.")
    return Queue(
        name=queue.name,
        state=state,
        rate_limits=RateLimits(
            max_dispatches_per_second=rate,
            max_burst_size=burst_size(rate),
            max_concurrent_dispatches=queue.rate_limits.max_concurrent_dispatches or _DEFAULT_CONCURRENT,
        ),
        retry_config=_retry_config(policy),
        stackdriver_logging_config=queue.stackdriver_logging_config,
    )


def _retry_config(policy: RetryPolicy) -> RetryConfig:
    return RetryConfig(
        max_attempts=policy.max_attempts,
        max_retry_duration=timedelta(seconds=policy.max_duration_s) if policy.max_duration_s else None,
        min_backoff=timedelta(seconds=policy.min_backoff_s),
        max_backoff=timedelta(seconds=policy.max_backoff_s),
        max_doublings=policy.max_doublings,
    )


def _check_rates(limits: RateLimits) -> None:
    if limits.max_dispatches_per_second < 0:
        refuse("RateLimits.maxDispatchesPerSecond cannot be negative.")
    if limits.max_dispatches_per_second > _MAX_RATE_PER_S:
        refuse(f"RateLimits.maxDispatchesPerSecond must be less than or equal to {_MAX_RATE_PER_S}.")
    if limits.max_concurrent_dispatches < 0:
        refuse("RateLimits.maxConcurrentDispatches cannot be negative.")
    if limits.max_concurrent_dispatches > _MAX_CONCURRENT:
        refuse(f"RateLimits.maxConcurrentDispatches must be less than or equal to {_MAX_CONCURRENT}.")


def _check_retries(config: RetryConfig) -> None:
    if config.max_attempts < -1:
        refuse("RetryConfig.maxAttempts must be greater or equal to -1.")
    if config.max_doublings < 0:
        refuse("RetryConfig.maxDoublings cannot be negative.")
    for field in ("min_backoff", "max_backoff", "max_retry_duration"):
        duration = getattr(config, field)
        if duration and duration < timedelta():
            words = field.split("_")
            refuse(f"RetryConfig.{words[0]}{''.join(word.title() for word in words[1:])} cannot be negative.")
