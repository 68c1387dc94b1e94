"""What failed requests cost, by status, feature and day; and at most how much of the bill is retries."""

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass

from common.spend.measures.totals import CELL_KEYS, NEEDS
from common.spend.model import Unanswerable
from common.spend.prices.engine import PICO
from common.spend.rollup.cells import COST, CellKey, N
from common.spend.rollup.rollup import Rollup
from common.spend.rollup.sketch import ACCURACY, Sketch, value_of


@dataclass(frozen=True, slots=True)
class WasteShare:
    """A status, feature or day with failed requests; `failed_pct` is of its requests, `cost_pct` of its cost."""

    key: str
    requests: int
    failed: int
    failed_usd: float
    failed_pct: float
    cost_pct: float


@dataclass(frozen=True, slots=True)
class RetryBound:
    """Bounds, not estimates: retries cost at least 0 USD and at most this much.

    A log does not say which request is a retry. Each failure brings at most one, so there are at most as many retries
    as failures, and at worst they are the most expensive requests of their feature.
    """

    at_most_requests: int
    at_most_usd: float


@dataclass(frozen=True, slots=True)
class Waste:
    """Failed requests at list price, as far as the log has tokens of them; lines by cost, days in order."""

    requests: int
    failed: int
    failed_usd: float
    by_status: tuple[WasteShare, ...]
    by_feature: tuple[WasteShare, ...]
    """Empty when the data have no features."""
    by_day: tuple[WasteShare, ...]
    retries: RetryBound


def waste(rollup: Rollup) -> Waste:
    """Raises Unanswerable when no row has a status."""
    if "status" not in rollup.has:
        raise Unanswerable(f"The data have {NEEDS['status']}.")
    whole = _share("", list(rollup.cells.items()))
    by_day = _shares(rollup, CELL_KEYS["day"])
    return Waste(
        requests=whole.requests,
        failed=whole.failed,
        failed_usd=whole.failed_usd,
        by_status=_by_cost(_shares(rollup, CELL_KEYS["status"])),
        by_feature=_by_cost(_shares(rollup, CELL_KEYS["feature"])) if "feature" in rollup.has else (),
        by_day=tuple(sorted(by_day, key=lambda share: share.key)),
        retries=_retries(rollup),
    )


def _by_cost(shares: list[WasteShare]) -> tuple[WasteShare, ...]:
    return tuple(sorted(shares, key=lambda share: (-share.failed_usd, -share.failed, share.key)))


def _shares(rollup: Rollup, key_of: Callable[[CellKey], str]) -> list[WasteShare]:
    groups: dict[str, list[tuple[CellKey, list[int]]]] = defaultdict(list)
    for key, cell in rollup.cells.items():
        groups[key_of(key)].append((key, cell))
    shares = [_share(key, cells) for key, cells in groups.items()]
    return [share for share in shares if share.failed or share.failed_usd]


def _share(name: str, cells: list[tuple[CellKey, list[int]]]) -> WasteShare:
    requests, cost = sum(cell[N] for _, cell in cells), sum(cell[COST] for _, cell in cells)
    lost = [cell for key, cell in cells if not key.ok]
    failed, failed_cost = sum(cell[N] for cell in lost), sum(cell[COST] for cell in lost)
    return WasteShare(
        key=name,
        requests=requests,
        failed=failed,
        failed_usd=failed_cost / PICO,
        failed_pct=100 * failed / requests if requests else 0.0,
        cost_pct=100 * failed_cost / cost if cost else 0.0,
    )


def _retries(rollup: Rollup) -> RetryBound:
    """The most expensive requests of each feature, as many as failed there."""
    failed: dict[str | None, int] = defaultdict(int)
    for key, cell in rollup.cells.items():
        failed[key.feature] += 0 if key.ok else cell[N]
    sketches: dict[str | None, list[Sketch]] = defaultdict(list)
    for sketched, sketch in rollup.sketches.items():
        if sketched.measure == "cost_usd":
            sketches[sketched.feature].append(sketch)
    pico = sum(_most_expensive(Sketch.union(sketches[feature]), count) for feature, count in failed.items() if count)
    return RetryBound(at_most_requests=sum(failed.values()), at_most_usd=pico / PICO)


def _most_expensive(sketch: Sketch, count: int) -> float:
    """An upper bound of the sum of the `count` largest values: each at the upper end of its bin."""
    left, found = count, 0.0
    for index in sorted(sketch.bins, reverse=True):
        taken = min(left, sketch.bins[index])
        found += taken * min(value_of(index) / (1 - ACCURACY), float(sketch.maximum))
        left -= taken
    return min(found, float(sketch.total))
