"""What the same requests would cost on another model: the same input, and the output as `answer_lengths` takes it."""

from collections import defaultdict
from dataclasses import dataclass

from common.spend.opportunities.answer_lengths import AnswerLengths, Answers, answers_of
from common.spend.opportunities.slots import Side
from common.spend.opportunities.workload import Action, Workload, cost_usd, workload_of
from common.spend.prices.book import LIST_PRICES, PriceBook
from common.spend.prices.engine import Model
from common.spend.prices.names import find_by_name
from common.spend.rollup.cells import RequestGroup
from common.spend.rollup.rollup import Rollup

_MOST_TEXTS = 3


@dataclass(frozen=True, slots=True)
class WhatIf:
    """USD for the range of the data. `requests` are the priced ones; `already` of them ran on that model."""

    model: str
    provider: str
    requests: int
    already: int
    before_usd: float
    after_usd: float
    low_usd: float
    """`after_usd` with the shortest answers that are likely, as `answer_lengths` has it; of all groups at once."""
    high_usd: float
    """With the longest ones."""
    own_usd: float
    """What of `before_usd` is of requests that moved with the feature's own answers on that model as the measure."""
    lengths: tuple[str, ...]
    """What is taken of the output and why, for the features that cost most, those with own answers first."""
    dearer: tuple[str, ...]
    """Models in use whose requests would cost more on that model."""
    best_usd: float
    """The cost when requests of the `dearer` models stay where they are."""


def what_if(rollup: Rollup, name: str, book: PriceBook = LIST_PRICES) -> WhatIf:
    """All priced requests on the model `name`. Raises LookupError when no price is known for it."""
    model = find_by_name(name)
    if model is None:
        raise LookupError(f"no price is known for the model {name!r}")
    before = workload_of(rollup, book)
    moving = _lengths(before, answers_of(rollup.entire), model)
    after = _moved(before, moving, model, "expected")
    now, then = _by_model(before), _by_model(after)
    spent = _by_group(before)
    return WhatIf(
        model=model.id,
        provider=model.provider,
        requests=round(sum(slot.requests for slot in before.values())),
        already=round(sum(slot.requests for slot in before.values() if slot.model == model)),
        before_usd=cost_usd(before),
        after_usd=cost_usd(after),
        low_usd=cost_usd(_moved(before, moving, model, "high")),
        high_usd=cost_usd(_moved(before, moving, model, "low")),
        own_usd=sum(spent[group] for group, lengths in moving.items() if lengths.own),
        lengths=_texts(moving, spent),
        dearer=tuple(sorted(used for used in now if then[used] > now[used])),
        best_usd=sum(min(now[used], then[used]) for used in now),
    )


def _lengths(before: Workload, answers: Answers, to: Model) -> dict[RequestGroup, AnswerLengths]:
    """Of each group that would move."""
    present = {key.group: slot.model for key, slot in before.items() if slot.model != to}
    return {group: answers.lengths(group, model, to) for group, model in present.items()}


def _moved(before: Workload, moving: dict[RequestGroup, AnswerLengths], to: Model, side: Side) -> Workload:
    """`side`: of the savings, so that the low one costs most."""
    after = before
    for group, lengths in moving.items():
        after = Action("right_sizing", group.feature, group, to, output=lengths.output).apply(after, side)
    return after


def _texts(moving: dict[RequestGroup, AnswerLengths], spent: dict[RequestGroup, float]) -> tuple[str, ...]:
    order = sorted(moving, key=lambda group: (not moving[group].own, -spent[group], repr(group)))
    return tuple(dict.fromkeys(moving[group].basis for group in order))[:_MOST_TEXTS]


def _by_group(workload: Workload) -> dict[RequestGroup, float]:
    """USD."""
    cost: dict[RequestGroup, float] = defaultdict(float)
    for key, slot in workload.items():
        cost[key.group] += slot.cost_usd(key.price.floor)
    return cost


def _by_model(workload: Workload) -> dict[str, float]:
    """USD by the model that the requests ran on."""
    cost: dict[str, float] = defaultdict(float)
    for group, usd in _by_group(workload).items():
        cost[group.model] += usd
    return cost
