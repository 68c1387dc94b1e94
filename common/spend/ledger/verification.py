"""Verification: what accepted recommendations saved, day by day, measured on later usage."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from math import hypot, sqrt
from typing import Any

from common.spend.ledger.baseline import Baseline
from common.spend.ledger.methods import LEAST_PARTS, NOT_YET, UNEXPLAINED, method_of, projected_method, unseen
from common.spend.ledger.rows import LedgerRow, RecommendationOutcome, current, outcomes_of, row_id
from common.spend.ledger.traffic import DayPrices, Traffic, price_version, traffic_of
from common.spend.ledger.waterfall import DayMeasurement, Effect, Waterfall
from common.spend.measures.statistic import student_t
from common.spend.prices.book import LIST_PRICES, PriceBook
from common.spend.rollup.priced_requests import REQUESTS
from common.spend.rollup.rollup import Rollup

_SHARE = 0.95


@dataclass(frozen=True, slots=True, kw_only=True)
class AcceptedChange:
    """A recommendation since its acceptance; days are UTC."""

    baseline: Baseline
    implemented: date | None = None
    """The first day on which it may have had an effect; None: not yet, so that what it would save is projected."""
    ended: date | None = None
    """The first day on which it was no longer in effect (rejected, rolled back)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Verification:
    """`rows` by day. The totals are of the measured rows, each request and each price change counted once."""

    rows: tuple[LedgerRow, ...]
    outcomes: tuple[RecommendationOutcome, ...]
    counterfactual_usd: float
    actual_usd: float
    saved_usd: float
    """All that was measured, the unexplained rest in it."""
    price_effect_usd: float
    skipped_days: tuple[str, ...]
    """Days of the data that lie before every implementation, and are not counted."""

    @property
    def verified(self) -> tuple[str, ...]:
        """Recommendations with an effect, of either sign, beyond the chance in their baseline."""
        return tuple(o.recommendation for o in self.outcomes if o.recommendation is not None and o.significant)


def verify(accepted: Iterable[AcceptedChange], after: Rollup, book: PriceBook = LIST_PRICES) -> Verification:
    """Measure accepted recommendations on a rollup of all usage so far; for each, days before its implementation do not
    count. The same days verified again give the same rows under the same ids. Of two of one kind for the same requests,
    as flex and batch jobs, the one accepted last has the effect.
    """
    changes = sorted(accepted, key=lambda item: (item.baseline.accepted, item.baseline.id))
    by_feature: dict[str | None, list[AcceptedChange]] = {}
    for item in changes:
        by_feature.setdefault(item.baseline.feature, []).append(item)
    traffic = traffic_of(after, by_feature)
    bench = _DayLedger(after, book)
    for feature, of_feature in by_feature.items():
        for day, sent in traffic[feature].items():
            bench.count(day, sent, [item for item in of_feature if _begin(item) <= day and not _ended(item, day)])
    return Verification(
        rows=current(bench.rows),
        outcomes=outcomes_of(bench.rows),
        counterfactual_usd=sum(whole.counterfactual_usd for whole in bench.wholes),
        actual_usd=sum(whole.actual_usd for whole in bench.wholes),
        saved_usd=sum(whole.saved_usd for whole in bench.wholes),
        price_effect_usd=sum(whole.price_effect_usd for whole in bench.wholes),
        skipped_days=_skipped(after, changes),
    )


class _DayLedger:
    """Where days are measured one after another."""

    def __init__(self, after: Rollup, book: PriceBook) -> None:
        self._has, self._prices, self._version = after.has, DayPrices(book), price_version(book)
        self._waterfalls: dict[tuple[str, ...], list[Waterfall]] = {}
        self.rows: list[LedgerRow] = []
        self.wholes: list[Effect] = []

    def count(self, day: int, traffic: Traffic, items: Sequence[AcceptedChange]) -> None:
        """The rows of a feature on a day (ordinal)."""
        seen = [item.baseline for item in items if item.implemented and not unseen(item.baseline, traffic, self._has)]
        for item in items:
            if item.baseline not in seen:
                self.rows.append(self._projected(item, day, traffic))
        if not seen:
            return
        whole, *lacking = self._falls(seen)
        measurement = whole.measure(traffic, self._prices, day)
        others = [fall.effects(traffic, self._prices, day)[0] for fall in lacking]
        for baseline in seen:
            usd = [other[baseline.recommendation].saved_usd for other in others[: baseline.parts]]
            self.rows.append(self._row(baseline, day, measurement.effects[baseline.recommendation], usd))
        self.rows.append(self._unexplained(seen, day, measurement))
        self.wholes.append(measurement.scope)

    def _falls(self, baselines: Sequence[Baseline]) -> list[Waterfall]:
        """With whole baselines, then with one part of each left out."""
        key = tuple(baseline.id for baseline in baselines)
        if key not in self._waterfalls:
            parts = max(baseline.parts for baseline in baselines)
            without = range(parts) if parts >= LEAST_PARTS else ()
            self._waterfalls[key] = [Waterfall(baselines, part) for part in (None, *without)]
        return self._waterfalls[key]

    def _row(self, baseline: Baseline, day: int, effect: Effect, without: Sequence[float]) -> LedgerRow:
        half = _half(without, effect.chance_usd)
        return self._written(
            effect,
            day,
            about=baseline.recommendation,
            recommendation=baseline.recommendation,
            kind=baseline.kind,
            feature=baseline.feature,
            basis="measured",
            price_effect_usd=effect.price_effect_usd,
            low_usd=None if half is None else effect.saved_usd - half,
            high_usd=None if half is None else effect.saved_usd + half,
            method=method_of(baseline, interval=half is not None),
            baseline=baseline.id,
        )

    def _unexplained(self, baselines: Sequence[Baseline], day: int, measurement: DayMeasurement) -> LedgerRow:
        feature, explained = baselines[0].feature, sum(e.price_effect_usd for e in measurement.effects.values())
        return self._written(
            measurement.rest,
            day,
            about=f"unexplained|{feature!r}",
            recommendation=None,
            kind=None,
            feature=feature,
            basis="measured",
            price_effect_usd=measurement.scope.price_effect_usd - explained,
            low_usd=None,
            high_usd=None,
            method=UNEXPLAINED,
            baseline=None,
        )

    def _projected(self, item: AcceptedChange, day: int, traffic: Traffic) -> LedgerRow:
        """What it would save: the promise per request, on the requests of its scope."""
        baseline = item.baseline
        sent = {p: c for p, c in traffic.sent.items() if baseline.source in (None, p.served)}
        requests = sum(counts[REQUESTS] for key, counts in sent.items() if key.ok)
        usd = self._prices.usd(sent, day)
        return self._written(
            Effect(usd, usd - requests * baseline.expected_usd_per_request, usd, requests),
            day,
            about=baseline.recommendation,
            recommendation=baseline.recommendation,
            kind=baseline.kind,
            feature=baseline.feature,
            basis="projected",
            price_effect_usd=0.0,
            low_usd=None,
            high_usd=None,
            method=projected_method(unseen(baseline, traffic, self._has) if item.implemented else NOT_YET),
            baseline=baseline.id,
        )

    def _written(self, effect: Effect, day: int, *, about: str, **fields: Any) -> LedgerRow:
        iso = date.fromordinal(day).isoformat()
        return LedgerRow(
            id=row_id(about, iso),
            day=iso,
            requests=round(effect.requests),
            counterfactual_usd=effect.counterfactual_usd,
            actual_usd=effect.actual_usd,
            saved_usd=effect.saved_usd,
            footprint=effect.footprint,
            price_version=self._version,
            **fields,
        )


def _half(without: Sequence[float], chance: float) -> float | None:
    """Half of the interval, from the savings by baselines that each lack a part (the jackknife, Tukey 1958), and the
    standard deviation of the day's own chance (USD).
    """
    count = len(without)
    if count < LEAST_PARTS:
        return None
    middle = sum(without) / count
    error = sqrt((count - 1) / count * sum((usd - middle) ** 2 for usd in without))
    return student_t((1 + _SHARE) / 2, count - 1) * hypot(error, chance)


def _begin(item: AcceptedChange) -> int:
    """The first day that may count: of the implementation, and after the baseline."""
    day = item.implemented.toordinal() if item.implemented else item.baseline.accepted_day
    return max(day, date.fromisoformat(item.baseline.last).toordinal() + 1)


def _ended(item: AcceptedChange, day: int) -> bool:
    return item.ended is not None and item.ended.toordinal() <= day


def _skipped(after: Rollup, changes: Sequence[AcceptedChange]) -> tuple[str, ...]:
    begins = min((_begin(item) for item in changes), default=None)
    days = sorted({key.day for key in after.cells})
    return tuple(date.fromordinal(day).isoformat() for day in days if begins is None or day < begins)
