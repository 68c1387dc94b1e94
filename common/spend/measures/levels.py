"""The present level of cost: what days would have cost had each feature then been on the model it is on for good."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date

from common.spend.measures.changes import ModelChange, model_changes
from common.spend.measures.totals import CELL_KEYS
from common.spend.rollup.cells import COST, CellKey, N
from common.spend.rollup.rollup import Rollup


@dataclass(frozen=True, slots=True)
class LevelChange:
    """A change of model, and how many times what it cost before a request costs since."""

    change: ModelChange
    times: float
    days: int
    """With requests, from the change on."""

    @property
    def at(self) -> int:
        """The first day of the new level, as an ordinal."""
        return date.fromisoformat(self.change.day).toordinal()

    def is_before(self, key: CellKey) -> bool:
        """Whether it would have moved these requests."""
        of = self.change
        return key.day < self.at and key.model == of.before and CELL_KEYS["feature"](key) == of.feature


def level_changes(rollup: Rollup) -> list[LevelChange]:
    """Of the features that changed their model for good; requests of both models must have a price."""
    return [level for change in model_changes(rollup) if (level := _level(rollup, change))]


def _level(rollup: Rollup, change: ModelChange) -> LevelChange | None:
    at = date.fromisoformat(change.day).toordinal()
    cells = [(key, cell) for key, cell in rollup.cells.items() if CELL_KEYS["feature"](key) == change.feature]
    before = _of_request([cell for key, cell in cells if key.day < at and key.model == change.before])
    after = _of_request([cell for key, cell in cells if key.day >= at and key.model == change.after])
    days = {key.day for key, _ in cells if key.day >= at}
    return LevelChange(change, after / before, len(days)) if before and after else None


def _of_request(cells: list[list[int]]) -> float:
    requests = sum(cell[N] for cell in cells)
    return sum(cell[COST] for cell in cells) / requests if requests else 0.0


def added_cost(rollup: Rollup, levels: list[LevelChange]) -> dict[int, int]:
    """By day as an ordinal: what its requests would have cost more at the present level, in units of COST."""
    added: dict[int, int] = defaultdict(int)
    for key, cell in rollup.cells.items():
        level = next((level for level in levels if level.is_before(key)), None)
        if level:
            added[key.day] += round(cell[COST] * (level.times - 1))
    return added
