"""Lines by hour, provider, model and feature, bounded by features as common/spend/rollup/bounded_times.py says.

The bound is on hours of features, whichever models they use in them: 50,000 are all hours of a month of 69 features, or
of a year of five.
"""

from collections.abc import Collection, Iterator
from typing import Any

from common.spend.rollup.bounded_names import OTHER
from common.spend.rollup.bounded_times import BoundedTimes
from common.spend.rollup.cells import TrafficKey, bump, move

MOST_HOURS = 50_000
_WIDTH = 7
"""An hour and the counters of its line, as records have them."""
DAY_HOURS = 25
"""Of a day: 24, and NO_HOUR as the first."""

_Model = tuple[str, str]
"""Provider and model."""


def hour_at(day: int, hour: int) -> int:
    """An hour of a day, or NO_HOUR, as one number."""
    return day * DAY_HOURS + hour + 1


class Traffic(BoundedTimes[dict[_Model, list[int]]]):
    """By feature (None: untagged), hour, and model."""

    def __init__(self) -> None:
        super().__init__(MOST_HOURS)

    def add_counts(self, times: dict[int, dict[_Model, list[int]]], time: int, counts: dict[_Model, list[int]]) -> None:
        """Add lines by model."""
        present = times.setdefault(time, {})
        for model, line in counts.items():
            bump(present, model, line)

    def rename(self, dimension: str, evicted: Collection[str]) -> None:
        """Count providers or models ("provider", "model") that have no room under OTHER."""

        def renamed(model: _Model) -> _Model | None:
            provider, name = model
            if dimension == "provider":
                return (OTHER, name) if provider in evicted else None
            return (provider, OTHER) if name in evicted else None

        for times in self.lines.values():
            for models in times.values():
                move(models, renamed)

    def flat(self) -> dict[TrafficKey, list[int]]:
        """All lines by their keys."""
        return {
            TrafficKey(time // DAY_HOURS, time % DAY_HOURS - 1, *model, feature): line
            for feature, times in self.lines.items()
            for time, models in times.items()
            for model, line in models.items()
        }

    def records(self, last: int) -> Iterator[list[Any]]:
        """JSON-ready lists in a canonical order; no feature that is kept anywhere has a larger hash than `last`."""
        if self.cuts(last):
            yield ["g", self.bar]
        for feature, times in sorted(self.lines.items(), key=lambda item: repr(item[0])):
            by_model: dict[_Model, list[tuple[int, ...]]] = {}
            for time in sorted(times):
                for model, line in times[time].items():
                    by_model.setdefault(model, []).append((time, *line))
            for model in sorted(by_model):
                yield ["t", feature, *model, *map(list, zip(*by_model[model], strict=True))]

    def merge(self, feature: str | None, model: _Model, hours: list[int], *counters: list[int]) -> None:
        """Add a record's lines, as columns: they take two thirds of the room of lines."""
        times = self.times_of(feature)
        before = len(times)
        for time, *line in zip(hours, *counters, strict=True):
            models = times.setdefault(time, {})
            if model in models:
                bump(models, model, line)
            else:
                models[model] = line
        self.grown(len(times) - before)
