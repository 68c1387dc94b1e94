"""Session logs of Codex CLI (rollout-*.jsonl). Only a `token_usage_record` is a request, or, where a version writes
none, a `token_count` event with new tokens.

- Counts are running totals, shown again unchanged (ccusage/ccusage #1288); the tokens of the last request stand beside
  them. Cached tokens are part of the input, reasoning is part of the output. The model is in `turn_context`.
- A `token_usage_record` is written for each response, also of a compaction, which no `token_count` tells, and is not
  copied into a fork (openai/codex #41912); a `compacted` line shows the last one again.
- A forked session, or one of a sub-agent, begins with its parent's history, in most versions with the time of the fork
  (ccusage/ccusage #1370, #1460, #1501). Copied are events from before the fork, those of a turn from before it (its id
  is a UUID of version 7, which holds a time: kenn-io/agentsview #657), and those that come within a second of another.
"""

from collections.abc import Iterator
from typing import Any

from common.spend.logs.fields import values as v
from common.spend.logs.fields.errors import BadRowError
from common.spend.logs.formats.accessors import first, folder_of, inner, number
from common.spend.logs.formats.format import Fields, Format, Memory, Record

_LINES = frozenset({"session_meta", "turn_context", "event_msg", "response_item", "compacted", "token_usage_record"})
_COUNTS = (
    "input_tokens",
    "cached_input_tokens",
    "cache_write_input_tokens",
    "output_tokens",
    "reasoning_output_tokens",
)
_BURST_MS = 1000.0
"""Copied events follow one another faster; a model's answer takes longer."""
_LONGEST = 200
"""Characters of a name that is remembered."""
_UUID_VERSION = 14
"""Place of the version in a UUID; the 12 digits before it, of version 7, are milliseconds since 1970."""


def _recognises(record: Record) -> bool:
    return record.get("type") in _LINES and isinstance(record.get("payload"), dict) and "timestamp" in record


def _follow(record: Record, memory: Memory) -> Iterator[Fields]:
    payload = inner(record.get("payload"))
    kind = record.get("type")
    if kind == "session_meta":
        _begin(payload, _ms(first(payload.get("timestamp"), record.get("timestamp"))), memory)
    elif kind == "turn_context":
        _turn(payload, memory)
        _keep(memory, model=payload.get("model"), folder=folder_of(payload.get("cwd")))
    elif kind == "token_usage_record":
        yield from _recorded(record.get("timestamp"), payload, memory)
    elif kind == "compacted":
        yield from _recorded(record.get("timestamp"), inner(payload.get("latest_token_usage_record")), memory)
    elif payload.get("type") == "task_started":
        _turn(payload, memory)
    elif payload.get("type") == "token_count" and not memory.get("recorded"):
        yield from _usage(record.get("timestamp"), inner(payload.get("info")), memory)


def _begin(payload: Record, start: float | None, memory: Memory) -> None:
    """The session of this file, a copied one of its ancestors, or the next of several files in one."""
    session = str(first(payload.get("id"), ""))[:_LONGEST]
    if memory.get("session") == session:
        return
    if "session" in memory and not memory["counted"]:
        memory["copied"] = True
        return
    thread = inner(inner(inner(payload.get("source")).get("subagent")).get("thread_spawn"))
    parent = first(payload.get("forked_from_id"), payload.get("parent_thread_id"), thread.get("parent_thread_id"))
    memory.clear()
    memory |= {"session": session, "start": start, "last": start, "copied": parent is not None, "counted": False}
    _keep(memory, provider=payload.get("model_provider"), folder=folder_of(payload.get("cwd")))


def _keep(memory: Memory, **names: Any) -> None:
    memory |= {key: name[:_LONGEST] for key, name in names.items() if isinstance(name, str) and name}


def _turn(payload: Record, memory: Memory) -> None:
    """Whether a turn is the parent's, where its id tells."""
    begun, start = _ms_of_uuid(payload.get("turn_id")), memory.get("start")
    since = None if begun is None or start is None else begun - start
    memory["old_turn"] = since is not None and since < 0
    memory["copied"] = memory.get("copied", False) and (since is None or since < 0)


def _recorded(time: Any, usage_record: Record, memory: Memory) -> Iterator[Fields]:
    """The request of a usage record; one that is shown again has the same id."""
    if usage_record:
        memory |= {"counted": True, "recorded": True}
        response = first(usage_record.get("response_id"), time)
        yield _request(time, inner(usage_record.get("usage")), memory) | {"request_id": response}


def _usage(time: Any, info: Record, memory: Memory) -> Iterator[Fields]:
    """The request that an event counts; nothing where it shows a count again, or a copied one."""
    sums, last = inner(info.get("total_token_usage")), inner(info.get("last_token_usage"))
    totals, before = [number(sums.get(name)) or 0 for name in _COUNTS], memory.get("totals")
    if not (sums or last) or (sums and totals == before):
        return
    memory["totals"] = totals
    if _is_copied(_ms(time), memory):
        return
    used = last or _since(sums, totals, before)
    if any(used.get(name) for name in _COUNTS):
        memory["counted"] = True
        yield _request(time, used, memory) | {"request_id": f"{time} {totals}"}


def _request(time: Any, used: Record, memory: Memory) -> Fields:
    return {
        "ts": time,
        "model": memory.get("model"),
        "provider": memory.get("provider", "openai"),
        "input": used.get("input_tokens"),
        "cached": used.get("cached_input_tokens"),
        "write": used.get("cache_write_input_tokens"),
        "output": first(used.get("output_tokens"), 0),
        "reasoning": used.get("reasoning_output_tokens"),
        "feature": memory.get("folder"),
        "session": memory.get("session"),
    }


def _since(sums: Record, totals: list[float], before: list[float] | None) -> Record:
    """What was added to the running totals; all of them where they started again."""
    if before is None or any(now < then for now, then in zip(totals, before, strict=True)):
        return sums
    return {name: now - then for name, now, then in zip(_COUNTS, totals, before, strict=True)}


def _is_copied(time: float | None, memory: Memory) -> bool:
    """Whether an event is the parent's: from before the fork, or soon after another; after one that is not, none is."""
    last = memory.get("last")
    if not memory.get("copied") or time is None or last is None:
        return False
    memory["last"] = max(last, time)
    memory["copied"] = memory.get("old_turn", False) or time - last < _BURST_MS
    return bool(memory["copied"])


def _ms(time: Any) -> float | None:
    """Milliseconds since 1970; None for what is no time."""
    try:
        return v.moment(time).timestamp() * 1000
    except BadRowError:
        return None


def _ms_of_uuid(name: Any) -> float | None:
    """The time in a UUID of version 7; None for any other name."""
    if not isinstance(name, str) or name[_UUID_VERSION : _UUID_VERSION + 1] != "7":
        return None
    digits = name[:_UUID_VERSION].replace("-", "")
    try:
        return float(int(digits, 16))
    except ValueError:
        return None


SESSIONS = Format(
    name="codex",
    title="Codex CLI session log",
    recognises=_recognises,
    follow=_follow,
    labels={
        "ts": "timestamp", "model": "turn_context.model", "provider": "model_provider", "input": "input_tokens",
        "cached": "cached_input_tokens", "write": "cache_write_input_tokens", "output": "output_tokens",
        "reasoning": "reasoning_output_tokens", "feature": "cwd", "session": "session_meta.id",
        "request_id": "total_token_usage",
    },
    others="lines without new usage (messages, tool calls, counts that are shown again, history copied from the session"
    " that a fork began with)",
)  # fmt: skip
