"""The Recorder that agents see: thoughts, tools that run once, and a transcript that survives the worker."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from google.cloud.firestore_v1.async_batch import AsyncWriteBatch

from common.contract.answer import ModelTokens
from common.contract.events import AgentThinking, Event, ToolCompleted, ToolExecuting
from common.core.clock import now_utc
from common.runs.budgets import refuse_used_up
from common.runs.state import OpenTool, RunState
from common.runs.step import NO_TOKENS, Item, StepContinuesError, ToolCall, ToolError, ToolEvidence, ToolResult
from common.runs.transitions import Transition, transition
from common.runs.writer import Move, RunWriter
from common.store import paths
from common.store.client import SCHEMA_VERSION, Document
from common.store.codec import pack, unpack

QUICK_TOOL_S = 0.15
"""A tool that answers within this has both its events in one commit."""


@dataclass(kw_only=True)
class StepMemory:
    """What a step has stored so far. `failed` maps call ids to the message of a ToolError."""

    transcript: list[Item] = field(default_factory=list)
    evidence: dict[str, ToolEvidence] = field(default_factory=dict)
    failed: dict[str, str] = field(default_factory=dict)

    def document(self, agent: str, **outcome: Any) -> Document:
        """The stored form; `outcome` once the step is done."""
        data = {
            "transcript": self.transcript,
            "evidence": [item.model_dump(mode="json") for item in self.evidence.values()],
            "failed": self.failed,
        }
        return {"v": SCHEMA_VERSION, "agent": agent, "data": pack(data), **outcome}

    @classmethod
    def parse(cls, document: Document) -> "StepMemory":
        """Read the stored form; what a later version has added is ignored."""
        data = unpack(document["data"])
        evidence = [ToolEvidence.model_validate(item, extra="ignore") for item in data["evidence"]]
        return cls(
            transcript=data["transcript"],
            evidence={item.call_id: item for item in evidence},
            failed=data["failed"],
        )


class StepRecorder:
    """Implements `common.runs.step.Recorder` on a RunWriter."""

    def __init__(self, writer: RunWriter, memory: StepMemory) -> None:
        self._writer = writer
        self._memory = memory
        self._unsaved = False
        self._last_draft: int | None = None
        self._handoff_at = asyncio.get_running_loop().time() + writer.profile.handoff_after_s
        self._calls = 0

    async def think(self, thought: str, *, draft: bool = False) -> None:
        """Show a thought."""

        def move(state: RunState) -> Transition:
            begins = draft and state.draft_from is None
            if begins:
                self._last_draft = state.next_seq
            after = replace(state, draft_from=state.next_seq) if begins else state
            return transition(state, after, [AgentThinking(agent=state.agent, thought=thought)], now=now_utc())

        await self._stage(move)

    async def retract(self, why: str) -> None:
        """Retract the thoughts of the last reply."""
        since, self._last_draft = self._last_draft, None
        if since is None:
            return

        def move(state: RunState) -> Transition:
            event = AgentThinking(agent=state.agent, thought=why, replaces=since)
            return transition(state, replace(state, draft_from=None), [event], now=now_utc())

        await self._stage(move)

    def allow_model_call(self) -> None:
        """Raise RunFailedError for a used-up budget, StepContinuesError once this worker is old and has made a call."""
        refuse_used_up(self._writer.profile, self._writer.state, now_utc())
        self._last_draft = None  # what an earlier reply has shown is final
        if self._calls and asyncio.get_running_loop().time() >= self._handoff_at:
            raise StepContinuesError
        self._calls += 1

    async def remember(self, items: list[Item], *, cost_usd: float = 0.0, used: ModelTokens = NO_TOKENS) -> None:
        """Append to the transcript; the next commit stores it, with its cost."""
        self._memory.transcript.extend(items)
        self._unsaved = True
        self._writer.charge(cost_usd, used)

    async def call_tool(self, call: ToolCall, run: Callable[[], Awaitable[ToolResult]]) -> ToolEvidence:
        """Run a tool once per call id, also across takeovers."""
        if call.call_id in self._memory.failed:
            raise ToolError(self._memory.failed[call.call_id])
        if call.call_id in self._memory.evidence:
            return self._memory.evidence[call.call_id]
        work = asyncio.ensure_future(run())
        try:
            announced = await self._announce_if_slow(call, work)
            before = [] if announced else [self._executing(call)]
            return await self._finish(call, work, before)
        finally:
            work.cancel()

    async def close_open_tool(self) -> None:
        """A tool that an earlier worker began and that nobody calls again still gets its tool_completed."""
        open_tool = self._writer.state.open_tool
        if open_tool is None:
            return
        abandoned = ToolCompleted(
            agent=self._writer.state.agent,
            tool=open_tool.tool,
            tool_call_id=open_tool.call_id,
            status="cancelled",
            result_summary="Not needed any more.",
        )
        await self._stage(
            lambda state: transition(state, replace(state, open_tool=None), [abandoned], now=now_utc()), stores=True
        )

    async def _announce_if_slow(self, call: ToolCall, work: "asyncio.Future[ToolResult]") -> bool:
        """Commit tool_executing unless the tool is quick; True when it is on record."""
        open_tool = self._writer.state.open_tool
        if open_tool is not None and open_tool.call_id == call.call_id:
            return True  # an earlier worker announced it and died
        await self.close_open_tool()
        await asyncio.wait({work}, timeout=QUICK_TOOL_S)
        if work.done():
            return False
        opened = OpenTool(call_id=call.call_id, tool=call.tool)
        executing = self._executing(call)
        await self._stage(
            lambda state: transition(state, replace(state, open_tool=opened), [executing], now=now_utc()), stores=True
        )
        await self._writer.flush()
        return True

    async def _finish(
        self, call: ToolCall, work: "asyncio.Future[ToolResult]", before: Sequence[Event]
    ) -> ToolEvidence:
        try:
            result = await work
        except ToolError as error:
            self._memory.failed[call.call_id] = str(error)
            failed = self._completed(call, str(error)).model_copy(update={"status": "failed"})
            await self._stage(lambda state: _tool_completed(state, [*before, failed]), stores=True)
            raise
        completed = self._completed(call, result.summary).model_copy(update={"facts": result.facts})

        def move(state: RunState) -> Transition:
            """The evidence is stored in the commit of its tool_completed, whose seq is its source."""
            self._memory.evidence[call.call_id] = ToolEvidence(
                source=state.next_seq + len(before),
                agent=state.agent,
                tool=call.tool,
                call_id=call.call_id,
                part=call.part,
                result=result,
            )
            return _tool_completed(state, [*before, completed])

        await self._stage(move, stores=True)
        return self._memory.evidence[call.call_id]

    def _executing(self, call: ToolCall) -> ToolExecuting:
        return ToolExecuting(
            agent=self._writer.state.agent, tool=call.tool, tool_call_id=call.call_id, purpose=call.purpose
        )

    def _completed(self, call: ToolCall, summary: str) -> ToolCompleted:
        return ToolCompleted(
            agent=self._writer.state.agent, tool=call.tool, tool_call_id=call.call_id, result_summary=summary
        )

    async def _stage(self, move: Move, *, stores: bool = False) -> None:
        """Tool results (`stores`) and what is newly remembered go into the commit of their events."""
        remembers, self._unsaved = self._unsaved, False

        def with_memory(state: RunState) -> Transition:
            return move(replace(state, draft_from=None))  # the reply is complete

        await self._writer.stage(with_memory if remembers else move, self._save if remembers or stores else None)

    def _save(self, batch: AsyncWriteBatch) -> None:
        state = self._writer.state
        batch.set(self._writer.db.document(paths.step(state.run_id, state.step)), self._memory.document(state.agent))


def _tool_completed(state: RunState, events: Sequence[Event]) -> Transition:
    """A tool that completes or fails is progress."""
    now = now_utc()
    return transition(state, replace(state, open_tool=None, progress_at=now), events, now=now)
