"""`distribution` and `duplicates`: how tokens, latency and cost spread, and what is asked more than once."""

from typing import Literal

from pydantic import Field

from common.assistant.context import ToolContext
from common.assistant.goals.goal import Goal
from common.assistant.goals.limits import same_name
from common.assistant.tool import Arguments, Tool
from common.assistant.tools.opportunities import opportunity_facts, unavailable_sentence
from common.assistant.tools.spend import unanswerable
from common.contract.answer import Fact, TableBlock, Unit
from common.figures.format import figure, stated_facts
from common.runs.step import ToolResult
from common.spend import (
    Distribution,
    Limits,
    Measure,
    Opportunity,
    OpportunityReport,
    Unanswerable,
    distribution,
    find_opportunities,
)

_SHOWN, _IN_TEXT = 20, 8
_NAMES: dict[str, str] = {
    "input_tokens": "Input size",
    "output_tokens": "Output size",
    "latency_ms": "Latency",
    "ttft_ms": "Time to the first token",
    "cost_usd": "Cost of a request",
}


class DistributionArguments(Arguments):
    """Which measure, and for what."""

    measure: Measure = Field(description="What is measured per request.")
    by: Literal["all", "model", "feature"] = Field(
        description="One distribution for all requests, or one per model or feature."
    )


async def measure_distribution(context: ToolContext, arguments: DistributionArguments) -> ToolResult:
    """Mean, median, p90, p95, p99 and maximum of a measure."""
    by = None if arguments.by == "all" else arguments.by
    try:
        distributions = sorted(
            (await context.compute(distribution, arguments.measure, by))[:_SHOWN], key=lambda item: -item.p95
        )
    except Unanswerable as answer:
        return unanswerable(_NAMES[arguments.measure].lower(), answer)
    limits = _against_limits(distributions, context.goal)
    findings = [*limits, *_extremes(distributions), *(_sentence(item) for item in distributions[:_IN_TEXT])]
    return ToolResult(
        summary=findings[0] if findings else "There is nothing to measure.",
        findings=findings,
        facts=[*(fact for item in distributions for fact in _facts(item)), *_limit_facts(context.goal)],
        data={"measure": arguments.measure, "by": arguments.by, "limits": limits},
        blocks=[_table(arguments.measure, distributions)] if distributions else [],
    )


async def duplicates(context: ToolContext, _: Arguments) -> ToolResult:
    """What repeated prompts cost: by content hash only, equal sizes are no duplicates."""
    report: OpportunityReport = await context.compute(find_opportunities, Limits(kinds=("duplicates",)))
    if report.opportunities:
        findings = [_repeated(report), *(_repeats(item) for item in report.opportunities)]
        facts = [fact for item in report.opportunities for fact in opportunity_facts(item)]
        return ToolResult(summary=findings[0], findings=findings, facts=[*_repeated_facts(report), *facts])
    missing = [unavailable_sentence(item) for item in report.unavailable]
    findings = missing or ["No prompt was sent more than once in a way that a response cache would save."]
    return ToolResult(
        summary=findings[0],
        findings=findings,
        facts=stated_facts("what the data lack", missing),
        data={"unanswerable": bool(missing)},
    )


def _repeated(report: OpportunityReport) -> str:
    requests, usd, pct = _sums(report)
    return (
        f"Yes, {figure(requests, 'requests')} repeat a prompt of the same day: answering them from a cache would have"
        f" saved {figure(usd, 'usd')} ({figure(pct, 'pct')} of the bill)."
    )


def _sums(report: OpportunityReport) -> tuple[float, float, float]:
    """(requests, USD, percent of the bill) of all repeats that deserve a line."""
    items = report.opportunities
    return sum(i.requests for i in items), sum(i.savings_usd for i in items), sum(i.savings_pct for i in items)


def _repeated_facts(report: OpportunityReport) -> list[Fact]:
    requests, usd, pct = _sums(report)
    return [
        Fact(name="requests that repeat a prompt", value=requests, unit="requests"),
        Fact(name="cost of requests that repeat a prompt", value=usd, unit="usd"),
        Fact(name="share of requests that repeat a prompt", value=pct, unit="pct"),
    ]


def _repeats(item: Opportunity) -> str:
    return (
        f"{item.feature or 'All requests'}: {figure(item.requests, 'requests')} are repeats, worth"
        f" {figure(item.savings_usd, 'usd')} ({figure(item.savings_pct, 'pct')} of the bill)."
    )


def _extremes(distributions: list[Distribution]) -> list[str]:
    """Which is largest and which smallest, where there is something to compare."""
    if len(distributions) < 2:  # noqa: PLR2004 - one alone has nothing to be compared with
        return []
    most, least = distributions[0], distributions[-1]
    high, low = figure(most.p95, most.unit), figure(least.p95, least.unit)
    return [f"{_NAMES[most.measure]} (p95) is highest for {most.key}, {high}, and lowest for {least.key}, {low}."]


def _sentence(item: Distribution) -> str:
    p95, median, most = (figure(value, item.unit) for value in (item.p95, item.p50, item.max))
    name = item.key or _NAMES[item.measure]
    return f"{name}: p95 {p95}, median {median}, at most {most}, over {figure(item.count, 'requests')}."


def _against_limits(distributions: list[Distribution], goal: Goal) -> list[str]:
    """Whether the latency limits of the question hold today."""
    return [
        f"{item.key or 'The whole'} is at p95 {figure(item.p95, 'ms')} today,"
        f" {'within' if item.p95 <= limit.ms else 'above'} your limit of {figure(limit.ms, 'ms')}."
        for item in distributions
        for limit in goal.latency
        if item.measure == "latency_ms" and (not limit.feature or same_name(limit.feature, item.key or ""))
    ]


def _limit_facts(goal: Goal) -> list[Fact]:
    return [Fact(name=f"latency limit of {limit.feature}", value=limit.ms, unit="ms") for limit in goal.latency]


def _facts(item: Distribution) -> list[Fact]:
    subject = _NAMES[item.measure].lower() + (f" of {item.key}" if item.key else "")
    values = {
        "mean": item.mean,
        "median": item.p50,
        "p90": item.p90,
        "p95": item.p95,
        "p99": item.p99,
        "maximum": item.max,
    }
    facts = [Fact(name=f"{name} of {subject}", value=value, unit=item.unit) for name, value in values.items()]
    return [*facts, Fact(name=f"requests with {subject}", value=item.count, unit="requests")]


def _table(measure: Measure, distributions: list[Distribution]) -> TableBlock:
    unit: Unit = distributions[0].unit
    return TableBlock(
        title=_NAMES[measure],
        columns=["For", "Requests", "Mean", "Median", "p90", "p95", "p99", "Maximum"],
        units=[None, "requests", unit, unit, unit, unit, unit, unit],
        rows=[
            [item.key or "all requests", float(item.count), item.mean, item.p50, item.p90, item.p95, item.p99, item.max]
            for item in distributions
        ],
    )


DISTRIBUTION = Tool(
    "distribution",
    "How tokens, latency or cost per request spread: mean, median, p90, p95, p99, maximum.",
    DistributionArguments,
    measure_distribution,
)
DUPLICATES = Tool("duplicates", "Requests whose prompt was sent before, and what they cost.", Arguments, duplicates)
