"""OpenRouter: the activity page's CSV (one row per generation) and the activity API (sums by day).

Columns: as codexclawd's openrouter-analyzer reads them, and OpenRouter's `/api/v1/activity`. Reasoning tokens are part
of the completion tokens; whether cached tokens are part of the prompt is not documented, so the data decide.
"""

from collections.abc import Iterator
from typing import Any

from common.spend.logs.fields.amounts import Amounts
from common.spend.logs.formats.accessors import has, number, pick, plainly
from common.spend.logs.formats.format import Fields, Format, Record
from common.spend.logs.formats.guide import Guide


def _is_generation(record: Record) -> bool:
    return {"generation_id", "tokens_prompt", "tokens_completion"} <= record.keys()


def _is_activity(record: Record) -> bool:
    return has(record, "date", "modelpermaslug", "requests", "prompttokens")


def _generation(row: Record) -> Iterator[Fields]:
    yield {
        "ts": row.get("created_at"),
        "model": pick(row, "model_permaslug", "model"),
        "provider": row.get("provider_name"),
        **_tokens(row),
        "latency": row.get("generation_time_ms"),
        "ttft": row.get("time_to_first_token_ms"),
        "status": row.get("finish_reason_normalized"),
        "user": pick(row, "user", "user_id", "api_key_name"),
        "feature": pick(row, "app_name", "app"),
        "request_id": row.get("generation_id"),
        "charges": _fees(row),
    }


def _fees(row: Record) -> Amounts:
    """Of web search and of files, in USD; both are part of the charge."""
    search, files = number(pick(row, "cost_web_search", "usage_web")), number(row.get("cost_file_processing"))
    return {
        **({"web_search": (1, search)} if search else {}),
        **({"other_tools": (1, files)} if files else {}),
    }


def _tokens(row: Record) -> Fields:
    """OpenRouter's charge is what was paid: where it and that on the customer's own key are 0, nothing was billed."""
    cost = _paid(row, "cost_total")
    if number(cost) == 0 and number(row.get("byok_usage_inference")) == 0:
        return {"input": 0, "output": 0, "cost": 0}
    return {
        "input": row.get("tokens_prompt"),
        "output": row.get("tokens_completion"),
        "cached": row.get("tokens_cached"),
        "reasoning": row.get("tokens_reasoning"),
        "cost": cost,
    }


def _activity(record: Record) -> Iterator[Fields]:
    row = plainly(record)
    yield {
        "ts": row.get("date"),
        "model": pick(row, "modelpermaslug", "model"),
        "provider": row.get("providername"),
        "input": row.get("prompttokens"),
        "output": row.get("completiontokens"),
        "reasoning": row.get("reasoningtokens"),
        "cost": _paid(row, "usage"),
        "requests": row.get("requests"),
    }


def _paid(row: Record, name: str) -> Any:
    """OpenRouter's charge and that on the customer's own provider key; never negative."""
    own = number(pick(row, "byok_usage_inference", "byokusageinference"))
    charged = number(row.get(name))
    return row.get(name) if own is None or charged is None else charged + own


FORMATS = (
    Format(
        name="openrouter",
        title="OpenRouter activity export",
        recognises=_is_generation,
        read=_generation,
        labels={
            "ts": "created_at", "model": "model_permaslug", "provider": "provider_name", "input": "tokens_prompt",
            "output": "tokens_completion", "cached": "tokens_cached", "reasoning": "tokens_reasoning",
            "cost": "cost_total", "latency": "generation_time_ms", "ttft": "time_to_first_token_ms",
            "status": "finish_reason_normalized", "request_id": "generation_id",
        },
        cached_outside=None,
    ),
    Format(
        name="openrouter_activity",
        title="OpenRouter activity (API, by day)",
        recognises=_is_activity,
        read=_activity,
        labels={
            "ts": "date", "model": "model_permaslug", "input": "prompt_tokens", "output": "completion_tokens",
            "reasoning": "reasoning_tokens", "cost": "usage", "requests": "requests",
        },
        grain="day",
    ),
)  # fmt: skip

GUIDE = Guide(
    name="OpenRouter",
    words=("openrouter", "open router"),
    best="the activity export",
    steps=(
        "Open openrouter.ai and go to Activity.",
        "Choose the last full month and export as CSV.",
        "Drop the file here.",
    ),
    note="It has cached and reasoning tokens, latency and cost for each generation, but no features.",
)
