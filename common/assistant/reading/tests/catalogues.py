"""Catalogues of small datasets for the tests of reading."""

from datetime import date
from functools import cache

from common.assistant.question.draft import Draft
from common.assistant.reading.read import read
from common.assistant.tests.rows import busy_month
from common.spend.semantics import DIMENSIONS, MEASURES, DimensionName
from common.spend.semantics.catalogue import Catalogue, DimensionValues, catalogue_of

FIRST, LAST = date(2026, 10, 21), date(2026, 11, 24)
"""Of `shop`; the last day is a Tuesday."""
_NAMES: dict[DimensionName, tuple[str, ...]] = {
    DimensionName.FEATURE: ("support_agent", "doc-search", "Invoice OCR", "chat", "search", "(untagged)"),
    DimensionName.MODEL: ("gpt-4o", "gpt-4o-mini", "claude-sonnet-4-5"),
    DimensionName.PROVIDER: ("openai", "anthropic"),
    DimensionName.STATUS: ("ok", "timeout", "rate_limited"),
    DimensionName.TIER: ("standard", "batch"),
    DimensionName.USER: ("ada@acme.example", "u-10423", "bob"),
}


@cache
def shop() -> Catalogue:
    """Of a shop with names in several spellings."""
    return Catalogue(
        first=FIRST,
        last=LAST,
        measures=tuple(MEASURES),
        dimensions=tuple(DimensionValues(name=name, values=_NAMES.get(name, ()), more=0) for name in DIMENSIONS),
    )


@cache
def month() -> Catalogue:
    """Of the rollup of a busy month, as the product makes it."""
    return catalogue_of(busy_month(), most=5000)


def draft_of(message: str) -> Draft:
    """What is read of a message on its own, of the shop."""
    return read(message, shop())
