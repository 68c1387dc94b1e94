"""The prices that pandas and DuckDB get handed, from the same book: (model, USD per token uncached, cached, out)."""

from common.spend.prices.engine import PICO, today
from common.spend.prices.names import find_by_name
from tests.bench.spend.workload import MODELS


def price_rows() -> list[tuple[str, float, float, float]]:
    """Of the workload's models that have a price, none of which changed or has a long-context tier in its month."""
    found = [(name, find_by_name(name)) for name in MODELS]
    rates = [(name, model.rates(today(), 0, tier="standard", input_tokens=1)) for name, model in found if model]
    return [(name, each[0] / PICO, each[1] / PICO, each[4] / PICO) for name, each in rates]
