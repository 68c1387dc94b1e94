"""What a rollup says about the past: totals and distributions."""

from collections import defaultdict
from collections.abc import Callable
from dataclasses import replace

from common.spend.measures.charges import charge_totals
from common.spend.model import BUCKETS, By, Distribution, Measure, Totals, Unanswerable
from common.spend.prices.engine import PICO
from common.spend.rollup.cells import (
    BILLED,
    COST,
    REPORTED,
    REPORTED_N,
    TOKENS,
    UNPRICED,
    UNPRICED_TOKENS,
    CellKey,
    N,
)
from common.spend.rollup.parts import Part
from common.spend.rollup.rollup import Rollup
from common.spend.rollup.sketch import Sketch
from common.spend.semantics.dimensions import DIMENSIONS, UNTAGGED, DimensionName
from common.spend.semantics.needs import LACKING, Need, is_met
from common.spend.semantics.sources import CELLS

_SECONDS_OF_DAY = 86_400
NEEDS: dict[str, str] = {
    "feature": LACKING[Need.FEATURE],
    "user": LACKING[Need.USER],
    "status": LACKING[Need.STATUS],
    "latency_ms": LACKING[Need.LATENCY],
    "ttft_ms": LACKING[Need.TTFT],
    "cost_usd": "no request of a model with a known price",
}
"""What to say of data without the field, and which export has it."""
_SUMS = (
    "The data are sums by the minute, hour or day, not single requests, so how single requests spread cannot be told. "
    "Exports with one row per request have it: LiteLLM spend logs, Langfuse observations, Helicone requests, "
    "OpenRouter's activity CSV, OpenTelemetry spans"
)
_UNITS: dict[Measure, tuple[str, float]] = {
    "input_tokens": ("tokens", 1),
    "output_tokens": ("tokens", 1),
    "latency_ms": ("ms", 1000),
    "ttft_ms": ("ms", 1000),
    "cost_usd": ("usd", PICO),
}


def totals(rollup: Rollup) -> Totals:
    """Everything in sum; an empty rollup gives zeros."""
    cells = rollup.cells.values()
    return replace(
        _counted(rollup),
        reported_usd=_reported(rollup),
        billed_usd=sum(c[BILLED] for c in cells) / PICO,
        unpriced_tokens=sum(c[UNPRICED_TOKENS] for c in cells),
        charges=charge_totals(rollup),
        other_currencies={currency: counts[0] / PICO for currency, counts in sorted(rollup.other_money.items())},
    )


def _counted(rollup: Rollup) -> Totals:
    cells = rollup.cells
    tokens = [sum(column) for column in zip(*(c[TOKENS] for c in cells.values()), strict=True)] or [0] * len(BUCKETS)
    failed = [counts for key, counts in cells.items() if not key.ok]
    return Totals(
        requests=sum(c[N] for c in cells.values()),
        cost_usd=sum(c[COST] for c in cells.values()) / PICO,
        unpriced_requests=sum(c[UNPRICED] for c in cells.values()),
        unpriced_models=tuple(sorted({key.model for key, c in cells.items() if c[UNPRICED] or c[UNPRICED_TOKENS]})),
        input_tokens=sum(tokens[:4]),
        output_tokens=sum(tokens[4:]),
        tokens=dict(zip(BUCKETS, tokens, strict=True)),
        failed_requests=sum(c[N] for c in failed),
        failed_cost_usd=sum(c[COST] for c in failed) / PICO,
        first=rollup.first,
        last=rollup.last,
        days=_days(rollup),
        models=len({(key.provider, key.model) for key in cells}),
        features=len({key.feature for key in cells if key.feature is not None}),
        users=len([user for user in rollup.users if user is not None]) if rollup.tells(Part.USERS) else None,
        has=frozenset(rollup.has),
    )


def _days(rollup: Rollup) -> float:
    span = (rollup.last - rollup.first).total_seconds() if rollup.first and rollup.last else 0.0
    return span / _SECONDS_OF_DAY


def _reported(rollup: Rollup) -> float | None:
    if not any(c[REPORTED_N] for c in rollup.cells.values()):
        return None
    return sum(c[REPORTED] for c in rollup.cells.values()) / PICO


def _key_of(name: DimensionName) -> Callable[[CellKey], str]:
    get, name_of = CELLS.fields[DIMENSIONS[name].field], DIMENSIONS[name].name_of
    return lambda key: name_of(get(key))


CELL_KEYS: dict[By, Callable[[CellKey], str]] = {
    "model": _key_of(DimensionName.MODEL),
    "provider": _key_of(DimensionName.PROVIDER),
    "feature": _key_of(DimensionName.FEATURE),
    "status": _key_of(DimensionName.STATUS),
    "day": _key_of(DimensionName.DAY),
}
"""What a cell is counted under, by dimension."""


def refuse_without_hours(rollup: Rollup) -> None:
    """Raise Unanswerable for sums by the day."""
    if rollup.hours and not is_met(Need.HOURS, rollup):
        raise Unanswerable(f"The data have {LACKING[Need.HOURS]}.")


def distribution(rollup: Rollup, measure: Measure, by: By | None = None) -> list[Distribution]:
    """How a measure spreads, as a whole (by None) or by "model" or "feature", largest sum first.

    Sizes and costs are of all single requests, latencies of those that went well; sums of requests are left out.
    Raises Unanswerable when no row has the measure or the key, or all rows are sums.
    """
    if by not in (None, "model", "feature"):
        raise ValueError(f"a distribution is by model or feature, not by {by}")
    if by == "feature" and "feature" not in rollup.has:
        raise Unanswerable(f"The data have {NEEDS['feature']}.")
    groups: dict[str | None, list[Sketch]] = defaultdict(list)
    for key, sketch in rollup.sketches.items():
        if key.measure == measure:
            feature = UNTAGGED if key.feature is None else key.feature
            groups[None if by is None else key.model if by == "model" else feature].append(sketch)
    if rollup.cells and not rollup.sketches:
        raise Unanswerable(f"{_SUMS}.")
    if not groups and measure in NEEDS:
        raise Unanswerable(f"The data have {NEEDS[measure]}.")
    total_cost = [(key, Sketch.union(sketches)) for key, sketches in groups.items()]
    return [
        _distribution(key, measure, s) for key, s in sorted(total_cost, key=lambda item: (-item[1].total, str(item[0])))
    ]


def _distribution(key: str | None, measure: Measure, sketch: Sketch) -> Distribution:
    unit, scale = _UNITS[measure]
    p50, p90, p95, p99 = (percentile_of(sketch, measure, share) for share in (0.5, 0.9, 0.95, 0.99))
    return Distribution(
        key=key,
        measure=measure,
        unit=unit,  # type: ignore[arg-type]  # the table above holds the three units only
        count=sketch.count,
        mean=sketch.total / sketch.count / scale,
        p50=p50,
        p90=p90,
        p95=p95,
        p99=p99,
        max=sketch.maximum / scale,
    )


def percentile_of(sketch: Sketch, measure: Measure, share: float) -> float:
    """A percentile in the measure's own unit; tokens are whole."""
    unit, scale = _UNITS[measure]
    value = sketch.percentile(share)
    return float(round(value)) if unit == "tokens" else value / scale
