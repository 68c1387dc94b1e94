"""Batch: requests that nobody waits for, at the provider's batch price (half the list price where it is known).

Flex is the alternative for those that may wait minutes: one by one as before, each at the provider's flex price.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from common.core.vocabulary import Level
from common.spend.model import Unavailable
from common.spend.opportunities import snippets
from common.spend.opportunities.finding import (
    Advice,
    Case,
    Finding,
    Weights,
    extent_of,
    label,
    latency_limit,
)
from common.spend.opportunities.workload import Action, after

_OFFLINE = re.compile(
    r"batch|offline|nightly|daily|weekly|summar|classif|extract|embed|index|eval|report|etl|enrich|label|tagg|"
    r"moderat|backfill|digest|ingest|translat|crawl|dedup"
)
_INTERACTIVE = re.compile(
    r"chat|assist|copilot|autocomplete|completion|agent|live|voice|realtime|search|support|review"
)
_MIN_DAYS = 3
_BUSY_HOURS = 3
_SCHEDULED_SHARE = 0.6


@dataclass(frozen=True, slots=True)
class _Signs:
    """Why a feature may wait; `firm` False: only an upper bound."""

    evidence: str
    confidence: Level
    firm: bool


def find_batch(case: Case) -> Iterator[Finding]:
    """For each feature that may wait and whose models have a batch or a flex price."""
    for feature in sorted({key.group.feature for key in case.workload}, key=repr):
        signs = None if latency_limit(case.limits, feature) is not None else _signs(case, feature)
        for action in (Action("batch", feature), Action("batch", feature, variant="flex")):
            savings = case.savings(action)
            if signs is not None and case.worth(savings):
                yield _finding(case, action, signs, savings)


def batch_unavailable(case: Case) -> Unavailable:
    """Why there is none."""
    limited = " or a latency limit" if case.limits.latency_ms else ""
    reason = f"Every feature has users waiting for it by its name{limited}, or no known batch or flex price."
    return Unavailable("batch", reason, "Name the features whose answers may come within 24 hours.")


def _signs(case: Case, feature: str | None) -> _Signs | None:
    """None for a feature with people waiting."""
    if feature is None:
        return _Signs("The data do not tell features, so it is not known which requests may wait.", "low", firm=False)
    scheduled = _scheduled(case, feature)
    named = _OFFLINE.search(feature.lower())
    if _INTERACTIVE.search(feature.lower()) and not scheduled:
        return None
    name_sign = f'Its name ("{named[0]}...") suggests background work.' if named else ""
    if scheduled or named:
        return _Signs(f"{scheduled} {name_sign}".strip(), "high" if scheduled and named else "medium", firm=True)
    return _Signs("Neither its name nor its daily shape tells whether somebody waits for it.", "low", firm=False)


def _scheduled(case: Case, feature: str) -> str:
    """A sentence when most requests come in the same few hours of the day; "" otherwise, and for short data."""
    rollup = case.rollup
    if rollup.first is None or rollup.last is None or (rollup.last - rollup.first).days < _MIN_DAYS:
        return ""
    hours = {hour: counts[0] for (name, hour), counts in rollup.shapes.items() if name == feature}
    if not hours:
        return ""
    busiest = sorted(hours, key=lambda hour: -hours[hour])[:_BUSY_HOURS]
    share = sum(hours[hour] for hour in busiest) / sum(hours.values())
    if share < _SCHEDULED_SHARE:
        return ""
    at = ", ".join(f"{hour:02}:00" for hour in sorted(busiest))
    return f"{100 * share:.0f} % of its requests come in the hours {at} UTC, as a scheduled job's do."


def _finding(case: Case, action: Action, signs: _Signs, savings: float) -> Finding:
    flex = action.variant == "flex"
    before = case.slots(action)
    moved = after(before, [action])
    slots = {key: slot for key, slot in before.items() if moved[key] != slot}
    models = sorted({slot.model.id for slot in slots.values()})
    largest = max(slots, key=lambda key: slots[key].cost_usd(key.price.floor))
    latency: Level = "high" if not signs.firm else "medium" if flex else "low"
    weights = Weights(effort="low" if flex else "medium", latency_risk=latency, confidence=signs.confidence)
    advice_of = _flex_advice if flex else _advice
    return case.finding(
        action,
        savings,
        weights=weights,
        advice=advice_of(label(action.feature), signs, ", ".join(models), slots[largest].model.provider),
        about=extent_of(slots.values()),
        from_model=models[0] if len(models) == 1 else None,
    )


def _advice(feature: str, signs: _Signs, models: str, provider: str) -> Advice:
    bound = "" if signs.firm else " An upper bound: as if every request could wait."
    return Advice(
        title=f"Send {feature} as batch jobs" if signs.firm else f"At most: send {feature} as batch jobs",
        method=f"The same tokens at the batch price instead of the list price, for {models}.{bound}",
        assumptions=(
            "Answers may come within 24 hours; most batch jobs are done much sooner.",
            "Cached input is priced as the provider's batch price list says.",
        ),
        evidence=signs.evidence,
        steps=(
            f"Confirm with the owners of {feature} that answers may come hours later.",
            "Collect the requests of an hour or a night into one job, with an id per request.",
            "Poll the job, write the answers back by id, and send again what failed.",
        ),
        verify="The batch line of the provider's usage page must carry these requests, at half the price per token.",
        rollback="Send the requests one by one again; the job only changes how they are sent.",
        snippet=snippets.batch(provider),
    )


def _flex_advice(feature: str, signs: _Signs, models: str, provider: str) -> Advice:
    bound = "" if signs.firm else " An upper bound: as if every request could wait."
    return Advice(
        title=f"Send {feature} at the flex tier" if signs.firm else f"At most: send {feature} at the flex tier",
        method=f"The same tokens at the flex price instead of the list price, for {models}.{bound}",
        assumptions=(
            "Answers may take minutes instead of seconds, and some requests are refused while capacity is short.",
            "Cached input is priced as the provider's flex price list says.",
        ),
        evidence=signs.evidence,
        steps=(
            f"Confirm with the owners of {feature} that answers may come minutes later.",
            "Set the tier as in the snippet, with a timeout of 15 minutes.",
            "Send a request that was refused for want of capacity again, with growing pauses, then at the usual tier.",
        ),
        verify="The flex line of the provider's usage page must carry these requests; watch how many are refused.",
        rollback="Take the tier out of the call again; nothing else has changed.",
        snippet=snippets.flex(provider),
    )
