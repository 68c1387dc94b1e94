"""Session logs of Copilot CLI (~/.copilot/session-state/*/events.jsonl). Only `session.shutdown` has all the tokens.

Fields: github/copilot-cli #1394, ccusage/ccusage #1676. A session that is resumed has several such events, each of the
time since it was resumed (PanAchy/copilot-arewecooked #45). Cached tokens are part of the input; where a
session has one sum for all models, its counts do not overlap (ai-driven-dev/framework #697).
"""

from collections.abc import Iterator

from common.spend.logs.formats.accessors import first, inner
from common.spend.logs.formats.format import Fields, Format, Record

_LINE = frozenset({"type", "data", "id", "timestamp", "parentId"})


def _recognises(record: Record) -> bool:
    return record.keys() >= _LINE and isinstance(record["data"], dict)


def _read(record: Record) -> Iterator[Fields]:
    if record.get("type") != "session.shutdown":
        return
    data = inner(record.get("data"))
    models = inner(data.get("modelMetrics"))
    if not models and (details := inner(data.get("tokenDetails"))):
        yield _in_sum(record, details)
    for model, metrics in models.items():
        usage = inner(inner(metrics).get("usage"))
        yield {
            "ts": record.get("timestamp"),
            "model": model,
            "input": first(usage.get("inputTokens"), 0),
            "cached": usage.get("cacheReadTokens"),
            "write": usage.get("cacheWriteTokens"),
            "output": first(usage.get("outputTokens"), 0),
            "reasoning": usage.get("reasoningTokens"),
            "requests": inner(inner(metrics).get("requests")).get("count"),
            "request_id": f"{record.get('id')} {model}",
        }


def _in_sum(record: Record, details: Record) -> Fields:
    """Of a session that does not tell its models apart; these counts do not overlap."""
    counts = {name: inner(each).get("tokenCount") for name, each in details.items()}
    return {
        "ts": record.get("timestamp"),
        "model": inner(record.get("data")).get("currentModel"),
        "uncached": first(counts.get("input"), 0),
        "cached": counts.get("cache_read"),
        "write": counts.get("cache_write"),
        "output": first(counts.get("output"), 0),
        "requests": 0,
        "request_id": record.get("id"),
    }


SESSIONS = Format(
    name="copilot_cli",
    title="Copilot CLI session log",
    recognises=_recognises,
    read=_read,
    labels={
        "ts": "timestamp", "model": "modelMetrics", "input": "inputTokens", "cached": "cacheReadTokens",
        "write": "cacheWriteTokens", "output": "outputTokens", "reasoning": "reasoningTokens",
        "requests": "requests.count", "request_id": "id",
    },
    grain="minute",
    others="lines that are no end of a session (messages, tool calls, changes of the session)",
    note="Copilot CLI writes a session's usage when it ends, so a session counts at its end, and one that is open or "
    "was cut off is not counted. The costs are at list price: GitHub itself bills credits.",
)  # fmt: skip
