"""The usage-log formats that are known, one module per source; a file's format is found by its content."""

from collections.abc import Iterable

from common.spend.logs.formats import (
    anthropic_usage,
    claude_code,
    focus,
    gcp_billing,
    helicone,
    langfuse,
    litellm,
    openai_usage,
    openrouter,
    otel,
    prefix_trace,
    responses,
)
from common.spend.logs.formats.format import OVERRIDES, Fields, Format, OverrideName, Record

__all__ = [
    "FORMATS",
    "GENERIC",
    "OVERRIDES",
    "Fields",
    "Format",
    "OverrideName",
    "Record",
    "find_format",
    "format_named",
]

FORMATS: tuple[Format, ...] = (
    *openai_usage.FORMATS,
    *anthropic_usage.FORMATS,
    *litellm.FORMATS,
    *langfuse.FORMATS,
    *helicone.FORMATS,
    *otel.FORMATS,
    *focus.FORMATS,
    *gcp_billing.FORMATS,
    *openrouter.FORMATS,
    *claude_code.FORMATS,
    *prefix_trace.FORMATS,
    *responses.FORMATS,
)
"""The surest first: a raw response is the least particular."""
_BY_NAME = {known.name: known for known in FORMATS}
_LOOKED_AT = 50
GENERIC = "generic"
"""Any CSV or JSON with a time, a model and tokens, by the names of its columns."""


def find_format(sample: Iterable[Record], wanted: str = "") -> Format | None:
    """The format that most of the first records have, or the one that is `wanted`; None for GENERIC, or none known."""
    if wanted:
        return None if wanted == GENERIC else _BY_NAME[wanted]
    records = list(sample)[:_LOOKED_AT]
    counts = {known.name: sum(map(known.recognises, records)) for known in FORMATS}
    best = max(counts, key=lambda name: counts[name])
    return _BY_NAME[best] if counts[best] else None


def format_named(name: str) -> Format:
    """A format by its name; KeyError for one that is not known."""
    return _BY_NAME[name]
