"""From the model's text to the answer: grounded, with its headline, its blocks and its recommendations."""

import re
from collections.abc import Sequence

from common.assistant.agents.outline import Section, as_markdown
from common.assistant.agents.specs import leaks
from common.assistant.context import ToolContext
from common.contract.answer import Answer, Block, Recommendation, TextBlock
from common.figures.format import figure
from common.figures.grounding import GroundedText, clean, ground_of
from common.runs.step import ToolEvidence
from common.telemetry.logs import log

_LEFT_OUT = "Some statements are left out here, because their numbers do not stand in your data."
_BLOCK_ORDER = ("figures", "recommendation", "chart", "table")
_HTML = re.compile(r"</?[A-Za-z!][^>\n]*>")
_IMAGE = re.compile(r"!\[[^\]\n]*\]\([^)\n]*\)")


def build_answer(
    text: str | None, outline: Sequence[Section], context: ToolContext, evidence: Sequence[ToolEvidence]
) -> Answer:
    """The answer of a run. Its figures are all sourced; where the model's text fails, the outline stands in."""
    ground = ground_of(evidence)
    written = clean(_safe(text or ""), ground)
    if written.removed:
        log("WARNING", "statements removed: their figures have no source", removed=len(written.removed))
    if len(written.text) < len(text or "") / 3 or not written.text:
        written = clean(as_markdown(outline), ground)
    written = _with_headline(written, outline, evidence)
    return Answer(
        text=written.text,
        blocks=_blocks(context, evidence),
        figures=list(written.figures),
        recommendations=_recommendations(evidence) if context.shows_plan else [],
    )


def plain_answer(text: str | None, fallback: str) -> Answer:
    """A reply without data: no figure can stand in it."""
    written = clean(_safe(text or ""), ground_of(())).text
    return Answer(text=written if written and not leaks(written) else fallback)


def settled(text: str | None, evidence: Sequence[ToolEvidence], fallback: Sequence[str]) -> str:
    """A summary for the customer: the model's words as far as they are grounded, else the first findings."""
    ground = ground_of(evidence)
    written = clean(_safe(text or ""), ground).text
    return written or clean(" ".join(list(fallback)[:3]), ground).text or "Done."


def headline_missing(written: GroundedText, evidence: Sequence[ToolEvidence]) -> bool:
    """True if the text leaves out the total cost, or what the plan saves."""
    told = {(figure(known.value, known.unit), known.unit) for known in written.figures}
    wanted = [
        fact
        for item in evidence
        for fact in item.result.facts
        if (item.tool, fact.name) in (("spend_totals", "total cost"), ("combined_plan", "savings of the plan"))
        and (fact.value or item.tool == "spend_totals")
    ]
    return any((figure(fact.value, fact.unit), fact.unit) not in told for fact in wanted)


def _with_headline(written: GroundedText, outline: Sequence[Section], evidence: Sequence[ToolEvidence]) -> GroundedText:
    text = written.text
    if headline_missing(written, evidence):
        text = "\n\n".join([_plain(outline[:1]), text, _plain(outline[1:][-1:])]).strip()
    if len(written.removed) > len(text.splitlines()) / 4:
        text += "\n\n" + _LEFT_OUT
    if text == written.text:
        return written
    again = clean(text, ground_of(evidence))
    return GroundedText(again.text, again.figures, (*written.removed, *again.removed))


def _plain(sections: Sequence[Section]) -> str:
    """Those without a heading: the opening and the closing words."""
    return as_markdown(section for section in sections if section.heading is None)


def _safe(text: str) -> str:
    """Without HTML and images: the first is never shown, the second would load from elsewhere."""
    return _IMAGE.sub("", _HTML.sub("", text)).strip()


def _blocks(context: ToolContext, evidence: Sequence[ToolEvidence]) -> list[Block]:
    shown: dict[str, Block] = {}
    for item in evidence:
        if not _asked(context, item):
            continue
        for block in item.result.blocks:
            if not isinstance(block, TextBlock):
                shown[f"{block.type}|{block.title}"] = block.model_copy(update={"source": item.source})
    return sorted(shown.values(), key=lambda block: _BLOCK_ORDER.index(block.type))


def _asked(context: ToolContext, item: ToolEvidence) -> bool:
    """True if the blocks of a tool result belong into the answer to this question."""
    goal = context.goal
    if not context.shows_plan and item.tool in ("combined_plan", "find_opportunities"):
        return False
    if item.tool == "distribution":
        return goal.wants("distribution", "latency")
    if item.tool == "before_and_after":
        return goal.wants("comparison")
    if item.tool == "failed_requests":
        return goal.wants("errors")
    by = item.result.data.get("by")
    return item.tool != "spend_breakdown" or by in (*goal.breakdown_by, "model", "feature", "day")


def _recommendations(evidence: Sequence[ToolEvidence]) -> list[Recommendation]:
    """Those of the last plan of the run."""
    plans = [item for item in evidence if item.tool == "combined_plan"]
    return [
        block.model_copy(update={"source": plan.source})
        for plan in plans[-1:]
        for block in plan.result.blocks
        if isinstance(block, Recommendation)
    ]
