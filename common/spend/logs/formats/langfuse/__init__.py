"""Langfuse observations: the blob export (snake case), the API and the UI's export (camel case); CSV, JSON, JSON lines.

Only generations and embeddings are requests; spans, events and agents contain them. `usage_details` are meant to be
disjoint, but some integrations put totals there (langfuse #10592): the total, where there is one, shows which.
`latency` is in seconds, of integrations made before 2026-04-01 in milliseconds; start and end settle it.
"""

from collections.abc import Iterator
from typing import Any

from common.spend.logs.fields.columns import FieldName
from common.spend.logs.formats.accessors import first, has, inner, listed, number, pick, plainly, span_ms, total
from common.spend.logs.formats.format import Fields, Format, Record
from common.spend.logs.formats.guide import Guide

_REQUESTS = frozenset({"GENERATION", "EMBEDDING"})
_WRITES_5M = frozenset({"input_cache_creation_5m", "cache_creation_5m_input_tokens", "ephemeral_5m_input_tokens"})
_WRITES_1H = frozenset({"input_cache_creation_1h", "cache_creation_1h_input_tokens", "ephemeral_1h_input_tokens"})
_WRITES = frozenset({"cache_creation_input_tokens", "input_cache_creation", "input_cache_write", "cache_write_tokens"})


def _recognises(record: Record) -> bool:
    usage = any(has(record, name) for name in ("usagedetails", "prompttokens", "usage", "costdetails"))
    return usage and has(record, "type", "traceid", "starttime")


def _read(record: Record) -> Iterator[Fields]:
    row = plainly(record)
    if str(row.get("type")).upper() not in _REQUESTS:
        return
    usage = _usage(row)
    counted = any(map(number, (usage.get("input"), usage.get("output"), usage.get("cached"))))
    cost = first(pick(row, "totalcost", "calculatedtotalcost"), inner(row.get("costdetails")).get("total"))
    failed = str(row.get("level")).upper() == "ERROR"
    yield {
        "ts": row.get("starttime"),
        "model": pick(row, "providedmodelname", "model", "internalmodelid"),
        **usage,
        "cost": None if counted and number(cost) == 0 and not failed else cost,
        **_times(row),
        "status": "error" if failed else "ok",
        "user": row.get("userid"),
        "feature": pick(row, "tracename", "name"),
        "tags": listed(row.get("tags")),
        "session": row.get("sessionid"),
        "request_id": row.get("id"),
        "prompt": row.get("input"),
    }


def _usage(row: dict[str, Any]) -> Fields:
    """Every key of `usage_details` counts into one field at most; without details, the API's plain counts."""
    details = inner(row.get("usagedetails")) or inner(row.get("usage"))
    if not details:
        return {"input": row.get("prompttokens"), "output": first(row.get("completiontokens"), 0)}
    groups: dict[FieldName | None, list[Any]] = {}
    for key, value in details.items():
        groups.setdefault(_field_of(key.lower()), []).append(value)
    sums: Fields = {
        "input": first(total(groups.get("input", ())), 0),
        "output": first(total(groups.get("output", ())), 0),
        "cached": total(groups.get("cached", ())),
        "write": total(groups.get("write", ())),
        "write_5m": total(groups.get("write_5m", ())),
        "write_1h": total(groups.get("write_1h", ())),
        "reasoning": total(groups.get("reasoning", ())),
    }
    sound = _sound(details)
    return {**_without_sound(sums, sound, details.get("total")), **_sides(sums, details.get("total")), **sound}


_SEARCHES = frozenset({"web_search_requests", "web_search_queries", "websearchqueries", "grounding_queries"})


def _sound(details: dict[str, Any]) -> Fields:
    """Sound and images among the keys, and searches (langfuse #15856); cached sound is in the sound here."""
    keys = {key.lower(): value for key, value in details.items()}
    audio = {key: value for key, value in keys.items() if "audio" in key}
    image = {key: value for key, value in keys.items() if "image" in key}
    heard = {key: value for key, value in audio.items() if _field_of(key) in ("input", "cached")}
    searches = total(value for key, value in keys.items() if key.rpartition(".")[2] in _SEARCHES)
    return {
        "audio_input": total(heard.values()),
        "audio_cached": total(value for key, value in heard.items() if "cache" in key),
        "audio_output": total(value for key, value in audio.items() if _field_of(key) == "output"),
        "image_input": total(value for key, value in image.items() if _field_of(key) == "input"),
        "image_output": total(value for key, value in image.items() if _field_of(key) == "output"),
        "web_searches": searches,
    }


def _without_sound(sums: Fields, sound: Fields, reported: Any) -> Fields:
    """Some integrations leave sound in the plain counts, too: the total, where there is one, shows it."""
    counts = [number(sums.get(name)) or 0 for name in ("input", "output")]
    heard, spoken = (number(sound.get(name)) or 0 for name in ("audio_input", "audio_output"))
    beyond = sum(counts) - (number(reported) or 0)
    if reported in (None, "") or not heard + spoken or beyond != heard + spoken:
        return sums
    return {**sums, "input": int(counts[0] - heard), "output": int(counts[1] - spoken)}


def _field_of(key: str) -> FieldName | None:
    """The field that a usage key counts into; None for one that counts nothing here."""
    if key in _WRITES_5M or key in _WRITES_1H:
        return "write_5m" if key in _WRITES_5M else "write_1h"
    if key in _WRITES:
        return "write"
    if "cache" in key:
        return "cached"
    if "reasoning" in key or "thinking" in key or "thoughts" in key:
        return "reasoning"
    if key.startswith(("output", "completion", "candidates")):
        return "output"
    return "input" if key.startswith(("input", "prompt")) else None


def _sides(sums: Fields, reported: Any) -> Fields:
    """Disjoint by Langfuse's rule, unless the reported total shows that a part is inside."""
    total_tokens = number(reported)
    cache = sum(number(sums.get(name)) or 0.0 for name in _CACHE)
    reasoning = number(sums.get("reasoning")) or 0.0
    beyond = (total_tokens or 0.0) - (number(sums.get("input")) or 0.0) - (number(sums.get("output")) or 0.0)
    if total_tokens is None or beyond == cache + reasoning:
        return {"cached_outside": True, "reasoning_outside": True}
    return {"cached_outside": beyond == cache and cache > 0, "reasoning_outside": beyond == reasoning and reasoning > 0}


_CACHE: tuple[FieldName, ...] = ("cached", "write", "write_5m", "write_1h")


def _times(row: dict[str, Any]) -> Fields:
    start = row.get("starttime")
    latency, ttft = span_ms(start, row.get("endtime")), span_ms(start, row.get("completionstarttime"))
    times: Fields = (
        {"latency": latency, "latency_scale": 1.0} if latency is not None else {"latency": row.get("latency")}
    )
    if ttft is not None:
        return {**times, "ttft": ttft, "ttft_scale": 1.0}
    reported = number(row.get("timetofirsttoken"))
    if latency and reported is not None and (raw := number(row.get("latency"))):
        return {**times, "ttft": reported * latency / raw, "ttft_scale": 1.0}
    return {**times, "ttft": reported}


FORMATS = (
    Format(
        name="langfuse",
        title="Langfuse observations",
        recognises=_recognises,
        read=_read,
        labels={
            "ts": "start_time", "model": "provided_model_name", "input": "usage_details.input",
            "output": "usage_details.output", "cached": "usage_details' cached tokens",
            "reasoning": "usage_details' reasoning tokens", "cost": "total_cost", "latency": "latency",
            "ttft": "time_to_first_token", "status": "level", "user": "user_id", "feature": "trace_name",
            "session": "session_id", "request_id": "id", "prompt": "input",
        },
        cached_outside=True,
        reasoning_outside=True,
        latency_scale=None,
        ttft_scale=None,
        others="observations that are no model calls (spans, events)",
    ),
)  # fmt: skip

GUIDE = Guide(
    name="Langfuse",
    words=("langfuse",),
    best="the export of observations",
    steps=(
        "In Langfuse open your project and go to Observations, filtered to generations of the last full month.",
        "Press Export and choose CSV or JSON with all columns.",
        "Drop the file here.",
    ),
    note="With trace names as features, users, latency and prompts it allows every analysis, duplicates included.",
)
