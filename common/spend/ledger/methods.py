"""How each kind is measured, in the customer's words, and when the log does not show it."""

from collections.abc import Mapping
from collections.abc import Set as AbstractSet

from common.spend.ledger.baseline import Baseline
from common.spend.ledger.traffic import Traffic
from common.spend.model import OpportunityKind

LEAST_PARTS = 5
"""Parts of a baseline below which their spread says nothing."""
_SWAP = (
    "Requests on the new model beyond its share before: the same input on the old model, with the split of the input "
    "and the length of answers that the old model had in the baseline, by size class; less what they cost."
)
_METHODS: Mapping[OpportunityKind, str] = {
    "retry_waste": "Failed requests and their tokens for each good one as in the baseline, less those of the day. "
    "Requests that did not fail are in no log: an estimate from the two rates of failure.",
    "duplicates": "Requests that a response cache answers are in no log: estimated from the distinct prompts of the "
    "day and the baseline's rate of repeats, at the size of the baseline's repeats, less the repeats that remain.",
    "prompt_trimming": "The requests of the day with the baseline's input per request, less what they cost.",
    "prompt_caching": "The input of the day, split into uncached, read and written as in the baseline, by size class; "
    "less what it cost.",
    "right_sizing": _SWAP,
    "provider_choice": _SWAP,
    "reasoning_effort": "The requests of the day with the baseline's reasoning tokens per request, less what they "
    "cost.",
    "output_trimming": "The requests of the day with the baseline's visible output per request, less what they cost.",
    "batch": "Requests in other tiers than they would be by the baseline's mix: the same tokens at its tiers, less "
    "what they cost.",
}
UNEXPLAINED = (
    "What no accepted recommendation explains: the same requests with the baseline's failures, answers, cached share "
    "and tiers, less what is left after the recommendations. It earns no fee. Its price effect is what the other rows "
    "of the feature have not told."
)
NOT_YET = "It is accepted and not yet implemented."


def method_of(baseline: Baseline, *, interval: bool) -> str:
    """The method of a measured row, with what its interval is of."""
    if interval:
        interval_text = "The interval is from the days of the baseline (jackknife, 95 %)."
    else:
        interval_text = f"No interval: the baseline has {baseline.days} days, and it takes {LEAST_PARTS}."
    return f"{_METHODS[baseline.kind]} {interval_text}"


def projected_method(reason: str) -> str:
    """The method of a projected row."""
    return f"Not measured: {reason} The saving that was promised per request, on the requests of the day."


def unseen(baseline: Baseline, traffic: Traffic, has: AbstractSet[str]) -> str:
    """Why the log does not show the effect of a recommendation on a day; "" when it does."""
    if baseline.kind == "duplicates" and not traffic.repeats.hashed:
        return "The log has no prompt hash on that day, so repeats cannot be seen."
    if baseline.kind == "retry_waste" and "status" not in has:
        return "The log has not one failed request, so it may have none or not tell them."
    return ""
