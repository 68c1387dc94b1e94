"""Anthropic's usage report and cost report, of which a record is a bucket, and the Console's CSV of usage.

Fields: platform.claude.com, `/v1/organizations/usage_report/messages` and `/v1/organizations/cost_report`; the CSV's
columns as public readers of the download have them (2026). Input comes without the cached tokens. A cost is in cents,
as decimal text: "123.45" is 1.2345 USD. So is that of the Claude Code Analytics API
(`/v1/organizations/usage_report/claude_code`), of which a record is a user's day.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from common.spend.logs.formats.accessors import NOT_SPLIT, anthropic_charges, first, grain_of, inner, objects
from common.spend.logs.formats.format import Fields, Format, Record
from common.spend.logs.formats.guide import Guide
from common.spend.model import ChargeKind

_WINDOW = re.compile(r"(\d+)(k|m)-", re.IGNORECASE)
_ABOVE = re.compile(r">\s*(\d+)(k|m)", re.IGNORECASE)
_UNITS = {"k": 1_000, "m": 1_000_000}


def _is_usage(record: Record) -> bool:
    return "starting_at" in record and any("uncached_input_tokens" in r for r in objects(record.get("results")))


def _is_cost(record: Record) -> bool:
    return "starting_at" in record and any("amount" in result for result in objects(record.get("results")))


def context_above(window: Any) -> int | None:
    """Tokens above which the inputs of a context window are: 200,000 of "200k-1M" and "> 200k"; None of "0-200k"."""
    found = _WINDOW.match(str(window)) or _ABOVE.match(str(window))
    return int(found[1]) * _UNITS[found[2].lower()] if found else None


def _is_console_line(record: Record) -> bool:
    return record.keys() >= {"usage_date_utc", "model_version", "usage_input_tokens_no_cache", "usage_output_tokens"}


def _console_line(line: Record) -> Iterator[Fields]:
    yield {
        "ts": line.get("usage_date_utc"),
        "provider": "anthropic",
        "model": line.get("model_version"),
        **anthropic_charges(line, line.get("usage_type")),
        "web_searches": line.get("web_search_count"),
        "context": context_above(line.get("context_window")),
        "uncached": first(line.get("usage_input_tokens_no_cache"), 0),
        "cached": line.get("usage_input_tokens_cache_read"),
        "write_5m": line.get("usage_input_tokens_cache_write_5m"),
        "write_1h": line.get("usage_input_tokens_cache_write_1h"),
        "output": first(line.get("usage_output_tokens"), 0),
        "requests": 0,
        "user": first(line.get("api_key")),
        "feature": first(line.get("workspace")),
    }


def _is_code_day(record: Record) -> bool:
    return record.keys() >= {"actor", "core_metrics", "model_breakdown"}


def _code_day(day: Record) -> Iterator[Fields]:
    actor = inner(day.get("actor"))
    for used in objects(day.get("model_breakdown")):
        tokens, cost = inner(used.get("tokens")), inner(used.get("estimated_cost"))
        yield {
            "ts": day.get("date"),
            "provider": "anthropic",
            "model": used.get("model"),
            "uncached": first(tokens.get("input"), 0),
            "cached": tokens.get("cache_read"),
            "write": tokens.get("cache_creation"),
            "output": first(tokens.get("output"), 0),
            "cost": cost.get("amount"),
            "currency": cost.get("currency"),
            "requests": 0,
            "user": first(actor.get("email_address"), actor.get("api_key_name")),
        }


def _usage(bucket: Record) -> Iterator[Fields]:
    for result in objects(bucket.get("results")):
        writes = inner(result.get("cache_creation"))
        yield {
            **_shared(result, bucket),
            **anthropic_charges(result, result.get("service_tier")),
            "model": result.get("model"),
            "uncached": first(result.get("uncached_input_tokens"), 0),
            "cached": result.get("cache_read_input_tokens"),
            "write_5m": writes.get("ephemeral_5m_input_tokens"),
            "write_1h": writes.get("ephemeral_1h_input_tokens"),
            "output": result.get("output_tokens"),
            "requests": first(result.get("requests"), 0),
        }


def _costs(bucket: Record) -> Iterator[Fields]:
    for result in objects(bucket.get("results")):
        yield {
            **_shared(result, bucket),
            "model": first(result.get("model"), result.get("cost_type"), result.get("description"), NOT_SPLIT),
            "cost": result.get("amount"),
            "currency": result.get("currency"),
            "requests": 0,
            "charges": {kind: None} if (kind := _FEES.get(str(result.get("cost_type")))) else {},
        }


_FEES: Mapping[str, ChargeKind] = {"web_search": "web_search", "code_execution": "code_execution"}
"""Kinds of cost that are fees of a server's tool: the whole line is one."""


def _is_console_cost(record: Record) -> bool:
    return {"usage_date_utc", "token_type", "cost_usd"} <= record.keys()


def _console_cost(row: Record) -> Iterator[Fields]:
    """One row per day, key, model and kind of token; searches have no model."""
    yield {
        "ts": row.get("usage_date_utc"),
        "provider": "anthropic",
        "model": first(row.get("model"), row.get("cost_type"), NOT_SPLIT),
        "cost": row.get("cost_usd"),
        "requests": 0,
        "charges": {kind: None} if (kind := _FEES.get(str(row.get("cost_type")))) else {},
        "user": row.get("api_key"),
        "feature": row.get("workspace"),
    }


def _shared(result: dict[str, Any], bucket: dict[str, Any]) -> Fields:
    start = bucket.get("starting_at")
    return {
        "ts": start,
        "grain": grain_of(start, bucket.get("ending_at")),
        "provider": "anthropic",
        "tier": result.get("service_tier"),
        "context": context_above(result.get("context_window")),
        "user": first(result.get("api_key_id"), result.get("workspace_id"), result.get("account_id")),
        "feature": first(result.get("workspace_id")),
    }


FORMATS = (
    Format(
        name="anthropic_usage",
        title="Anthropic usage report",
        recognises=_is_usage,
        read=_usage,
        labels={
            "ts": "starting_at", "model": "model", "uncached": "uncached_input_tokens", "output": "output_tokens",
            "cached": "cache_read_input_tokens", "tier": "service_tier", "context": "context_window",
            "user": "api_key_id", "feature": "workspace_id",
        },
        grain="day",
        others="time spans in which nothing was used",
        note="Anthropic's usage report does not tell how many requests there were.",
    ),
    Format(
        name="anthropic_console",
        title="Anthropic Console usage (CSV)",
        recognises=_is_console_line,
        read=_console_line,
        labels={
            "ts": "usage_date_utc", "model": "model_version", "uncached": "usage_input_tokens_no_cache",
            "output": "usage_output_tokens", "cached": "usage_input_tokens_cache_read", "tier": "usage_type",
            "context": "context_window", "user": "api_key", "feature": "workspace",
        },
        grain="day",
        note="The Console's usage does not tell how many requests there were.",
    ),
    Format(
        name="claude_code_analytics",
        title="Claude Code analytics",
        recognises=_is_code_day,
        read=_code_day,
        labels={
            "ts": "date", "model": "model_breakdown.model", "uncached": "tokens.input", "output": "tokens.output",
            "cached": "tokens.cache_read", "write": "tokens.cache_creation", "cost": "estimated_cost.amount",
            "currency": "estimated_cost.currency", "user": "actor",
        },
        grain="day",
        cost_scale=0.01,
        others="days without use of a model",
        note="Claude Code's analytics do not tell how many requests there were. The session logs of Claude Code do.",
    ),
    Format(
        name="anthropic_cost",
        title="Anthropic cost report",
        recognises=_is_cost,
        read=_costs,
        labels={"ts": "starting_at", "model": "model", "cost": "amount", "currency": "currency"},
        grain="day",
        billed=True,
        cost_scale=0.01,
        others="days without costs",
        note="The costs are as billed, without tokens, and without the priority tier, which this report leaves out. The"
        " usage report of the same days tells the same money again: ask about one of the two at a time.",
    ),
    Format(
        name="anthropic_console_cost",
        title="Anthropic Console cost (CSV)",
        recognises=_is_console_cost,
        read=_console_cost,
        labels={
            "ts": "usage_date_utc", "model": "model", "cost": "cost_usd", "user": "api_key", "feature": "workspace",
        },
        grain="day",
        billed=True,
        note="The costs are as billed, by kind of token and without their counts. The Console's usage of the same days "
        "tells the same money again: ask about one of the two at a time.",
    ),
)  # fmt: skip

GUIDE = Guide(
    name="Anthropic",
    words=("anthropic", "claude"),
    best="the usage report of the Console",
    steps=(
        "Open console.anthropic.com and go to Usage, as an admin of the organisation.",
        "Choose the last full month, group by model and API key, and export as CSV.",
        "Drop the file here; the Admin API's usage report for messages works as JSON too.",
    ),
    note="It keeps cache reads and writes apart, so prompt caching can be judged; single requests are not in it.",
)
