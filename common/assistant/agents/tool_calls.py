"""Calls that an answer cannot do without: made by code, each once, whichever worker does it."""

from typing import Any

from common.assistant.context import ToolContext
from common.assistant.registry import TOOLS
from common.assistant.tool import Arguments, Inquiry, Tool
from common.contract.events import AgentName
from common.runs.step import Sentence, StepContext, ToolCall, ToolError, ToolEvidence, ToolResult
from common.telemetry.logs import log


def tools_of(agent: AgentName) -> tuple[Tool[Any], ...]:
    """In the order of the registry."""
    return tuple(tool for tool in TOOLS.values() if tool.agent == agent)


async def call_wanted(
    context: StepContext, tools: ToolContext, inquiry: Inquiry, place: int, agent: AgentName | None = None
) -> list[ToolEvidence]:
    """Call what the tools of an agent, else of this step's, want called for the part at `place`."""
    found = []
    for tool in tools_of(agent or context.agent):
        for number, wanted in enumerate(tool.calls(inquiry)):
            arguments = tool.parse({**wanted.arguments, "purpose": wanted.purpose})
            call = ToolCall(
                part=place,
                call_id=f"{place}-{tool.name}-{number}",
                tool=tool.name,
                purpose=wanted.purpose,
                arguments=arguments.model_dump(mode="json", exclude={"purpose"}),
            )
            found.append(await _called(context, call, tool, tools, arguments))
    return found


async def _called(
    context: StepContext, call: ToolCall, tool: Tool[Any], tools: ToolContext, arguments: Arguments
) -> ToolEvidence:
    """What a tool cannot do is its result: the answer has to say it."""

    async def run() -> ToolResult:
        try:
            return await tool.run(tools, arguments)
        except ToolError as error:
            log("WARNING", "a call that is needed failed", cause=error, run_id=context.run_id, tool=tool.name)
            return ToolResult(summary=str(error), missing=[Sentence(text=str(error))])

    return await context.recorder.call_tool(call, run)
