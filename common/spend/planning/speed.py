"""Speed: which steps make a feature `factor` times as fast, as far as the latencies in the data prove it.

The p95 of a feature is that of all its requests that went well, over all its models. A swap replaces the latencies of
one model's requests by those that the data have of the model they move to in the same feature; what it takes for
another feature's requests proves nothing. Nothing else counts as faster: no other step has a measured effect, and the
answers of a batch job come hours later. A p95 is at most a limit exactly when at most 5 % of the requests are above it,
and such requests add up over the models of a feature, so the solver adds them up like costs.
"""

from collections.abc import Iterable

from common.spend.model import Speed
from common.spend.opportunities.finding import MIN_LATENCIES, Case, Finding, label
from common.spend.prices.engine import Model
from common.spend.rollup.cells import N, RequestGroup
from common.spend.rollup.rollup import Rollup
from common.spend.rollup.sketch import Sketch, value_of

_SCALE = 10**6
_SLOW_SHARE = 20
"""One request in 20 may be above the p95."""
_MS = 1000
"""Microseconds, as in sketches, of a ms."""
_LISTED = 3
_ENOUGH = f"at least {MIN_LATENCIES} requests of its own"
_Place = tuple[str, str]
"""(provider, model)."""
_Mix = list[tuple[int, Sketch]]
"""(requests, how their latencies spread)."""


class Pace:
    """One feature that is to become `factor` times as fast."""

    def __init__(self, case: Case, feature: str | None, factor: float) -> None:
        self.feature, self.factor = feature, factor
        self._case, sketches = case, case.rollup.sketches
        self._now = {
            (key.provider, key.model): sketch
            for key, sketch in sketches.items()
            if (key.measure, key.feature) == ("latency_ms", feature)
        }
        self._untold = sorted(_served(case.rollup, feature) - self._now.keys())
        mix = [(sketch.count, sketch) for sketch in self._now.values()]
        self.allowed = sum(count for count, _ in mix) * _SCALE // _SLOW_SHARE
        """Requests (millionths) that may be above a p95."""
        self._now_us = None if self._untold or not mix else _p95_us(mix)

    def slow(self, group: RequestGroup, to: Model | None) -> int | None:
        """Requests of a group (millionths) above the limit; None on a model without a latency in this feature."""
        return None if self._now_us is None else self._above(group, to, self._now_us / self.factor)

    def slower(self, group: RequestGroup, to: Model | None) -> int:
        """Requests of a group (millionths) above today's p95; a model without a latency counts as no slower."""
        if self._now_us is None:
            return 0
        found = self._above(group, to, self._now_us)
        return found if found is not None else self._above(group, None, self._now_us) or 0

    def speed_of(self, chosen: Iterable[Finding], tried: Iterable[Finding]) -> Speed:
        """What the steps `chosen` out of `tried` do to the feature."""
        after, limit = self._after_us(chosen), None if self._now_us is None else self._now_us / self.factor
        proven = after is not None and limit is not None and after <= limit
        return Speed(
            feature=self.feature,
            factor=self.factor,
            now_ms=_in_ms(self._now_us),
            limit_ms=_in_ms(limit),
            after_ms=_in_ms(after),
            proven=proven,
            missing="" if proven else self._missing(chosen, tried),
        )

    def _above(self, group: RequestGroup, to: Model | None, limit_us: float) -> int | None:
        now = self._now.get((group.provider, group.model))
        then = now if to is None else self._latencies_of(to)
        if to is not None and then is None:
            return None
        return _slow(now.count, then, limit_us) if now and then else 0

    def _latencies_of(self, to: Model) -> Sketch | None:
        """Latencies of a model in this feature; None where the data have too few."""
        return self._case.latencies(to.provider, to.id, self.feature)

    def _after_us(self, chosen: Iterable[Finding]) -> float | None:
        """The p95 with these steps; None where a latency is missing."""
        if self._now_us is None:
            return None
        moved = {place: self._latencies_of(to) for place, to in _swaps(chosen).items()}
        mix: _Mix = []
        for place, now in self._now.items():
            then = moved.get(place, now)
            if then is not None:
                mix.append((now.count, then))
        return None if None in moved.values() else _p95_us(mix)

    def _missing(self, chosen: Iterable[Finding], tried: Iterable[Finding]) -> str:
        """A sentence."""
        name = label(self.feature)
        if not self._now:
            return f"Your data have no latency of {name}: log latency_ms with each request."
        if self._untold:
            models = _some(model for _, model in self._untold)
            return f"Your data have no latency of {models} in {name}: log latency_ms with each request."
        taken = [to.id for to in _swaps(chosen).values() if self._latencies_of(to) is None]
        if taken:
            lacking = f"Your data have no p95 of {_some(taken)} for {name} ({_ENOUGH})"
            return f"{lacking}: measure it on a sample of {name} before you move."
        others = [f.action.to.id for f in tried if f.action.to and self._latencies_of(f.action.to) is None]
        reason = f"No cheaper model with a p95 for {name} in your data ({_ENOUGH}) brings it there"
        return f"{reason}: measure {_some(others, 'or')} on a sample of {name}." if others else f"{reason}."


def paces_of(case: Case, features: Iterable[str | None]) -> dict[str | None, Pace]:
    """Of the features that the limits want faster."""
    factors = case.limits.speedup
    wanted = {name: factors.get(name or "*", factors.get("*")) for name in features}
    return {name: Pace(case, name, factor) for name, factor in wanted.items() if factor is not None}


def _served(rollup: Rollup, feature: str | None) -> set[_Place]:
    """Who answered requests of a feature that went well."""
    return {
        (key.provider, key.model) for key, cell in rollup.cells.items() if key.feature == feature and key.ok and cell[N]
    }


def _swaps(findings: Iterable[Finding]) -> dict[_Place, Model]:
    actions = [finding.action for finding in findings]
    return {(a.group.provider, a.group.model): a.to for a in actions if a.group is not None and a.to is not None}


def _slow(requests: int, sketch: Sketch, limit_us: float) -> int:
    """Of `requests` that spread like a sketch, those above the limit (millionths)."""
    above = sum(count for index, count in sketch.bins.items() if _value(index, sketch) > limit_us)
    return requests * _SCALE * above // sketch.count


def _p95_us(mix: _Mix) -> float:
    """The least value that at most 5 % of all requests are above."""
    allowed = sum(requests for requests, _ in mix) * _SCALE // _SLOW_SHARE
    values = sorted({_value(index, sketch) for _, sketch in mix for index in sketch.bins})
    low, high = 0, len(values) - 1
    while low < high:
        middle = (low + high) // 2
        if sum(_slow(requests, sketch, values[middle]) for requests, sketch in mix) <= allowed:
            high = middle
        else:
            low = middle + 1
    return values[low]


def _value(index: int, sketch: Sketch) -> float:
    return min(value_of(index), float(sketch.maximum))


def _in_ms(us: float | None) -> float | None:
    return None if us is None else us / _MS


def _some(names: Iterable[str], last: str = "and") -> str:
    """The first few of some names, each once."""
    found = list(dict.fromkeys(names))[:_LISTED]
    return f" {last} ".join([", ".join(found[:-1]), found[-1]]) if len(found) > 1 else found[0]
