"""Opportunities: what could be saved, found in a rollup, each with method, assumptions, risks and the way to do it."""

from collections.abc import Callable, Iterator

from common.spend.model import Limits, OpportunityKind, OpportunityReport, Unavailable
from common.spend.opportunities.answer_lengths import answers_of
from common.spend.opportunities.base import base_of
from common.spend.opportunities.batching import batch_unavailable, find_batch
from common.spend.opportunities.caching import caching_unavailable, find_caching
from common.spend.opportunities.finding import Case, Finding
from common.spend.opportunities.in_use import split
from common.spend.opportunities.provider_choice import find_providers, providers_unavailable
from common.spend.opportunities.reasoning import find_reasoning, reasoning_unavailable
from common.spend.opportunities.repeats import (
    duplicates_unavailable,
    find_duplicates,
    find_retry_waste,
    retry_unavailable,
)
from common.spend.opportunities.right_sizing import find_swaps, swaps_unavailable
from common.spend.opportunities.trimming import (
    find_long_inputs,
    find_long_outputs,
    long_inputs_unavailable,
    long_outputs_unavailable,
)
from common.spend.opportunities.workload import cost_usd, workload_of
from common.spend.prices.book import LIST_PRICES, PriceBook
from common.spend.quality.evaluation import NO_EVALUATIONS, Evaluations
from common.spend.quality.scores import scores_of
from common.spend.rollup.rollup import Rollup

__all__ = ["find_opportunities"]


_FINDERS: dict[OpportunityKind, tuple[Callable[[Case], Iterator[Finding]], Callable[[Case], Unavailable]]] = {
    "retry_waste": (find_retry_waste, retry_unavailable),
    "duplicates": (find_duplicates, duplicates_unavailable),
    "prompt_caching": (find_caching, caching_unavailable),
    "right_sizing": (find_swaps, swaps_unavailable),
    "provider_choice": (find_providers, providers_unavailable),
    "batch": (find_batch, batch_unavailable),
    "prompt_trimming": (find_long_inputs, long_inputs_unavailable),
    "output_trimming": (find_long_outputs, long_outputs_unavailable),
    "reasoning_effort": (find_reasoning, reasoning_unavailable),
}


def case_of(
    rollup: Rollup, limits: Limits, book: PriceBook = LIST_PRICES, *, evaluations: Evaluations = NO_EVALUATIONS
) -> Case:
    """What the finders look at, built once. Both sides of each what-if are priced with `book`, on its price date or the
    day of the price list.
    """
    everything = workload_of(rollup, book)
    workload, left_out = split(rollup.entire, everything)
    return Case(
        rollup=rollup,
        limits=limits,
        workload=workload,
        baseline_usd=cost_usd(everything),
        evaluations=evaluations,
        scores=scores_of(rollup.entire),
        answers=answers_of(rollup.entire),
        left_out=left_out,
        base=base_of(rollup, everything, book),
        book=book,
    )


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


def find_opportunities(
    rollup: Rollup, limits: Limits, book: PriceBook = LIST_PRICES, *, evaluations: Evaluations = NO_EVALUATIONS
) -> OpportunityReport:
    """Everything that the data allow within the limits, and which kinds they do not allow and why."""
    case = case_of(rollup, limits, book, evaluations=evaluations)
    findings, missing = find_all(case)
    return OpportunityReport(
        opportunities=tuple(finding.opportunity for finding in findings),
        unavailable=tuple(missing),
        baseline_usd=case.baseline_usd,
        prices_as_of=case.priced_on,
        left_out=case.left_out,
        base=case.base,
    )
