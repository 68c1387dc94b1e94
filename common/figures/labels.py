"""What code adds to a figure in a sentence: what it is of, as far as the sentence leaves it open."""

from common.contract.answer import Fact, Scope
from common.figures.names import plain_name
from common.figures.slots import days_of, days_text
from common.spend.semantics import MeasureName

_PLAIN = frozenset({MeasureName.COST, MeasureName.REQUESTS})
"""An amount is a cost and a count of requests is one of requests, unless something else is said."""


def label(fact: Fact, *, measure: bool, names: bool, days: bool) -> str:
    """In brackets; each part only where it is left open (True)."""
    scope = fact.of or Scope(measure="")
    parts = [fact.name] if measure and scope.measure not in _PLAIN else []
    if names and scope.names:
        parts.append(", ".join(map(plain_name, scope.names)))
    if days and any(days_of(fact)):
        parts.append(days_text(days_of(fact)))
    return f" ({', '.join(dict.fromkeys(parts))})" if parts else ""
