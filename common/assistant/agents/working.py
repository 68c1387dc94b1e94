"""The steps after triage: what the tools want called is called, a model sums up what belongs to a plan, and the last
agent answers.
"""

from collections.abc import Sequence

from common.assistant.agents import transcript
from common.assistant.agents.specs import HELPER_OPENING, SPECS
from common.assistant.agents.summaries import summed_up
from common.assistant.agents.tool_calls import call_wanted
from common.assistant.agents.triage import is_of_this_version, triaged
from common.assistant.agents.turn import TriageOutput, inquiry_of, parts_of, tool_context, workflow_of
from common.assistant.answers.compose import Background, compose
from common.assistant.context import ToolContext
from common.assistant.question.model import Operation, Part
from common.assistant.question.operations import OPERATIONS
from common.assistant.registry import TOOLS
from common.assistant.tools.planned import planned_ids
from common.assistant.workspace import Workspace
from common.contract.answer import Answer
from common.contract.events import AGENT_ORDER, AgentName
from common.core.clock import now_utc
from common.llm.port import LanguageModel
from common.runs.step import StepContext, StepResult, ToolError, ToolEvidence

_HELP: list[AgentName] = ["data"]
_SUMMED_UP = frozenset({Operation.PLAN, Operation.BUSINESS_CASE})
"""What is worth a model's words at each step; everything else is short, and said by code."""


async def work(context: StepContext, model: LanguageModel, workspace: Workspace) -> StepResult:
    """Do the step of an agent after triage."""
    output = await triaged(context, workspace)
    workflow = workflow_of(output) or [context.agent]
    await _open(context, HELPER_OPENING if workflow == _HELP else SPECS[context.agent].opening)
    is_last = context.agent in (workflow[-1], AGENT_ORDER[-1])
    evidence = await _look_up(context, output, workspace, _agents_due(context, workflow, is_last=is_last))
    if is_last:
        return ended(_answer(context, output, evidence))
    if any(part.operation in _SUMMED_UP for part in parts_of(output)):
        tools = tool_context(output.question.parts[0], output.question, context, workspace)
        return StepResult(summary=await summed_up(context, model, tools, evidence, frozenset(output.names)))
    said = [item.result.summary for item in evidence if item.agent == context.agent]
    return StepResult(summary=next(iter(said), SPECS[context.agent].opening))


def ended(answer: Answer) -> StepResult:
    """The end of a run, summed up by the first line of its answer."""
    return StepResult(summary=answer.text.split("\n", 1)[0], answer=answer)


async def _open(context: StepContext, opening: str) -> None:
    """Say the opening once, whichever worker takes over."""
    if not context.transcript:
        await context.recorder.remember([transcript.opened_item()])
        await context.recorder.think(opening)


def _agents_due(context: StepContext, workflow: Sequence[AgentName], *, is_last: bool) -> Sequence[AgentName]:
    """Whose tools are called in this step. The results of an earlier version cannot be read: in its runs the last step
    calls all that the answer needs.
    """
    if is_of_this_version(context):
        return (context.agent,)
    return workflow if is_last else ()


async def _look_up(
    context: StepContext, output: TriageOutput, workspace: Workspace, due: Sequence[AgentName]
) -> list[ToolEvidence]:
    """All evidence of the run up to here, in the order of its events."""
    found = {item.source: item for item in context.evidence if is_of_this_version(context)}
    for place, part in enumerate(parts_of(output)):
        for agent in due:
            if agent not in OPERATIONS[part.operation].agents:
                continue
            tools = tool_context(part, output.question, context, workspace)
            inquiry = inquiry_of(part, output, context, await _planned(agent, tools, part))
            for item in await call_wanted(context, tools, inquiry, place, agent):
                found[item.source] = item
    return [found[source] for source in sorted(found)]


async def _planned(agent: AgentName, tools: ToolContext, part: Part) -> Sequence[str]:
    if agent != "actions" or part.operation != Operation.PLAN:
        return ()
    try:
        return await planned_ids(tools)
    except ToolError:
        return ()  # the plan's own call says why there is none


def _answer(context: StepContext, output: TriageOutput, evidence: Sequence[ToolEvidence]) -> Answer:
    parts = [inquiry_of(part, output, context) for part in parts_of(output)]
    background = Background(data=output.day_range, dimensions=output.dimensions, today=now_utc().date())
    return compose(output.question, evidence, TOOLS, parts, background)
