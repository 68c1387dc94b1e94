"""Closed vocabularies that the spend library computes with and that stored documents say: on the ground floor, as
neither of the two knows the other.
"""

from typing import Literal, get_args

TierName = Literal["free", "early", "mid", "enterprise"]
"""The tiers of users, the smallest first: their quotas are in common/accounts/quotas.py, their fees in the ledger."""

Basis = Literal["measured", "projected"]
"""What a row of the ledger rests on: usage that came, or the baseline carried forward."""

RecommendationStatus = Literal["proposed", "accepted", "implemented", "verified", "rejected"]
"""The life of a recommendation; its transitions are in common/spend/ledger/life.py."""

Level = Literal["low", "medium", "high"]
"""Of effort, risk and confidence."""
LEVELS: tuple[Level, ...] = get_args(Level)
"""Ascending."""
