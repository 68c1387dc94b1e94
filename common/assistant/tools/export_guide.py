"""`export_guide`: which export to get from which provider, and how. Each guide stands with the format it leads to."""

import re
from collections.abc import Sequence

from pydantic import Field

from common.assistant.context import ToolContext
from common.assistant.tool import Arguments, Tool
from common.runs.step import ToolResult
from common.spend.logs.formats import GUIDES, Guide, litellm, openai_usage

_MOST = 3


class GuideArguments(Arguments):
    """Whose export."""

    providers: list[str] = Field(description="Providers or tools that the customer names; empty when none is named.")


def named_guides(text: str) -> list[str]:
    """Names of the guides whose provider `text` mentions, in the order of mention."""
    lowered = re.sub(r"azure open ?ai", "azure", text.lower())
    places = {guide.name: [lowered.find(word) for word in guide.words if word in lowered] for guide in GUIDES}
    return sorted((name for name, positions in places.items() if positions), key=lambda name: min(places[name]))


def guide_findings(names: Sequence[str]) -> list[str]:
    """Step by step for the guides named, else for the most common sources."""
    guides = [guide for name in names for guide in GUIDES if guide.name == name][:_MOST]
    if guides:
        return [text for guide in guides for text in _sentences(guide)]
    commonest = (litellm.GUIDE, openai_usage.GUIDE)
    others = ", ".join(guide.name for guide in GUIDES if guide not in commonest)
    return [
        (
            "A request log is best: one line for each request with time, model, input tokens and output tokens, as CSV"
            " or JSON lines."
        ),
        "Feature, user, status and latency columns make more savings visible.",
        *(text for guide in commonest for text in _sentences(guide)),
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
