"""Rows of a table that are no requests: its totals, its header again, and what a client wrote without any model."""

import re
from collections.abc import Iterable
from functools import lru_cache
from typing import Any

from common.spend.logs.fields.columns import plain

TOTALS = "totals of other rows"
HEADERS = "the header again"
BLANKS = "without any value"
NAMELESS = "with neither a time nor a model, as sums of other rows are"
NO_CALLS = "other lines of the log, with neither a model nor tokens"
SYNTHETIC = "written by the client itself, without a model (<synthetic>)"
_LONGEST = 60
_WORDS = (
    r"(?:grand|sub|running|overall)?[ _-]*(?:totals?|sum)|overall|average|avg|mean"
    r"|(?:zwischen)?summe|gesamt(?:summe|ergebnis)?|(?:sub)?totaal|eindtotaal|total g[eé]n[eé]ral|sous-total|somme"
    r"|total general|suma|totale(?: complessivo)?|total geral|soma|итого|общий итог|合計|総計|合计|总计"
)
"""In English, and as spreadsheets write them in German, Dutch, French, Spanish, Italian, Portuguese, Russian, Japanese
and Chinese (Excel's "Grand Total" of a pivot table is its "Gesamtergebnis", "Total général").
"""
_TOTAL = re.compile(
    rf"\W*(?:{_WORDS})\W*(?:\(.*|(?:for|of|in|per)\b.*|rows?|costs?|usage|spend|usd|tokens)?\W*", re.IGNORECASE
)
_TOTAL_MODEL = re.compile(rf"\W*(?:{_WORDS}|all(?: models)?)\W*", re.IGNORECASE)


@lru_cache(maxsize=4096)
def kind_by_model(model: str) -> str | None:
    """What a row with this name for a model is; None for a request."""
    if model.lower() == "<synthetic>":
        return SYNTHETIC
    return TOTALS if _TOTAL_MODEL.fullmatch(model) else None


def kind_without_time(time: Any, column: str, cells: Iterable[Any]) -> str | None:
    """What a row is that has no time, or `time` instead of one, in a column of this name; None for a broken request."""
    texts = [cell for cell in cells if cell not in (None, "")]
    if not texts:
        return BLANKS
    if time in (None, ""):
        return TOTALS if any(map(is_total, texts)) else None
    if isinstance(time, str) and plain(time) == plain(column):
        return HEADERS
    return TOTALS if is_total(time) else None


def is_total(cell: Any) -> bool:
    """Whether a cell is the word of a totals row, such as "Total" or "Grand total (USD)"."""
    return isinstance(cell, str) and len(cell) <= _LONGEST and _TOTAL.fullmatch(cell) is not None
