"""Audits: how much of a kind of saving is used already, what is lost, and where; without any limit of a plan."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from common.spend.model import Limits, Opportunity, OpportunityKind, SavingsBase, Unavailable
from common.spend.opportunities import find_opportunities
from common.spend.quality.evaluation import NO_EVALUATIONS, Evaluations
from common.spend.rollup.cells import MIN_PREFIX
from common.spend.rollup.rollup import Rollup
from common.spend.semantics import DimensionName, MeasureName, Unanswerable, UsageQuery, run
from common.spend.semantics.formulas import Value
from common.spend.semantics.needs import Need, is_met

MEASURES_OF: Mapping[OpportunityKind, tuple[MeasureName, ...]] = {
    "prompt_caching": (MeasureName.CACHED_SHARE, MeasureName.CACHED_TOKENS, MeasureName.INPUT_TOKENS),
    "retry_waste": (MeasureName.ERROR_RATE, MeasureName.FAILED_REQUESTS, MeasureName.REQUESTS),
    "reasoning_effort": (MeasureName.REASONING_COST, MeasureName.REASONING_TOKENS, MeasureName.OUTPUT_TOKENS),
    "duplicates": (MeasureName.REPEATED_SHARE, MeasureName.REPEATED_REQUESTS, MeasureName.REPEATED_COST),
}
"""What each kind is judged by: its share or cost, what of it is lost or used, and what that is of."""
ORDER: Mapping[OpportunityKind, MeasureName] = {
    "prompt_caching": MeasureName.INPUT_TOKENS,
    "retry_waste": MeasureName.FAILED_REQUESTS,
    "reasoning_effort": MeasureName.REASONING_TOKENS,
    "duplicates": MeasureName.REPEATED_REQUESTS,
}
"""What places are ordered by: of caches their input, where most could be cached."""
_MOST_PLACES = 5
_IN_USE_PCT = 50.0
"""Cached share of input from which a feature uses a cache already."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditPlace:
    """A feature or, where the log names none, a model; None: the rows do not say."""

    name: str
    values: Mapping[MeasureName, Value]


@dataclass(frozen=True, slots=True, kw_only=True)
class SharedStart:
    """Input tokens that every request of a feature has at least: perhaps a shared start, which sizes do not prove."""

    feature: str
    tokens: int
    most_pct: float
    """Of its input, if all of it is one start: the most that a cache could serve."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Audit:
    """One kind. `savings`: the best of each place, so that they add up; `lacking` says what the log does not tell."""

    kind: OpportunityKind
    by: DimensionName
    values: Mapping[MeasureName, Value]
    places: tuple[AuditPlace, ...]
    lacking: str
    savings: tuple[Opportunity, ...]
    unavailable: Unavailable | None
    base: SavingsBase | None
    guesses: tuple[SharedStart, ...] = ()

    @property
    def savings_usd(self) -> float:
        """Of all places together, each alone."""
        return sum(item.savings_usd for item in self.savings)


def audit(rollup: Rollup, kind: OpportunityKind, limits: Limits, evaluations: Evaluations = NO_EVALUATIONS) -> Audit:
    """Of one of the kinds in MEASURES_OF."""
    by = DimensionName.FEATURE if is_met(Need.FEATURE, rollup) else DimensionName.MODEL
    report = find_opportunities(rollup, replace(limits, kinds=(kind,)), evaluations=evaluations)
    measured = {name: _by_place(rollup, name, by) for name in MEASURES_OF[kind]}
    known = {name: found for name, found in measured.items() if not isinstance(found, str)}
    lacking = next((reason for reason in measured.values() if isinstance(reason, str)), "")
    return Audit(
        kind=kind,
        by=by,
        values={name: total for name, (total, _) in known.items()},
        places=_places({name: places for name, (_, places) in known.items()}, kind),
        lacking=lacking,
        savings=_best(report.opportunities),
        unavailable=next(iter(report.unavailable), None),
        base=report.base,
        guesses=shared_starts(rollup) if kind == "prompt_caching" else (),
    )


_Values = tuple[Value, dict[str, Value]]


def _by_place(rollup: Rollup, measure: MeasureName, by: DimensionName) -> _Values | str:
    """Total and values by place; or why there are none."""
    result = run(UsageQuery(measures=(measure,), by=(by,)), rollup)
    if isinstance(result, Unanswerable):
        return result.reason
    return result.total.values[0], {row.keys[0]: row.values[0] for row in result.rows}


def _places(values: Mapping[MeasureName, Mapping[str, Value]], kind: OpportunityKind) -> tuple[AuditPlace, ...]:
    """Those with anything to tell, the largest first."""
    order = values.get(ORDER[kind], {})
    names = sorted((name for name, value in order.items() if value), key=lambda name: (-(order[name] or 0), name))
    return tuple(
        AuditPlace(name=name, values={measure: found.get(name) for measure, found in values.items()})
        for name in names[:_MOST_PLACES]
    )


def _best(items: Sequence[Opportunity]) -> tuple[Opportunity, ...]:
    """Of alternatives for one place the one that saves most; they come largest first."""
    best: dict[tuple[str | None, str | None], Opportunity] = {}
    for item in items:
        if item.quality != "against":
            best.setdefault((item.feature, item.from_model), item)
    return tuple(best.values())


def shared_starts(rollup: Rollup) -> tuple[SharedStart, ...]:
    """Of features that are long enough for a cache and hardly use one, where no prefix is logged; the longest first."""
    if "prefix" in rollup.has or not is_met(Need.FEATURE, rollup):
        return ()
    floor, average, cached = (
        _by_place(rollup, name, DimensionName.FEATURE)
        for name in (MeasureName.INPUT_FLOOR, MeasureName.AVERAGE_INPUT_TOKENS, MeasureName.CACHED_SHARE)
    )
    if isinstance(floor, str) or isinstance(average, str):
        return ()
    served = {} if isinstance(cached, str) else cached[1]
    starts = [
        SharedStart(feature=name, tokens=int(least), most_pct=100 * least / mean)
        for name, least in floor[1].items()
        if least and least >= MIN_PREFIX and (mean := average[1].get(name)) and (served.get(name) or 0) < _IN_USE_PCT
    ]
    return tuple(sorted(starts, key=lambda start: -start.tokens))
