"""What the account function answers."""

from typing import Literal

from common.identity.keys import ApiKey
from common.store.documents import LedgerEntry, RecommendationStatus, TierName
from functions.replies import Reply


class MergeReply(Reply):
    """How many conversations and data sets came from the guest; a repeat after the end moves none."""

    threads: int
    datasets: int


class KeyReply(Reply):
    """An API key, without its secret. `created_at`: ISO 8601, UTC; `last_used_day`: the UTC day, null before."""

    key_id: str
    name: str
    live: bool
    last_four: str
    created_at: str
    last_used_day: str | None

    @classmethod
    def of(cls, key: ApiKey) -> "KeyReply":
        """What clients see of a key."""
        return cls(
            key_id=key.key_id,
            name=key.name,
            live=key.live,
            last_four=key.last_four,
            created_at=key.created_at.isoformat(timespec="seconds"),
            last_used_day=key.last_used_day.isoformat() if key.last_used_day else None,
        )


class NewKeyReply(Reply):
    """A key that was made; `secret` is told this once."""

    secret: str
    key: KeyReply


class KeysReply(Reply):
    """All keys of the account, the oldest first."""

    keys: list[KeyReply]


class DeleteKeyReply(Reply):
    """A key is gone, and refused from now on."""

    key_id: str
    status: Literal["deleted"] = "deleted"


class RecommendationReply(Reply):
    """The status of a recommendation after a decision on it; a repeat gives the same."""

    recommendation_id: str
    status: RecommendationStatus


class StatementReply(Reply):
    """A month's savings (USD) and the fee for them. `month`: UTC, "2026-11"; `tier`: at its end, or now.

    The fee is `fee_pct` of what was measured and verified, and nothing for what is only projected; it is never below 0.
    `rows`: the ledger of the month, rows that cost more than before included.
    """

    month: str
    tier: TierName
    fee_pct: float
    measured_usd: float
    projected_usd: float
    fee_usd: float
    rows: list[LedgerEntry]
