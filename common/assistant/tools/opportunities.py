"""`find_opportunities`: what could change, and what it would be worth."""

from collections.abc import Sequence
from dataclasses import replace

from common.assistant.context import ToolContext
from common.assistant.goals.goal import Goal, Keep
from common.assistant.goals.limits import fitted_limits, same_name, unknown_features
from common.assistant.tool import Arguments, Tool
from common.contract.answer import Fact, TableBlock
from common.core.vocabulary import LEVELS
from common.figures.format import figure, plural, stated_facts
from common.runs.step import ToolResult
from common.spend import (
    Limits,
    Opportunity,
    OpportunityReport,
    Quality,
    Rollup,
    Unavailable,
    find_opportunities,
)
from common.spend.quality import Evaluations

_IN_TEXT = 6
_SAID_FAILED = 2
_SWAPS = ("right_sizing", "provider_choice")
_VERDICTS: dict[Quality, str] = {
    "safe": "quality shown to hold",
    "needs_evaluation": "needs an evaluation first",
    "against": "not advisable, evidence speaks against it",
}
_MARKS: dict[Quality | None, str] = {
    None: "no",
    "safe": "no, it holds",
    "needs_evaluation": "yes",
    "against": "no, it fails",
}


def allowed_opportunities(rollup: Rollup, goal: Goal, limits: Limits, evaluations: Evaluations) -> OpportunityReport:
    """All opportunities within the limits, without swaps of what the customer wants to keep."""
    report = find_opportunities(rollup, limits, evaluations=evaluations)
    return replace(report, opportunities=tuple(item for item in report.opportunities if not _untouchable(item, goal)))


def untouchable(rollup: Rollup, goal: Goal, limits: Limits, evaluations: Evaluations) -> tuple[str, ...]:
    """Ids of the opportunities that would change what the customer wants to keep."""
    if not goal.kept:
        return ()
    report = find_opportunities(rollup, limits, evaluations=evaluations)
    return tuple(item.id for item in report.opportunities if _untouchable(item, goal))


async def find(context: ToolContext, _: Arguments) -> ToolResult:
    """Every saving that the data show, each on its own, largest first."""
    limits = await context.compute(fitted_limits, context.goal)
    evaluations = await context.workspace.evaluations()
    report = await context.compute(allowed_opportunities, context.goal, limits, evaluations)
    unknown = await context.compute(unknown_features, context.goal)
    notes = [*unknown, *(unavailable_sentence(item) for item in report.unavailable)]
    possible = [item for item in report.opportunities if not refuted(item)]
    failed = [item for item in report.opportunities if refuted(item)][:_SAID_FAILED]
    findings = [opportunity_sentence(item) for item in (*_worth_saying(possible)[:_IN_TEXT], *failed)]
    count = len(possible)
    first = f"{plural(count, 'possible saving')} found, alternatives included, each counted on its own."
    first = first if possible else "No saving was found within your limits."
    return ToolResult(
        summary=f"{first} {findings[0]}" if possible else first,
        findings=[first, *findings, *notes],
        facts=[
            Fact(name="possible savings", value=count, unit="count"),
            *(fact for item in report.opportunities for fact in opportunity_facts(item)),
            *stated_facts("what the data lack", notes),
        ],
        data={
            "opportunities": [_compact(item) for item in report.opportunities[:20]],
            "unknown": unknown,
            "unavailable": [item.reason for item in report.unavailable if item.needs],
            "names": [item.feature for item in report.opportunities if item.feature],
        },
        blocks=[_table(report.opportunities)] if report.opportunities else [],
    )


def opportunity_sentence(item: Opportunity) -> str:
    """One opportunity for the customer, with its risk."""
    return f"{item.title.rstrip('.')}: {saves(item, item.savings_usd, item.savings_pct)} on its own; {weighed(item)}."


def needs_evaluation(item: Opportunity) -> bool:
    """True for what nobody may call safe before it was tried on the customer's own requests."""
    return item.quality == "needs_evaluation"


def refuted(item: Opportunity) -> bool:
    """True for what evidence speaks against: no plan proposes it."""
    return item.quality == "against"


def uncertain(item: Opportunity) -> bool:
    """True for a change whose answers are not known to stay as good."""
    return needs_evaluation(item) or refuted(item)


def saves(item: Opportunity, usd: float, pct: float) -> str:
    """What it saves; what is not known to keep the quality only would."""
    verb = "would save" if uncertain(item) else "saves"
    return f"{verb} {figure(usd, 'usd')} ({figure(pct, 'pct')})"


def weighed(item: Opportunity) -> str:
    """Verdict, effort and risk in a few words; what is not safe never reads as safe."""
    labels = [] if item.quality is None else [_VERDICTS[item.quality]]
    labels.append(f"effort {item.effort}")
    labels += [f"quality risk {item.quality_risk}"] if item.quality_risk != "low" or not uncertain(item) else []
    labels += [f"latency risk {item.latency_risk}"] if item.latency_risk != "low" else []
    labels += ["only if you confirm that nobody waits"] if item.needs_confirmation else []
    labels += ["confidence low"] if item.confidence == "low" else []
    return ", ".join(labels)


def opportunity_facts(item: Opportunity) -> list[Fact]:
    """The figures of an opportunity, those that its own texts state included."""
    texts = (item.title, item.evidence, item.method, *item.assumptions, *item.steps, item.verify, item.rollback)
    return [
        Fact(name=f"savings of {item.title}", value=item.savings_usd, unit="usd"),
        Fact(name=f"share saved by {item.title}", value=item.savings_pct, unit="pct"),
        Fact(name=f"requests of {item.title}", value=item.requests, unit="requests"),
        Fact(name=f"input tokens of {item.title}", value=item.input_tokens, unit="tokens"),
        *stated_facts(f"stated with {item.title}", texts),
    ]


def _worth_saying(opportunities: Sequence[Opportunity]) -> list[Opportunity]:
    """Of alternatives the mildest and the one that saves most, the mildest first; places by what the mildest saves."""
    places: dict[tuple[str, str | None, str | None], list[Opportunity]] = {}
    for item in opportunities:
        places.setdefault((item.kind, item.feature, item.from_model), []).append(item)
    pairs = [(min(items, key=_mildness), items[0]) for items in places.values()]
    pairs.sort(key=lambda pair: -pair[0].savings_usd)
    return list({item.id: item for pair in pairs for item in pair}.values())


def _mildness(item: Opportunity) -> tuple[int, int, int, float]:
    worst = max(LEVELS.index(item.quality_risk), LEVELS.index(item.latency_risk))
    return worst, -LEVELS.index(item.confidence), LEVELS.index(item.effort), -item.savings_usd


def _untouchable(item: Opportunity, goal: Goal) -> bool:
    return any(_breaks(item, keep) for keep in goal.kept)


def _breaks(item: Opportunity, keep: Keep) -> bool:
    """A kept model for a feature forbids swaps there; a kept feature forbids every change to it."""
    if keep.feature and (item.feature is None or not same_name(keep.feature, item.feature)):
        return item.feature is None and item.kind in _SWAPS and keep.model in (None, item.from_model)
    if keep.model:
        return item.kind in _SWAPS and item.from_model == keep.model
    return True


def unavailable_sentence(item: Unavailable) -> str:
    """Why there is no saving of a kind, and which data would allow to tell."""
    return f"{item.reason} {item.needs}".strip()


def _compact(item: Opportunity) -> dict[str, object]:
    return {
        "id": item.id,
        "kind": item.kind,
        "title": item.title,
        "savings_usd": round(item.savings_usd, 6),
        "savings_pct": round(item.savings_pct, 3),
        "quality_risk": item.quality_risk,
        "latency_risk": item.latency_risk,
        "quality": item.quality,
        "evidence": item.evidence,
        "assumptions": list(item.assumptions),
    }


def _table(opportunities: tuple[Opportunity, ...]) -> TableBlock:
    return TableBlock(
        title="Possible savings, each on its own",
        columns=["Change", "Saves", "Share of the bill", "Requests", "Effort", "Quality risk", "Evaluate first"],
        units=[None, "usd", "pct", "requests", None, None, None],
        rows=[
            [i.title, i.savings_usd, i.savings_pct, float(i.requests), i.effort, i.quality_risk, _MARKS[i.quality]]
            for i in opportunities[:20]
        ],
    )


FIND_OPPORTUNITIES = Tool(
    "find_opportunities",
    "Every saving that the data show within the customer's limits, each on its own.",
    Arguments,
    find,
)
