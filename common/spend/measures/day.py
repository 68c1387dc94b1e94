"""One day against the other days: what it cost, what was different, and when."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from common.spend.measures.totals import CELL_KEYS
from common.spend.model import By
from common.spend.prices.engine import PICO
from common.spend.rollup.cells import COST, LINE_COST, NO_HOUR, UNPRICED, N
from common.spend.rollup.rollup import Rollup

_DIMENSIONS: tuple[By, ...] = ("feature", "model")


@dataclass(frozen=True, slots=True)
class Rise:
    """A feature or model whose cost was highest above its average of the other days (USD per day)."""

    by: By
    key: str
    cost_usd: float
    usual_usd: float


@dataclass(frozen=True, slots=True)
class Day:
    """One UTC day. `usual_*` are averages of the `others`, the other days with requests; 0 when there are none."""

    day: str
    """ISO date."""
    cost_usd: float
    requests: int
    unpriced: int
    """Requests that are in no cost."""
    failed: int
    others: int
    usual_usd: float
    usual_requests: float
    rises: tuple[Rise, ...]
    """The largest rise in each dimension of the data."""
    peak_hour: int | None
    """The hour of the UTC day that cost most; None when the data have only the whole day."""
    peak_usd: float


def days_of(rollup: Rollup) -> list[str]:
    """The days with requests as ISO dates, in order."""
    return [date.fromordinal(day).isoformat() for day in sorted({key.day for key in rollup.cells})]


def on_day(rollup: Rollup, day: str) -> Day:
    """The day `day` (ISO). Raises KeyError when no request was made on it."""
    at = date.fromisoformat(day).toordinal()
    cells = {key: cell for key, cell in rollup.cells.items() if key.day == at}
    if not cells:
        raise KeyError(f"no request on {day}")
    others = len({key.day for key in rollup.cells} - {at})
    hours = {hour: line[LINE_COST] for (other, hour), line in rollup.hours.items() if other == at and hour != NO_HOUR}
    peak = max(sorted(hours), key=lambda hour: hours[hour], default=None)
    cost, requests = _sum(cells.values(), COST), _sum(cells.values(), N)
    return Day(
        day=day,
        cost_usd=cost / PICO,
        requests=requests,
        unpriced=_sum(cells.values(), UNPRICED),
        failed=_sum((cell for key, cell in cells.items() if not key.ok), N),
        others=others,
        usual_usd=(_sum(rollup.cells.values(), COST) - cost) / PICO / others if others else 0.0,
        usual_requests=(_sum(rollup.cells.values(), N) - requests) / others if others else 0.0,
        rises=tuple(_rise(rollup, at, others, by) for by in _DIMENSIONS if others and _has(rollup, by)),
        peak_hour=peak,
        peak_usd=0.0 if peak is None else hours[peak] / PICO,
    )


def _has(rollup: Rollup, by: By) -> bool:
    return by == "model" or by in rollup.has


def _rise(rollup: Rollup, at: int, others: int, by: By) -> Rise:
    now: dict[str, float] = defaultdict(float)
    usual: dict[str, float] = defaultdict(float)
    for key, cell in rollup.cells.items():
        if key.day == at:
            now[CELL_KEYS[by](key)] += cell[COST] / PICO
        else:
            usual[CELL_KEYS[by](key)] += cell[COST] / PICO / others
    most = max(sorted(now), key=lambda name: now[name] - usual[name])
    return Rise(by, most, now[most], usual[most])


def _sum(cells: Iterable[list[int]], place: int) -> int:
    return sum(cell[place] for cell in cells)
