"""What `codex exec --json` prints. Only the end of a turn has tokens: the running totals of its thread.

Fields: openai/codex #17539. There is no time and no model in it: rows count at the time of reading, and the customer
names the model. A turn is the sum of several requests of unknown number.
"""

from collections.abc import Iterator
from datetime import UTC, datetime

from common.spend.logs.formats.accessors import first, inner, number
from common.spend.logs.formats.format import Fields, Format, Memory, Record

_LINES = frozenset(
    {
        "thread.started",
        "turn.started",
        "turn.completed",
        "turn.failed",
        "item.started",
        "item.updated",
        "item.completed",
    }
)
_COUNTS = ("input_tokens", "cached_input_tokens", "output_tokens", "reasoning_output_tokens")
_MOST_THREADS = 100
"""Whose totals are remembered."""
_LONGEST = 100


def _recognises(record: Record) -> bool:
    return record.get("type") in _LINES


def _follow(record: Record, memory: Memory) -> Iterator[Fields]:
    memory.setdefault("read_at", datetime.now(UTC).isoformat())
    if record.get("type") == "thread.started":
        memory["thread"] = str(first(record.get("thread_id"), ""))[:_LONGEST]
    usage, thread = inner(record.get("usage")), memory.get("thread", "")
    if record.get("type") != "turn.completed" or not usage:
        return
    used = _since_before(usage, thread, memory.setdefault("threads", {}))
    yield {
        "ts": memory["read_at"],
        "provider": "openai",
        "input": used["input_tokens"],
        "cached": used["cached_input_tokens"],
        "output": first(used["output_tokens"], 0),
        "reasoning": used["reasoning_output_tokens"],
        "session": thread or None,
        "requests": 1,
    }


def _since_before(usage: Record, thread: str, threads: dict[str, list[float]]) -> Record:
    """What a thread used since its turn before; `threads` has the totals of the last ones."""
    totals, before = [number(usage.get(name)) or 0 for name in _COUNTS], threads.pop(thread, [0] * len(_COUNTS))
    threads[thread] = totals
    while len(threads) > _MOST_THREADS:
        threads.pop(next(iter(threads)))
    goes_on = all(now >= then for now, then in zip(totals, before, strict=True))
    return {
        name: now - then if goes_on and then else usage.get(name)
        for name, now, then in zip(_COUNTS, totals, before, strict=True)
    }


RUNS = Format(
    name="codex_exec",
    title="output of codex exec --json",
    recognises=_recognises,
    follow=_follow,
    labels={
        "ts": "time of reading", "input": "input_tokens", "cached": "cached_input_tokens", "output": "output_tokens",
        "reasoning": "reasoning_output_tokens", "session": "thread_id",
    },
    grain="minute",
    others="lines without usage (starts, messages, tool calls, turns that failed)",
    note="What codex exec --json prints has no times: its turns count at the time of reading, and a second upload of it"
    " counts again. Each turn counts as one request. The session logs in ~/.codex/sessions tell times and requests.",
)  # fmt: skip
