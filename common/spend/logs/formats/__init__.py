"""The usage-log formats that are known, one folder per source; a file's format is found by its content.

A new format, in five steps (`make check` and `pytest common/spend/tests/formats` name what is missing):
1. Copy the folder of a source like it, say `helicone/`; write `_recognises`, `_read` and FORMATS (`format.py`); where
   records say only together what was used, `_follow` instead of `_read` (`codex/`).
2. Put a small file with the source's real field names into `fixtures/`, and what it must sum to into `expected.json`.
3. Import the folder here and add its FORMATS, before those of `responses`.
4. If customers need steps to get the export, give the folder a GUIDE (`guide.py`) and add it to GUIDES.
5. Log the common workload in it: a function in `tests/formats/writers.py`, a line in `test_one_workload.py` there.
"""

from collections.abc import Iterable

from common.spend.logs.formats import (
    anthropic_events,
    anthropic_usage,
    aws_cur,
    azure_cost,
    bedrock,
    braintrust,
    ccusage,
    claude_code,
    claude_results,
    cline,
    cloudflare,
    codex,
    copilot,
    cursor,
    datadog,
    focus,
    gcp_billing,
    gemini_cli,
    generic,
    helicone,
    kong,
    langfuse,
    langsmith,
    litellm,
    new_api,
    openai_usage,
    opencode,
    openrouter,
    otel,
    pi,
    portkey,
    posthog,
    prefix_trace,
    responses,
)
from common.spend.logs.formats.format import OVERRIDES, Fields, Format, Memory, OverrideName, Record
from common.spend.logs.formats.generic import GENERIC
from common.spend.logs.formats.guide import Guide

__all__ = [
    "FORMATS",
    "GENERIC",
    "GUIDES",
    "OVERRIDES",
    "Fields",
    "Format",
    "Guide",
    "Memory",
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
    *kong.FORMATS,
    *otel.FORMATS,
    *focus.FORMATS,
    *gcp_billing.FORMATS,
    *aws_cur.FORMATS,
    *azure_cost.FORMATS,
    *openrouter.FORMATS,
    *pi.FORMATS,
    *claude_code.FORMATS,
    *claude_results.FORMATS,
    *cline.FORMATS,
    *codex.FORMATS,
    *cursor.FORMATS,
    *datadog.FORMATS,
    *ccusage.FORMATS,
    *gemini_cli.FORMATS,
    *opencode.FORMATS,
    *portkey.FORMATS,
    *new_api.FORMATS,
    *posthog.FORMATS,
    *langsmith.FORMATS,
    *braintrust.FORMATS,
    *copilot.FORMATS,
    *bedrock.FORMATS,
    *cloudflare.FORMATS,
    *prefix_trace.FORMATS,
    *anthropic_events.FORMATS,
    *responses.FORMATS,
)
"""Of two that recognise a record the first takes it. Only raw responses may be recognised beside another format, whose
records may have one inside: they stand last. The others know their records by names that no other source has.
"""
GUIDES: tuple[Guide, ...] = (
    openai_usage.GUIDE,
    anthropic_usage.GUIDE,
    generic.AZURE_OPENAI,
    generic.GEMINI,
    litellm.GUIDE,
    langfuse.GUIDE,
    helicone.GUIDE,
    openrouter.GUIDE,
    codex.GUIDE,
    copilot.GUIDE,
    braintrust.GUIDE,
    aws_cur.GUIDE,
    azure_cost.GUIDE,
)
"""In the order in which customers read their names: providers, then tools."""
_BY_NAME = {known.name: known for known in FORMATS}
_SAMPLE = 50
"""Records that the format is found by."""


def find_format(sample: Iterable[Record], wanted: str = "") -> Format | None:
    """The format that most of the first records have, or the one that is `wanted`; None for GENERIC, or none known."""
    if wanted:
        return None if wanted == GENERIC else _BY_NAME[wanted]
    records = list(sample)[:_SAMPLE]
    counts = {known.name: sum(map(known.recognises, records)) for known in FORMATS}
    best = max(counts, key=lambda name: counts[name])
    return _BY_NAME[best] if counts[best] else None


def format_named(name: str) -> Format:
    """A format by its name; KeyError for one that is not known."""
    return _BY_NAME[name]
