"""What is said to a customer of how a file's requests were priced."""

from collections.abc import Iterable, Iterator
from datetime import date

from common.spend.model import ServiceTier
from common.spend.prices.book import PriceBook
from common.spend.prices.names import resolve
from common.spend.rollup.rollup import Rollup

_LISTED = 3


def tier_notes(rollups: Iterable[Rollup], book: PriceBook) -> Iterator[str]:
    """A sentence for each tier with requests before the first day on which its price is known."""
    starts: dict[ServiceTier, dict[str, int]] = {}
    for rollup in rollups:
        for key in rollup.cells:
            model = resolve(key.provider, key.model) if key.tier != "standard" else None
            start = book.tier_start(model, key.tier, key.day) if model else None
            if model and start is not None:
                starts.setdefault(key.tier, {})[model.id] = start
    for tier, models in starts.items():
        known = [f"{name} from {date.fromordinal(start)} on" for name, start in sorted(models.items())]
        more = f" and {len(known) - _LISTED} more" if len(known) > _LISTED else ""
        yield (
            f"The {tier} price is known for {', '.join(known[:_LISTED])}{more}: requests before that day were priced "
            "at the same share of the list price as on that day."
        )
