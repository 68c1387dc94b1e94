"""Trimming: the few very long inputs or outputs of a feature, cut to a bound that the others keep anyway.

The sizes come from sketches, whose bins are 1 % wide, and which mix failed and good requests and all tiers,
so what is above the cap is known within bounds only.
"""

from collections.abc import Iterator, Mapping
from math import ceil, log10
from typing import Literal, NamedTuple

from common.core.vocabulary import Level
from common.spend.model import Measure, Unavailable
from common.spend.opportunities import snippets
from common.spend.opportunities.changes import Cut
from common.spend.opportunities.finding import Advice, Case, Extent, Finding, Weights, label
from common.spend.opportunities.slots import Slot, SlotKey, Vector
from common.spend.opportunities.workload import Action
from common.spend.prices.engine import size_starts
from common.spend.rollup.cells import RequestGroup, SketchKey
from common.spend.rollup.parts import Part
from common.spend.rollup.sketch import FIRSTS, Sketch, value_of

Trimmed = Literal["prompt_trimming", "output_trimming"]
BOUND = 0.95
"""Share of the requests that the bound leaves as they are."""
MIN_REQUESTS = 100
"""Of fewer the 95th percentile says little."""
MIN_ABOVE = 0.03
"""Share of a group's tokens that must be above the bound: else there is no long tail."""
_FEW_REQUESTS = 1_000
_SUMS = "Export one row per request: sums by the minute, hour or day do not tell how long single requests are."


def find_long_inputs(case: Case) -> Iterator[Finding]:
    """For each feature and model of which a few inputs are far longer than the rest."""
    return _find(case, "prompt_trimming")


def find_long_outputs(case: Case) -> Iterator[Finding]:
    """For each feature and model of which a few outputs are far longer than the rest."""
    return _find(case, "output_trimming")


def long_inputs_unavailable(case: Case) -> Unavailable:
    """Why there is none."""
    return _unavailable(case, "prompt_trimming", "inputs")


def long_outputs_unavailable(case: Case) -> Unavailable:
    """Why there is none."""
    return _unavailable(case, "output_trimming", "outputs")


def _unavailable(case: Case, kind: Trimmed, what: str) -> Unavailable:
    groups = {key.group for key in case.workload}
    if groups and not any(_sizes(case, kind, group) for group in groups):
        why_not = case.rollup.withheld.get(Part.SKETCHES)
        if why_not:
            return Unavailable(kind, f"Which {what} are far longer than the rest is not known. {why_not}", "")
        return Unavailable(kind, f"Which {what} are far longer than the rest is not known from sums.", _SUMS)
    reason = f"No feature with {MIN_REQUESTS} requests or more has a few {what} far longer than the rest."
    return Unavailable(kind, reason, "")


def _find(case: Case, kind: Trimmed) -> Iterator[Finding]:
    for group in sorted({key.group for key in case.workload}, key=repr):
        sizes = _sizes(case, kind, group)
        if sizes is None or sizes.count < MIN_REQUESTS:
            continue
        cap = _round(sizes.percentile(BOUND))
        if _above(sizes, cap).expected < MIN_ABOVE * sizes.total:
            continue
        action = cut_action(case, kind, group, cap)
        savings = case.savings(action)
        if case.worth(savings):
            yield _finding(case, action, sizes, savings)


def _round(size: float) -> int:
    """Rounded up to two digits, as a person would set it."""
    unit: int = 10 ** max(0, int(log10(max(size, 1))) - 1)
    return ceil(size / unit) * unit


def _sizes(case: Case, kind: Trimmed, group: RequestGroup) -> Sketch | None:
    """Of all requests of a group; None where some of them are sums, which have no size."""
    measure: Measure = "input_tokens" if kind == "prompt_trimming" else "output_tokens"
    sizes = case.rollup.sketches.get(SketchKey(measure, *group)) if case.rollup.tells(Part.SKETCHES) else None
    slots = [slot for key, slot in case.workload.items() if key.group == group]
    tokens = sum(sum(_tokens(slot, kind)) for slot in slots)
    whole = sizes is not None and (sizes.count, sizes.total) == (sum(slot.requests for slot in slots), tokens)
    return sizes if whole else None


def _tokens(slot: Slot, kind: Trimmed) -> Vector:
    return slot.tokens[:4] if kind == "prompt_trimming" else slot.tokens[4:]


def cut_action(case: Case, kind: Trimmed, group: RequestGroup, cap: int) -> Action:
    """The step that cuts the inputs or outputs of a group to `cap` tokens. Raises LookupError where it holds sums."""
    sizes = _sizes(case, kind, group)
    if sizes is None:
        raise LookupError(f"the sizes of single requests of {group} are not known")
    slots = {key: slot for key, slot in case.workload.items() if key.group == group}
    above = _above(sizes, cap)
    if kind == "prompt_trimming":
        certain = sum(
            sum(slot.tokens[:4]) - slot.requests * cap for key, slot in slots.items() if key.price.floor >= cap
        )
        above = _Bounds(*(part - certain for part in above))
        slots = {key: slot for key, slot in slots.items() if key.price.floor < cap <= _next_floor(key.price.floor)}
    return Action(kind, group.feature, group, cut=Cut(cap, _divided(slots, kind, cap, sizes.maximum, above)))


def _next_floor(floor: int) -> float:
    return min((start for start in size_starts() if start > floor), default=float("inf"))


class _Bounds(NamedTuple):
    least: float
    expected: float
    most: float


def _above(sizes: Sketch, cap: int) -> _Bounds:
    """Tokens above the cap. A bin holds the sizes up to the next one's first."""
    least = expected = most = 0.0
    for index, count in sorted(sizes.bins.items()):
        first = FIRSTS[index] if index >= 0 else 0
        last = min(FIRSTS[index + 1] - 1 if index + 1 < len(FIRSTS) else sizes.maximum, sizes.maximum)
        least += count * max(0, first - cap)
        expected += count * max(0.0, min(value_of(index), last) - cap)
        most += count * max(0, last - cap)
    return _Bounds(least, max(expected, least), most)


def _divided(
    slots: Mapping[SlotKey, Slot], kind: Trimmed, cap: int, maximum: int, above: _Bounds
) -> tuple[tuple[SlotKey, Vector], ...]:
    """What is above the cap in each slot: in proportion to its tokens, within what the slot can hold."""
    tokens = {key: sum(_tokens(slot, kind)) for key, slot in slots.items()}
    room = {key: max(0.0, min(tokens[key] - cap, slot.requests * (maximum - cap))) for key, slot in slots.items()}
    whole, least, expected, most = sum(tokens.values()), *(max(0.0, part) for part in above)
    parts = []
    for key in slots:
        low = min(max(0.0, least - (sum(room.values()) - room[key])), room[key])
        high = min(most, room[key])
        share = tokens[key] / whole if whole else 0.0
        parts.append((key, (low, min(max(low, expected * share), high), high)))
    return tuple(parts)


def _finding(case: Case, action: Action, sizes: Sketch, savings: float) -> Finding:
    if action.group is None or action.cut is None:
        raise LookupError("a step that trims is about one model and has a bound")
    cap, prompts = action.cut.cap, action.kind == "prompt_trimming"
    long = sum(count for index, count in sizes.bins.items() if index >= 0 and FIRSTS[index] > cap)
    cut = _above(sizes, cap).expected
    confidence: Level = "low" if sizes.count < _FEW_REQUESTS else "medium"
    risk: Level = "medium" if prompts else "high"
    advice_of = _input_advice if prompts else _output_advice
    return case.finding(
        action,
        savings,
        weights=Weights(effort="medium", quality="needs_evaluation", quality_risk=risk, confidence=confidence),
        advice=advice_of(action.group, cap, _evidence(sizes, cap, long, cut, "inputs" if prompts else "outputs")),
        about=Extent(long, cut if prompts else 0),
        from_model=action.group.model,
    )


def _evidence(sizes: Sketch, cap: int, long: int, cut: float, what: str) -> str:
    return (
        f"{long:,} of {sizes.count:,} {what} are longer than {cap:,} tokens, the longest has {sizes.maximum:,}; what "
        f"is above makes {100 * cut / sizes.total:.1f} % of all tokens of these {what}. Half of them have "
        f"{sizes.percentile(0.5):,.0f} tokens or fewer."
    )


def _input_advice(group: RequestGroup, cap: int, evidence: str) -> Advice:
    feature = label(group.feature)
    return Advice(
        title=f"Keep the input of {feature} ({group.model}) below {cap:,} tokens",
        method=f"The input of each request above {cap:,} tokens, about the longest 5 %, is cut to that size: new input "
        "first, then what a cache serves. Where a price depends on the size, the shorter request has the lower one.",
        assumptions=(
            "What is cut is not needed for the answer, and answers keep their length.",
            "Sizes are known to 1 %, and not which of these requests failed; low and high figures hold that.",
        ),
        evidence=evidence,
        steps=(
            "Look at 20 of the longest requests: whole histories, documents and tool results are the usual cause.",
            "Send a summary of old turns, the best-ranked passages only, and tool results without unused fields.",
            f"Count tokens before the call and cut at {cap:,}, as in the snippet.",
            "Compare 200 of the longest requests with and without the cut, blind, before all are cut.",
        ),
        verify="The 95th and 99th percentile of input tokens, which must fall to the bound, and your quality score.",
        rollback="Take the bound out again; nothing else has changed.",
        snippet=snippets.shorter_input(cap),
    )


def _output_advice(group: RequestGroup, cap: int, evidence: str) -> Advice:
    feature = label(group.feature)
    return Advice(
        title=f"Keep the answers of {feature} ({group.model}) below {cap:,} tokens",
        method=f"The output of each request above {cap:,} tokens, about the longest 5 %, is cut to that size, its "
        "visible part first.",
        assumptions=(
            "The longest answers say what they have to say in fewer tokens; an answer that is cut off is of no use.",
            "Sizes are known to 1 %, and not which of these requests failed; low and high figures hold that.",
        ),
        evidence=evidence,
        steps=(
            "Look at 20 of the longest answers: repetition, restated questions and loops are the usual cause.",
            "Ask for a length or a fixed structure in the system prompt, and compare 200 answers blind.",
            f"Then set the limit of {cap:,} tokens as in the snippet, as the last resort and against loops.",
        ),
        verify="The share of answers that end at the limit (finish reason length), below 1 %, and your quality score.",
        rollback="Take the limit out again; nothing else has changed.",
        snippet=snippets.shorter_output(group.provider, group.model, cap),
    )
