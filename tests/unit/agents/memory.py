"""A recorder and a workspace that keep everything in this process: the ports, implemented without Firestore."""

from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from functools import lru_cache

from common.assistant.agents.runner import run_agent
from common.assistant.workspace import DatasetInfo
from common.contract.answer import ModelTokens
from common.contract.events import AgentName
from common.core.user import UserContext
from common.llm.port import LanguageModel
from common.runs.step import (
    NO_TOKENS,
    Item,
    PastTurn,
    StepContext,
    StepResult,
    ToolCall,
    ToolError,
    ToolEvidence,
    ToolResult,
)
from common.runs.turn import Click
from common.spend import Rollup
from common.spend.ledger.rows import TitledRow
from common.spend.quality import NO_EVALUATIONS, Evaluations
from common.spend.rollup.parts import Part
from common.spend.rollup.shards import Shard

USER = UserContext(uid="u1", email=None, guest=True)


class WorkerDiedError(Exception):
    """The worker was stopped by the test."""


@dataclass
class StepStore:
    """What is committed of one step."""

    transcript: list[Item] = field(default_factory=list)
    results: dict[str, ToolEvidence] = field(default_factory=dict)
    failures: dict[str, str] = field(default_factory=dict)
    events: list[tuple[str, str]] = field(default_factory=list)
    runs: Counter[str] = field(default_factory=Counter)
    spent_usd: float = 0.0
    used: ModelTokens = NO_TOKENS


class MemoryRecorder:
    """Commits into a StepStore; dies after `commits` commits."""

    def __init__(self, store: StepStore, agent: AgentName, first_seq: int, commits: int | None = None) -> None:
        self._store = store
        self._agent: AgentName = agent
        self._first_seq = first_seq
        self._left = commits
        self._buffer: list[Item] = []
        self._drafted = False

    async def think(self, thought: str, *, draft: bool = False) -> None:
        """Commit a thought."""
        self._drafted = self._drafted or draft
        self._commit("agent_thinking", thought)

    async def retract(self, why: str) -> None:
        """Commit why drafts are taken back."""
        if self._drafted:
            self._drafted = False
            self._commit("agent_thinking", why)

    async def call_tool(self, call: ToolCall, run: Callable[[], Awaitable[ToolResult]]) -> ToolEvidence:
        """Run a call once; what is stored is returned."""
        if call.call_id in self._store.failures:
            raise ToolError(self._store.failures[call.call_id])
        if call.call_id in self._store.results:
            return self._store.results[call.call_id]
        if ("tool_executing", call.call_id) not in self._store.events:
            self._commit("tool_executing", call.call_id)
        self._store.runs[call.call_id] += 1
        try:
            result = await run()
        except ToolError as error:
            self._store.failures[call.call_id] = str(error)
            self._commit("tool_completed", call.call_id)
            raise
        source = self._first_seq + len(self._store.events)
        evidence = ToolEvidence(
            source=source, agent=self._agent, tool=call.tool, call_id=call.call_id, part=call.part, result=result
        )
        self._store.results[call.call_id] = evidence
        self._commit("tool_completed", call.call_id)
        return evidence

    def allow_model_call(self) -> None:
        """No budget here."""

    async def remember(self, items: list[Item], *, cost_usd: float = 0.0, used: ModelTokens = NO_TOKENS) -> None:
        """Keep items for the next commit; costs and tokens are counted at once."""
        self._buffer += items
        self._store.spent_usd += cost_usd
        self._store.used += used

    def _commit(self, kind: str, detail: str) -> None:
        self._store.transcript += self._buffer
        self._buffer = []
        self._store.events.append((kind, detail))
        if self._left is not None:
            self._left -= 1
            if self._left < 0:
                raise WorkerDiedError


@lru_cache(maxsize=32)
def _with_parts(rollup: Rollup, parts: frozenset[Part]) -> Rollup:
    """What a step would have loaded; once for all tests, as nobody changes it."""
    return Rollup.from_shards(_shards(rollup), parts)


@lru_cache(maxsize=8)
def _shards(rollup: Rollup) -> list[Shard]:
    return rollup.shards()


@dataclass(frozen=True)
class MemoryWorkspace:
    """One user's data: datasets, and one rollup of them all."""

    infos: tuple[DatasetInfo, ...]
    rolled: Rollup
    proofs: tuple[TitledRow, ...] = ()
    evidence: Evaluations = NO_EVALUATIONS

    async def datasets(self, ids: tuple[str, ...]) -> tuple[DatasetInfo, ...]:
        """Those of these ids."""
        return tuple(info for info in self.infos if info.id in ids)

    async def rollup(self, ids: tuple[str, ...], parts: frozenset[Part]) -> Rollup:
        """These parts of the one rollup, and no others."""
        assert set(ids) <= {info.id for info in self.infos}
        return _with_parts(self.rolled, parts)

    async def evaluations(self) -> Evaluations:
        """What is given."""
        return self.evidence

    async def ledger(self) -> tuple[TitledRow, ...]:
        """What is given."""
        return self.proofs


@dataclass
class Turn:
    """One question through all of its steps."""

    question: str
    workspace: MemoryWorkspace
    model: LanguageModel
    dataset_ids: tuple[str, ...] = ("d1",)
    history: tuple[PastTurn, ...] = ()
    click: Click | None = None
    steps: dict[AgentName, StepStore] = field(default_factory=dict)
    results: dict[AgentName, StepResult] = field(default_factory=dict)

    async def run(self) -> StepResult:
        """The result of the last step."""
        agents: list[AgentName] = ["triage"]
        while True:
            agent = agents[len(self.results)]
            result = await self.step(agent)
            self.results[agent] = result
            agents += result.workflow or []
            if result.answer:
                return result

    async def step(self, agent: AgentName, commits: int | None = None) -> StepResult:
        """One delivery of a step; what an earlier delivery committed is there."""
        store = self.steps.setdefault(agent, StepStore())
        recorder = MemoryRecorder(store, agent, self._first_seq(agent), commits)
        return await run_agent(self.context(agent, recorder), model=self.model, workspace=self.workspace)

    def context(self, agent: AgentName, recorder: MemoryRecorder) -> StepContext:
        """What a delivery of this step knows."""
        return StepContext(
            user=USER,
            run_id="r1",
            thread_id="t1",
            step=len(self.results),
            agent=agent,
            question=self.question,
            dataset_ids=self.dataset_ids,
            history=self.history,
            evidence=tuple(evidence for store in self.steps.values() for evidence in store.results.values()),
            recorder=recorder,
            read=self.results["triage"].output if "triage" in self.results else None,
            click=self.click,
            transcript=list(self.steps[agent].transcript),
        )

    def tools(self) -> list[str]:
        """Names of the tools in the order of their results."""
        return [evidence.tool for store in self.steps.values() for evidence in store.results.values()]

    def thoughts(self) -> list[str]:
        """What the customer read while waiting."""
        return [detail for store in self.steps.values() for kind, detail in store.events if kind == "agent_thinking"]

    def _first_seq(self, agent: AgentName) -> int:
        return sum(len(store.events) for name, store in self.steps.items() if name != agent) + 100 * len(self.results)
