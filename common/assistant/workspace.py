"""One user's data, as tools may read it."""

from dataclasses import dataclass
from typing import Protocol

from common.spend import Rollup
from common.spend.ledger.rows import TitledRow
from common.spend.quality import Evaluations
from common.spend.rollup.parts import Part


@dataclass(frozen=True, slots=True)
class DatasetInfo:
    """An imported file. `model`: named at upload for a log without a model column; `reject_reasons` are samples."""

    id: str
    name: str
    model: str | None
    rows: int
    rejects: int
    reject_reasons: tuple[str, ...] = ()
    shared: int = 0
    """How many of the rows are left out, as another dataset of the question has them."""
    unread_usd: float = 0.0
    """What the rejected rows cost, as far as they say so."""


class Workspace(Protocol):
    """The data of one user, and of nobody else."""

    async def datasets(self, ids: tuple[str, ...]) -> tuple[DatasetInfo, ...]:
        """The datasets with these ids, in order."""

    async def rollup(self, ids: tuple[str, ...], parts: frozenset[Part]) -> Rollup:
        """Their merged rollup with at least these parts; implementations may cache it for the step."""

    async def evaluations(self) -> Evaluations:
        """The user's evidence on quality; implementations may cache it for the step."""

    async def ledger(self) -> tuple[TitledRow, ...]:
        """What accepted changes saved so far, whichever datasets it was measured on."""
