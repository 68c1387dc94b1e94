"""Samples and what is said of them."""

import statistics
from dataclasses import asdict, dataclass

_PERCENTILES = 100


@dataclass(frozen=True)
class Summary:
    """Of samples in ms. `spread` is the interquartile range."""

    count: int
    median: float
    p95: float
    spread: float


@dataclass(frozen=True)
class Measure:
    """One thing measured on the product and, interleaved, on the floor; `ratio` of the medians."""

    name: str
    product: Summary
    floor: Summary

    @property
    def ratio(self) -> float:
        """How many times the floor the product takes."""
        return self.product.median / self.floor.median

    def as_json(self) -> dict[str, object]:
        """For `--json`."""
        return {**asdict(self), "ratio": round(self.ratio, 3)}


@dataclass(frozen=True)
class Bounded:
    """A time that has a bound (ms) instead of a floor."""

    name: str
    product: Summary
    bound_ms: float

    def as_json(self) -> dict[str, object]:
        """For `--json`."""
        return asdict(self)


def summary(samples: list[float]) -> Summary:
    """Summarise at least two samples (ms)."""
    cuts = statistics.quantiles(samples, n=_PERCENTILES, method="inclusive")
    median, p95, spread = statistics.median(samples), cuts[94], cuts[74] - cuts[24]
    return Summary(len(samples), round(median, 2), round(p95, 2), round(spread, 2))
