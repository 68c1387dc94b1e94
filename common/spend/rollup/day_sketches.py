"""Sketches of times by UTC day, feature, model and provider, bounded by features: by the days on which each was used.

Each is held as `Sketch.as_list` gives it, a tenth of the room: few are ever merged or read.
"""

from collections.abc import Collection, Iterator
from typing import Any

from common.spend.model import Measure
from common.spend.rollup.bounded_names import OTHER
from common.spend.rollup.bounded_times import BoundedTimes
from common.spend.rollup.cells import DaySketchKey
from common.spend.rollup.name_table import NameTable
from common.spend.rollup.part_counter import PartCounter
from common.spend.rollup.sketch import Sketch

TIMES: tuple[Measure, ...] = ("latency_ms", "ttft_ms")
"""What is sketched by day."""
_DAYS = 32
"""In one record, so that none is too large for a shard."""
_Measurement = tuple[Measure, str, str]
"""Measure, provider, model."""
_Flat = list[int]
_HEAD = 3
"""Numbers before the bins."""


class DaySketches(BoundedTimes[dict[_Measurement, _Flat]], PartCounter):
    """By feature (None: untagged), day as an ordinal, measure, and model at a provider."""

    KINDS = "kl"

    def add_counts(
        self, times: dict[int, dict[_Measurement, _Flat]], time: int, counts: dict[_Measurement, _Flat]
    ) -> None:
        """Merge sketches into those of a day."""
        present = times.setdefault(time, {})
        for measurement, flat in counts.items():
            other = present.get(measurement)
            present[measurement] = flat if other is None else _merged(other, flat)

    def merge(self, record: list[Any], names: NameTable) -> None:
        """Days come as columns."""
        if record[0] == "l":
            self.lower_bar(record[1])
            return
        provider, model, feature = names.local_group(record[3], record[4], record[1])
        for day, total, most, bins, counts in zip(*record[5:10], strict=True):
            flat = [sum(counts), total, most, *(0,) * (2 * len(bins))]
            flat[_HEAD::2], flat[_HEAD + 1 :: 2] = bins, counts
            self.add(feature, day, {(record[2], provider, model): flat})

    def evict(self, dimension: str, evicted: Collection[str]) -> None:
        """Count features, providers or models that have no room under OTHER."""
        if dimension == "feature":
            self.fold(evicted)
        elif dimension in ("provider", "model"):
            place = ("provider", "model").index(dimension) + 1
            for times in self.lines.values():
                for day, sketches in times.items():
                    for measurement in [each for each in sketches if each[place] in evicted]:
                        flat = sketches.pop(measurement)
                        provider, model = (OTHER if at == place else measurement[at] for at in (1, 2))
                        self.add_counts(times, day, {(measurement[0], provider, model): flat})

    def records(self, names: NameTable) -> Iterator[list[Any]]:
        """The bound, then columns of days, some at a time."""
        self.settle()
        if self.cuts(names.names["feature"].last):
            yield ["l", self.bar]
        for feature, times in sorted(self.lines.items(), key=lambda item: repr(item[0])):
            columns: dict[tuple[_Measurement, int], list[tuple[int, int, int, _Flat, _Flat]]] = {}
            for day in sorted(times):
                for measurement, flat in times[day].items():
                    of_day = (day, flat[1], flat[2], flat[_HEAD::2], flat[_HEAD + 1 :: 2])
                    columns.setdefault((measurement, day // _DAYS), []).append(of_day)
            for (measurement, _), days in sorted(columns.items(), key=lambda item: item[0]):
                yield ["k", feature, *measurement, *map(list, zip(*days, strict=True))]

    def by_key(self) -> dict[DaySketchKey, _Flat]:
        """All of them."""
        return {
            DaySketchKey(measure, day, provider, model, feature): flat
            for feature, times in self.lines.items()
            for day, sketches in times.items()
            for (measure, provider, model), flat in sketches.items()
        }


def _merged(one: _Flat, two: _Flat) -> _Flat:
    return Sketch.union(map(Sketch.from_list, (one, two))).as_list()
