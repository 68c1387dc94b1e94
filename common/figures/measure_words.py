"""The words by which declared measures are called: their titles and synonyms."""

from collections.abc import Mapping
from functools import cache

from common.spend.semantics import MEASURES, MeasureName

_MORE = {"spent": MeasureName.COST, "spends": MeasureName.COST, "cost": MeasureName.COST, "pay": MeasureName.COST}
"""Forms of the words of declarations."""


@cache
def measure_phrases() -> Mapping[str, MeasureName]:
    """Each phrase in lower case with its measure."""
    words = {
        word.casefold(): name
        for name, spec in reversed(tuple(MEASURES.items()))
        for word in (spec.title, *spec.synonyms)
    }
    return words | _MORE
