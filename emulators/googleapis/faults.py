"""Delivery faults that tests inject: what Cloud Tasks may do to a handler, on demand."""

from dataclasses import dataclass, replace


@dataclass(frozen=True, kw_only=True)
class DeliveryCopy:
    """One HTTP request of an attempt: when it is sent, and whether its answer is lost on the way back."""

    delay_s: float = 0.0
    answer_lost: bool = False


@dataclass(frozen=True, kw_only=True)
class FaultPlan:
    """The next `duplicate` attempts are sent twice at once; the next `drop_response` attempts reach the handler, but
    count as failed; every attempt is sent `delay_ms` late. The next `echo` attempts are sent again `later_ms` later;
    every second one of the next `reorder` attempts is `later_ms` late, so that others overtake it.
    """

    duplicate: int = 0
    drop_response: int = 0
    delay_ms: int = 0
    echo: int = 0
    reorder: int = 0
    later_ms: int = 0


class DeliveryFaults:
    """The plan in force, counted down attempt by attempt."""

    def __init__(self) -> None:
        self.plan = FaultPlan()

    def next_attempt(self) -> list[DeliveryCopy]:
        """The requests to make for the next attempt: one, without faults."""
        plan = self.plan
        later_s = plan.later_ms / 1000
        overtaken_s = later_s if plan.reorder % 2 else 0.0
        copy = DeliveryCopy(delay_s=plan.delay_ms / 1000 + overtaken_s, answer_lost=plan.drop_response > 0)
        copies = [copy, copy] if plan.duplicate else [copy]
        if plan.echo:
            copies.append(replace(copy, delay_s=copy.delay_s + later_s))
        left = {name: max(getattr(plan, name) - 1, 0) for name in ("duplicate", "drop_response", "echo", "reorder")}
        self.plan = replace(plan, **left)
        return copies
