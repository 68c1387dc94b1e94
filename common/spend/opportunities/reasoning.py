"""Reasoning effort: models whose output is to a large part reasoning, at a lower setting.

No log shows how much less a model would reason: a fixed share is assumed, and stated as an assumption.
"""

from collections.abc import Iterator

from common.spend.model import Unavailable
from common.spend.opportunities import snippets
from common.spend.opportunities.capability import capability_of
from common.spend.opportunities.changes import LESS_REASONING
from common.spend.opportunities.finding import Advice, Case, Finding, Weights, extent_of, label
from common.spend.opportunities.workload import Action, Slot
from common.spend.rollup.cells import RequestGroup

MIN_REASONING = 0.3
"""Of a group's output: below it, effort is not what makes it expensive."""
_ADJUSTABLE = ("openai", "azure", "anthropic", "google")
_FIXED = ("o1-mini", "o1-preview", "-pro", "deep-research")
"""In names of OpenAI's models that reason at one effort only."""


def find_reasoning(case: Case) -> Iterator[Finding]:
    """For each feature and model that reasons much and has a setting to do less."""
    for group in sorted({key.group for key in case.workload}, key=repr):
        action = Action("reasoning_effort", group.feature, group)
        slots = list(case.slots(action).values())
        if _share(slots) < MIN_REASONING or not _adjustable(group):
            continue
        savings = case.savings(action)
        if case.worth(savings):
            yield _finding(case, action, group, savings)


def reasoning_unavailable(case: Case) -> Unavailable:
    """Why there is none."""
    slots = case.workload.values()
    thinking = any((known := capability_of(slot.model)) is not None and known.thinks for slot in slots)
    if thinking and not any(slot.tokens[5] for slot in slots):
        return Unavailable(
            "reasoning_effort",
            "The data tell no reasoning tokens, so it is not known how much of the output is reasoning.",
            "Log them: OpenAI's reasoning_tokens, Gemini's thoughtsTokenCount, or a column reasoning_tokens.",
        )
    reason = (
        f"No model with a setting for its effort spends {100 * MIN_REASONING:.0f} % of its output or more on reasoning."
    )
    return Unavailable("reasoning_effort", reason, "")


def _share(slots: list[Slot]) -> float:
    outgoing = sum(sum(slot.tokens[4:]) for slot in slots)
    return sum(slot.tokens[5] for slot in slots) / outgoing if outgoing else 0.0


def _adjustable(group: RequestGroup) -> bool:
    if group.provider == "google" and "gemini" not in group.model:
        return False
    fixed = group.provider in ("openai", "azure") and any(part in group.model for part in _FIXED)
    return group.provider in _ADJUSTABLE and not fixed


def _finding(case: Case, action: Action, group: RequestGroup, savings: float) -> Finding:
    slots = list(case.slots(action).values())
    weights = Weights(effort="low", quality="needs_evaluation", quality_risk="medium", confidence="low")
    return case.finding(
        action,
        savings,
        weights=weights,
        advice=_advice(group, 100 * _share(slots)),
        about=extent_of(slots),
        from_model=group.model,
    )


def _advice(group: RequestGroup, share_pct: float) -> Advice:
    feature, less = label(group.feature), 100 * LESS_REASONING
    return Advice(
        title=f"Let {group.model} reason less for {feature}",
        method=f"Its reasoning tokens, {less:.0f} % of them left out, at the price of output; nothing else changes.",
        assumptions=(
            f"A lower effort is assumed to spare {less:.0f} % of the reasoning. Only a trial can tell.",
            "The visible answers keep their length.",
        ),
        evidence=f"{share_pct:.1f} % of its output tokens are reasoning. No trial at a lower effort is in the data.",
        steps=(
            f"Take 200 logged requests of {feature} and run them with the setting in the snippet.",
            "Compare the reasoning tokens and score both sides blind, by your own rubric or a stronger model as judge.",
            "Go on only if the answers are not worse on at least 95 % of them; else try the level in between.",
            f"Send 10 % of {feature} so for two days, then all.",
        ),
        verify="Reasoning tokens per request (the usage object) and your quality score, 7 days before and after.",
        rollback="Take the setting out of the call again; nothing else has changed.",
        snippet=snippets.less_reasoning(group.provider, group.model),
    )
