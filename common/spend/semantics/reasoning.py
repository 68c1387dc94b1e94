"""What reasoning costs: cells hold one cost for all tokens, so it is computed again, and the whole cost with it."""

from collections.abc import Iterator, Mapping, Sequence

from common.spend.prices.book import LIST_PRICES
from common.spend.prices.names import resolve
from common.spend.rollup.cells import BILLED, COST, TOKENS, CellKey, Cells
from common.spend.rollup.priced_requests import day_rates

NOT_AT_LIST_PRICE = (
    "Of some requests with reasoning tokens only the whole cost is held: their price depends on the hour, was "
    "negotiated, or is of another day, so the cost of their reasoning alone is not known"
)


class ReasoningCostError(Exception):
    """The cost of a cell is not its tokens at list price."""


def with_reasoning_cost(cells: Cells, extras: Mapping[CellKey, int]) -> Iterator[tuple[CellKey, Sequence[int]]]:
    """Cells with the pico-USD of their reasoning tokens as one more counter; `extras`: what their charges add.

    Raises ReasoningCostError where a cell with such tokens cost something else than its tokens at its day's list price.
    """
    for key, cell in cells.items():
        computed = cell[COST] - cell[BILLED] - extras.get(key, 0)
        yield key, (*cell, _cost_of(key, cell[TOKENS], computed) if cell[TOKENS][-1] and computed else 0)


def _cost_of(key: CellKey, tokens: Sequence[int], cost: int) -> int:
    model = resolve(key.provider, key.model)
    rates = day_rates(LIST_PRICES, model, key.day, key.tier, key.floor, key.provider) if model else None
    if rates is None or sum(map(int.__mul__, tokens, rates)) != cost:
        raise ReasoningCostError(NOT_AT_LIST_PRICE)
    return tokens[-1] * rates[-1]
