"""Faults of delivery that tests switch on: what Cloud Tasks may do to a handler, at will."""

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Copy:
    """One HTTP request of an attempt: when it is sent, and whether its answer gets lost on the way back."""

    delay_s: float = 0.0
    answer_lost: bool = False


@dataclass(frozen=True, kw_only=True)
class FaultPlan:
    """The next `duplicate` attempts are sent twice at once; the next `drop_response` attempts reach the handler, but
    count as failed; every attempt is sent `delay_ms` late. An attempt is a list of copies: another kind of late or
    reordered delivery is another list.
    """

    duplicate: int = 0
    drop_response: int = 0
    delay_ms: int = 0


class DeliveryFaults:
    """The plan in force, counted down attempt by attempt."""

    def __init__(self) -> None:
        self.plan = FaultPlan()

    def next_attempt(self) -> list[Copy]:
        """The requests to make for the next attempt: one, without faults."""
        plan = self.plan
        copy = Copy(delay_s=plan.delay_ms / 1000, answer_lost=plan.drop_response > 0)
        self.plan = FaultPlan(
            duplicate=max(plan.duplicate - 1, 0),
            drop_response=max(plan.drop_response - 1, 0),
            delay_ms=plan.delay_ms,
        )
        return [copy, copy] if plan.duplicate else [copy]
