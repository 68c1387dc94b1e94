"""What the tools of one run may use: the user's data, and the goal of the question."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, TypeVar

from common.assistant.goals.goal import Goal
from common.assistant.workspace import Workspace
from common.contract.answer import Recommendation
from common.runs.step import ToolError
from common.spend.rollup.parts import Part, PartNotLoadedError

LOADED_FIRST = frozenset({Part.CELLS, Part.CHARGES, Part.HOURS, Part.USERS, Part.SKETCHES})
"""What is loaded at first: a tenth of what is stored answers everything but a plan."""

_Result = TypeVar("_Result")


@dataclass(frozen=True, slots=True, kw_only=True)
class ToolContext:
    """All that the tools of one run may use. Limits come from `goal`, so that no model can drop them."""

    workspace: Workspace
    dataset_ids: tuple[str, ...]
    goal: Goal
    selected: tuple[Recommendation, ...] = field(default=())
    """Recommendations of an earlier answer that the question refers to."""
    _results: dict[str, Any] = field(default_factory=dict, compare=False, repr=False)
    """Results of `once`; the data does not change during a step."""

    @property
    def shows_plan(self) -> bool:
        """True if the answer is a plan, so that changes belong in it."""
        return bool(self.selected) or not self.goal.only_asks

    async def once(self, work: Callable[..., _Result], *arguments: Any) -> _Result:
        """Like `compute`, for what several tools need; runs once per `work` and `repr` of `arguments`."""
        key = f"{work.__module__}.{work.__qualname__}{arguments!r}"
        if key not in self._results:
            self._results[key] = await self.compute(work, *arguments)
        result: _Result = self._results[key]
        return result

    async def compute(self, work: Callable[..., _Result], *arguments: Any) -> _Result:
        """`work(rollup, *arguments)` outside the event loop. Raises ToolError without usable data.

        What `work` reads is found by running it: a part that it misses is loaded, and it runs again from the start.
        """
        if not self.dataset_ids:
            raise ToolError("No usage data is attached to this conversation. Upload an export first.")
        rollup = await self.workspace.rollup(self.dataset_ids, LOADED_FIRST)
        while True:
            try:
                return await asyncio.to_thread(work, rollup, *arguments)
            except PartNotLoadedError as error:
                rollup = await self.workspace.rollup(self.dataset_ids, rollup.loaded | error.parts)
