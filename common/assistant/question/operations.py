"""The operations: what each is called, and which agents work on it."""

from collections.abc import Mapping
from dataclasses import dataclass

from common.assistant.question.model import Operation
from common.contract.events import AgentName

SHORT_PATH: tuple[AgentName, ...] = ("data", "reporting")
"""Nothing is proposed."""
PRICED: tuple[AgentName, ...] = ("data", "optimization", "reporting")
PLANNED: tuple[AgentName, ...] = ("data", "optimization", "actions", "reporting")
HELPED: tuple[AgentName, ...] = ("data",)
"""To data: which file to bring."""
BY_TRIAGE: tuple[AgentName, ...] = ()
"""Triage answers by itself."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OperationSpec:
    """`agents`: who works on it after triage, in their one order; `needs_data`: whether it is of customers' rows."""

    title: str
    agents: tuple[AgentName, ...]
    needs_data: bool


def _of(title: str, agents: tuple[AgentName, ...], *, needs_data: bool) -> OperationSpec:
    return OperationSpec(title=title, agents=agents, needs_data=needs_data)


OPERATIONS: Mapping[Operation, OperationSpec] = {
    Operation.MEASURE: _of("measure", SHORT_PATH, needs_data=True),
    Operation.ANOMALY: _of("find days that are out of line", SHORT_PATH, needs_data=True),
    Operation.CHANGE: _of("compare before and after a change", SHORT_PATH, needs_data=True),
    Operation.FORECAST: _of("forecast", SHORT_PATH, needs_data=True),
    Operation.HEADROOM: _of("compare with rate limits", SHORT_PATH, needs_data=True),
    Operation.BURST: _of("work out a spike of traffic", SHORT_PATH, needs_data=True),
    Operation.SAVED: _of("say what was saved", SHORT_PATH, needs_data=False),
    Operation.PLAN: _of("plan savings", PLANNED, needs_data=True),
    Operation.WHAT_IF: _of("price other models", PRICED, needs_data=True),
    Operation.AUDIT: _of("audit", PRICED, needs_data=True),
    Operation.BUSINESS_CASE: _of("make a business case", PLANNED, needs_data=True),
    Operation.EXPLAIN: _of("explain the answer before", SHORT_PATH, needs_data=False),
    Operation.KNOWLEDGE: _of("tell facts about providers", SHORT_PATH, needs_data=False),
    Operation.EXPORT: _of("help to get usage data", HELPED, needs_data=False),
    Operation.ACT: _of("do something", BY_TRIAGE, needs_data=False),
    Operation.ABOUT: _of("talk about Apex", BY_TRIAGE, needs_data=False),
    Operation.INTERNALS: _of("tell how Apex works inside", BY_TRIAGE, needs_data=False),
    Operation.OUTSIDE: _of("answer what is not AI spend", BY_TRIAGE, needs_data=False),
}
