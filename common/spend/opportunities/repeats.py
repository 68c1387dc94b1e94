"""Requests that need not be sent: exact repeats of the same prompt, and requests that failed but cost tokens."""

from collections import Counter
from collections.abc import Iterator

from common.spend.model import Unavailable
from common.spend.opportunities import snippets
from common.spend.opportunities.finding import Advice, Case, Extent, Finding, Weights, extent_of, label
from common.spend.opportunities.slots import SIDES
from common.spend.opportunities.workload import Action
from common.spend.rollup.cells import N


def find_duplicates(case: Case) -> Iterator[Finding]:
    """For each feature with prompts that come again on the same day."""
    for feature in sorted({key.group.feature for key in case.workload}, key=repr):
        action = Action("duplicates", feature)
        savings = case.savings(action)
        if case.worth(savings):
            yield _duplicates(case, action, savings)


def find_retry_waste(case: Case) -> Iterator[Finding]:
    """For each feature with failed requests that cost tokens."""
    for feature in sorted({key.group.feature for key in case.workload if not key.price.ok}, key=repr):
        action = Action("retry_waste", feature)
        savings = case.savings(action)
        if case.worth(savings):
            yield _retry_waste(case, action, savings)


def duplicates_unavailable(case: Case) -> Unavailable:
    """Why there is none."""
    if "prompt_hash" not in case.rollup.has:
        return Unavailable(
            "duplicates",
            "Repeated prompts cannot be seen without a content hash (equal token counts are no proof).",
            "Add a column prompt_hash, or the prompts themselves: they are hashed on the way in, never stored.",
        )
    return Unavailable("duplicates", "Hardly any prompt comes twice on the same day.", "")


def retry_unavailable(case: Case) -> Unavailable:
    """Why there is none."""
    if "status" not in case.rollup.has:
        return Unavailable(
            "retry_waste",
            "Failed requests cannot be told from good ones without a status.",
            "Log failed requests too, in a column status; LiteLLM, Helicone and Langfuse have one.",
        )
    return Unavailable("retry_waste", "Failed requests cost next to nothing here.", "")


def _duplicates(case: Case, action: Action, savings: float) -> Finding:
    slots = case.slots(action).values()
    repeated = [(slot, slot.repeated[SIDES.index("expected")]) for slot in slots]
    again = sum(parts[0] for _, parts in repeated)
    models = sorted({slot.model.id for slot, parts in repeated if parts[0]})
    sampled = case.rollup.repeats.sampled_share
    about = Extent(again, sum(sum(parts[1:5]) for _, parts in repeated))
    weights = Weights(effort="medium", confidence="high" if sampled == 1.0 else "medium")
    advice = _cache_advice(label(action.feature), again, extent_of(slots).requests, sampled)
    return case.finding(
        action, savings, weights=weights, advice=advice, about=about, from_model=models[0] if len(models) == 1 else None
    )


def _cache_advice(feature: str, again: float, sent: float, sampled: float) -> Advice:
    estimate = "" if sampled == 1.0 else f" Estimated from {100 * sampled:.1f} % of the prompts, drawn by hash."
    return Advice(
        title=f"Answer repeated prompts of {feature} from a cache",
        method="Requests with the same content hash, model and UTC day: all but the first are not sent." + estimate,
        assumptions=(
            "A stored answer is good for the rest of the day; repeats on later days are not counted.",
            "Two users may get the same answer; keep a key per user where prompts or answers are personal.",
        ),
        evidence=f"{again:,.0f} of its {sent:,.0f} requests ({100 * again / sent:.1f} %) repeat an earlier prompt of "
        "the same day. They were compared by content hash; equal token counts were not taken as repeats.",
        steps=(
            "Put a cache in front of the provider, keyed by model, full prompt and sampling settings.",
            "Start with a life of 1 hour, look at hit rate and complaints, then go up to 24 hours.",
            "Leave out requests whose prompt holds the time, a random seed or personal data.",
        ),
        verify="Hit rate of the cache, and requests per day at the provider, which must fall by the repeated share.",
        rollback="Switch the cache off; every request goes to the provider again.",
        snippet=snippets.response_cache(),
    )


def _retry_waste(case: Case, action: Action, savings: float) -> Finding:
    failed = [slot for key, slot in case.slots(action).items() if not key.price.ok]
    kinds: Counter[str] = Counter()
    for key, cell in case.rollup.cells.items():
        if key.feature == action.feature and not key.ok:
            kinds[key.status] += cell[N]
    worst = ", ".join(f"{kind} {number:,}" for kind, number in kinds.most_common(4))
    evidence = f"{extent_of(failed).requests:,.0f} of its requests failed, by status: {worst}."
    weights = Weights(effort="medium", confidence="medium")
    return case.finding(
        action,
        savings,
        weights=weights,
        advice=_retry_advice(label(action.feature), evidence),
        about=extent_of(failed),
        from_model=None,
    )


def _retry_advice(feature: str, evidence: str) -> Advice:
    return Advice(
        title=f"Stop paying for failed requests of {feature}",
        method="The cost of all requests that did not end well but have tokens in the log: the most that can be saved.",
        assumptions=(
            "The provider billed these tokens. Requests refused with 429 or 5xx are usually free: check the invoice.",
            "Every failure can be avoided; what is left of them is left of the cost.",
        ),
        evidence=evidence,
        steps=(
            "Look at the largest kind first: timeouts need a longer limit or streaming, bad requests an early check.",
            "Bound retries to 2 with growing pauses, and never retry a request that was refused for its content.",
            "Cap the output length, so that a request that runs away ends early.",
        ),
        verify="Failed requests per day and their tokens; both must fall within a day of the change.",
        rollback="Set the old limits again.",
        snippet=snippets.retries(),
    )
