"""Amazon Bedrock's model invocation logs (JSON lines, from CloudWatch Logs or S3).

Fields: AWS's user guide, "Monitor model invocation using CloudWatch Logs and Amazon S3". Input counts leave cached
tokens out. The model is an id, an inference profile, or an ARN with one at its end.
"""

from collections.abc import Iterator
from typing import Any

from common.spend.logs.formats.accessors import first, inner
from common.spend.logs.formats.format import Fields, Format, Record


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
        "output": first(out.get("outputTokenCount"), 0),
        "latency": inner(body.get("metrics")).get("latencyMs"),
        "status": first(record.get("errorCode"), "ok"),
        "user": inner(record.get("identity")).get("arn"),
        "feature": inner(record.get("requestMetadata")).get("feature"),
        "request_id": record.get("requestId"),
    }


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
)  # fmt: skip
