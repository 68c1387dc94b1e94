"""What repeats a prompt, by slot: exact where all prompts are kept, else estimated from a sample, with bounds."""

from collections.abc import Callable, Mapping
from math import sqrt

from common.spend.opportunities.slots import Sided, SlotKey, Vector
from common.spend.rollup.cells import CellKey
from common.spend.rollup.duplicates import Repeats

_SURE = 3.29
"""Standard errors on each side: the bounds hold in 999 of 1,000 samples."""
_NOTHING: Vector = (0.0,) * 9


def repeats_of(
    counter: Repeats, sent: Mapping[SlotKey, list[int]], slot_key: Callable[[CellKey], SlotKey]
) -> dict[SlotKey, Sided]:
    """For each slot of `sent` [requests, tokens by bucket, reusable, reusable_1h]: those that repeat a prompt."""
    sums: dict[SlotKey, list[int]] = {}
    squares: dict[SlotKey, list[int]] = {}
    for cell, counts in counter.repeats():
        key, parts = slot_key(cell), _parted(counts)
        total, spread = sums.setdefault(key, [0] * 9), squares.setdefault(key, [0] * 9)
        for place, part in enumerate(parts):
            total[place] += part
            spread[place] += part * part
    share = counter.sampled_share
    found = {key: _bounded(sums[key], squares[key], _parted(sent[key]), share) for key in sums if key in sent}
    return {key: found.get(key, (_NOTHING,) * 3) for key in sent}


def _bounded(sums: list[int], squares: list[int], most: list[int], share: float) -> Sided:
    """Each prompt is in the sample with the same chance, so the sum over all has a known standard error."""
    low, expected, high = [], [], []
    for seen, spread, limit in zip(sums, squares, most, strict=True):
        error = _SURE * sqrt(spread * (1 - share)) / share
        estimate = min(seen / share, float(limit))
        low.append(max(float(seen), estimate - error))
        expected.append(estimate)
        high.append(min(float(limit), estimate + error))
    return _joined(low), _joined(expected), _joined(high)


def _parted(counts: list[int]) -> list[int]:
    """Uncached input as three parts, each with bounds: for no cache, for one of an hour, for one of 5 minutes."""
    requests, uncached, *others, short, long = counts
    return [requests, uncached - long, long - short, short, *others]


def _joined(parts: list[float]) -> Vector:
    requests, once, twice, short, *others = parts
    return (requests, once + twice + short, *others, short, twice + short)
