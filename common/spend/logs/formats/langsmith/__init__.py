"""LangSmith's runs (JSON lines). Only runs of type "llm" are requests: those above repeat the sums of their children.

Fields: LangSmith's run data format and langchain-ai/langsmith-sdk. Cached and reasoning tokens are parts of the sums.
"""

from collections.abc import Iterator

from common.spend.logs.formats.accessors import first, inner, pick, span_ms
from common.spend.logs.formats.format import Fields, Format, Record


def _recognises(record: Record) -> bool:
    return record.keys() >= {"run_type", "start_time", "trace_id"}


def _read(record: Record) -> Iterator[Fields]:
    if record.get("run_type") != "llm":
        return
    metadata = inner(inner(record.get("extra")).get("metadata"))
    incoming, out = inner(record.get("prompt_token_details")), inner(record.get("completion_token_details"))
    start = record.get("start_time")
    yield {
        "ts": start,
        "model": pick(metadata, "ls_model_name", "model_name", "model"),
        "provider": metadata.get("ls_provider"),
        "input": record.get("prompt_tokens"),
        "output": first(record.get("completion_tokens"), 0),
        "cached": incoming.get("cache_read"),
        "write": incoming.get("cache_creation"),
        "reasoning": out.get("reasoning"),
        "audio_input": incoming.get("audio"),
        "audio_output": out.get("audio"),
        "cost": record.get("total_cost"),
        "latency": span_ms(start, record.get("end_time")),
        "ttft": span_ms(start, record.get("first_token_time")),
        "status": "error" if record.get("error") else record.get("status"),
        "user": pick(metadata, "user_id", "user"),
        "feature": pick(metadata, "feature", "langgraph_node"),
        "session": pick(metadata, "session_id", "thread_id", "conversation_id"),
        "request_id": record.get("id"),
    }


FORMATS = (
    Format(
        name="langsmith",
        title="LangSmith runs",
        recognises=_recognises,
        read=_read,
        labels={
            "ts": "start_time", "model": "extra.metadata.ls_model_name", "provider": "extra.metadata.ls_provider",
            "input": "prompt_tokens", "output": "completion_tokens", "cost": "total_cost", "status": "status",
            "request_id": "id",
        },
        others="runs that are no calls of a model (chains, tools); they repeat the sums of the calls below them",
    ),
)  # fmt: skip
