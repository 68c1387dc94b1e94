"""What tools work on: one user's data sets, and the goal of one question."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Protocol, TypeVar

from common.assistant.goals.goal import Goal
from common.contract.answer import Recommendation
from common.runs.step import ToolError
from common.spend import Rollup
from common.spend.ledger.rows import Proof
from common.spend.quality import Evaluations

_Found = TypeVar("_Found")


@dataclass(frozen=True, slots=True)
class DatasetInfo:
    """An imported file. `model` was given at upload for a log without a model column; `reject_reasons` are samples."""

    id: str
    name: str
    model: str | None
    rows: int
    rejects: int
    reject_reasons: tuple[str, ...] = ()
    shared: int = 0
    """Of the rows, how many are left out as another of the data sets that are asked about has them."""


class Workspace(Protocol):
    """The data of one user, and of nobody else."""

    async def datasets(self, ids: tuple[str, ...]) -> tuple[DatasetInfo, ...]:
        """The data sets of these ids, in order."""

    async def rollup(self, ids: tuple[str, ...]) -> Rollup:
        """Their rollups merged; the holder may keep it for the run."""

    async def evaluations(self) -> Evaluations:
        """The user's evidence on quality; the holder may keep it for the step."""

    async def ledger(self) -> tuple[Proof, ...]:
        """What accepted changes saved so far, whichever data sets it was measured by."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """All that the tools of one run may use. Limits come from `goal`, so that no model can talk them away."""

    workspace: Workspace
    dataset_ids: tuple[str, ...]
    goal: Goal
    selected: tuple[Recommendation, ...] = field(default=())
    """Recommendations of an earlier answer that the question points at."""
    _known: dict[str, Any] = field(default_factory=dict, compare=False, repr=False)
    """What `once` found; the data of a step do not change."""

    @property
    def shows_plan(self) -> bool:
        """True if the answer is a plan, so that its changes belong to it."""
        return bool(self.selected) or not self.goal.only_asks

    async def once(self, work: Callable[..., _Found], *arguments: Any) -> _Found:
        """As `compute`, for what several tools of a step need; `work` and `arguments` with equal `repr` run once."""
        key = f"{work.__module__}.{work.__qualname__}{arguments!r}"
        if key not in self._known:
            self._known[key] = await self.compute(work, *arguments)
        found: _Found = self._known[key]
        return found

    async def compute(self, work: Callable[..., _Found], *arguments: Any) -> _Found:
        """`work(rollup, *arguments)` outside the event loop. Raises ToolError without usable data."""
        if not self.dataset_ids:
            raise ToolError("No usage data is attached to this conversation. Upload an export first.")
        rollup = await self.workspace.rollup(self.dataset_ids)
        return await asyncio.to_thread(work, rollup, *arguments)
