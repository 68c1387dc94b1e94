"""Safe accessors for untyped records."""

import json
from collections.abc import Iterable, Mapping
from pathlib import PurePosixPath, PureWindowsPath
from typing import Any

from common.spend.logs.fields import values as v
from common.spend.logs.fields.amounts import Amounts
from common.spend.logs.fields.columns import plain
from common.spend.logs.fields.errors import BadRowError
from common.spend.logs.fields.values import FAST_MODE
from common.spend.logs.formats.format import Fields
from common.spend.model import ChargeKind

NOT_SPLIT = "not split by model"
"""Stands for the model of costs of a whole day; it must not look like a row of totals."""


def plainly(record: dict[str, Any]) -> dict[str, Any]:
    """The record under names without case and punctuation: usage_details and usageDetails are one."""
    return {plain(key): value for key, value in record.items()}


def has(record: dict[str, Any], *names: str) -> bool:
    """True when the record has all these plain names."""
    present = {plain(key) for key in record}
    return all(name in present for name in names)


def inner(value: Any) -> dict[str, Any]:
    """An object, also one that a CSV cell holds as JSON text; {} for anything else."""
    parsed = _parse(value, "{")
    return parsed if isinstance(parsed, dict) else {}


def listed(value: Any) -> list[Any]:
    """A list, also one that a CSV cell holds as JSON text; [] for anything else."""
    parsed = _parse(value, "[")
    return parsed if isinstance(parsed, list) else []


def objects(value: Any) -> list[dict[str, Any]]:
    """The objects of a list."""
    return [item for item in listed(value) if isinstance(item, dict)]


def _parse(value: Any, start: str) -> Any:
    if not isinstance(value, str) or not value.lstrip().startswith(start):
        return value
    try:
        return json.loads(value)
    except (ValueError, RecursionError):
        return None


def first(*values: Any) -> Any:
    """The first value that is neither None nor empty; None without one."""
    return next((value for value in values if value not in (None, "")), None)


def pick(record: dict[str, Any], *names: str) -> Any:
    """The value of the first of these keys that has one."""
    return first(*(record.get(name) for name in names))


def folder_of(path: Any) -> str | None:
    """The last folder of a path, of either kind: a coding tool's project."""
    if not isinstance(path, str) or not path:
        return None
    return (PureWindowsPath(path) if "\\" in path else PurePosixPath(path)).name or None


def number(value: Any) -> float | None:
    """A finite number; None for anything else."""
    if value is None or value == "":
        return None
    try:
        return v.real(value, "")
    except BadRowError:
        return None


def total(values: Iterable[Any]) -> Any:
    """The sum of values that are all whole numbers; else the first other value, for the row's validation to reject.

    None without any.
    """
    present = [value for value in values if value not in (None, "")]
    if not present:
        return None
    strange = next((value for value in present if (parsed := number(value)) is None or parsed != int(parsed)), None)
    return sum(int(v.real(value, "")) for value in present) if strange is None else strange


def span_ms(start: Any, end: Any) -> float | None:
    """Milliseconds between two times; None when one is missing, is no time, or the end comes first."""
    if start in (None, "") or end in (None, ""):
        return None
    try:
        elapsed = (v.moment(end) - v.moment(start)).total_seconds() * 1000
    except BadRowError:
        return None
    return elapsed if elapsed >= 0 else None


def grain_of(start: Any, end: Any) -> str:
    """The grain of a time span: minute, hour or day; else its length in words."""
    length = span_ms(start, end)
    minutes = None if length is None else round(length / 60_000)
    grain = {1: "minute", 60: "hour", 1440: "day"}.get(minutes or 0)
    return grain or ("day" if minutes is None else f"{minutes} minutes")


def anthropic_tokens(usage: dict[str, Any]) -> Fields:
    """The fields of Anthropic's `usage` object, whose input has no cached tokens in it."""
    writes = inner(usage.get("cache_creation"))
    return {
        "input": usage.get("input_tokens"),
        "output": usage.get("output_tokens"),
        "cached": usage.get("cache_read_input_tokens"),
        "write": usage.get("cache_creation_input_tokens"),
        "write_5m": writes.get("ephemeral_5m_input_tokens"),
        "write_1h": writes.get("ephemeral_1h_input_tokens"),
        "reasoning": inner(usage.get("output_tokens_details")).get("thinking_tokens"),
        **anthropic_charges(usage, usage.get("service_tier")),
    }


def anthropic_charges(usage: dict[str, Any], tier: Any) -> Fields:
    """What Anthropic bills beside the tokens: fast mode, geography, and calls of the server's tools."""
    return {
        "tier": FAST_MODE if usage.get("speed") == "fast" else tier,
        "geography": usage.get("inference_geo"),
        "charges": tool_calls(inner(usage.get("server_tool_use"))),
    }


_TOOL_CALLS: Mapping[str, ChargeKind] = {
    "web_search_requests": "web_search",
    "web_fetch_requests": "web_fetch",
    "code_execution_requests": "code_execution",
}


def tool_calls(used: dict[str, Any]) -> Amounts:
    """Anthropic's `server_tool_use`: how often each tool of the server was called."""
    calls: Amounts = {}
    for name, count in used.items():
        if name.endswith("_requests"):
            kind = _TOOL_CALLS.get(name, "other_tools")
            calls[kind] = total([calls.get(kind), count])
    return {kind: count for kind, count in calls.items() if count}


def openai_cache(usage: dict[str, Any], incoming: dict[str, Any]) -> Fields:
    """Cached tokens and cache writes in OpenAI's details of the input's tokens, or where LiteLLM puts Anthropic's: in
    the usage, under Anthropic's names, and in the details (BerriAI/litellm, Usage and PromptTokensDetailsWrapper).
    """
    writes = inner(incoming.get("cache_creation_token_details")) | inner(usage.get("cache_creation"))
    created = first(usage.get("cache_creation_input_tokens"), incoming.get("cache_creation_tokens"))
    return {
        "cached": first(usage.get("cache_read_input_tokens"), incoming.get("cached_tokens")),
        "write": first(created, incoming.get("cache_write_tokens")),
        "write_5m": writes.get("ephemeral_5m_input_tokens"),
        "write_1h": writes.get("ephemeral_1h_input_tokens"),
    }


def openai_sound(incoming: dict[str, Any], outgoing: dict[str, Any]) -> Fields:
    """The tokens of sound and images in OpenAI's details of the input's and the output's tokens."""
    cached = inner(incoming.get("cached_tokens_details"))
    return {
        "audio_input": incoming.get("audio_tokens"),
        "audio_cached": first(cached.get("audio_tokens"), incoming.get("cached_audio_tokens")),
        "audio_output": outgoing.get("audio_tokens"),
        "image_input": incoming.get("image_tokens"),
        "image_output": outgoing.get("image_tokens"),
    }
