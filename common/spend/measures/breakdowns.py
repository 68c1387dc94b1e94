"""Cost and usage by one dimension, as the semantic layer answers it."""

from collections.abc import Mapping

from common.spend.measures.totals import refuse_without_hours
from common.spend.model import By, Share, Unanswerable
from common.spend.rollup.rollup import Rollup
from common.spend.semantics import MEASURES, DimensionName, MeasureName, UsageQuery, run
from common.spend.semantics import Unanswerable as NoAnswer
from common.spend.semantics.formulas import Value
from common.spend.semantics.needs import is_met

_TIMES: tuple[By, ...] = ("day", "hour")
_MEASURES = (
    MeasureName.REQUESTS,
    MeasureName.COST,
    MeasureName.INPUT_TOKENS,
    MeasureName.OUTPUT_TOKENS,
    MeasureName.FAILED_REQUESTS,
    MeasureName.UNPRICED_REQUESTS,
)


def breakdown(rollup: Rollup, by: By) -> list[Share]:
    """Shares by cost, largest first; by day ("2026-10-12") or hour of the UTC day ("00".."23") in order of time.

    UNTAGGED is the key of rows that lack it. Raises Unanswerable when no row has it.
    """
    if not rollup.cells:
        return []
    if by == "hour":
        refuse_without_hours(rollup)
    measures = tuple(name for name in _MEASURES if _is_reported(name, rollup))
    outcome = run(UsageQuery(measures=measures, by=(DimensionName(by),)), rollup)
    if isinstance(outcome, NoAnswer):
        raise Unanswerable(outcome.reason)
    total_usd = dict(zip(measures, outcome.total.values, strict=True))[MeasureName.COST] or 0
    shares = [_share(row.keys[0], dict(zip(measures, row.values, strict=True)), total_usd) for row in outcome.rows]
    if by in _TIMES:
        return sorted(shares, key=lambda share: share.key)
    return sorted(shares, key=lambda share: (-(share.cost_usd or 0), -share.requests, share.key))


def _is_reported(name: MeasureName, rollup: Rollup) -> bool:
    need = MEASURES[name].need
    return need is None or is_met(need, rollup)


def _share(key: str, values: Mapping[MeasureName, Value], total_usd: float) -> Share:
    def count(name: MeasureName) -> int:
        return int(values.get(name) or 0)

    cost = values[MeasureName.COST]
    return Share(
        key=key,
        requests=count(MeasureName.REQUESTS),
        cost_usd=cost,
        cost_pct=None if cost is None else 100 * cost / total_usd if total_usd else 0.0,
        input_tokens=count(MeasureName.INPUT_TOKENS),
        output_tokens=count(MeasureName.OUTPUT_TOKENS),
        failed_requests=count(MeasureName.FAILED_REQUESTS),
        unpriced_requests=count(MeasureName.UNPRICED_REQUESTS),
    )
