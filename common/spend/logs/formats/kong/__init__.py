"""Logs of Kong's AI Gateway, as its logging plugins write them (JSON lines). Only requests that an AI plugin passed on
to a model are requests.

Fields: developer.konghq.com/ai-gateway/ai-audit-log-reference. Times are milliseconds. Prompt tokens are as the
provider's answer has them, without what of them was cached.
"""

from collections.abc import Iterator
from typing import Any

from common.spend.logs.formats.accessors import first, inner
from common.spend.logs.formats.format import Fields, Format, Record


def _recognises(record: Record) -> bool:
    return record.keys() >= {"started_at", "latencies"} and "request" in record


def _read(record: Record) -> Iterator[Fields]:
    for call in _calls(record):
        meta, usage = inner(call.get("meta")), inner(call.get("usage"))
        yield {
            "ts": record.get("started_at"),
            "model": first(meta.get("response_model"), meta.get("request_model")),
            "provider": meta.get("provider_name"),
            "input": usage.get("prompt_tokens"),
            "output": first(usage.get("completion_tokens"), 0),
            "total": usage.get("total_tokens"),
            "cost": usage.get("cost"),
            "latency": inner(record.get("latencies")).get("request"),
            "ttft": usage.get("time_to_first_token"),
            "status": inner(record.get("response")).get("status"),
            "user": inner(record.get("consumer")).get("username"),
            "feature": first(inner(record.get("route")).get("name"), inner(record.get("service")).get("name")),
            "request_id": inner(record.get("request")).get("id"),
        }


def _calls(record: Record) -> Iterator[dict[str, Any]]:
    """What the AI plugins say of the request; those that do not call a model have no usage."""
    plugins = map(inner, inner(record.get("ai")).values())
    yield from (each for each in plugins if inner(each.get("usage")) and inner(each.get("meta")))


FORMATS = (
    Format(
        name="kong",
        title="Kong AI Gateway log",
        recognises=_recognises,
        read=_read,
        labels={
            "ts": "started_at", "model": "ai.proxy.meta.response_model", "provider": "ai.proxy.meta.provider_name",
            "input": "ai.proxy.usage.prompt_tokens", "output": "ai.proxy.usage.completion_tokens",
            "cost": "ai.proxy.usage.cost", "latency": "latencies.request",
            "ttft": "ai.proxy.usage.time_to_first_token", "status": "response.status", "user": "consumer.username",
            "feature": "route.name", "request_id": "request.id",
        },
        others="requests that no AI plugin passed on to a model",
        note="Kong does not log which tokens were cached: they are counted at the full price of the input.",
    ),
)  # fmt: skip
