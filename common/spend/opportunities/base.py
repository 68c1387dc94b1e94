"""What savings are a share of."""

from common.spend.model import SavingsBase
from common.spend.opportunities.workload import Workload, cost_usd, slots_apart
from common.spend.prices.book import PriceBook
from common.spend.prices.engine import prices_as_of
from common.spend.rollup.cells import UNPRICED
from common.spend.rollup.rollup import Rollup

_EVERYTHING, _SOME = "all requests of the data", "the requests within the conditions and the period that were asked for"
_APART = ", without models and features that use sound or images: their tokens have prices of their own"


def base_of(rollup: Rollup, workload: Workload, book: PriceBook) -> SavingsBase:
    """Of all priced requests of a rollup, those that are not in use any more included."""
    requests = round(sum(slot.requests for slot in workload.values()))
    return SavingsBase(
        usd=cost_usd(workload) if workload else None,
        requests=requests,
        unpriced_requests=sum(cell[UNPRICED] for cell in rollup.cells.values()),
        first=rollup.first.date().isoformat() if rollup.first else None,
        last=rollup.last.date().isoformat() if rollup.last else None,
        scope=(_EVERYTHING if rollup.entire is rollup else _SOME) + (_APART if slots_apart(rollup) else ""),
        prices_as_of=(book.price_date.isoformat() if book.price_date else prices_as_of()),
    )
