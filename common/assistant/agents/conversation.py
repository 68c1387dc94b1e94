"""The loop of an agent with a model: brief, model, perhaps tools, until there is text.

All state is in the transcript: a worker that takes over resumes from it; an answered call is not run again.
"""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from common.assistant.agents import transcript
from common.assistant.agents.specs import leaks
from common.assistant.agents.thoughts import Show, Thoughts, presentable
from common.assistant.agents.transcript import WireCall
from common.assistant.context import ToolContext
from common.assistant.tool import Arguments, Tool
from common.figures.slots import Slots, slots_of
from common.figures.written import written
from common.llm.port import LanguageModel, ModelMisbehavedError, ModelReply, ModelRequest, ToolSpec
from common.runs.step import Item, StepContext, ToolCall, ToolError, ToolEvidence, ToolResult
from common.telemetry.logs import log

_MOST_REPLIES = 4
_MOST_CALLS = 8
_CORRECT = "Write the text again, without these sentences: their ids, figures, names or claims are not as found."
_PURPOSE = "To answer your question from your data"


@dataclass(frozen=True, kw_only=True)
class AgentTask:
    """The task of one agent: its instructions, the tools that it may call, and the brief."""

    instructions: str
    tools: tuple[Tool[Any], ...]
    brief: dict[str, Any]
    names: frozenset[str]
    """Names of the data that a model may read: of features and models, never of users."""
    show: Show = "sentences"


@dataclass(frozen=True, slots=True)
class ConversationOutcome:
    """`text` None: the model gave no usable text."""

    text: str | None
    evidence: tuple[ToolEvidence, ...]


class Conversation:
    """One step of one run; built for it and discarded with it."""

    def __init__(
        self,
        context: StepContext,
        model: LanguageModel,
        tool_context: ToolContext,
        task: AgentTask,
        evidence: Sequence[ToolEvidence],
    ) -> None:
        self._context = context
        self._model = model
        self._tool_context = tool_context
        self._task = task
        self._tools = {tool.name: tool for tool in task.tools}
        self._items: list[Item] = list(context.transcript)
        self._evidence = list(evidence)

    async def run(self) -> ConversationOutcome:
        """Talk with the model until it has written."""
        if not transcript.wire(self._items):
            await self._remember(transcript.user_item(self._task.brief))
        while await self._move():
            pass
        return ConversationOutcome(self._usable_text(), tuple(self._evidence))

    async def _move(self) -> bool:
        """One move, determined by the transcript alone; False when nothing is left to do."""
        pending = transcript.pending(self._items)
        if pending:
            for call in pending:
                await self._remember(transcript.output_item(call.call_id, await self._output(call)))
            return True
        text = transcript.last_text(self._items)
        if text is not None:
            return await self._ask_to_correct(text)
        if transcript.replies(self._items) >= _MOST_REPLIES or transcript.notes(self._items, "error") > 1:
            return False
        await self._ask()
        return True

    async def _ask(self) -> None:
        self._context.recorder.allow_model_call()
        thoughts = Thoughts(self._context.recorder, self._slots, self._task.show)
        request = ModelRequest(
            instructions=self._task.instructions,
            items=transcript.wire(self._items),
            tools=tuple(
                ToolSpec(name=t.name, description=t.description, parameters=t.schema()) for t in self._tools.values()
            ),
        )
        try:
            reply = await self._model.respond(request, thoughts.on_text)
        except ModelMisbehavedError as error:
            self._report("the model's reply is not usable", cause=error)
            await self._context.recorder.retract("That did not come out right, so I begin this part again.")
            await self._remember(transcript.priced_item(error.usage), transcript.user_item({"error": str(error)}))
            return
        await self._take(reply, thoughts)

    async def _take(self, reply: ModelReply, thoughts: Thoughts) -> None:
        await self._remember(*reply.items, transcript.priced_item(reply.usage))
        if reply.calls:
            await thoughts.flush()

    async def _ask_to_correct(self, text: str) -> bool:
        """Ask, once, for a text without the sentences that nothing supports."""
        dropped = written(text, self._slots()).dropped
        if not dropped or transcript.notes(self._items, "correct"):
            return False
        self._report("the model's text says what nothing supports", sentences=len(dropped))
        await self._context.recorder.retract("I write this again, with what was found in your data only.")
        await self._remember(transcript.user_item({"correct": _CORRECT, "unsupported": list(dropped)}))
        await self._ask()
        return True

    async def _output(self, call: WireCall) -> dict[str, Any]:
        """Run a call of the model; its errors go back to the model."""
        if len(transcript.outputs(self._items)) >= _MOST_CALLS:
            return {"error": "Enough was looked up: write the text now."}
        tool = self._tools.get(call.tool)
        if tool is None:
            return {"error": f"There is no tool {call.tool}. Call one of: {', '.join(self._tools)}."}
        try:
            arguments = tool.parse(call.arguments or {})
            evidence = await self._call(call.id, tool, arguments)
        except ToolError as error:
            return {"error": str(error)}
        return self._slots().for_model(self._task.names) | {"new": evidence.tool}

    async def _call(self, call_id: str, tool: Tool[Any], arguments: Arguments) -> ToolEvidence:
        values = arguments.model_dump(mode="json", exclude={"purpose"})
        purpose = presentable(arguments.purpose, self._slots()) or _PURPOSE
        run: Callable[[], Awaitable[ToolResult]] = partial(tool.run, self._tool_context, arguments)
        evidence = await self._context.recorder.call_tool(
            ToolCall(call_id=call_id, tool=tool.name, purpose=purpose, arguments=values), run
        )
        if all(item.source != evidence.source for item in self._evidence):
            self._evidence.append(evidence)
        return evidence

    def _report(self, message: str, *, cause: Exception | None = None, **labels: object) -> None:
        log("WARNING", message, cause=cause, run_id=self._context.run_id, step=self._context.step, **labels)

    def _usable_text(self) -> str | None:
        text = transcript.last_text(self._items)
        return None if text is None or leaks(text) else text

    def _slots(self) -> Slots:
        return slots_of(self._evidence)

    async def _remember(self, *items: Item) -> None:
        self._items += items
        cost, used = transcript.cost_of(items), transcript.used_by(items)
        await self._context.recorder.remember(list(items), cost_usd=cost, used=used)
