"""What must hold for the events of any ended run, seen from outside (architecture: nine invariants)."""

from collections import Counter
from collections.abc import Sequence
from itertools import chain
from typing import Any

from pydantic import TypeAdapter

from common.contract.events import AGENT_ORDER, Event
from common.runs.heartbeat import STILL_AT_WORK
from common.runs.transitions import INTERRUPTED
from functions.step.worker import WAITS

Events = Sequence[dict[str, Any]]

TERMINAL = {"agent_completed", "agent_failed", "agent_cancelled"}
REQUIRED = {
    "agent_started": ("run_id", "agent"),
    "agent_thinking": ("run_id", "agent", "thought"),
    "tool_executing": ("run_id", "agent", "tool", "purpose"),
    "tool_completed": ("run_id", "agent", "tool", "result_summary"),
    "agent_completed": ("run_id", "agent", "result"),
    "agent_failed": ("run_id", "agent", "code", "message"),
    "agent_cancelled": ("run_id", "agent"),
}
_ONCE = {"agent_started", "tool_executing", "tool_completed", "agent_completed", "agent_failed", "agent_cancelled"}
_MAY_REPEAT = {*chain.from_iterable(STILL_AT_WORK.values()), *WAITS, INTERRUPTED}
_EVENT: TypeAdapter[Event] = TypeAdapter(Event)


def check_run(events: Events) -> None:
    """Raise AssertionError naming the first invariant that the events of an ended run break."""
    check_numbers(events)
    check_end(events)
    check_once(events)
    check_tools(events)
    check_agents(events)
    check_thoughts(events)
    for event in events:
        _EVENT.validate_python(event)
        missing = [name for name in REQUIRED[event["type"]] if not event.get(name)]
        assert not missing, f"{event['type']} lacks {missing}"


def check_numbers(events: Events) -> None:
    """Events are numbered 0..n without gap or duplicate, in order."""
    assert [event["seq"] for event in events] == list(range(len(events))), [event["seq"] for event in events]


def check_end(events: Events) -> None:
    """Exactly one event is final, it is the last, and it is a terminal one."""
    assert [event["seq"] for event in events if event["final"]] == [len(events) - 1]
    assert events[-1]["type"] in TERMINAL


def check_once(events: Events) -> None:
    """No key (step, agent, kind, tool_call_id) comes twice; of thoughts there are many."""
    keys = Counter(
        (event["step"], event["agent"], event["type"], event.get("tool_call_id"))
        for event in events
        if event["type"] in _ONCE
    )
    assert [key for key, times in keys.items() if times > 1] == []


def check_tools(events: Events) -> None:
    """Every tool_executing has exactly one tool_completed after it, and every tool_completed one before it."""
    open_calls: list[tuple[int, str]] = []
    for event in events:
        if event["type"] == "tool_executing":
            open_calls.append((event["step"], event["tool_call_id"]))
        if event["type"] == "tool_completed":
            open_calls.remove((event["step"], event["tool_call_id"]))
    assert open_calls == []


def check_thoughts(events: Events) -> None:
    """A reader sees no thought twice; only a silence, and a fault that is waited out, may be reported again."""
    shown: dict[int, list[tuple[int, str]]] = {}
    for event in events:
        if event["type"] == "agent_thinking":
            before = [(seq, text) for seq, text in shown.get(event["step"], []) if seq < event.get("replaces", seq + 1)]
            shown[event["step"]] = [*before, (event["seq"], event["thought"])]
    for thoughts in shown.values():
        shown_once = Counter(text for _, text in thoughts if text not in _MAY_REPEAT)
        assert [text for text, times in shown_once.items() if times > 1] == []


def check_agents(events: Events) -> None:
    """Agents start in their fixed order, each speaks only between its own start and completion."""
    started = [event["agent"] for event in events if event["type"] == "agent_started"]
    assert started[:1] in ([], ["triage"])
    assert started == [agent for agent in AGENT_ORDER if agent in started]
    steps = [event["step"] for event in events]
    assert steps == sorted(steps)
    for agent in started:
        types = [event["type"] for event in events if event["agent"] == agent]
        assert types[0] == "agent_started"
        assert not TERMINAL & set(types[:-1])
