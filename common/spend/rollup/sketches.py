"""Sizes of single requests to sketches, by measure, provider, model and feature; times of requests by day, too."""

from collections import defaultdict
from collections.abc import Callable, Sequence

from common.spend.model import Measure
from common.spend.rollup.cells import RequestGroup, SketchKey
from common.spend.rollup.day_sketches import TIMES, DaySketches
from common.spend.rollup.sketch import Sketch

RequestSizes = tuple[int, int, int | None, int | None, int | None]
"""Of one request in the order of MEASURES: tokens, pico-USD, microseconds; None: not known."""
MEASURES: tuple[Measure, ...] = ("input_tokens", "output_tokens", "cost_usd", "latency_ms", "ttft_ms")
_MAX_WAITING = 20_000


class SizeSketches:
    """Sketches, and sizes that wait: all of a measure at once is several times faster than one by one."""

    def __init__(self, feature_days: int) -> None:
        self._sketches: dict[SketchKey, Sketch] = {}
        self.by_day = DaySketches(feature_days)
        """Without what waits: `flush` counts it."""
        self._waiting: dict[RequestGroup, dict[int, list[RequestSizes]]] = {}
        self._count = 0

    def add(self, group: RequestGroup, day: int, sizes: RequestSizes) -> None:
        """Count a request."""
        self._waiting.setdefault(group, {}).setdefault(day, []).append(sizes)
        self._count += 1
        if self._count >= _MAX_WAITING:
            self.flush()

    def sketches(self) -> dict[SketchKey, Sketch]:
        """With all sizes that waited."""
        self.flush()
        return self._sketches

    def merge(self, key: SketchKey, sketch: Sketch) -> None:
        """Count what a sketch counted, which is given away."""
        present = self._sketches.setdefault(key, sketch)
        if present is not sketch:
            present.merge(sketch)

    def rename(self, renamed: Callable[[SketchKey], SketchKey | None]) -> None:
        """Count under another key where `renamed` gives one."""
        sketches = self.sketches()
        for key in list(sketches):
            target = renamed(key)
            if target is not None:
                self.merge(target, sketches.pop(key))

    def flush(self) -> None:
        """Count all that waits."""
        waiting, self._waiting, self._count = self._waiting, {}, 0
        for group, days in waiting.items():
            sizes: dict[Measure, list[int]] = defaultdict(list)
            for day, rows in days.items():
                for measure, column in zip(MEASURES, zip(*rows, strict=True), strict=True):
                    values = [value for value in column if value is not None]
                    if values and measure in TIMES:
                        self._add_times(SketchKey(measure, *group), day, values)
                    else:
                        sizes[measure] += values
            for measure, values in sizes.items():
                if values:
                    self._sketch(SketchKey(measure, *group)).add(values)

    def _sketch(self, key: SketchKey) -> Sketch:
        sketch = self._sketches.get(key)
        if sketch is None:
            sketch = self._sketches[key] = Sketch()
        return sketch

    def _add_times(self, key: SketchKey, day: int, values: Sequence[int]) -> None:
        sketch = Sketch()
        sketch.add(values)
        self._sketch(key).merge(sketch)
        self.by_day.add(key.feature, day, {(key.measure, key.provider, key.model): sketch.as_list()})
