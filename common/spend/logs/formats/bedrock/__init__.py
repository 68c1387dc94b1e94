"""Amazon Bedrock's model invocation logs (JSON lines, from CloudWatch Logs or S3), and raw responses of its Converse.

Fields: AWS's user guide, "Monitor model invocation using CloudWatch Logs and Amazon S3"; of responses AWS's Bedrock API
reference, Converse and TokenUsage, of which each is in a log of one's own with a time and a model. Input counts leave
cached tokens out. The model is an id, an inference profile, or an ARN with one at its end. How long a cache write
lives stands in `cacheDetails`, or, as Anthropic says it, in the body of InvokeModel.
"""

from collections.abc import Iterator
from typing import Any, cast

from common.spend.logs.fields.columns import find_fields
from common.spend.logs.fields.objects import flat
from common.spend.logs.formats.accessors import first, inner, objects, total
from common.spend.logs.formats.format import Fields, Format, Record

_TTLS = ("5m", "1h")


def _recognises(record: Record) -> bool:
    return record.get("schemaType") == "ModelInvocationLog" and "modelId" in record


def _read(record: Record) -> Iterator[Fields]:
    incoming, out = inner(record.get("input")), inner(record.get("output"))
    body = inner(out.get("outputBodyJson"))
    yield {
        "ts": record.get("timestamp"),
        "model": _model(record.get("modelId")),
        "uncached": first(incoming.get("inputTokenCount"), 0),
        "cached": incoming.get("cacheReadInputTokenCount"),
        "write": incoming.get("cacheWriteInputTokenCount"),
        **_lives(_usage_in(out.get("outputBodyJson"))),
        "output": first(out.get("outputTokenCount"), 0),
        "latency": inner(body.get("metrics")).get("latencyMs"),
        "status": first(record.get("errorCode"), "ok"),
        "user": inner(record.get("identity")).get("arn"),
        "feature": inner(record.get("requestMetadata")).get("feature"),
        "request_id": record.get("requestId"),
    }


def _usage_in(body: Any) -> dict[str, Any]:
    """Of an answer, or of the first event of a stream that has one."""
    answers = [inner(body), *(inner(event.get("message")) for event in objects(body))]
    return next((usage for answer in answers if (usage := inner(answer.get("usage")))), {})


def _lives(usage: dict[str, Any]) -> Fields:
    """Tokens written to the cache by how long they live."""
    writes, details = inner(usage.get("cache_creation")), objects(usage.get("cacheDetails"))
    short, long = (total(each.get("inputTokens") for each in details if each.get("ttl") == ttl) for ttl in _TTLS)
    return {
        "write_5m": first(writes.get("ephemeral_5m_input_tokens"), short),
        "write_1h": first(writes.get("ephemeral_1h_input_tokens"), long),
    }


def _converse_in(record: Record) -> Record | None:
    """The response itself, or the one in an envelope."""
    for each in (record, inner(record.get("response"))):
        if each.keys() >= {"stopReason", "output", "usage"} and "inputTokens" in inner(each["usage"]):
            return each
    return None


def _is_converse(record: Record) -> bool:
    return _converse_in(record) is not None


def _converse(record: Record) -> Iterator[Fields]:
    values = flat(record)
    named = cast("Fields", {field: values[name] for field, name in find_fields(values).items()})
    response = _converse_in(record)
    if response is None:
        yield named  # a failed request, or none at all: its missing fields show which
        return
    latency = inner(response.get("metrics")).get("latencyMs")
    yield {**named, "model": _model(named.get("model")), "latency": latency, **_lives(inner(response["usage"]))}


def _model(name: Any) -> Any:
    return name.rpartition("/")[2] if isinstance(name, str) and name.startswith("arn:") else name


FORMATS = (
    Format(
        name="bedrock",
        title="Amazon Bedrock invocation log",
        recognises=_recognises,
        read=_read,
        labels={
            "ts": "timestamp", "model": "modelId", "uncached": "input.inputTokenCount",
            "cached": "input.cacheReadInputTokenCount", "write": "input.cacheWriteInputTokenCount",
            "output": "output.outputTokenCount", "status": "errorCode", "user": "identity.arn",
            "request_id": "requestId",
        },
    ),
    Format(
        name="bedrock_converse",
        title="Amazon Bedrock Converse responses",
        recognises=_is_converse,
        read=_converse,
        labels={
            "ts": "timestamp", "model": "modelId", "input": "usage.inputTokens", "output": "usage.outputTokens",
            "cached": "usage.cacheReadInputTokens", "write": "usage.cacheWriteInputTokens",
            "latency": "metrics.latencyMs",
        },
        cached_outside=True,
    ),
)  # fmt: skip
