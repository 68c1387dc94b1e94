"""Safe accessors for untyped records."""

import json
from collections.abc import Iterable
from typing import Any

from common.spend.logs.fields import values as v
from common.spend.logs.fields.columns import plain
from common.spend.logs.fields.errors import BadRowError
from common.spend.logs.formats.format import Fields


def plainly(record: dict[str, Any]) -> dict[str, Any]:
    """The record under names without case and punctuation: usage_details and usageDetails are one."""
    return {plain(key): value for key, value in record.items()}


def has(record: dict[str, Any], *names: str) -> bool:
    """True when the record has all these plain names."""
    known = {plain(key) for key in record}
    return all(name in known for name in names)


def inner(value: Any) -> dict[str, Any]:
    """An object, also one that a CSV cell holds as JSON text; {} for anything else."""
    found = _parsed(value, "{")
    return found if isinstance(found, dict) else {}


def listed(value: Any) -> list[Any]:
    """A list, also one that a CSV cell holds as JSON text; [] for anything else."""
    found = _parsed(value, "[")
    return found if isinstance(found, list) else []


def objects(value: Any) -> list[dict[str, Any]]:
    """The objects of a list."""
    return [item for item in listed(value) if isinstance(item, dict)]


def _parsed(value: Any, start: str) -> Any:
    if not isinstance(value, str) or not value.lstrip().startswith(start):
        return value
    try:
        return json.loads(value)
    except (ValueError, RecursionError):
        return None


def first(*values: Any) -> Any:
    """The first value that tells something; None without one."""
    return next((value for value in values if value not in (None, "")), None)


def pick(record: dict[str, Any], *names: str) -> Any:
    """The first of these keys that tells something."""
    return first(*(record.get(name) for name in names))


def number(value: Any) -> float | None:
    """A finite number; None for anything else."""
    if value is None or value == "":
        return None
    try:
        return v.real(value, "")
    except BadRowError:
        return None


def total(values: Iterable[Any]) -> Any:
    """The sum of values where all are whole numbers; else the first that is none, for the row's validation to refuse;
    None of nothing.
    """
    told = [value for value in values if value not in (None, "")]
    if not told:
        return None
    strange = next((value for value in told if (found := number(value)) is None or found != int(found)), None)
    return sum(int(v.real(value, "")) for value in told) if strange is None else strange


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
    """Which sum a time span is of: a minute, an hour, a day; else its length in words."""
    length = span_ms(start, end)
    minutes = None if length is None else round(length / 60_000)
    known = {1: "minute", 60: "hour", 1440: "day"}.get(minutes or 0)
    return known or ("day" if minutes is None else f"{minutes} minutes")


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
    }
