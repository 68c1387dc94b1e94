"""`export_guide`: which export to get from which provider, and how. Each guide stands with the format it leads to."""

import re
from collections.abc import Sequence

from pydantic import Field

from common.assistant.context import ToolContext
from common.assistant.question.model import Operation
from common.assistant.question.operations import OPERATIONS
from common.assistant.tool import Arguments, Inquiry, Tool, Wanted
from common.assistant.tools.list_datasets import nothing_usable
from common.assistant.tools.tool_results import has_data, tool_result
from common.figures.quoted import quoted
from common.figures.sentences import say
from common.runs.step import Section, Sentence, ToolResult
from common.spend.logs.formats import GUIDES, Guide, litellm, openai_usage

_MOST = 3
_NO_DATA = "To answer from your own figures, Apex needs your usage data first."
_BEST = (
    "A request log is best: one line for each request with time, model, input tokens and output tokens, as CSV or JSON"
    " lines."
)
_MORE = "Feature, user, status and latency columns make more savings visible."
_UPLOAD = "Upload the file here and ask again: the answer will be computed from your own requests."


class GuideArguments(Arguments):
    """Whose export."""

    providers: list[str] = Field(description="Providers or tools that the customer names; empty when none is named.")


def named_guides(text: str) -> list[str]:
    """Names of the guides whose provider `text` mentions, in the order of mention."""
    lowered = re.sub(r"azure open ?ai", "azure", text.lower())
    places = {guide.name: [lowered.find(word) for word in guide.words if word in lowered] for guide in GUIDES}
    return sorted((name for name, positions in places.items() if positions), key=lambda name: min(places[name]))


async def export_guide(context: ToolContext, arguments: GuideArguments) -> ToolResult:
    """Which export to get, step by step; why there is nothing to analyse yet stands first."""
    names = named_guides(", ".join(arguments.providers))
    named = [guide for name in names for guide in GUIDES if guide.name == name][:_MOST]
    guides = named or [litellm.GUIDE, openai_usage.GUIDE]
    general = [] if named else [say(_BEST), say(_MORE)]
    return tool_result(
        headline=[*await _reason(context), *(general or [_needed(guides[0])])],
        details=[] if named else [_others(guides)],
        sections=list(map(_steps, guides)),
        offer=[say(_UPLOAD)],
        names=names,
    )


async def _reason(context: ToolContext) -> list[Sentence]:
    """Why nothing can be computed; none with usable data, or where an export is what was asked for."""
    infos = await context.workspace.datasets(context.dataset_ids)
    if any(info.rows for info in infos):
        return []
    if context.dataset_ids:
        return nothing_usable(context, infos)
    return [] if context.part.operation == Operation.EXPORT else [say(_NO_DATA)]


def _needed(guide: Guide) -> Sentence:
    return _text(f"From {guide.name} you need {guide.best}")


def _steps(guide: Guide) -> Section:
    return Section(heading=guide.name, points=[_needed(guide), *map(_text, (*guide.steps, guide.note))])


def _others(guides: Sequence[Guide]) -> Sentence:
    others = ", ".join(guide.name for guide in GUIDES if guide not in guides)
    return _text(f"Exports of {others} work too: name yours and you get its steps")


def _text(text: str) -> Sentence:
    return quoted(text, "stated in the guide")


def _calls(inquiry: Inquiry) -> tuple[Wanted, ...]:
    operation = inquiry.part.operation
    if operation != Operation.EXPORT and (has_data(inquiry) or not OPERATIONS[operation].needs_data):
        return ()
    providers = named_guides(f"{inquiry.part.topic or ''} {inquiry.text}")
    return (Wanted("To tell you which export to get, and how", {"providers": providers}),)


TOOL = Tool(
    name="export_guide",
    title="Find the export to get",
    agent="data",
    description="Which export to get from which provider or tool, step by step.",
    arguments=GuideArguments,
    run=export_guide,
    answers=frozenset({Operation.EXPORT}),
    calls=_calls,
    shows=lambda _: False,
)
