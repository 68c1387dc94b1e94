"""`action_plan`: one change in full, with its steps, how to check it and how to undo it."""

from collections.abc import Sequence

from pydantic import Field

from common.assistant.context import ToolContext
from common.assistant.question.model import Operation
from common.assistant.tool import Arguments, Inquiry, Tool, Wanted
from common.assistant.tools.limits import limits_of
from common.assistant.tools.plan_texts import LARGEST
from common.assistant.tools.tool_results import has_data, names_of, or_unanswerable, tool_result
from common.assistant.tools.weighing import all_found, allowed, names_in, title, weighed
from common.figures.quoted import quoted
from common.figures.sentences import joined, say
from common.runs.step import Section, Sentence, ToolError, ToolResult
from common.spend import Opportunity

_MOST_NAMED = 10


class ChangeArguments(Arguments):
    """Which change to detail."""

    opportunity_id: str = Field(description="The id of the opportunity, as find_opportunities gives it.")


async def detail(context: ToolContext, arguments: ChangeArguments) -> ToolResult:
    """One change in full. It is shown where the customer points at changes; else it supports a plan."""
    constraints = context.part.constraints
    limits = await context.once(limits_of, constraints)
    report = allowed(await context.once(all_found, limits, await context.workspace.evaluations()), constraints)
    item = next((each for each in report.opportunities if each.id == arguments.opportunity_id), None)
    if item is None:
        ids = ", ".join(each.id for each in report.opportunities[:_MOST_NAMED]) or "none"
        raise ToolError(f"There is no saving with the id {arguments.opportunity_id} in these data. Known: {ids}.")
    names = names_in(item, await context.once(names_of))
    alone = len(context.part.refers) == 1
    sections = _in_full(item, names) if alone else [_together(item, names)]
    wanted = bool(context.part.refers) or context.question.format.kind == "code"
    return tool_result(
        summary=say("Plan for: {title}.", title=title(item, names)).text,
        details=[] if wanted else [_first(item, names)],
        sections=sections if wanted else [],
        names=names,
    )


def _in_full(item: Opportunity, names: Sequence[str]) -> list[Section]:
    """Under a heading for each part."""
    about = weighed(item)
    why = say(f"{about[0].upper()}{about[1:]}; confidence in the figure {item.confidence}.")
    sections = [
        Section(heading="Why", points=[why, _quoted(item.evidence, names)]),
        Section(heading="Steps", points=[_quoted(step, names) for step in item.steps]),
        Section(heading="Verify and roll back", points=_checked(item, names)),
        Section(heading="Assumed", points=[_quoted(text, names) for text in item.assumptions]),
    ]
    return [*sections, Section(heading="Snippet", points=[], code=item.snippet)] if item.snippet else sections


def _together(item: Opportunity, names: Sequence[str]) -> Section:
    """Under its title, for one of several."""
    steps = [_quoted(step, names) for step in item.steps]
    return Section(heading=title(item, names).text, points=[*steps, *_checked(item, names)], code=item.snippet)


def _first(item: Opportunity, names: Sequence[str]) -> Sentence:
    """Where to begin with it."""
    begin = say("**{title}**: begin with this.", title=title(item, names))
    return joined([begin, *(_quoted(step, names) for step in item.steps[:1])], topic="first step")


def _checked(item: Opportunity, names: Sequence[str]) -> list[Sentence]:
    return [_quoted(f"To verify: {item.verify}", names), _quoted(f"To roll back: {item.rollback}", names)]


def _quoted(text: str, names: Sequence[str]) -> Sentence:
    return quoted(text, "stated with a change", names)


def _calls(inquiry: Inquiry) -> tuple[Wanted, ...]:
    if inquiry.part.operation != Operation.PLAN or not has_data(inquiry):
        return ()
    purpose = "To have the steps, the check and the way back of each change"
    return tuple(Wanted(purpose, {"opportunity_id": each}) for each in inquiry.planned[:LARGEST])


TOOL = Tool(
    name="action_plan",
    title="Work out the steps",
    agent="actions",
    description="One recommendation in detail: steps, effort, risk, how to verify it and how to undo it.",
    arguments=ChangeArguments,
    run=or_unanswerable(detail),
    answers=frozenset(),
    calls=_calls,
    shows=lambda inquiry: bool(inquiry.part.refers),
)
