"""What a customer reads of a swap of models: with evidence for it, against it, or none yet."""

from dataclasses import dataclass

from common.spend.opportunities import snippets
from common.spend.opportunities.finding import Advice, label
from common.spend.prices.engine import Model
from common.spend.quality.guard import Judgement
from common.spend.rollup.cells import RequestGroup

EVALUATION_SIZE = 1_000
"""Pairs that show a loss of 2 points or more where the models disagree on one prompt in ten (0.1 / (0.02 / 1.96)^2)."""
NOT_IN_ROWS = "whether requests hold images, call tools or need structured output"


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelSwap:
    """A swap as its texts need it."""

    group: RequestGroup
    to: Model
    judgement: Judgement
    latency: str
    lengths: str
    """What is taken of the length of answers, and why."""
    cheaper_pct: float
    same_provider: bool
    thinks: bool
    text_only: bool
    scored: bool
    """Both models have a public score."""


def advice(change: ModelSwap) -> Advice:
    """All texts."""
    group, to = change.group, change.to
    return Advice(
        title=f"Move {label(group.feature)} from {group.model} to {to.id}",
        method=f"The same requests and input, with the output that {to.id} is taken to write, priced per request for "
        f"{group.model} and for {to.id}, cached and long-context rates included; these requests become "
        f"{change.cheaper_pct:.1f} % cheaper.",
        assumptions=_assumptions(change),
        evidence=_evidence(change),
        steps=_steps(change),
        verify=f"Compare cost per request, p95 latency and your quality score{_of(group.feature)} 7 days before and "
        f"after; the cost must fall by about {change.cheaper_pct:.0f} %.",
        rollback=f"Set the model name back to {group.model}; nothing else has changed.",
        snippet=snippets.swap(to.provider, to.id, group.model, thinks=change.thinks),
    )


def _assumptions(change: ModelSwap) -> tuple[str, ...]:
    to = change.to
    assumptions = [
        condition(change.judgement),
        change.lengths,
        gates(to, text_only=change.text_only),
    ]
    if not change.same_provider:
        assumptions.append(f"{to.provider} counts tokens with another tokenizer; counts can differ by 10 to 20 %.")
    return tuple(assumptions)


def gates(to: Model, *, text_only: bool = False) -> str:
    """What was checked of a model's abilities, and what the rows do not show."""
    window = "The largest request fits into its context window" if to.window else "Its context window is not known"
    images = f"{to.id} takes text only." if text_only else f"check that {to.id} takes what these do."
    return f"{window}. Your rows do not tell {NOT_IN_ROWS}: {images}"


def condition(judgement: Judgement) -> str:
    """On what the advice depends."""
    if judgement.quality == "safe":
        return "The evidence on quality is of requests like those to come; score a sample again after the change."
    if judgement.quality == "against":
        return "It is not advisable: evidence speaks against it, and no plan holds it. The saving is only shown."
    return "It is advisable only after an evaluation on your own requests; the first steps are that evaluation."


def _evidence(change: ModelSwap) -> str:
    """What decides comes first."""
    evidence = change.judgement.evidence
    if not change.scored and change.judgement.quality == "needs_evaluation":
        placed = f"No public score of both models is known here; {change.to.id} is placed by its provider's line."
        evidence = f"{placed} {evidence}"
    return f"{evidence} {change.latency}"


def _of(feature: str | None) -> str:
    return "" if feature is None else f" of {feature}"


def _steps(change: ModelSwap) -> tuple[str, ...]:
    group, to = change.group, change.to
    if change.judgement.quality == "against":
        return (
            f"Leave {label(group.feature)} on {group.model}.",
            f"Try another model, or a better prompt for {to.id}, and evaluate that as you did this one.",
        )
    account = f"Get an account and rate limits at {to.provider}, and check its data terms."
    accounts = () if change.same_provider else (account,)
    last = f"Send 10 % of {label(group.feature)} to {to.id} for two days, then all."
    if change.judgement.quality == "safe":
        return (*accounts, last)
    sample, *rest = evaluation_steps(group, to.id, change.judgement.more)
    return (sample, *accounts, *rest, last)


def evaluation_steps(group: RequestGroup, candidate: str, more: int | None = None) -> tuple[str, ...]:
    """The plan of an evaluation; `more`: pairs that one begun already still lacks."""
    first = f"Take {EVALUATION_SIZE:,} logged requests{_of(group.feature)} with their answers, as they come."
    if more is not None:
        first = f"Add {more:,} logged requests{_of(group.feature)} to your evaluation, as they come."
    judge = "by your own rubric or a stronger model as the judge"
    return (
        first,
        f"Run them on {candidate}, score both sides blind, {judge}, and hand the scores in as evidence.",
        "Go on only if the 95 % interval of the difference lies above -2 points and reaches up to 0 or more.",
    )
