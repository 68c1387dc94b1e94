"""Queries near one that cannot be answered, the nearest first: which of them can be, the engine finds out."""

from collections.abc import Iterator
from itertools import combinations

from common.spend.semantics.dimensions import DIMENSIONS
from common.spend.semantics.measures import MEASURES, MeasureName
from common.spend.semantics.query import UsageQuery

Change = dict[str, object]
"""Fields of a query, and their new values."""


def alternatives(query: UsageQuery) -> Iterator[UsageQuery]:
    """One or two things left out or replaced: measures, a dimension, a condition, a period; at last a measure alone."""
    seen = {query}
    for count in (1, 2):
        for changes in combinations(_changes(query), count):
            changed = _changed(query, {key: value for change in changes for key, value in change.items()})
            if changed not in seen:
                seen.add(changed)
                yield changed
    for measure in (*query.measures, *_substitutes(query)):
        yield UsageQuery(measures=(measure,))


def _changes(query: UsageQuery) -> Iterator[Change]:
    if query.versus and any(DIMENSIONS[name].is_calendar for name in query.by):
        yield {"versus": None, "order": None}
    for place in range(len(query.measures)):
        others = query.measures[:place] + query.measures[place + 1 :]
        if others:
            yield {"measures": others}
    for measure in query.measures if len(query.measures) > 1 else ():
        yield {"measures": (measure,)}
    for dropped in reversed(query.by):
        yield {"by": tuple(name for name in query.by if name != dropped)}
    for condition in query.where:
        yield {"where": tuple(other for other in query.where if other != condition)}
    if query.versus:
        yield {"versus": None}
    if query.period:
        yield {"period": None, "versus": None}
    for measure in _substitutes(query):
        yield {"measures": (measure,)}


def _substitutes(query: UsageQuery) -> Iterator[MeasureName]:
    """For data without any measure of the query: one of the same unit, else what nearly all data have."""
    unit = MEASURES[query.measures[0]].unit
    alike = (name for name, spec in MEASURES.items() if spec.unit == unit and spec.is_additive)
    yield from dict.fromkeys([*alike, MeasureName.REQUESTS, MeasureName.COST])


def _changed(query: UsageQuery, change: Change) -> UsageQuery:
    """What no longer fits is left out, too."""
    changed = query.model_copy(update=change)
    update: Change = {}
    if not changed.by:
        update = {"order": None, "top": None, "threshold": None}
    else:
        if changed.threshold and changed.threshold.measure not in changed.measures:
            update["threshold"] = None
        lost = changed.order and changed.order.measure not in (None, *changed.measures)
        if lost or (changed.order and changed.order.by_difference and not changed.versus):
            update["order"] = None
    return changed.model_copy(update=update)
