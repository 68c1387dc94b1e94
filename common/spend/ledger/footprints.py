"""What each kind of recommendation leaves in a log, and how it is undone: the actual requests of a day as they would
have been with the behaviour of the baseline in one respect, all else unchanged.

Each function gives the requests it is about as they are (`now`) and as they would have been (`before`). Steps are
undone from the last in the order of effect to the first, so that what several did together is counted once.
"""

from collections.abc import Callable, Mapping
from math import sqrt

from common.spend.ledger.steps import CHANCE, StepReversal, WaterfallStep, by_group, negative, put, requests_in
from common.spend.ledger.swaps import undo_swap
from common.spend.ledger.traffic import Repeats, RequestMix
from common.spend.model import OpportunityKind
from common.spend.rollup.priced_requests import (
    INPUT,
    NO_REQUESTS,
    REASONING,
    REQUESTS,
    VISIBLE,
    Counts,
    PriceKey,
    ServedModel,
    scaled,
    sum_of,
)


def undo_tiers(sent: RequestMix, repeats: Repeats, step: WaterfallStep) -> StepReversal:
    """Back to the baseline's mix of tiers: the requests that are in other tiers than they would have been."""
    del repeats
    before: dict[PriceKey, Counts] = {}
    now: dict[PriceKey, Counts] = {}
    whole = 0.0
    for group, sent_to_model in by_group(sent, step):
        mix = step.behaviour.tier_mix(step.behaviour.models_like(group, step.kin))
        requests = {
            tier: sum(c[REQUESTS] for p, c in sent_to_model.items() if p.tier == tier)
            for tier in {p.tier for p in sent_to_model}
        }
        total = sum(requests.values())
        whole += total
        missing = {tier: share * total - requests.get(tier, 0.0) for tier, share in mix.items()}
        missing = {tier: count for tier, count in missing.items() if count > 0}
        lacking = sum(missing.values())
        for key, counts in sent_to_model.items():
            excess = 1 - mix.get(key.tier, 0.0) * total / requests[key.tier] if requests[key.tier] else 0.0
            if excess > 0 and lacking:
                now[key] = scaled(counts, excess)
                for tier, count in missing.items():
                    put(before, key._replace(tier=tier), scaled(now[key], count / lacking))
    moved = sum(counts[REQUESTS] for counts in now.values())
    return StepReversal(before, now, moved, moved / whole if whole else 0.0)


def undo_cache(sent: RequestMix, repeats: Repeats, step: WaterfallStep) -> StepReversal:
    """Back to the baseline's shares of input that is read from the cache and written to it."""
    del repeats
    before: dict[PriceKey, Counts] = {}
    now: dict[PriceKey, Counts] = {}
    for group, sent_to_model in by_group(sent, step):
        usual = step.behaviour.models_like(group, step.kin)
        for key, counts in sent_to_model.items():
            split = step.behaviour.split(usual, key.floor)
            if split is not None:
                now[key] = counts
                before[key] = (counts[REQUESTS], *scaled(split, sum(counts[INPUT])), *counts[VISIBLE:])
    return StepReversal(before, now, requests_in(now), _share_of(now, _READ) - _share_of(before, _READ))


def undo_visible(sent: RequestMix, repeats: Repeats, step: WaterfallStep) -> StepReversal:
    """Back to the baseline's visible output per request."""
    del repeats
    return _undo_output(sent, step, VISIBLE)


def undo_reasoning(sent: RequestMix, repeats: Repeats, step: WaterfallStep) -> StepReversal:
    """Back to the baseline's reasoning tokens per request."""
    del repeats
    return _undo_output(sent, step, REASONING)


def _undo_output(sent: RequestMix, step: WaterfallStep, bucket: int) -> StepReversal:
    before: dict[PriceKey, Counts] = {}
    now: dict[PriceKey, Counts] = {}
    for group, sent_to_model in by_group(sent, step):
        usual = step.behaviour.models_like(group, step.kin)
        for key, counts in sent_to_model.items():
            mean = step.behaviour.per_request(usual, key.floor)
            if mean is not None:
                now[key] = counts
                before[key] = (*counts[:bucket], counts[REQUESTS] * mean[bucket], *counts[bucket + 1 :])
    return StepReversal(before, now, requests_in(now), _shorter(before, now, slice(bucket, bucket + 1)))


def undo_input(sent: RequestMix, repeats: Repeats, step: WaterfallStep) -> StepReversal:
    """Back to the baseline's input per request and its size classes; the present split of it, the present answers."""
    del repeats
    before: dict[PriceKey, Counts] = {}
    now: dict[PriceKey, Counts] = {}
    for group, sent_to_model in by_group(sent, step):
        usual = step.behaviour.models_like(group, step.kin)
        for tier in dict.fromkeys(key.tier for key in sent_to_model):
            here = {key: counts for key, counts in sent_to_model.items() if key.tier == tier}
            whole = _sum(here)
            incoming = sum(whole[INPUT])
            for floor, share in step.behaviour.sizes(usual).items() if incoming else ():
                size = sum((step.behaviour.per_request(usual, floor) or NO_REQUESTS)[INPUT]) * whole[REQUESTS]
                resized = (whole[REQUESTS], *scaled(whole[INPUT], size / incoming), *whole[VISIBLE:])
                put(before, PriceKey(*group, ok=True, tier=tier, floor=floor), scaled(resized, share))
            now |= here if incoming else {}
    return StepReversal(before, now, requests_in(now), _shorter(before, now, INPUT))


def undo_repeats(sent: RequestMix, repeats: Repeats, step: WaterfallStep) -> StepReversal:
    """Back to the baseline's rate of repeated prompts. The requests that were avoided are in no log: they are
    estimated from the distinct prompts, which are, and priced as the repeats of the baseline, with as many failures as
    there are now. More repeats than before, by more than chance, are no effect of a cache.
    """
    served = {p: c for p, c in sent.items() if p.ok and step.concerns(p.served)}
    whole, rate = requests_in(served), step.behaviour.repeat_rate
    if not whole or not repeats.hashed or rate >= 1:
        return StepReversal({}, {}, whole, 0.0)
    seen = requests_in(repeats.sent) / repeats.hashed
    if seen - rate > CHANCE * sqrt(rate * (1 - rate) / repeats.hashed):
        return StepReversal({}, {}, whole, 0.0)
    avoided = whole * ((1 - seen) / (1 - rate) - 1)
    before: dict[PriceKey, Counts] = {}
    for key, counts in step.behaviour.mean_repeat().items():
        for group, share in _heirs(served, key.served).items():
            put(before, key._replace(provider=group.provider, model=group.model), scaled(counts, avoided * share))
    for key, counts in sent.items():
        if not key.ok and step.concerns(key.served):
            put(before, key, scaled(counts, avoided / whole))
    if avoided < 0:
        return StepReversal({}, negative(before), whole, rate - seen)
    return StepReversal(before, {}, whole, rate - seen)


def _heirs(served: RequestMix, group: ServedModel) -> dict[ServedModel, float]:
    """Where the requests of a model go now: to itself while it is in use, else to the others by their share."""
    shares: dict[ServedModel, float] = {}
    for key, counts in served.items():
        shares[key.served] = shares.get(key.served, 0.0) + counts[REQUESTS] / requests_in(served)
    return {group: 1.0} if group in shares else shares


def undo_failures(sent: RequestMix, repeats: Repeats, step: WaterfallStep) -> StepReversal:
    """Back to the baseline's failed requests, and their tokens, for each request that went well."""
    del repeats
    before: dict[PriceKey, Counts] = {}
    served = {p: c for p, c in sent.items() if p.ok and step.concerns(p.served)}
    for group in dict.fromkeys(key.served for key in served):
        count = sum(counts[REQUESTS] for key, counts in served.items() if key.served == group)
        failed = step.behaviour.failed_per_request(step.behaviour.models_like(group, step.kin))
        for (tier, floor), each in failed.items():
            put(before, PriceKey(*group, ok=False, tier=tier, floor=floor), scaled(each, count))
    now = {p: c for p, c in sent.items() if not p.ok and step.concerns(p.served)}
    whole = requests_in(served)
    return StepReversal(before, now, whole, (requests_in(before) - requests_in(now)) / whole if whole else 0.0)


_READ = 2
UNDO: Mapping[OpportunityKind, Callable[[RequestMix, Repeats, WaterfallStep], StepReversal]] = {
    "retry_waste": undo_failures,
    "duplicates": undo_repeats,
    "prompt_trimming": undo_input,
    "prompt_caching": undo_cache,
    "right_sizing": undo_swap,
    "provider_choice": undo_swap,
    "reasoning_effort": undo_reasoning,
    "output_trimming": undo_visible,
    "batch": undo_tiers,
}


def _sum(mix: RequestMix) -> Counts:
    return sum_of(mix.values())


def _share_of(mix: RequestMix, bucket: int) -> float:
    """Of a bucket in all input."""
    whole = _sum(mix)
    incoming = sum(whole[INPUT])
    return whole[bucket] / incoming if incoming else 0.0


def _shorter(before: RequestMix, now: RequestMix, part: slice) -> float:
    """By which share tokens are fewer."""
    was, remains = (sum(_sum(mix)[part]) for mix in (before, now))
    return 1 - remains / was if was else 0.0
