"""From what a user accepted and all their usage to rows of the ledger: plain data in and out, for a thread."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from common.spend import Rollup
from common.spend.ledger import AcceptedChange, Baseline, LedgerRow, verify
from common.spend.rollup.parts import Part
from common.spend.rollup.shards import Shard

DAYS_PARTS = (Part.CELLS,)
"""What of the usage that has arrived tells its days; of all usage every part is read."""


@dataclass(frozen=True, kw_only=True)
class AcceptedRecommendation:
    """A recommendation since its acceptance. `implemented`: the first day (UTC) of its effect; `ended`: that after."""

    recommendation_id: str
    title: str
    baseline: Baseline
    implemented: date | None
    ended: date | None


@dataclass(frozen=True, kw_only=True)
class MeasuredRows:
    """The rows of one recommendation, or (`recommendation` None) those that none explains.

    `seen`: the change has left a trace.
    """

    recommendation: AcceptedRecommendation | None
    rows: tuple[LedgerRow, ...]
    seen: bool


def measure(
    accepted: Sequence[AcceptedRecommendation], arrived: Iterable[Shard], usage: Iterable[Shard]
) -> list[MeasuredRows]:
    """Rows of the days of the usage that has arrived, measured on all usage there is (both: shards of rollups).

    So a day that came in several files is measured on them together, and days that nothing came for stay as they are.
    """
    distinct = _distinct(accepted)
    days = {date.fromordinal(key.day).isoformat() for key in Rollup.from_shards(arrived, DAYS_PARTS).cells}
    changes = [
        AcceptedChange(baseline=item.baseline, implemented=item.implemented, ended=item.ended) for item in distinct
    ]
    verification = verify(changes, Rollup.from_shards(usage))
    rows: dict[str | None, list[LedgerRow]] = {}
    for row in verification.rows:
        if row.day in days:
            rows.setdefault(row.baseline, []).append(row)
    measured = [MeasuredRows(recommendation=None, rows=tuple(rows.pop(None, ())), seen=False)]
    for item in distinct:
        seen = item.baseline.recommendation in verification.verified and item.ended is None
        measured.append(MeasuredRows(recommendation=item, rows=tuple(rows.pop(item.baseline.id, ())), seen=seen))
    return measured


def _distinct(accepted: Sequence[AcceptedRecommendation]) -> list[AcceptedRecommendation]:
    """Of the same opportunity, accepted for several datasets at once, the first is measured: it is one change."""
    distinct: list[AcceptedRecommendation] = []
    active: set[str] = set()
    for item in accepted:
        if item.ended is None:
            if item.baseline.recommendation in active:
                continue
            active.add(item.baseline.recommendation)
        distinct.append(item)
    return distinct
