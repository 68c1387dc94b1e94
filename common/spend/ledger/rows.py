"""Ledger rows: what one recommendation saved on one UTC day, or what none explains."""

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from hashlib import sha256
from typing import Any

from pydantic import TypeAdapter

from common.core.vocabulary import Basis
from common.spend.model import OpportunityKind


@dataclass(frozen=True, slots=True, kw_only=True)
class LedgerRow:
    """One day. Money is USD at the prices of that day; `saved_usd` = `counterfactual_usd` - `actual_usd`, and may be
    negative. `actual_usd` is with this recommendation and those that take effect before it.
    """

    id: str
    """Deterministic: of the recommendation (or what is unexplained, of the feature) and the day."""
    day: str
    """UTC, ISO."""
    recommendation: str | None
    """The opportunity's id; None: what no accepted recommendation of the feature explains, which earns no fee."""
    kind: OpportunityKind | None
    feature: str | None
    basis: Basis
    """Only measured rows count for fees."""
    requests: int
    """Of the log that the effect was measured on: for a swap or a batch job those that were moved."""
    counterfactual_usd: float
    actual_usd: float
    saved_usd: float
    price_effect_usd: float
    """The counterfactual at the prices of the day of acceptance, less the same at the prices of this day: the effect of
    a price change, which is never counted as our saving. Positive for a price cut.
    """
    low_usd: float | None
    """With `high_usd` the 95 % interval of `saved_usd` from the baseline's days; None: not computable, see `method`."""
    high_usd: float | None
    footprint: float
    """How far it went: the share moved, the rise of the cached share, the fall of the failure or repeat rate, the fall
    of the tokens.
    """
    method: str
    baseline: str | None
    """The id of the baseline."""
    price_version: str
    """Of this measurement."""

    @property
    def earns(self) -> bool:
        """True where it counts for fees: measured, and explained by a recommendation."""
        return self.basis == "measured" and self.recommendation is not None


@dataclass(frozen=True, slots=True)
class TitledRow:
    """A row of the ledger, with the title of the change that it is about; "" for what no change explains."""

    title: str
    row: LedgerRow


@dataclass(frozen=True, slots=True, kw_only=True)
class RecommendationOutcome:
    """A recommendation over several days, or the unexplained rest of a feature (`recommendation` None).

    Money is USD. Measured and projected days are apart: there may be one of each for a recommendation.
    """

    recommendation: str | None
    feature: str | None
    basis: Basis
    days: int
    requests: int
    counterfactual_usd: float
    actual_usd: float
    saved_usd: float
    price_effect_usd: float
    low_usd: float | None
    """With `high_usd` the 95 % interval; None where no day has one."""
    high_usd: float | None
    footprint: float
    """Mean of the days, weighted by requests."""

    @property
    def significant(self) -> bool:
        """True for a measured effect whose interval, where there is one, leaves out 0."""
        sure = self.low_usd is None or self.high_usd is None or self.low_usd > 0 or self.high_usd < 0
        return self.basis == "measured" and self.footprint != 0 and sure


_ADAPTER = TypeAdapter(LedgerRow)


def row_id(about: str, day: str) -> str:
    """Of a recommendation, or of a feature's unexplained rest, on a day."""
    return sha256(f"{about}|{day}".encode()).hexdigest()[:20]


def row_document(row: LedgerRow) -> dict[str, Any]:
    """JSON-ready and flat."""
    return asdict(row)


def row_of(document: dict[str, Any]) -> LedgerRow:
    """The reverse of `row_document`. Raises pydantic's ValidationError, a ValueError, for anything else."""
    return _ADAPTER.validate_python(document)


def current(rows: Iterable[LedgerRow]) -> tuple[LedgerRow, ...]:
    """Each row once, by day; of the same id the last, as a later verification replaces an earlier one."""
    latest = {row.id: row for row in rows}
    return tuple(sorted(latest.values(), key=lambda row: (row.day, row.recommendation is None, row.id)))


def outcomes_of(rows: Iterable[LedgerRow]) -> tuple[RecommendationOutcome, ...]:
    """Rows summed by recommendation and basis."""
    groups: dict[tuple[str | None, str | None, Basis], list[LedgerRow]] = {}
    for row in rows:
        groups.setdefault((row.recommendation, row.feature, row.basis), []).append(row)
    return tuple(_outcome(group) for group in groups.values())


def _outcome(rows: Sequence[LedgerRow]) -> RecommendationOutcome:
    """Days share the error of their baseline, so their intervals add up."""
    requests = sum(row.requests for row in rows)
    lows, highs = [row.low_usd for row in rows], [row.high_usd for row in rows]
    return RecommendationOutcome(
        recommendation=rows[0].recommendation,
        feature=rows[0].feature,
        basis=rows[0].basis,
        days=len(rows),
        requests=requests,
        counterfactual_usd=sum(row.counterfactual_usd for row in rows),
        actual_usd=sum(row.actual_usd for row in rows),
        saved_usd=sum(row.saved_usd for row in rows),
        price_effect_usd=sum(row.price_effect_usd for row in rows),
        low_usd=_sum_or_none(lows),
        high_usd=_sum_or_none(highs),
        footprint=sum(row.footprint * row.requests for row in rows) / requests if requests else 0.0,
    )


def _sum_or_none(values: Sequence[float | None]) -> float | None:
    numbers = [value for value in values if value is not None]
    return sum(numbers) if len(numbers) == len(values) else None
