"""OpenAI's own reports: Usage API, Costs API, the dashboard's CSV exports of both, and the activity export before them.

Fields: OpenAI's openapi.yaml 2.3.0, `/organization/usage/*` and `/organization/costs`; the CSV headers as the dashboard
wrote them in October 2025; the activity export as public readers have it. Input includes cached and cache-write tokens.
A record is a bucket, or a line of CSV.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from common.spend.logs.fields.amounts import Amounts
from common.spend.logs.fields.columns import FieldName
from common.spend.logs.formats.accessors import NOT_SPLIT, first, grain_of, inner, number, objects
from common.spend.logs.formats.format import Fields, Format, Record
from common.spend.logs.formats.guide import Guide
from common.spend.model import ChargeKind

_COUNTED = {"input_tokens", "num_model_requests"}
_TOKENS = ("input_tokens", "input_uncached_tokens", "output_tokens")


def _is_usage_bucket(record: Record) -> bool:
    results = objects(record.get("results"))
    return "start_time" in record and any((_COUNTED | _UNITS.keys()) & result.keys() for result in results)


def _is_cost_bucket(record: Record) -> bool:
    results = objects(record.get("results"))
    return "start_time" in record and any("amount" in result and "line_item" in result for result in results)


def _is_usage_line(record: Record) -> bool:
    return {"start_time", "num_model_requests", "input_tokens"} <= record.keys()


def _is_cost_line(record: Record) -> bool:
    return {"start_time", "amount_value", "line_item"} <= record.keys()


def _usage_of_bucket(bucket: Record) -> Iterator[Fields]:
    for result in objects(bucket.get("results")):
        yield from _usage(result, bucket)


def _usage_of_line(line: Record) -> Iterator[Fields]:
    yield from _usage(line, line)


def _usage(result: dict[str, Any], bucket: dict[str, Any]) -> Iterator[Fields]:
    """{} for a result without tokens or other units: an empty day, stored bytes."""
    if first(*(result.get(name) for name in _TOKENS)) is None:
        yield _units(result, bucket)
        return
    batch = str(result.get("batch")).lower() == "true"
    yield {
        **_when(bucket),
        "provider": "openai",
        "model": result.get("model"),
        "input": result.get("input_tokens"),
        "uncached": None if result.get("input_tokens") not in (None, "") else result.get("input_uncached_tokens"),
        "cached": result.get("input_cached_tokens"),
        "write": result.get("input_cache_write_tokens"),
        "output": first(result.get("output_tokens"), 0),
        "requests": first(result.get("num_model_requests"), 0),
        "audio_input": result.get("input_audio_tokens"),
        "audio_cached": result.get("input_cached_audio_tokens"),
        "audio_output": result.get("output_audio_tokens"),
        "image_input": result.get("input_image_tokens"),
        "image_output": result.get("output_image_tokens"),
        "tier": "batch" if batch else result.get("service_tier"),
        "user": first(result.get("user_id"), result.get("api_key_id"), result.get("project_id")),
        "feature": first(result.get("project_id")),
    }


_UNITS: Mapping[str, ChargeKind] = {
    "num_sessions": "code_interpreter",
    "images": "images",
    "characters": "speech_characters",
    "seconds": "transcription_seconds",
}
_SEARCHES: Mapping[str, ChargeKind] = {"web_search": "web_search", "file_search": "file_search"}


def _units(result: dict[str, Any], bucket: dict[str, Any]) -> Fields:
    """A result of other units than tokens (`/organization/usage/web_search_calls`, `images` and so on)."""
    name = str(result.get("object")).removeprefix("organization.usage.")
    search = next((kind for begin, kind in _SEARCHES.items() if name.startswith(begin)), None)
    kinds = {kind: number(result.get(unit)) for unit, kind in _UNITS.items()}
    kinds |= {search: number(result.get("num_requests"))} if search else {}
    amounts: Amounts = {kind: int(units) for kind, units in kinds.items() if units}
    if not amounts:
        return {}
    return {
        **_when(bucket),
        "provider": "openai",
        "model": first(result.get("model"), next(iter(amounts)).replace("_", " ")),
        "input": 0,
        "output": 0,
        "requests": 0 if search else first(result.get("num_model_requests"), 0),
        "charges": amounts,
        "user": first(result.get("user_id"), result.get("api_key_id"), result.get("project_id")),
        "feature": first(result.get("project_id")),
    }


def _is_activity(record: Record) -> bool:
    return record.keys() >= {"snapshot_id", "aggregation_timestamp", "n_context_tokens_total"}


def _activity(record: Record) -> Iterator[Fields]:
    """Of five minutes, which are counted in the first of them."""
    yield {
        "ts": record.get("aggregation_timestamp"),
        "grain": "minute",
        "provider": "openai",
        "model": record.get("snapshot_id"),
        "input": record.get("n_context_tokens_total"),
        "cached": record.get("n_cached_context_tokens_total"),
        "output": first(record.get("n_generated_tokens_total"), 0),
        "requests": first(record.get("n_requests"), 0),
        "user": first(record.get("email"), record.get("api_key_id"), record.get("project_id")),
        "feature": first(record.get("project_id")),
    }


def _costs_of_bucket(bucket: Record) -> Iterator[Fields]:
    for result in objects(bucket.get("results")):
        amount = inner(result.get("amount"))
        yield from _cost(result, bucket, amount.get("value"), amount.get("currency"))


def _cost_of_line(line: Record) -> Iterator[Fields]:
    yield from _cost(line, line, line.get("amount_value"), line.get("amount_currency"))


def _cost(result: dict[str, Any], bucket: dict[str, Any], value: Any, currency: Any) -> Iterator[Fields]:
    """Nothing for an empty day."""
    if value in (None, ""):
        return
    item = result.get("line_item")
    yield {
        **_when(bucket),
        "provider": "openai",
        "model": item.partition(",")[0].strip() if isinstance(item, str) and item else NOT_SPLIT,
        "cost": value,
        "currency": currency,
        "requests": 0,
        "charges": {kind: None for words, kind in _ITEMS.items() if words in str(item).lower()},
        "user": first(result.get("api_key_id"), result.get("project_id")),
        "feature": first(result.get("project_id")),
    }


_ITEMS: Mapping[str, ChargeKind] = {
    "web search": "web_search",
    "file search": "file_search",
    "code interpreter": "code_interpreter",
}
"""Words of line items that are fees of a server's tool."""


def _when(bucket: dict[str, Any]) -> Fields:
    start = first(bucket.get("start_time"), bucket.get("start_time_iso"))
    end = first(bucket.get("end_time"), bucket.get("end_time_iso"))
    return {"ts": start, "grain": grain_of(start, end)}


_LABELS: dict[FieldName, str] = {
    "ts": "start_time", "model": "model", "input": "input_tokens", "uncached": "input_uncached_tokens",
    "output": "output_tokens", "cached": "input_cached_tokens", "write": "input_cache_write_tokens",
    "requests": "num_model_requests", "tier": "service_tier", "user": "user_id", "feature": "project_id",
}  # fmt: skip
_BILLED = (
    "The costs are as billed, without tokens. The usage export of the same days tells the same money again: ask about "
    "one of the two at a time."
)
_EMPTY = "time spans in which nothing was used"

FORMATS = (
    Format(
        name="openai_activity",
        title="OpenAI activity export (before 2025)",
        recognises=_is_activity,
        read=_activity,
        labels={
            "ts": "aggregation_timestamp",
            "model": "snapshot_id",
            "input": "n_context_tokens_total",
            "output": "n_generated_tokens_total",
            "cached": "n_cached_context_tokens_total",
            "requests": "n_requests",
            "user": "email",
            "feature": "project_id",
        },
        grain="minute",
    ),
    Format(
        name="openai_usage_api",
        title="OpenAI usage report (API)",
        recognises=_is_usage_bucket,
        read=_usage_of_bucket,
        labels=_LABELS,
        grain="day",
        others=_EMPTY,
    ),
    Format(
        name="openai_usage_csv",
        title="OpenAI dashboard export of usage",
        recognises=_is_usage_line,
        read=_usage_of_line,
        labels=_LABELS,
        grain="day",
        others=_EMPTY,
    ),
    Format(
        name="openai_costs_api",
        title="OpenAI cost report (API)",
        recognises=_is_cost_bucket,
        read=_costs_of_bucket,
        labels={"ts": "start_time", "model": "line_item", "cost": "amount.value", "currency": "amount.currency"},
        grain="day",
        billed=True,
        others="days without costs",
        note=_BILLED,
    ),
    Format(
        name="openai_costs_csv",
        title="OpenAI dashboard export of costs",
        recognises=_is_cost_line,
        read=_cost_of_line,
        labels={"ts": "start_time", "model": "line_item", "cost": "amount_value", "currency": "amount_currency"},
        grain="day",
        billed=True,
        others="days without costs",
        note=_BILLED,
    ),
)

GUIDE = Guide(
    name="OpenAI",
    words=("openai", "open ai", "gpt", "chatgpt"),
    best="the Usage export of the platform, grouped by model",
    steps=(
        "Open platform.openai.com and go to Usage.",
        "Choose the last full month, group by model and project, and press Export.",
        "Save the usage file as CSV and drop it here.",
    ),
    note=(
        "It has tokens and cached tokens per day and model, but no single requests: duplicates, retries and "
        "latency need request logs, for example of LiteLLM, Langfuse or Helicone."
    ),
)
