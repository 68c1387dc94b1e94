"""Replies of the account function."""

from typing import Literal

from pydantic import BaseModel, ConfigDict

from common.accounts.api_keys import ApiKey
from common.core.vocabulary import Basis, RecommendationStatus, TierName
from common.savings.statements import TitledStatement
from common.spend.ledger import RecommendationOutcome
from functions.http import Reply


class MergeReply(Reply):
    """How many conversations and datasets came from the guest; a repeat after the end moves none."""

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
    """A new key; `secret` is returned only once."""

    secret: str
    key: KeyReply


class KeysReply(Reply):
    """All keys of the account, the oldest first."""

    keys: list[KeyReply]


class DeleteKeyReply(Reply):
    """A key was deleted, and is refused from now on."""

    key_id: str
    status: Literal["deleted"] = "deleted"


class RecommendationReply(Reply):
    """The status of a recommendation after a decision on it; a repeat gives the same."""

    recommendation_id: str
    status: RecommendationStatus


class EvaluationReply(Reply):
    """An evaluation was accepted; its document says what becomes of it. A repeat gives the same."""

    evaluation_id: str
    kind: Literal["scores", "replay"]


class DeleteEvaluationReply(Reply):
    """An evaluation was deleted, with its scores or what was left of its sample."""

    evaluation_id: str
    status: Literal["deleted"] = "deleted"


class StatementLine(BaseModel):
    """A recommendation in a month, measured and projected apart, or what no recommendation explains. Money is USD.

    `recommendation_id`: null, and `title` "", for what is unexplained; `low_usd` to `high_usd`: 95 % interval, null
    where it cannot be computed. `price_effect_usd`: what changed prices did, no saving of ours. Lines may be negative.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    recommendation_id: str | None
    title: str
    feature: str
    basis: Literal[Basis, "unexplained"]
    days: int
    requests: int
    counterfactual_usd: float
    actual_usd: float
    saved_usd: float
    low_usd: float | None
    high_usd: float | None
    price_effect_usd: float

    @classmethod
    def of(cls, line: RecommendationOutcome, titled: TitledStatement) -> "StatementLine":
        """A line, with what the user knows its recommendation by."""
        recommendation_id, title = titled.names[line.recommendation] if line.recommendation is not None else (None, "")
        return cls(
            recommendation_id=recommendation_id,
            title=title,
            feature=line.feature or "",
            basis=line.basis if recommendation_id is not None else "unexplained",
            days=line.days,
            requests=line.requests,
            counterfactual_usd=line.counterfactual_usd,
            actual_usd=line.actual_usd,
            saved_usd=line.saved_usd,
            low_usd=line.low_usd,
            high_usd=line.high_usd,
            price_effect_usd=line.price_effect_usd,
        )


class StatementReply(Reply):
    """A month (UTC, "2026-11") of the ledger, and its fee. `tier`: at the end of the month, or now. Money is USD.

    The fee is `fee_pct` of `measured_usd`, the net of what verified recommendations have saved; in whole cents, never
    below 0. What may still be chance (`unproven_usd`), is projected or unexplained is shown and is free.
    """

    month: str
    tier: TierName
    fee_pct: float
    measured_usd: float
    unproven_usd: float
    projected_usd: float
    unexplained_usd: float
    fee_usd: float
    lines: list[StatementLine]

    @classmethod
    def of(cls, titled: TitledStatement) -> "StatementReply":
        """A statement as its user sees it."""
        statement = titled.statement
        return cls(
            month=statement.month,
            tier=statement.tier,
            fee_pct=statement.percent,
            measured_usd=statement.saved_usd,
            unproven_usd=statement.unproven_usd,
            projected_usd=statement.projected_usd,
            unexplained_usd=statement.unexplained_usd,
            fee_usd=statement.fee_usd,
            lines=[StatementLine.of(line, titled) for line in statement.lines],
        )
