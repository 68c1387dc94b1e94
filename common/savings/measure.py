"""From what a user accepted and all their usage to rows of the ledger: plain data in and out, for a thread."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from common.spend import Rollup
from common.spend.ledger import AcceptedChange, Baseline, LedgerRow, verify


@dataclass(frozen=True, kw_only=True)
class AcceptedRecommendation:
    """A recommendation since its acceptance. `implemented`, `ended`: first days (UTC) of its effect and after it."""

    recommendation_id: str
    title: str
    baseline: Baseline
    implemented: date | None
    ended: date | None


@dataclass(frozen=True, kw_only=True)
class MeasuredRows:
    """The rows of one recommendation, or (`known` None) those of what none explains. `seen`: it has left a trace."""

    known: AcceptedRecommendation | None
    rows: tuple[LedgerRow, ...]
    seen: bool


def measure(
    known: Sequence[AcceptedRecommendation], arrived: Iterable[bytes], whole: Iterable[bytes]
) -> list[MeasuredRows]:
    """Rows of the days of the usage that has arrived, measured on all usage there is (shards of rollups).

    So a day that came in several files is measured on them together, and days that nothing came for stay as they are.
    """
    mine = _once(known)
    days = {date.fromordinal(key.day).isoformat() for key in Rollup.from_shards(arrived).cells}
    accepted = [AcceptedChange(baseline=item.baseline, implemented=item.implemented, ended=item.ended) for item in mine]
    verification = verify(accepted, Rollup.from_shards(whole))
    rows: dict[str | None, list[LedgerRow]] = {}
    for row in verification.rows:
        if row.day in days:
            rows.setdefault(row.baseline, []).append(row)
    parts = [MeasuredRows(known=None, rows=tuple(rows.pop(None, ())), seen=False)]
    for item in mine:
        seen = item.baseline.recommendation in verification.verified and item.ended is None
        parts.append(MeasuredRows(known=item, rows=tuple(rows.pop(item.baseline.id, ())), seen=seen))
    return parts


def _once(known: Sequence[AcceptedRecommendation]) -> list[AcceptedRecommendation]:
    """Of the same opportunity, accepted for several datasets at once, the first is measured: it is one change."""
    kept: list[AcceptedRecommendation] = []
    active: set[str] = set()
    for item in known:
        if item.ended is None:
            if item.baseline.recommendation in active:
                continue
            active.add(item.baseline.recommendation)
        kept.append(item)
    return kept
