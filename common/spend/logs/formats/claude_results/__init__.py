"""Results of Claude Code's runs: `claude -p --output-format json` or stream-json, and the Agent SDK's messages, one
object a line. Only the record of type "result" is read: it says what its run used, by model. The assistant's messages
before it repeat that, with an output that was not complete when they were written.

Fields: code.claude.com/docs (headless mode; Agent SDK, SDKResultMessage and ModelUsage). Input is without cached
tokens. The records have no time: who logs them must add one.
"""

from collections.abc import Iterator

from common.spend.logs.fields.columns import find_fields
from common.spend.logs.fields.errors import BadRowError
from common.spend.logs.fields.objects import flat
from common.spend.logs.formats.accessors import first, inner
from common.spend.logs.formats.format import Fields, Format, Record

_MESSAGES = frozenset({"assistant", "user", "system", "stream_event"})


def _recognises(record: Record) -> bool:
    kind = record.get("type")
    if kind == "result":
        return record.keys() >= {"session_id", "num_turns"}
    return kind in _MESSAGES and "session_id" in record and "sessionId" not in record


def _read(record: Record) -> Iterator[Fields]:
    if record.get("type") != "result":
        return
    used = {model: inner(each) for model, each in inner(record.get("modelUsage")).items()}
    if not used and record.get("usage"):
        raise BadRowError("the result does not say which models its run used (modelUsage)")
    around = {name: value for name, value in record.items() if name not in ("usage", "modelUsage", "result")}
    values = flat(around)
    time = find_fields(values).get("ts")
    for model, usage in used.items():
        yield {
            "ts": values[time] if time else None,
            "model": model,
            "uncached": first(usage.get("inputTokens"), 0),
            "cached": usage.get("cacheReadInputTokens"),
            "write": usage.get("cacheCreationInputTokens"),
            "output": first(usage.get("outputTokens"), 0),
            "cost": usage.get("costUSD"),
            "web_searches": usage.get("webSearchRequests"),
            "requests": 0,
            "request_id": f"{record['uuid']} {model}" if record.get("uuid") else None,
        }


FORMATS = (
    Format(
        name="claude_results",
        title="results of Claude Code's runs (claude -p, Agent SDK)",
        recognises=_recognises,
        read=_read,
        labels={
            "ts": "timestamp", "model": "modelUsage", "uncached": "inputTokens", "cached": "cacheReadInputTokens",
            "write": "cacheCreationInputTokens", "output": "outputTokens", "cost": "costUSD",
            "web_searches": "webSearchRequests", "request_id": "uuid",
        },
        grain="hour",
        others="messages of a run, whose result says what it used",
        note="A result says what its whole run used, by model. The session logs in ~/.claude/projects have each"
        " request, with its time.",
    ),
)  # fmt: skip
