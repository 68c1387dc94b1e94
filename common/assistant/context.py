"""What the tools of one run may use: the user's data, and the goal of the question."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, TypeVar

from common.assistant.goals.goal import Goal
from common.assistant.workspace import Workspace
from common.contract.answer import Recommendation
from common.runs.step import ToolError

_Found = TypeVar("_Found")


@dataclass(frozen=True, slots=True, kw_only=True)
class ToolContext:
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
