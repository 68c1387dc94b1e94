"""Sizes of single requests to sketches, by measure, provider, model and feature."""

from collections.abc import Callable

from common.spend.model import Measure
from common.spend.rollup.cells import RequestGroup, SketchKey
from common.spend.rollup.sketch import Sketch

RequestSizes = tuple[int, int, int | None, int | None, int | None]
"""Of one request in the order of MEASURES: tokens, pico-USD, microseconds; None: not known."""
MEASURES: tuple[Measure, ...] = ("input_tokens", "output_tokens", "cost_usd", "latency_ms", "ttft_ms")
_MAX_WAITING = 20_000


class SizeSketches:
    """Sketches, and sizes that wait: all of a measure at once is several times faster than one by one."""

    def __init__(self) -> None:
        self._sketches: dict[SketchKey, Sketch] = {}
        self._waiting: dict[RequestGroup, list[RequestSizes]] = {}
        self._count = 0

    def add(self, group: RequestGroup, sizes: RequestSizes) -> None:
        """Count a request."""
        self._waiting.setdefault(group, []).append(sizes)
        self._count += 1
        if self._count >= _MAX_WAITING:
            self._flush()

    def sketches(self) -> dict[SketchKey, Sketch]:
        """With all sizes that waited."""
        if self._waiting:
            self._flush()
        return self._sketches

    def merge(self, key: SketchKey, sketch: Sketch) -> None:
        """Count what a sketch counted."""
        self._sketch(key).merge(sketch)

    def rename(self, renamed: Callable[[SketchKey], SketchKey | None]) -> None:
        """Count under another key where `renamed` gives one."""
        sketches = self.sketches()
        for key in list(sketches):
            target = renamed(key)
            if target is not None:
                self.merge(target, sketches.pop(key))

    def _sketch(self, key: SketchKey) -> Sketch:
        sketch = self._sketches.get(key)
        if sketch is None:
            sketch = self._sketches[key] = Sketch()
        return sketch

    def _flush(self) -> None:
        waiting, self._waiting, self._count = self._waiting, {}, 0
        for group, rows in waiting.items():
            for measure, column in zip(MEASURES, zip(*rows, strict=True), strict=True):
                values = [value for value in column if value is not None]
                if values:
                    self._sketch(SketchKey(measure, *group)).add(values)
