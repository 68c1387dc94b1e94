"""Cline's tasks (ui_messages.json), also those of Roo Code, which comes from it. Only the messages of a request that
started are requests; what it used is JSON in their text.

Fields: cline/cline, ExtensionMessage.ts (ClineApiReqInfo). Input is without cached tokens. Messages have no id but
their time, to the millisecond.
"""

from collections.abc import Iterator

from common.spend.logs.formats.accessors import first, inner
from common.spend.logs.formats.format import Fields, Format, Record


def _recognises(record: Record) -> bool:
    return record.keys() >= {"ts", "type"} and (
        record["type"] in ("say", "ask") and isinstance(record.get(str(record["type"])), str)
    )


def _read(message: Record) -> Iterator[Fields]:
    used, of_model = inner(message.get("text")), inner(message.get("modelInfo"))
    if message.get("say") != "api_req_started" or "tokensIn" not in used:
        return
    yield {
        "ts": message.get("ts"),
        "model": of_model.get("modelId"),
        "provider": of_model.get("providerId"),
        "uncached": used.get("tokensIn"),
        "output": first(used.get("tokensOut"), 0),
        "write": used.get("cacheWrites"),
        "cached": used.get("cacheReads"),
        "cost": used.get("cost"),
        "status": first(used.get("cancelReason"), "ok"),
        "request_id": message.get("ts"),
    }


FORMATS = (
    Format(
        name="cline",
        title="Cline task",
        recognises=_recognises,
        read=_read,
        labels={
            "ts": "ts", "model": "modelInfo.modelId", "provider": "modelInfo.providerId", "uncached": "tokensIn",
            "output": "tokensOut", "write": "cacheWrites", "cached": "cacheReads", "cost": "cost",
            "status": "cancelReason",
        },
        others="messages of a task that started no request",
    ),
)  # fmt: skip
