"""What the tools of one run may use: the user's data, and the part of the question that a call is for."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, TypeVar

from common.assistant.question.draft import LastTurn
from common.assistant.question.model import Part, Question
from common.assistant.workspace import Workspace
from common.contract.answer import Recommendation
from common.runs.step import ToolError
from common.spend import Rollup, Unanswerable
from common.spend.rollup import parts
from common.spend.semantics import Condition, Period
from common.spend.semantics.narrowing import narrowed

LOADED_FIRST = frozenset(
    {parts.Part.CELLS, parts.Part.CHARGES, parts.Part.HOURS, parts.Part.USERS, parts.Part.SKETCHES}
)
"""What is loaded at first: a tenth of what is stored answers everything but a plan."""

_Result = TypeVar("_Result")


@dataclass(frozen=True, slots=True, kw_only=True)
class ToolContext:
    """All that the tools of one run may use. Constraints and rows come from `part`, so that no model can drop them."""

    workspace: Workspace
    dataset_ids: tuple[str, ...]
    question: Question
    part: Part
    selected: tuple[Recommendation, ...] = field(default=())
    """Recommendations of an earlier answer that the part refers to."""
    last: LastTurn | None = None
    """The turn before, as far as this one may refer to it."""
    last_recommendations: tuple[Recommendation, ...] = field(default=())
    """All recommendations of the last answer that has any, by rank."""
    _results: dict[str, Any] = field(default_factory=dict, compare=False, repr=False)
    """Results of `once`; the data does not change during a step."""

    async def once(self, work: Callable[..., _Result], *arguments: Any) -> _Result:
        """Like `compute`, for what several tools need; runs once per part, `work` and `repr` of `arguments`."""
        key = f"{self.part!r}{work.__module__}.{work.__qualname__}{arguments!r}"
        if key not in self._results:
            self._results[key] = await self.compute(work, *arguments)
        result: _Result = self._results[key]
        return result

    async def compute(self, work: Callable[..., _Result], *arguments: Any) -> _Result:
        """`work(rollup, *arguments)` on the rows that the part is about, outside the event loop.

        Raises ToolError without usable data, and where the data cannot tell these rows from others.
        """
        query = self.part.query
        return await self._compute(query.where, query.period, work, arguments)

    async def compute_on(
        self, where: tuple[Condition, ...], period: Period | None, work: Callable[..., _Result], *arguments: Any
    ) -> _Result:
        """The same on other rows: () and None are all of the data."""
        return await self._compute(where, period, work, arguments)

    async def _compute(
        self,
        where: tuple[Condition, ...],
        period: Period | None,
        work: Callable[..., _Result],
        arguments: tuple[Any, ...],
    ) -> _Result:
        """What `work` reads is found by running it: a part of the rollup that it misses is loaded, and it runs again
        from the start.
        """
        if not self.dataset_ids:
            raise ToolError("No usage data is attached to this conversation. Upload an export first.")
        rollup = await self.workspace.rollup(self.dataset_ids, LOADED_FIRST)
        while True:
            try:
                return await asyncio.to_thread(_on_rows, rollup, where, period, work, arguments)
            except parts.PartNotLoadedError as error:
                rollup = await self.workspace.rollup(self.dataset_ids, rollup.loaded | error.parts)


class NoMatchingRowsError(ToolError):
    """There are no rows that a part is about, or the data cannot tell them: to be said as an answer."""


def _on_rows(
    rollup: Rollup,
    where: tuple[Condition, ...],
    period: Period | None,
    work: Callable[..., _Result],
    arguments: tuple[Any, ...],
) -> _Result:
    try:
        rows = narrowed(rollup, where, period)
    except Unanswerable as error:
        raise NoMatchingRowsError(str(error)) from error
    if rows is not rollup and not rows.cells:
        raise NoMatchingRowsError("Your data have no request that fits what you ask about.")
    return work(rows, *arguments)
