"""Opportunities, baselines and rollups that the tests of the ledger share."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import date

from common.spend import Limits, Opportunity, Rollup, UsageRow, find_opportunities
from common.spend.prices.book import LIST_PRICES, PriceBook


def rollup_at(rows: Iterable[UsageRow], book: PriceBook = LIST_PRICES) -> Rollup:
    """Rows at the prices of a book."""
    rollup = Rollup(book)
    for row in rows:
        rollup.add(row)
    return rollup
