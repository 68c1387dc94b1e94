"""Session logs of Copilot CLI (~/.copilot/session-state/*/events.jsonl). Only `session.shutdown` has all the tokens.

Fields: github/copilot-cli #1394, ccusage/ccusage #1676. A session that is resumed has several such events, each of the
time since it was resumed (PanAchy/copilot-arewecooked #45). Cached tokens are part of the input.
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
    for model, metrics in inner(inner(record.get("data")).get("modelMetrics")).items():
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
