"""All plans that data and limits allow, as the fronts of parts that add up."""

import math
from collections.abc import Iterable
from dataclasses import dataclass, replace

from common.spend.model import Limits, Speed
from common.spend.opportunities import case_of, find_all
from common.spend.opportunities.finding import Case, Finding
from common.spend.planning.burden import risky_steps
from common.spend.planning.eligibility import advisable, one_of_each, pointed_at, within
from common.spend.planning.fronts import Front, Option, front_of, steps_of
from common.spend.planning.parts import FeaturePart, options_of, parts_of
from common.spend.planning.search import cheapest, least_burden
from common.spend.planning.speed import Pace, paces_of
from common.spend.prices.book import LIST_PRICES, PriceBook
from common.spend.prices.engine import PICO
from common.spend.quality.evaluation import NO_EVALUATIONS, Evaluations
from common.spend.rollup.rollup import Rollup

_ENOUGH = 1e-9
"""Percentage points by which a target may be missed through rounding."""


@dataclass(frozen=True, slots=True)
class PlanRequest:
    """What a plan is to be made of: the opportunities of the ids in `select` if given, without those in `without`, and
    of these the `top` largest advisable; priced with `book`, judged by `evaluations`.
    """

    limits: Limits
    book: PriceBook = LIST_PRICES
    evaluations: Evaluations = NO_EVALUATIONS
    select: tuple[str, ...] | None = None
    top: int | None = None
    without: tuple[str, ...] = ()


class PlanSpace:
    """All plans that a request allows. Raises KeyError for an id in `select` that is no opportunity of the data."""

    def __init__(self, rollup: Rollup, request: PlanRequest, other: "PlanSpace | None" = None) -> None:
        """`other` is a space of the same data: its opportunities are reused where they are the same."""
        self.request: PlanRequest = request
        same = other if other is not None and _for_finders(other.request) == _for_finders(request) else None
        if same is None:
            case = case_of(rollup, request.limits, request.book, evaluations=request.evaluations)
            found = find_all(case)[0]
        else:
            case, found = replace(same.case, limits=request.limits), same.found
        self.case: Case = case
        self.found: list[Finding] = found
        self.findings = _findings(self.found, request)
        self._parts = parts_of(self.case, self.findings)
        self._paces = paces_of(self.case, [part.feature for part in self._parts])
        self._fronts = [_front(part, self._paces.get(part.feature)) for part in self._parts]
        self._used = sum(part.cost for part in self._parts)
        self._whole = self._used + round(self.case.left_out_usd * PICO)

    @property
    def best_pct(self) -> float:
        """What can be saved at most, at any risk, in percent of the bill."""
        return self._pct(cheapest(self._fronts).cost)

    def reach(self, target_pct: float) -> list[Finding] | None:
        """The plan of least burden that saves that share; None when none does."""
        if not self._whole and target_pct > 0:
            return None
        budget = math.floor(self._used - self._whole * (target_pct - _ENOUGH) / 100)
        found = least_burden(self._fronts, budget)
        return None if found is None else steps_of(found)

    def best(self) -> list[Finding]:
        """The plan that saves most."""
        return steps_of(cheapest(self._fronts))

    def advised(self) -> list[Finding]:
        """Without a target: all that was selected, else what is advisable. For a feature that must become faster, the
        options that save most without a high risk, else those of least burden.
        """
        if self.request.select is not None:
            return one_of_each(self.findings)
        chosen = advisable(f for f in self.findings if f.action.feature not in self._paces)
        paced = [front for part, front in zip(self._parts, self._fronts, strict=True) if part.feature in self._paces]
        return chosen + [step for front in paced for step in steps_of(_mild(front))]

    def speeds(self, chosen: list[Finding]) -> tuple[Speed, ...]:
        """What these steps do to each feature that is to become faster, the slowest first."""
        tried = [finding for finding in self.findings if not _slow(finding)]
        found = [pace.speed_of(_about(chosen, name), _about(tried, name)) for name, pace in self._paces.items()]
        return tuple(sorted(found, key=lambda speed: (-(speed.now_ms or 0.0), repr(speed.feature))))

    def _pct(self, cost: int) -> float:
        return 100 * (self._used - cost) / self._whole if self._whole else 0.0


def _for_finders(request: PlanRequest) -> PlanRequest:
    """The part of a request that the opportunities themselves depend on."""
    limits = replace(request.limits, max_effort=None, speedup={}, growth_pct=0.0)
    return PlanRequest(limits, request.book, request.evaluations)


def _findings(all_found: list[Finding], request: PlanRequest) -> list[Finding]:
    found = [finding for finding in all_found if finding.opportunity.id not in request.without]
    found = within(found, request.limits) if request.select is None else pointed_at(found, request.select)
    return found if request.top is None else advisable(found)[: request.top]


def _front(part: FeaturePart, pace: Pace | None) -> Front:
    """The options of a part; no slower than today where the data cannot prove the requested speed."""
    if pace is None:
        return options_of(part, lambda *_: 0)
    prompt = replace(part, findings=tuple(finding for finding in part.findings if not _slow(finding)))
    fast = _in_time(options_of(prompt, pace.slow), pace)
    return fast or _in_time(options_of(prompt, pace.slower), pace)


def _slow(finding: Finding) -> bool:
    """True for what is expected to make answers slower: a batch job, a model that begins to think."""
    return finding.action.kind == "batch" or finding.opportunity.latency_risk == "high"


def _in_time(options: Front, pace: Pace) -> Front:
    return front_of(option._replace(slow=0) for option in options if option.slow <= pace.allowed)


def _mild(front: Front) -> Option:
    return next((option for option in reversed(front) if not risky_steps(option.burden)), front[0])


def _about(findings: Iterable[Finding], feature: str | None) -> list[Finding]:
    return [finding for finding in findings if finding.action.feature == feature]
