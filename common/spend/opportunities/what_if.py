"""What the same requests would cost on another model: tokens as they were, both sides at one day's prices."""

from collections import defaultdict
from dataclasses import dataclass

from common.spend.opportunities.workload import Workload, cost_usd, workload_of
from common.spend.prices.book import LIST_PRICES, PriceBook
from common.spend.prices.names import find_by_name
from common.spend.rollup.rollup import Rollup


@dataclass(frozen=True, slots=True)
class WhatIf:
    """USD for the range of the data. `requests` are the priced ones; `already` of them ran on that model."""

    model: str
    provider: str
    requests: int
    already: int
    before_usd: float
    after_usd: float
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
    after = {key: slot if slot.model == model else slot.on_model(model, stays=True) for key, slot in before.items()}
    now, then = _by_model(before), _by_model(after)
    return WhatIf(
        model=model.id,
        provider=model.provider,
        requests=round(sum(slot.requests for slot in before.values())),
        already=round(sum(slot.requests for slot in before.values() if slot.model == model)),
        before_usd=cost_usd(before),
        after_usd=cost_usd(after),
        dearer=tuple(sorted(used for used in now if then[used] > now[used])),
        best_usd=sum(min(now[used], then[used]) for used in now),
    )


def _by_model(workload: Workload) -> dict[str, float]:
    """USD by the model that the requests ran on."""
    cost: dict[str, float] = defaultdict(float)
    for key, slot in workload.items():
        cost[key.group.model] += slot.cost_usd(key.price.floor)
    return cost
