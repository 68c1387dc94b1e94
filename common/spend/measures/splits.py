"""Cost by one or two dimensions at once."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Literal

from common.spend.measures.totals import CELL_KEYS, NEEDS, hour_name, refuse_without_hours
from common.spend.measures.users import users_by_day
from common.spend.model import By, Unanswerable
from common.spend.prices.engine import PICO
from common.spend.rollup.cells import (
    COST,
    LINE_COST,
    LINE_FAILED,
    LINE_INPUT,
    LINE_N,
    LINE_OUTPUT,
    LINE_UNPRICED,
    TOKENS,
    UNPRICED,
    N,
)
from common.spend.rollup.rollup import Rollup
from common.spend.semantics.dimensions import UNTAGGED

Dimension = By | Literal["tag"]
_PLACES = 6
"""Of a line of a rollup."""


@dataclass(frozen=True, slots=True)
class SplitLine:
    """One line of a split; `cost_pct` is of all priced cost. Unpriced requests count, but add no cost."""

    keys: tuple[str, ...]
    """One per dimension, in their order."""
    requests: int
    cost_usd: float
    cost_pct: float
    input_tokens: int
    output_tokens: int
    failed_requests: int
    unpriced_requests: int


def split(rollup: Rollup, first: Dimension, second: Dimension | None = None) -> list[SplitLine]:
    """Lines by cost, largest first; with a day or an hour in order of time.

    Raises Unanswerable for a dimension that no row has and for pairs that a rollup does not hold, ValueError for the
    same dimension twice.
    """
    by = (first,) if second is None else (first, second)
    if first == second:
        raise ValueError(f"a split by {first} and {second} is one by {first}")
    sums: dict[tuple[str, ...], list[int]] = defaultdict(lambda: [0] * _PLACES)
    for key, line in _lines(rollup, by):
        total = sums[key]
        for place, value in enumerate(line):
            total[place] += value
    total_cost = sum(line[LINE_COST] for line in sums.values())
    lines = [_split(key, line, total_cost) for key, line in sums.items()]
    if "day" in by or "hour" in by:
        times = [place for place, one in enumerate(by) if one in ("day", "hour")]
        return sorted(lines, key=lambda line: (*(line.keys[place] for place in times), -line.cost_usd, line.keys))
    return sorted(lines, key=lambda line: (-line.cost_usd, -line.requests, line.keys))


def _lines(rollup: Rollup, by: tuple[Dimension, ...]) -> Iterator[tuple[tuple[str, ...], list[int]]]:
    _refuse(rollup, by)
    if by == ("user",):
        yield from (((UNTAGGED if user is None else user,), line) for user, line in rollup.users.items())
    elif "user" in by:
        for user, days in users_by_day(rollup).items():
            for day, line in days.items():
                names = {"user": user, "day": date.fromordinal(day).isoformat()}
                yield tuple(names[one] for one in by), line
    elif "hour" in by:
        for (day, hour), line in rollup.hours.items():
            names = {"day": date.fromordinal(day).isoformat(), "hour": hour_name(hour)}
            yield tuple(names[one] for one in by), line
    else:
        keys_of = [CELL_KEYS[one] for one in by if one != "tag"]
        for key, cell in rollup.cells.items():
            yield tuple(key_of(key) for key_of in keys_of), _of_cell(cell, failed=not key.ok)


def _refuse(rollup: Rollup, by: tuple[Dimension, ...]) -> None:
    """Raise Unanswerable unless the rollup holds this split."""
    if "tag" in by:
        raise Unanswerable(
            "Apex keeps no tags in its sums, so cost cannot be split by tag. Export the tag that you ask about as a "
            "column named feature, and upload the file again."
        )
    for one in by:
        if one in ("feature", "user", "status") and one not in rollup.has:
            raise Unanswerable(f"The data have {NEEDS[one]}.")
    if "user" in by and not set(by) <= {"user", "day"}:
        raise Unanswerable(
            f"Apex sums users over everything but days, so cost by {by[0]} and {by[1]} together is not known. Upload "
            "an export of only the part that you ask about: its cost by user can be told."
        )
    if "hour" in by:
        refuse_without_hours(rollup)
    if "hour" in by and not set(by) <= {"hour", "day"}:
        raise Unanswerable(
            f"Apex sums hours over all requests, so cost by {by[0]} and {by[1]} together is not known. Upload an "
            "export of only the part that you ask about: its cost by hour can be told."
        )


def _of_cell(cell: list[int], *, failed: bool) -> list[int]:
    tokens = cell[TOKENS]
    incoming, out = sum(tokens[:4]), sum(tokens[4:])
    return [cell[N], incoming, out, cell[COST], cell[N] if failed else 0, cell[UNPRICED]]


def _split(keys: tuple[str, ...], line: list[int], total_cost: int) -> SplitLine:
    return SplitLine(
        keys=keys,
        requests=line[LINE_N],
        cost_usd=line[LINE_COST] / PICO,
        cost_pct=100 * line[LINE_COST] / total_cost if total_cost else 0.0,
        input_tokens=line[LINE_INPUT],
        output_tokens=line[LINE_OUTPUT],
        failed_requests=line[LINE_FAILED],
        unpriced_requests=line[LINE_UNPRICED],
    )
