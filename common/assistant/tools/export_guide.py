"""`export_guide`: which export to get from which provider, and how.

What the exports hold was checked on 2026-11-22 against the vendors' schemas; their menus may have been renamed since.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from pydantic import Field

from common.assistant.context import ToolContext
from common.assistant.tool import Arguments, Tool
from common.runs.step import ToolResult


@dataclass(frozen=True, slots=True)
class Guide:
    """How to get one provider's export: steps in order, and what it allows."""

    name: str
    words: tuple[str, ...]
    best: str
    steps: tuple[str, ...]
    note: str


GUIDES: tuple[Guide, ...] = (
    Guide(
        "OpenAI",
        ("openai", "open ai", "gpt", "chatgpt"),
        "the Usage export of the platform, grouped by model",
        (
            "Open platform.openai.com and go to Usage.",
            "Choose the last full month, group by model and project, and press Export.",
            "Save the usage file as CSV and drop it here.",
        ),
        "It has tokens and cached tokens per day and model, but no single requests: duplicates, retries and latency"
        " need"
        " request logs, for example of LiteLLM, Langfuse or Helicone.",
    ),
    Guide(
        "Anthropic",
        ("anthropic", "claude"),
        "the usage report of the Console",
        (
            "Open console.anthropic.com and go to Usage, as an admin of the organisation.",
            "Choose the last full month, group by model and API key, and export as CSV.",
            "Drop the file here; the Admin API's usage report for messages works as JSON too.",
        ),
        "It keeps cache reads and writes apart, so prompt caching can be judged; single requests are not in it.",
    ),
    Guide(
        "Azure OpenAI",
        ("azure",),
        "a request log of the deployment",
        (
            (
                "In the Azure portal open your Azure OpenAI resource and send its request and response logs to a Log"
                " Analytics workspace, under diagnostic settings."
            ),
            (
                "Query the requests of the last full month with time, deployment, prompt tokens, completion tokens and"
                " duration."
            ),
            "Export the result as CSV and drop it here; name the model when the file holds deployments only.",
        ),
        "With the duration in it, latency limits can be checked.",
    ),
    Guide(
        "Gemini and Vertex AI",
        ("gemini", "vertex", "google", "gcp"),
        "request logs with their usage metadata",
        (
            "In Google Cloud switch on request-response logging of the Gemini endpoint to BigQuery.",
            (
                "Select time, model and usageMetadata (prompt, cached, candidates and thoughts token counts) of the"
                " last full month."
            ),
            "Export the result as JSON lines or CSV and drop it here.",
        ),
        "The billing export alone has cost per SKU, but neither features nor requests.",
    ),
    Guide(
        "LiteLLM",
        ("litellm", "lite llm"),
        "the SpendLogs table of the proxy",
        (
            "Query the table LiteLLM_SpendLogs of the proxy's database for the last full month.",
            (
                "Keep at least startTime, endTime, model, prompt_tokens, completion_tokens, spend, status, end_user,"
                " request_tags and metadata."
            ),
            "Save it as CSV or JSON lines and drop it here.",
        ),
        "It has latency, status, users and tags: nearly every saving can be computed from it.",
    ),
    Guide(
        "Langfuse",
        ("langfuse",),
        "the export of observations",
        (
            "In Langfuse open your project and go to Observations, filtered to generations of the last full month.",
            "Press Export and choose CSV or JSON with all columns.",
            "Drop the file here.",
        ),
        "With trace names as features, users, latency and prompts it allows every analysis, duplicates included.",
    ),
    Guide(
        "Helicone",
        ("helicone",),
        "the request export",
        (
            "In Helicone open Requests and choose the last full month.",
            "Press Export; choose JSON, because the CSV leaves out cached tokens.",
            "Drop the file here.",
        ),
        "It has latency, status, users and properties, which Apex takes as features.",
    ),
    Guide(
        "OpenRouter",
        ("openrouter", "open router"),
        "the activity export",
        (
            "Open openrouter.ai and go to Activity.",
            "Choose the last full month and export as CSV.",
            "Drop the file here.",
        ),
        "It has cached and reasoning tokens, latency and cost for each generation, but no features.",
    ),
)


_MOST = 3


class GuideArguments(Arguments):
    """Whose export."""

    providers: list[str] = Field(description="Providers or tools that the customer names; empty when none is named.")


def named_guides(text: str) -> list[str]:
    """Names of the guides whose provider `text` mentions, in the order of mention."""
    lowered = re.sub(r"azure open ?ai", "azure", text.lower())
    places = {guide.name: [lowered.find(word) for word in guide.words if word in lowered] for guide in GUIDES}
    return sorted((name for name, found in places.items() if found), key=lambda name: min(places[name]))


def guide_findings(names: Sequence[str]) -> list[str]:
    """Step by step for the guides named, else for the most common sources."""
    guides = [guide for name in names for guide in GUIDES if guide.name == name][:_MOST]
    if guides:
        return [text for guide in guides for text in _sentences(guide)]
    openai, gateway = GUIDES[0], next(guide for guide in GUIDES if guide.name == "LiteLLM")
    others = ", ".join(guide.name for guide in GUIDES if guide not in (openai, gateway))
    return [
        (
            "A request log is best: one line for each request with time, model, input tokens and output tokens, as CSV"
            " or JSON lines."
        ),
        "Feature, user, status and latency columns make more savings visible.",
        *_sentences(gateway),
        *_sentences(openai),
        f"Exports of {others} work too: name yours and you get its steps.",
    ]


async def export_guide(_: ToolContext, arguments: GuideArguments) -> ToolResult:
    """Which export to get, and how."""
    names = named_guides(", ".join(arguments.providers))
    findings = guide_findings(names)
    return ToolResult(summary=findings[0], findings=findings, data={"providers": names, "names": names})


def _sentences(guide: Guide) -> list[str]:
    return [f"From {guide.name} you need {guide.best}.", *guide.steps, guide.note]


EXPORT_GUIDE = Tool(
    "export_guide", "Which export to get from which provider or tool, step by step.", GuideArguments, export_guide
)
