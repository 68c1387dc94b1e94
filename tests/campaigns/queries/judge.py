"""Whether an answer is right: every number of it, its order, and the reason where there is none."""

import math
from collections.abc import Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from datetime import date
from itertools import pairwise

from common.spend.semantics.dimensions import DIMENSIONS, WHOLE_DAY, DimensionName
from common.spend.semantics.measures import MEASURES, MeasureName
from common.spend.semantics.query import UsageQuery
from common.spend.semantics.result import Rest, Result, Row, Unanswerable, Values
from tests.campaigns.queries.folding import OTHER
from tests.campaigns.queries.truth import Days, Keys, Numbers, Truth, days_of

_EXACT, _SKETCHED = 1e-9, 0.00501
_NOT_APART = {"cost_per_1k_tokens", "billed_cost"}
"""By user or hour only where no row is unpriced or billed."""
_SIZED, _TIMED = ("input_p", "input_floor"), ("latency", "ttft")
"""Of single requests: tokens, over all days only, and times."""
_OF_PROMPTS = {"repeated_requests", "repeated_share", "repeated_cost"}
_OF_CHARGES = {
    "server_tool_fees", "server_tool_calls", "audio_tokens", "audio_cost", "image_tokens", "image_cost",
    "geography_cost",
}  # fmt: skip
_IN_MINUTES = {
    "requests", "unpriced_requests", "input_tokens", "output_tokens", "total_tokens", "average_input_tokens",
    "average_output_tokens", "billed_cost",
}  # fmt: skip
_NO_DAYS: Days = (date.min, date.min)
_DAYS = {"day", "week", "month"}
_CALENDAR = _DAYS | {"minute"}
_TIMES = _DAYS | {"weekday"}
_OF_SKETCHES = {"feature", "provider", "model"}
_BESIDE: Mapping[str, AbstractSet[str]] = {"user": _TIMES | {"feature"}, "hour": _TIMES | _OF_SKETCHES}
"""What lines by user and by hour can also be split by."""
_IN_LINES = {
    "cost", "requests", "failed_requests", "error_rate", "unpriced_requests", "input_tokens", "output_tokens",
    "total_tokens", "average_input_tokens", "average_output_tokens", "cost_per_request",
}  # fmt: skip


def fault(query: UsageQuery, outcome: Result | Unanswerable, truth: Truth) -> str | None:
    """What is wrong with an answer; None: nothing."""
    refusal = reason_against(query, truth)
    if isinstance(outcome, Unanswerable):
        if refusal is None:
            return f"refused, but can be answered: {outcome.reason}"
        return None if refusal in outcome.reason else f"refused because of {refusal!r}, but said: {outcome.reason}"
    if refusal is not None:
        return f"answered, in spite of {refusal!r}"
    return next(_wrong(query, outcome, truth), None)


def reason_against(query: UsageQuery, truth: Truth) -> str | None:
    """Words that the reason must have where the data cannot answer; None where they can."""
    lacking = _lacking(query, truth)
    if lacking:
        return lacking
    if query.versus and _CALENDAR & set(query.by):
        return "cannot be compared"
    period = days_of(query.period, truth.days)
    if period is None or (query.versus and days_of(query.versus, truth.days, period) is None):
        return "The data have no day of"
    lack = _unheld(query, truth)
    if lack:
        return lack
    unknown = _unknown(query, truth)
    if unknown:
        return repr(unknown)
    return "more features than are held apart by day" if _is_together(query, truth) else None


def _lacking(query: UsageQuery, truth: Truth) -> str | None:
    if not all(map(truth.shows, (*query.computed, *query.dimensions))):
        return "The data have no "
    on_hours = any(each.excludes(DimensionName.HOUR, WHOLE_DAY) for each in query.where)
    return "tell no hours" if on_hours and not truth.has("hour IS NOT NULL") else None


def _unknown(query: UsageQuery, truth: Truth) -> str | None:
    """The first value of a condition that is not held apart, or not in the data."""
    for each in query.where:
        possible = {*truth.values_in(query, each.dimension), *DIMENSIONS[each.dimension].values}
        unknown = next((value for value in each.values if value not in possible), None)
        if unknown is not None:
            return unknown
    return None


def _is_together(query: UsageQuery, truth: Truth) -> bool:
    """Whether percentiles of some days are asked of a feature that has none of its own by day."""
    spread = any(name.startswith(_TIMED) for name in query.computed)
    by_day = truth.is_cut(query) or _TIMES & set(query.dimensions)
    if not (spread and by_day and DimensionName.FEATURE in query.dimensions):
        return False
    apart = truth.folding.features_by_day
    wanted = [each for each in query.where if each.dimension == DimensionName.FEATURE]
    selected = {
        name
        for name in truth.values_in(query, "feature")
        if all((name in each.values) != each.negated for each in wanted)
    }
    return apart != truth.folding.names["feature"] and bool(selected - apart - {"(untagged)"})


def _unheld(query: UsageQuery, truth: Truth) -> str | None:
    """Why no part holds it: by user or hour, lines have few counters, and can be split by little else."""
    dimensions = set(query.dimensions)
    if "minute" in dimensions:
        return _unheld_by_minute(query) or _older(query, truth)
    sized, spread = (any(name.startswith(of) for name in query.computed) for of in (_SIZED, _TIMED))
    counted = {name.value for name in query.computed if not name.startswith(_SIZED + _TIMED)}
    apart = next((name for name in _BESIDE if name in dimensions), None)
    alone = apart is not None and (not dimensions - {apart} <= _BESIDE[apart] or not counted <= _IN_LINES | _NOT_APART)
    whole_only = truth.is_cut(query) or not dimensions <= _OF_SKETCHES
    of_others = [bool(counted & names) for names in (_OF_PROMPTS, _OF_CHARGES, {"reasoning_cost"})]
    if alone or (counted & _OF_PROMPTS and whole_only) or sum(of_others) > 1:
        return "Apex holds"
    if sized and whole_only:
        return "how single requests spread is held by"
    if spread and not dimensions <= _OF_SKETCHES | _TIMES:
        return "how single requests spread is held by"
    if apart and counted & _NOT_APART and truth.has("NOT priced OR billed_pico <> 0 OR unpriced_tokens > 0"):
        return "do not tell them apart"
    return None


def _unheld_by_minute(query: UsageQuery) -> str | None:
    counted = {name.value for name in query.computed if not name.startswith(_SIZED + _TIMED)}
    if not set(query.dimensions) <= _TIMES | {"minute", "hour"} or not counted <= _IN_MINUTES:
        return "Apex holds"
    return "how single requests spread is held by" if len(counted) < len(query.computed) else None


def _older(query: UsageQuery, truth: Truth) -> str | None:
    """Minutes are of the latest days, and sums of a day have none."""
    period = days_of(query.period, truth.days)
    versus = days_of(query.versus, truth.days, period) if query.versus and period else None
    if any(days[0] < truth.first_by_minute for days in (period, versus) if days):
        return "are held from"
    if truth.has("minute IS NULL"):
        return "do not say the minute"
    names = [name.value for name in query.computed]
    return "do not tell them apart" if "billed_cost" in names and truth.has("billed_pico <> 0") else None


def _wrong(query: UsageQuery, result: Result, truth: Truth) -> Iterator[str]:
    period = days_of(query.period, truth.days)
    if period is None:
        raise LookupError("no day of the period is in the data")
    versus = days_of(query.versus, truth.days, period) if query.versus else None
    now = truth.lines(query, period, query.computed)
    then = truth.lines(query, versus, query.computed) if versus else {}
    shown = [row.keys for row in result.rows]
    names = query.measures
    if query.by:
        yield from _wrong_lines(query, shown, now, then, truth)
    for row in result.rows:
        place = f"line {row.keys}"
        yield from _differs(place, names, row.values, _of_line(query, now, row.keys, truth))
        if versus:
            yield from _differs(f"{place} versus", names, row.versus, _of_line(query, then, row.keys, truth))
    yield from _wrong_sums(query, result, truth, (period, versus), shown)
    if (result.rest is None) != (not query.by or set(now) | set(then) == set(shown)):
        yield "a rest where there is none, or none where there is one"
    yield from _wrong_differences(result)
    touched = {name for name in query.dimensions if OTHER in truth.values_in(query, name)}
    if touched != set(result.coverage.other) or (bool(touched) and not any(OTHER in n for n in result.coverage.notes)):
        yield f"(other) is in {sorted(touched)}, and it says {result.coverage.other}"


def _of_line(query: UsageQuery, lines: dict[Keys, Numbers], keys: Keys, truth: Truth) -> Numbers:
    """Of a group without rows, what an empty table gives."""
    numbers = lines.get(keys)
    return truth.total(query, _NO_DAYS, []) if numbers is None else numbers[: len(query.measures)]


def _wrong_sums(
    query: UsageQuery, result: Result, truth: Truth, periods: tuple[Days, Days | None], shown: Sequence[Keys]
) -> Iterator[str]:
    period, versus = periods
    yield from _differs("total", query.measures, result.total.values, truth.total(query, period, []))
    if versus:
        yield from _differs("total versus", query.measures, result.total.versus, truth.total(query, versus, []))
    if result.rest:
        rest = truth.total(query, period, list(shown))
        yield from _differs("rest", query.measures, result.rest.values, rest)
        if versus:
            rest = truth.total(query, versus, list(shown))
            yield from _differs("rest versus", query.measures, result.rest.versus, rest)


def _wrong_lines(
    query: UsageQuery, shown: list[Keys], now: dict[Keys, Numbers], then: dict[Keys, Numbers], truth: Truth
) -> Iterator[str]:
    """Which lines are shown, and in which order."""
    empty = _empty_line(query, truth)
    every = {keys: now.get(keys, empty) for keys in [*now, *then]}
    within = {keys for keys, numbers in every.items() if _is_within(query, numbers)}
    expected = min(len(within), query.top or len(within))
    if not set(shown) <= within or len(set(shown)) != len(shown) or len(shown) != expected:
        yield f"shows {shown}, of {sorted(within)}"
        return
    places = {keys: _place(query, keys, every[keys], then.get(keys, empty)) for keys in within}
    names = [places[keys][2] for keys in shown]
    if names != sorted(names, reverse=bool(query.order and query.order.descending)) and any(names):
        yield "not in the order of names"
    for before, after in pairwise(shown):
        if not _in_order(places[before], places[after]):
            yield f"{before} stands before {after}"
    if shown and any(not _in_order(places[shown[-1]], places[keys]) for keys in within - set(shown)):
        yield "a line that is not shown stands before the last one"


def _empty_line(query: UsageQuery, truth: Truth) -> Numbers:
    plain = query.model_copy(update={"measures": query.computed, "by": ()})
    return truth.total(plain, _NO_DAYS, [])


def _is_within(query: UsageQuery, numbers: Numbers) -> bool:
    if query.threshold is None:
        return True
    value = numbers[query.computed.index(query.threshold.measure)]
    low, high = query.threshold.at_least, query.threshold.at_most
    return value is not None and (low is None or value >= low) and (high is None or value <= high)


_Place = tuple[bool, float, tuple[str, ...], float]


def _name_place(values: Sequence[str], name: str) -> str:
    """Closed lists stand in their order, before all others."""
    return f"0{values.index(name):02}" if name in values else f"1{name}"


def _place(query: UsageQuery, keys: Keys, now: Numbers, then: Numbers) -> _Place:
    """(without a value, the value so that less stands first, names, by how much the value may be off)."""
    names = tuple(_name_place(DIMENSIONS[name].values, key) for name, key in zip(query.by, keys, strict=True))
    by_time = query.top is None and any(name in _TIMES | {"hour", "minute"} for name in query.by)
    measure = query.order.measure if query.order else None if by_time else query.measures[0]
    if measure is None:
        return False, 0.0, names, 0.0
    place = query.computed.index(measure)
    value, off = now[place], 0.0
    if query.order and query.order.by_difference:
        before = then[place]
        if measure.startswith((*_SIZED, *_TIMED)):
            off = _SKETCHED * (abs(value or 0) + abs(before or 0))  # both are from sketches
        value = None if value is None or before is None else value - before
    descending = query.order is None or query.order.descending
    return value is None, 0.0 if value is None else float(-value if descending else value), (), float(off)


def _in_order(one: _Place, two: _Place) -> bool:
    """Values that differ by rounding may stand either way."""
    if one[0] != two[0]:
        return two[0]
    return one[1] <= two[1] or math.isclose(one[1], two[1], rel_tol=2 * _SKETCHED, abs_tol=1e-9 + one[3] + two[3])


def _differs(place: str, names: Sequence[MeasureName], values: Values | None, expected: Numbers) -> Iterator[str]:
    for name, value, right in zip(names, values or (None,) * len(names), expected, strict=True):
        if not _is_same(name, value, right):
            yield f"{place}: {name} is {right}, not {value}"


def _is_same(name: MeasureName, value: float | None, right: float | None) -> bool:
    if value is None or right is None:
        return value is None and right is None
    unit = MEASURES[name].unit
    if name == MeasureName.INPUT_FLOOR and not value <= right:
        return False
    if unit in ("requests", "tokens") and MEASURES[name].is_additive:
        return isinstance(value, int) and value == right
    tolerance = {"ms": _SKETCHED, "score": 1e-6}.get(unit, 2 * _SKETCHED if name.startswith(_SIZED) else _EXACT)
    return math.isclose(value, right, rel_tol=tolerance, abs_tol=1e-9)


def _wrong_differences(result: Result) -> Iterator[str]:
    parts: list[Row | Rest] = [*result.rows, result.total, *([result.rest] if result.rest else [])]
    for part in parts:
        for now, then, difference in zip(part.values, part.versus or (), part.differences or (), strict=False):
            expected = None if now is None or then is None else now - then
            same = expected is None or difference is None or math.isclose(difference, expected, abs_tol=1e-6)
            if (difference is None) != (expected is None) or not same:
                yield f"{now} less {then} is not {difference}"
