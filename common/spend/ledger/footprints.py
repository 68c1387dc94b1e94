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
            tier: sum(c[0] for p, c in sent_to_model.items() if p.tier == tier)
            for tier in {p.tier for p in sent_to_model}
        }
        total = sum(requests.values())
        whole += total
        missing = {tier: share * total - requests.get(tier, 0.0) for tier, share in mix.items()}
        missing = {tier: count for tier, count in missing.items() if count > 0}
        lacking = sum(missing.values())
        for place, counts in sent_to_model.items():
            excess = 1 - mix.get(place.tier, 0.0) * total / requests[place.tier] if requests[place.tier] else 0.0
            if excess > 0 and lacking:
                now[place] = scaled(counts, excess)
                for tier, count in missing.items():
                    put(before, place._replace(tier=tier), scaled(now[place], count / lacking))
    moved = sum(counts[0] for counts in now.values())
    return StepReversal(before, now, moved, moved / whole if whole else 0.0)


def undo_cache(sent: RequestMix, repeats: Repeats, step: WaterfallStep) -> StepReversal:
    """Back to the baseline's shares of input that is read from the cache and written to it."""
    del repeats
    before: dict[PriceKey, Counts] = {}
    now: dict[PriceKey, Counts] = {}
    for group, sent_to_model in by_group(sent, step):
        usual = step.behaviour.models_like(group, step.kin)
        for place, counts in sent_to_model.items():
            split = step.behaviour.split(usual, place.floor)
            if split is not None:
                now[place] = counts
                before[place] = (counts[0], *scaled(split, sum(counts[INPUT])), *counts[VISIBLE:])
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
        for place, counts in sent_to_model.items():
            mean = step.behaviour.per_request(usual, place.floor)
            if mean is not None:
                now[place] = counts
                before[place] = (*counts[:bucket], counts[0] * mean[bucket], *counts[bucket + 1 :])
    return StepReversal(before, now, requests_in(now), _shorter(before, now, slice(bucket, bucket + 1)))


def undo_input(sent: RequestMix, repeats: Repeats, step: WaterfallStep) -> StepReversal:
    """Back to the baseline's input per request and its size classes; the present split of it, the present answers."""
    del repeats
    before: dict[PriceKey, Counts] = {}
    now: dict[PriceKey, Counts] = {}
    for group, sent_to_model in by_group(sent, step):
        usual = step.behaviour.models_like(group, step.kin)
        for tier in dict.fromkeys(place.tier for place in sent_to_model):
            here = {place: counts for place, counts in sent_to_model.items() if place.tier == tier}
            whole = _sum(here)
            incoming = sum(whole[INPUT])
            for floor, share in step.behaviour.sizes(usual).items() if incoming else ():
                size = sum((step.behaviour.per_request(usual, floor) or NO_REQUESTS)[INPUT]) * whole[0]
                resized = (whole[0], *scaled(whole[INPUT], size / incoming), *whole[VISIBLE:])
                put(before, PriceKey(*group, ok=True, tier=tier, floor=floor), scaled(resized, share))
            now |= here if incoming else {}
    return StepReversal(before, now, requests_in(now), _shorter(before, now, INPUT))


def undo_repeats(sent: RequestMix, repeats: Repeats, step: WaterfallStep) -> StepReversal:
    """Back to the baseline's rate of repeated prompts. The requests that were avoided are in no log: they are
    estimated from the distinct prompts, which are, and priced as the repeats of the baseline, with as many failures as
    there are now. More repeats than before, by more than chance, are not the doing of a cache.
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
    for place, counts in step.behaviour.mean_repeat().items():
        for group, share in _heirs(served, place.served).items():
            put(before, place._replace(provider=group[0], model=group[1]), scaled(counts, avoided * share))
    for place, counts in sent.items():
        if not place.ok and step.concerns(place.served):
            put(before, place, scaled(counts, avoided / whole))
    if avoided < 0:
        return StepReversal({}, negative(before), whole, rate - seen)
    return StepReversal(before, {}, whole, rate - seen)


def _heirs(served: RequestMix, group: ServedModel) -> dict[ServedModel, float]:
    """Where the requests of a model go now: to itself while it is in use, else to the others by their share."""
    shares: dict[ServedModel, float] = {}
    for place, counts in served.items():
        shares[place.served] = shares.get(place.served, 0.0) + counts[0] / requests_in(served)
    return {group: 1.0} if group in shares else shares


def undo_failures(sent: RequestMix, repeats: Repeats, step: WaterfallStep) -> StepReversal:
    """Back to the baseline's failed requests, and their tokens, for each request that went well."""
    del repeats
    before: dict[PriceKey, Counts] = {}
    served = {p: c for p, c in sent.items() if p.ok and step.concerns(p.served)}
    for group in dict.fromkeys(place.served for place in served):
        count = sum(counts[0] for place, counts in served.items() if place.served == group)
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


def _sum(load: RequestMix) -> Counts:
    return sum_of(load.values())


def _share_of(load: RequestMix, bucket: int) -> float:
    """Of a bucket in all input."""
    whole = _sum(load)
    incoming = sum(whole[INPUT])
    return whole[bucket] / incoming if incoming else 0.0


def _shorter(before: RequestMix, now: RequestMix, part: slice) -> float:
    """By which share tokens are fewer."""
    was, remains = (sum(_sum(load)[part]) for load in (before, now))
    return 1 - remains / was if was else 0.0
