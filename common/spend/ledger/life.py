"""The life of a recommendation: a closed table of transitions."""

from typing import Literal

State = Literal["proposed", "accepted", "implemented", "verified", "rejected"]

TRANSITIONS: dict[State, tuple[State, ...]] = {
    "proposed": ("accepted", "rejected"),
    "accepted": ("implemented", "rejected"),
    "implemented": ("verified", "rejected"),
    "verified": (),
    "rejected": (),
}
"""What may follow each state. What is verified stays so; its ledger goes on as long as it is in effect."""


class TransitionError(ValueError):
    """A step that the table does not have; `str` says which ones it has, in the customer's words."""

    def __init__(self, now: State, to: State) -> None:
        allowed = " or ".join(TRANSITIONS[now])
        told = f"it can become {allowed}" if allowed else "that is final"
        super().__init__(f"This recommendation is {now} and cannot become {to}: {told}.")
        self.now, self.to = now, to


def moved(now: State, to: State) -> State:
    """The state after a step. Raises TransitionError for one that the table does not have, also for no step at all."""
    if to not in TRANSITIONS[now]:
        raise TransitionError(now, to)
    return to
