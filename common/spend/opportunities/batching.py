"""Batch: requests that nobody waits for, at the provider's batch price (half the list price where it is known).

Flex is the alternative for those that may wait minutes: one by one as before, each at the provider's flex price. Where
the rows do not tell whether somebody waits, it is a question to the customer, which no plan counts.
"""

from collections import defaultdict
from collections.abc import Iterator

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
from common.spend.opportunities.waiting import Waiting, waiting
from common.spend.opportunities.workload import Action, after

_LISTED = 3


def find_batch(case: Case) -> Iterator[Finding]:
    """For each feature whose rows do not say that people wait, and whose models have a batch or a flex price."""
    for feature in sorted({key.group.feature for key in case.workload}, key=repr):
        if latency_limit(case.limits, feature) is not None:
            continue
        found = [(action, case.savings(action)) for action in (_batch(feature), _batch(feature, flex=True))]
        worth = [(action, savings) for action, savings in found if case.worth(savings)]
        signs = waiting(case, feature) if worth else None
        if signs is not None and signs.verdict != "people":
            for action, savings in worth:
                yield _finding(case, action, signs, savings)


def _batch(feature: str | None, *, flex: bool = False) -> Action:
    return Action("batch", feature, variant="flex" if flex else "")


def batch_unavailable(case: Case) -> Unavailable:
    """Why there is none: for the features that would save, the signs of people."""
    features = sorted({key.group.feature for key in case.workload}, key=repr)
    worth = {name: case.savings(_batch(name)) for name in features if latency_limit(case.limits, name) is None}
    most = sorted((name for name, usd in worth.items() if case.worth(usd)), key=lambda name: -worth[name])[:_LISTED]
    if most:
        signs: dict[str, list[str]] = defaultdict(list)
        for name in most:
            signs[waiting(case, name).evidence].append(label(name))
        listed = " ".join(f"{', '.join(names)}: {evidence}" for evidence, names in signs.items())
        reason = f"By your data, people wait for the answers. {listed}"
    else:
        limited = "a latency limit, or " if case.limits.latency_ms else ""
        reason = f"Every feature has {limited}no known batch or flex price that is lower."
    return Unavailable("batch", reason, "Name the features whose answers may come within 24 hours.")


def _finding(case: Case, action: Action, signs: Waiting, savings: float) -> Finding:
    flex = action.variant == "flex"
    before = case.slots(action)
    moved = after(before, [action])
    slots = {key: slot for key, slot in before.items() if moved[key] != slot}
    models = sorted({slot.model.id for slot in slots.values()})
    largest = max(slots, key=lambda key: slots[key].cost_usd(key.price.floor))
    job = signs.verdict == "job"
    latency: Level = "high" if not job else "medium" if flex else "low"
    weights = Weights(
        effort="low" if flex else "medium",
        latency_risk=latency,
        confidence=signs.confidence,
        needs_confirmation=not job,
    )
    advice_of = _flex_advice if flex else _advice
    return case.finding(
        action,
        savings,
        weights=weights,
        advice=advice_of(label(action.feature), signs, ", ".join(models), slots[largest].model.provider),
        about=extent_of(slots.values()),
        from_model=models[0] if len(models) == 1 else None,
    )


def _advice(feature: str, signs: Waiting, models: str, provider: str) -> Advice:
    bound = "" if signs.verdict == "job" else " An upper bound: as if every request could wait."
    return Advice(
        title=_title(f"send {feature} as batch jobs", signs),
        method=f"The same tokens at the batch price instead of the list price, for {models}.{bound}",
        assumptions=(
            *_open(signs, "hours"),
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


def _flex_advice(feature: str, signs: Waiting, models: str, provider: str) -> Advice:
    bound = "" if signs.verdict == "job" else " An upper bound: as if every request could wait."
    return Advice(
        title=_title(f"send {feature} at the flex tier", signs),
        method=f"The same tokens at the flex price instead of the list price, for {models}.{bound}",
        assumptions=(
            *_open(signs, "minutes"),
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


def _title(what: str, signs: Waiting) -> str:
    return what[0].upper() + what[1:] if signs.verdict == "job" else f"At most: {what}, if nobody waits for it"


def _open(signs: Waiting, later: str) -> tuple[str, ...]:
    if signs.verdict == "job":
        return ()
    return (f"It is a question to you, and in no plan until you say that answers may come {later} later.",)
