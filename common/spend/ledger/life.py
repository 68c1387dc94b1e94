"""The life of a recommendation: a closed table of transitions."""

from common.core.vocabulary import RecommendationStatus

TRANSITIONS: dict[RecommendationStatus, tuple[RecommendationStatus, ...]] = {
    "proposed": ("accepted", "rejected"),
    "accepted": ("implemented", "rejected"),
    "implemented": ("verified", "rejected"),
    "verified": (),
    "rejected": (),
}
"""What may follow each status. What is verified stays so; its ledger goes on as long as it is in effect."""


class TransitionError(ValueError):
    """A step that the table does not have; `str` says which ones it has, in the customer's words."""

    def __init__(self, now: RecommendationStatus, to: RecommendationStatus) -> None:
        allowed = " or ".join(TRANSITIONS[now])
        possible = f"it can become {allowed}" if allowed else "that is final"
        super().__init__(f"This recommendation is {now} and cannot become {to}: {possible}.")
        self.now, self.to = now, to


def transition(now: RecommendationStatus, to: RecommendationStatus) -> RecommendationStatus:
    """The status after a step. Raises TransitionError for one that the table lacks, and for staying as it is."""
    if to not in TRANSITIONS[now]:
        raise TransitionError(now, to)
    return to
