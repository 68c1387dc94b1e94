"""Swaps undone: what was moved to another model, as the first one would have answered it."""

from math import sqrt
from typing import NamedTuple

from common.spend.ledger.baseline import leads
from common.spend.ledger.steps import CHANCE, OUTPUTS, StepReversal, WaterfallStep, negative, put
from common.spend.ledger.traffic import Repeats, RequestMix
from common.spend.rollup.priced_requests import INPUT, REQUESTS, VISIBLE, Counts, PriceKey, ServedModel, scaled


def undo_swap(sent: RequestMix, repeats: Repeats, step: WaterfallStep) -> StepReversal:
    """Back to the model: what the other one has beyond its share of the baseline, with the first one's behaviour.

    Where it has less, but within chance, the difference counts as negative, so that chance averages out over the days.
    Where it has still less, its requests went elsewhere for reasons of their own, and nothing was moved.
    """
    del repeats
    if step.source is None:
        raise ValueError("a swap needs the model that it starts from")
    sizes = [_at_size(sent, step, step.source, floor) for floor in sorted({key.floor for key in sent})]
    before = {key: counts for size in sizes for key, counts in size.before.items()}
    now = {key: counts for size in sizes for key, counts in size.now.items()}
    moved, expected = sum(size.moved for size in sizes), sum(size.expected for size in sizes)
    if moved < 0:
        before, now = negative(now), negative(before)
    chance = sqrt(sum(size.variance for size in sizes))
    return StepReversal(before, now, abs(moved), moved / expected if expected else 0.0, chance)


class _Size(NamedTuple):
    """A size class: what was moved, as it would have been and as it was sent; see `_flow` for the rest."""

    before: dict[PriceKey, Counts]
    now: dict[PriceKey, Counts]
    moved: float
    expected: float
    variance: float


def _at_size(sent: RequestMix, step: WaterfallStep, source: ServedModel, floor: int) -> _Size:
    here = {
        key: counts
        for key, counts in sent.items()
        if key.floor == floor and key.served != source and leads(step.target, key.served)
    }
    flow, expected, variance = _flow(sent, step, source, floor)
    if not here:
        return _Size({}, {}, 0.0, expected, 0.0)
    flow = min(flow, sum(counts[REQUESTS] for key, counts in here.items() if key.ok))
    shares = _shares(here, step, flow, floor)
    before: dict[PriceKey, Counts] = {}
    now: dict[PriceKey, Counts] = {}
    for key, counts in here.items():
        now[key] = (
            counts[REQUESTS] * shares[0],
            *scaled(counts[INPUT], shares[1]),
            *scaled(counts[VISIBLE:], shares[2]),
        )
        back = key._replace(provider=source.provider, model=source.model)
        put(before, back, _as_before(now[key], back, step))
    return _Size(before, now, flow, expected, variance)


def _flow(sent: RequestMix, step: WaterfallStep, source: ServedModel, floor: int) -> tuple[float, float, float]:
    """Of a size class, by the shares of the baselines: requests moved, those that the source would have had, and the
    variance of these by chance.
    """
    usual = {group: behaviour.requests([group], floor) / days for group, (behaviour, days) in step.usual.items()}
    if not sum(usual.values()):
        usual = {group: behaviour.requests([group]) / days for group, (behaviour, days) in step.usual.items()}
    here = [(p.served, c[REQUESTS]) for p, c in sent.items() if p.ok and p.floor == floor]
    family = sum(count for group, count in here if group in usual or leads(step.target, group))
    whole = sum(usual.values())
    share = usual[source] / whole if whole else 0.0
    expected = family * share
    flow = expected - sum(count for group, count in here if group == source)
    variance = expected * (1 - share)
    return (0.0 if flow < -CHANCE * sqrt(variance) else flow), expected, variance


def _shares(here: RequestMix, step: WaterfallStep, flow: float, floor: int) -> tuple[float, float, float]:
    """Which part of the target's requests, input and output is of what was moved to it.

    Requests of its own are taken to be as large, beside those moved, as both were in the baselines.
    """
    whole = sum(counts[REQUESTS] for key, counts in here.items() if key.ok)
    if not whole:
        return 0.0, 0.0, 0.0
    share, stay = flow / whole, whole - flow
    own = [group for group in {key.served for key in here} if group in step.usual]
    own_size = step.usual[own[0]][0].per_request(own, floor) if own else None
    moved_size = step.behaviour.per_request([step.source] if step.source else [], floor)
    if own_size is None or moved_size is None or flow <= 0 or stay <= 0:
        return share, share, share
    sizes = [(sum(moved_size[part]), sum(own_size[part])) for part in (INPUT, slice(VISIBLE, None))]
    incoming, outgoing = (flow * a / (flow * a + stay * b) if a and b else share for a, b in sizes)
    return share, incoming, outgoing


def _as_before(moved: Counts, key: PriceKey, step: WaterfallStep) -> Counts:
    """Requests as the source would have answered them: the same input, the baseline's split of it and its answers.

    What a recommendation that takes effect earlier explains stays as it is: it is undone later.
    """
    if not key.ok:
        return moved
    split = None if "prompt_caching" in step.keeps else step.behaviour.split([key.served], key.floor)
    counts = moved if split is None else (moved[REQUESTS], *scaled(split, sum(moved[INPUT])), *moved[VISIBLE:])
    mean = step.behaviour.per_request([key.served], key.floor)
    for bucket, kind in OUTPUTS.items():
        if mean is not None and kind not in step.keeps:
            counts = (*counts[:bucket], moved[REQUESTS] * mean[bucket], *counts[bucket + 1 :])
    return counts
