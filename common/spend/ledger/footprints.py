"""What each kind of recommendation leaves in a log, and how it is undone: the actual requests of a day as they would
have been with the behaviour of the baseline in one respect, all else as it is.

Each function gives the requests it is about as they are (`now`) and as they would have been (`before`). Steps are
undone from the last in the order of effect to the first, so that what several did together is counted once.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from math import sqrt

from common.spend.ledger.baseline import Target, leads
from common.spend.ledger.behaviour import Behaviour, Kin
from common.spend.ledger.traffic import (
    INPUT,
    NOTHING,
    REASONING,
    VISIBLE,
    Counts,
    Group,
    Load,
    Place,
    Repeats,
    added,
    sum_of,
    times,
)
from common.spend.model import OpportunityKind

_CHANCE = 3.0
"""Standard deviations of a share that are taken for chance."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One recommendation in effect, or one respect of what nobody explains."""

    behaviour: Behaviour
    concerns: Callable[[Group], bool]
    kin: Kin = field(default_factory=dict)
    source: Group | None = None
    target: Target | None = None
    usual: Mapping[Group, tuple[Behaviour, int]] = field(default_factory=dict)
    """Of a swap: every model that is led to the same target, and that target, with the baseline that tells its requests
    and its days.
    """
    keeps: frozenset[OpportunityKind] = frozenset()
    """Of a swap: recommendations that take effect before it, whose part is theirs also for what was moved."""


@dataclass(frozen=True, slots=True)
class Undone:
    """`requests` of the log that the effect was measured on, and how far it went (`footprint`, a share)."""

    before: Load
    now: Load
    requests: float
    footprint: float


def undo_tiers(sent: Load, repeats: Repeats, step: Step) -> Undone:
    """Back to the baseline's mix of tiers: the requests that are in other tiers than they would have been."""
    del repeats
    before: dict[Place, Counts] = {}
    now: dict[Place, Counts] = {}
    whole = 0.0
    for group, mine in _by_group(sent, step):
        mix = step.behaviour.tier_mix(step.behaviour.known(group, step.kin))
        requests = {tier: sum(c[0] for p, c in mine.items() if p.tier == tier) for tier in {p.tier for p in mine}}
        total = sum(requests.values())
        whole += total
        missing = {tier: share * total - requests.get(tier, 0.0) for tier, share in mix.items()}
        missing = {tier: count for tier, count in missing.items() if count > 0}
        lacking = sum(missing.values())
        for place, counts in mine.items():
            excess = 1 - mix.get(place.tier, 0.0) * total / requests[place.tier] if requests[place.tier] else 0.0
            if excess > 0 and lacking:
                now[place] = times(counts, excess)
                for tier, count in missing.items():
                    _put(before, place._replace(tier=tier), times(now[place], count / lacking))
    moved = sum(counts[0] for counts in now.values())
    return Undone(before, now, moved, moved / whole if whole else 0.0)


def undo_swap(sent: Load, repeats: Repeats, step: Step) -> Undone:
    """Back to the model: what the other one has beyond its share of the baseline, with the first one's behaviour.

    Where it has less, by no more than chance, as much counts negative: so chance in the mix of models is no saving on
    the average. Where it has still less, its requests went elsewhere for reasons of their own, and nothing was moved.
    """
    del repeats
    before: dict[Place, Counts] = {}
    now: dict[Place, Counts] = {}
    source = step.source
    if source is None:
        raise ValueError("a swap needs the model that it starts from")
    at_target = {p: c for p, c in sent.items() if leads(step.target, p.group) and p.group != source}
    expected = 0.0
    moved = 0.0
    for floor in sorted({place.floor for place in sent}):
        flow, whole = _flow(sent, step, source, floor)
        expected += whole
        here = {place: counts for place, counts in at_target.items() if place.floor == floor}
        flow = min(flow, sum(counts[0] for place, counts in here.items() if place.ok))
        moved += flow if here else 0.0
        shares = _shares(here, step, flow, floor)
        for place, counts in here.items():
            part = (counts[0] * shares[0], *times(counts[INPUT], shares[1]), *times(counts[VISIBLE:], shares[2]))
            back = place._replace(provider=source[0], model=source[1])
            _put(now, place, part)
            _put(before, back, _as_before(part, back, step))
    if moved < 0:
        before, now = _negative(now), _negative(before)
    return Undone(before, now, abs(moved), moved / expected if expected else 0.0)


def _flow(sent: Load, step: Step, source: Group, floor: int) -> tuple[float, float]:
    """(requests moved, requests that the source would have had) of a size class, by the shares of the baselines."""
    usual = {group: behaviour.requests([group], floor) / days for group, (behaviour, days) in step.usual.items()}
    if not sum(usual.values()):
        usual = {group: behaviour.requests([group]) / days for group, (behaviour, days) in step.usual.items()}
    here = [(p.group, c[0]) for p, c in sent.items() if p.ok and p.floor == floor]
    family = sum(count for group, count in here if group in usual or leads(step.target, group))
    whole = sum(usual.values())
    share = usual[source] / whole if whole else 0.0
    expected = family * share
    flow = expected - sum(count for group, count in here if group == source)
    return (0.0 if flow < -_CHANCE * sqrt(expected * (1 - share)) else flow), expected


def _shares(here: Load, step: Step, flow: float, floor: int) -> tuple[float, float, float]:
    """Which part of the target's requests, input and output is of what was moved to it.

    Requests of its own are taken to be as large, beside those moved, as both were in the baselines.
    """
    whole = sum(counts[0] for place, counts in here.items() if place.ok)
    if not whole:
        return 0.0, 0.0, 0.0
    share, stay = flow / whole, whole - flow
    own = [group for group in {place.group for place in here} if group in step.usual]
    theirs = step.usual[own[0]][0].per_request(own, floor) if own else None
    mine = step.behaviour.per_request([step.source] if step.source else [], floor)
    if theirs is None or mine is None or flow <= 0 or stay <= 0:
        return share, share, share
    sizes = [(sum(mine[part]), sum(theirs[part])) for part in (INPUT, slice(VISIBLE, None))]
    incoming, outgoing = (flow * a / (flow * a + stay * b) if a and b else share for a, b in sizes)
    return share, incoming, outgoing


def _as_before(moved: Counts, place: Place, step: Step) -> Counts:
    """Requests as the source would have answered them: the same input, the baseline's split of it and its answers.

    What a recommendation that takes effect earlier explains stays as it is: it is undone later.
    """
    if not place.ok:
        return moved
    split = None if "prompt_caching" in step.keeps else step.behaviour.split([place.group], place.floor)
    counts = moved if split is None else (moved[0], *times(split, sum(moved[INPUT])), *moved[VISIBLE:])
    mean = step.behaviour.per_request([place.group], place.floor)
    for bucket, kind in OUTPUTS.items():
        if mean is not None and kind not in step.keeps:
            counts = (*counts[:bucket], moved[0] * mean[bucket], *counts[bucket + 1 :])
    return counts


def undo_cache(sent: Load, repeats: Repeats, step: Step) -> Undone:
    """Back to the baseline's shares of input that is read from the cache and written to it."""
    del repeats
    before: dict[Place, Counts] = {}
    now: dict[Place, Counts] = {}
    for group, mine in _by_group(sent, step):
        known = step.behaviour.known(group, step.kin)
        for place, counts in mine.items():
            split = step.behaviour.split(known, place.floor)
            if split is not None:
                now[place] = counts
                before[place] = (counts[0], *times(split, sum(counts[INPUT])), *counts[VISIBLE:])
    return Undone(before, now, _requests(now), _share_of(now, _READ) - _share_of(before, _READ))


def undo_visible(sent: Load, repeats: Repeats, step: Step) -> Undone:
    """Back to the baseline's visible output per request."""
    del repeats
    return _undo_output(sent, step, VISIBLE)


def undo_reasoning(sent: Load, repeats: Repeats, step: Step) -> Undone:
    """Back to the baseline's reasoning tokens per request."""
    del repeats
    return _undo_output(sent, step, REASONING)


def _undo_output(sent: Load, step: Step, bucket: int) -> Undone:
    before: dict[Place, Counts] = {}
    now: dict[Place, Counts] = {}
    for group, mine in _by_group(sent, step):
        known = step.behaviour.known(group, step.kin)
        for place, counts in mine.items():
            mean = step.behaviour.per_request(known, place.floor)
            if mean is not None:
                now[place] = counts
                before[place] = (*counts[:bucket], counts[0] * mean[bucket], *counts[bucket + 1 :])
    return Undone(before, now, _requests(now), _shorter(before, now, slice(bucket, bucket + 1)))


def undo_input(sent: Load, repeats: Repeats, step: Step) -> Undone:
    """Back to the baseline's input per request and its size classes; the present split of it, the present answers."""
    del repeats
    before: dict[Place, Counts] = {}
    now: dict[Place, Counts] = {}
    for group, mine in _by_group(sent, step):
        known = step.behaviour.known(group, step.kin)
        for tier in dict.fromkeys(place.tier for place in mine):
            here = {place: counts for place, counts in mine.items() if place.tier == tier}
            whole = _sum(here)
            incoming = sum(whole[INPUT])
            for floor, share in step.behaviour.sizes(known).items() if incoming else ():
                size = sum((step.behaviour.per_request(known, floor) or NOTHING)[INPUT]) * whole[0]
                resized = (whole[0], *times(whole[INPUT], size / incoming), *whole[VISIBLE:])
                _put(before, Place(*group, ok=True, tier=tier, floor=floor), times(resized, share))
            now |= here if incoming else {}
    return Undone(before, now, _requests(now), _shorter(before, now, INPUT))


def undo_repeats(sent: Load, repeats: Repeats, step: Step) -> Undone:
    """Back to the baseline's rate of repeated prompts. The requests that were avoided are in no log: they are
    estimated from the distinct prompts, which are, and priced as the repeats of the baseline, with as many failures as
    there are now. More repeats than before, by more than chance, are not the doing of a cache.
    """
    served = {p: c for p, c in sent.items() if p.ok and step.concerns(p.group)}
    whole, rate = _requests(served), step.behaviour.repeat_rate
    if not whole or not repeats.hashed or rate >= 1:
        return Undone({}, {}, whole, 0.0)
    seen = _requests(repeats.load) / repeats.hashed
    if seen - rate > _CHANCE * sqrt(rate * (1 - rate) / repeats.hashed):
        return Undone({}, {}, whole, 0.0)
    avoided = whole * ((1 - seen) / (1 - rate) - 1)
    before: dict[Place, Counts] = {}
    for place, counts in step.behaviour.mean_repeat().items():
        for group, share in _heirs(served, place.group).items():
            _put(before, place._replace(provider=group[0], model=group[1]), times(counts, avoided * share))
    for place, counts in sent.items():
        if not place.ok and step.concerns(place.group):
            _put(before, place, times(counts, avoided / whole))
    if avoided < 0:
        return Undone({}, _negative(before), whole, rate - seen)
    return Undone(before, {}, whole, rate - seen)


def _heirs(served: Load, group: Group) -> dict[Group, float]:
    """Where the requests of a model go now: to itself while it is in use, else to the others by their share."""
    shares: dict[Group, float] = {}
    for place, counts in served.items():
        shares[place.group] = shares.get(place.group, 0.0) + counts[0] / _requests(served)
    return {group: 1.0} if group in shares else shares


def undo_failures(sent: Load, repeats: Repeats, step: Step) -> Undone:
    """Back to the baseline's failed requests, and their tokens, for each request that went well."""
    del repeats
    before: dict[Place, Counts] = {}
    served = {p: c for p, c in sent.items() if p.ok and step.concerns(p.group)}
    for group in dict.fromkeys(place.group for place in served):
        count = sum(counts[0] for place, counts in served.items() if place.group == group)
        failed = step.behaviour.failed_per_request(step.behaviour.known(group, step.kin))
        for (tier, floor), each in failed.items():
            _put(before, Place(*group, ok=False, tier=tier, floor=floor), times(each, count))
    now = {p: c for p, c in sent.items() if not p.ok and step.concerns(p.group)}
    whole = _requests(served)
    return Undone(before, now, whole, (_requests(before) - _requests(now)) / whole if whole else 0.0)


_READ = 2
OUTPUTS: Mapping[int, OpportunityKind] = {VISIBLE: "output_trimming", REASONING: "reasoning_effort"}
UNDO: Mapping[OpportunityKind, Callable[[Load, Repeats, Step], Undone]] = {
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


def _by_group(sent: Load, step: Step) -> Iterator[tuple[Group, dict[Place, Counts]]]:
    """Requests that went well, by model."""
    groups: dict[Group, dict[Place, Counts]] = {}
    for place, counts in sent.items():
        if place.ok and step.concerns(place.group):
            groups.setdefault(place.group, {})[place] = counts
    yield from groups.items()


def _put(load: dict[Place, Counts], place: Place, counts: Counts) -> None:
    load[place] = added(load.get(place, NOTHING), counts)


def _negative(load: Load) -> dict[Place, Counts]:
    return {place: times(counts, -1) for place, counts in load.items()}


def _sum(load: Load) -> Counts:
    return sum_of(load.values())


def _requests(load: Load) -> float:
    return sum(counts[0] for counts in load.values())


def _share_of(load: Load, bucket: int) -> float:
    """Of a bucket in all input."""
    whole = _sum(load)
    incoming = sum(whole[INPUT])
    return whole[bucket] / incoming if incoming else 0.0


def _shorter(before: Load, now: Load, part: slice) -> float:
    """By which share tokens are fewer."""
    was, remains = (sum(_sum(load)[part]) for load in (before, now))
    return 1 - remains / was if was else 0.0
