"""Opportunities: what could be saved, found in a rollup, each with method, assumptions, risks and the way to do it."""

from collections.abc import Callable, Iterator

from common.spend.model import Limits, OpportunityKind, OpportunityReport, Unavailable
from common.spend.opportunities.batching import batch_unavailable, find_batch
from common.spend.opportunities.caching import caching_unavailable, find_caching
from common.spend.opportunities.finding import Case, Finding
from common.spend.opportunities.repeats import (
    duplicates_unavailable,
    find_duplicates,
    find_retry_waste,
    retry_unavailable,
)
from common.spend.opportunities.right_sizing import find_swaps, unplaced
from common.spend.opportunities.workload import cost_usd, workload_of
from common.spend.prices.engine import prices_as_of
from common.spend.rollup import Rollup

__all__ = ["find_opportunities"]


def _swaps_unavailable(case: Case) -> Unavailable:
    unknown = unplaced(case)
    if unknown:
        reason = f"The capability of {', '.join(unknown)} is not known, so no cheaper model can be judged against it."
        return Unavailable("right_sizing", reason, "Score a cheaper model on the same requests.")
    reason = "No cheaper model of comparable capability is left within your limits."
    return Unavailable("right_sizing", reason, "Allow more models, or log the latency of others.")


_FINDERS: dict[OpportunityKind, tuple[Callable[[Case], Iterator[Finding]], Callable[[Case], Unavailable]]] = {
    "retry_waste": (find_retry_waste, retry_unavailable),
    "duplicates": (find_duplicates, duplicates_unavailable),
    "prompt_caching": (find_caching, caching_unavailable),
    "right_sizing": (find_swaps, _swaps_unavailable),
    "batch": (find_batch, batch_unavailable),
}


def case_of(rollup: Rollup, limits: Limits) -> Case:
    """What the finders look at, built once."""
    workload = workload_of(rollup)
    return Case(rollup, limits, workload, cost_usd(workload))


def find_all(case: Case) -> tuple[list[Finding], list[Unavailable]]:
    """Findings of the kinds that the limits allow, by savings, and the kinds without any."""
    findings: list[Finding] = []
    missing: list[Unavailable] = []
    for kind, (find, why_not) in _FINDERS.items():
        if case.limits.kinds is None or kind in case.limits.kinds:
            found = list(find(case))
            findings += found
            missing += [] if found else [why_not(case)]
    findings.sort(key=lambda finding: (-finding.opportunity.savings_usd, finding.opportunity.id))
    return findings, missing


def find_opportunities(rollup: Rollup, limits: Limits) -> OpportunityReport:
    """Everything that the data allow within the limits, and which kinds they do not allow and why."""
    case = case_of(rollup, limits)
    findings, missing = find_all(case)
    return OpportunityReport(
        opportunities=tuple(finding.opportunity for finding in findings),
        unavailable=tuple(missing),
        baseline_usd=case.baseline_usd,
        prices_as_of=prices_as_of(),
    )
