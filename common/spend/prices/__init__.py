"""Dated prices of language models: a baked snapshot, a small engine over it, and what a customer negotiated."""

from common.spend.prices.book import LIST_PRICES, Discount, NegotiatedPrice, PriceBook, Validity
from common.spend.prices.engine import NOON, PICO, prices_as_of, today
from common.spend.prices.names import find_by_name, find_models, known_model, priced_models

__all__ = [
    "LIST_PRICES",
    "PICO",
    "Discount",
    "NegotiatedPrice",
    "PriceBook",
    "Validity",
    "cost_of_model_call",
    "find_by_name",
    "find_models",
    "known_model",
    "priced_models",
    "prices_as_of",
    "today",
]


def cost_of_model_call(model: str, input_tokens: int, cache_read_tokens: int, output_tokens: int) -> float:
    """List price (USD) of one call at the snapshot's date; `input_tokens` includes `cache_read_tokens`, as the
    providers' totals do. Raises LookupError for a model without a price, ValueError for tokens that cannot be.
    """
    if not 0 <= cache_read_tokens <= input_tokens or output_tokens < 0:
        raise ValueError(f"impossible token counts: {input_tokens=}, {cache_read_tokens=}, {output_tokens=}")
    priced = find_by_name(model)
    if priced is None:
        raise LookupError(f"no price is known for the model {model!r}; bake a newer price snapshot")
    rates = priced.rates(today(), NOON, tier="standard", input_tokens=input_tokens)
    uncached = input_tokens - cache_read_tokens
    return (uncached * rates[0] + cache_read_tokens * rates[1] + output_tokens * rates[4]) / PICO
