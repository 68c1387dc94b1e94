"""What tools work on: one user's data sets, and the goal of one question."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Protocol, TypeVar

from common.runs.answer import Recommendation
from common.runs.step import ToolError
from common.spend import Rollup
from common.tools.goal import Goal

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


class Workspace(Protocol):
    """The data of one user, and of nobody else."""

    async def datasets(self, ids: tuple[str, ...]) -> tuple[DatasetInfo, ...]:
        """The data sets of these ids, in order."""

    async def rollup(self, ids: tuple[str, ...]) -> Rollup:
        """Their rollups merged; the holder may keep it for the run."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """All that the tools of one run may use. Limits come from `goal`, so that no model can talk them away."""

    workspace: Workspace
    dataset_ids: tuple[str, ...]
    goal: Goal
    selected: tuple[Recommendation, ...] = field(default=())
    """Recommendations of an earlier answer that the question points at."""

    async def compute(self, work: Callable[..., _Found], *arguments: Any) -> _Found:
        """`work(rollup, *arguments)` outside the event loop. Raises ToolError without usable data."""
        if not self.dataset_ids:
            raise ToolError("No usage data is attached to this conversation. Upload an export first.")
        rollup = await self.workspace.rollup(self.dataset_ids)
        return await asyncio.to_thread(work, rollup, *arguments)
