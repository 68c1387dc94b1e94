"""`run_agent`: one step of a run, for whichever of the five agents is next."""

from collections.abc import Sequence
from typing import Any

from common.assistant.agents.answering import build_answer, plain_answer, settled
from common.assistant.agents.conversation import AgentTask, Conversation, ConversationOutcome
from common.assistant.agents.outline import Section, answer_outline, as_brief, guide_outline
from common.assistant.agents.specs import HELPER_OPENING, HELPER_TOOLS, SPECS, TALK_OPENING
from common.assistant.agents.thoughts import Show
from common.assistant.agents.transcript import user_item
from common.assistant.agents.workflow import FULL, Call, required_calls, route
from common.assistant.context import ToolContext
from common.assistant.goals.goal import Goal
from common.assistant.goals.in_thread import goal_in_thread, selected
from common.assistant.tools.export_guide import guide_findings, named_guides
from common.assistant.tools.plan import planned_ids
from common.assistant.workspace import Workspace
from common.contract.answer import Answer
from common.llm.port import LanguageModel
from common.runs.step import StepContext, StepResult, ToolEvidence

_REFUSAL = (
    "How Apex works inside stays inside, so I cannot show that. I am glad to help with your AI spend: upload a usage"
    " log, or ask what you spend, on what, and how to lower it."
)
_WELCOME = (
    "I am Apex: I find savings on AI and LLM spend. Upload a usage log, and ask what you spend, what drives it, or how"
    " to cut it to a target; every figure I give comes from your own data."
)
_HISTORY_TURNS, _HISTORY_CHARS = 3, 600
_SHOW: dict[str, Show] = {"summary": "sentences", "answer": "headings", "reply": "nothing"}


async def run_agent(context: StepContext, *, model: LanguageModel, workspace: Workspace) -> StepResult:
    """Do the step of `context.agent`. Model errors pass through: ModelUnavailableError, ModelRejectedError."""
    goal = goal_in_thread(context.question, context.history, has_data=bool(context.dataset_ids))
    tool_context = ToolContext(
        workspace=workspace,
        dataset_ids=context.dataset_ids,
        goal=goal,
        selected=selected(goal, context.question, context.history),
    )
    if context.agent == "triage":
        return await _triage(context, model, tool_context)
    if context.agent == "reporting":
        return await _report(context, model, tool_context)
    if context.agent == "data" and route(goal, context.evidence) != FULL:
        return await _help_to_data(context, model, tool_context)
    return await _work(context, model, tool_context)


async def _triage(context: StepContext, model: LanguageModel, tool_context: ToolContext) -> StepResult:
    goal = tool_context.goal
    if goal.kind == "internals":
        await _open(context)
        return _ended(plain_answer(_REFUSAL, _REFUSAL))
    if goal.kind in ("smalltalk", "general"):
        task = _task(context, tool_context, "reply", tools=(), opening=TALK_OPENING)
        outcome = await Conversation(context, model, tool_context, task).run()
        return _ended(plain_answer(outcome.text, _WELCOME))
    result, outcome = await _summed_up(context, model, tool_context)
    workflow = list(route(goal, outcome.evidence))
    return result.model_copy(update={"workflow": workflow, "output": {**result.output, "goal": _goal_document(goal)}})


async def _open(context: StepContext) -> None:
    """Record the opening once, whichever worker takes over; no model is asked."""
    if not context.transcript:
        await context.recorder.remember([user_item({"question": context.question})])
        await context.recorder.think(TALK_OPENING)


async def _work(context: StepContext, model: LanguageModel, tool_context: ToolContext) -> StepResult:
    planned: Sequence[str] = ()
    if context.agent == "actions":
        planned = await tool_context.compute(planned_ids, tool_context, await tool_context.workspace.evaluations())
    result, _ = await _summed_up(context, model, tool_context, planned)
    return result


async def _summed_up(
    context: StepContext, model: LanguageModel, tool_context: ToolContext, planned: Sequence[str] = ()
) -> tuple[StepResult, ConversationOutcome]:
    task = _task(context, tool_context, "summary", planned=planned)
    outcome = await Conversation(context, model, tool_context, task).run()
    of_agent = [item for item in outcome.evidence if item.agent == context.agent]
    summary = settled(outcome.text, outcome.evidence, [item.result.summary for item in of_agent])
    return StepResult(summary=summary, output={"summary": summary}), outcome


async def _help_to_data(context: StepContext, model: LanguageModel, tool_context: ToolContext) -> StepResult:
    """Without data, the answer is how to get it."""
    outline = guide_outline(context.evidence, guide_findings(named_guides(context.question)))
    task = _task(context, tool_context, "answer", tools=HELPER_TOOLS, opening=HELPER_OPENING, outline=outline)
    outcome = await Conversation(context, model, tool_context, task).run()
    answer = build_answer(outcome.text, outline, tool_context, outcome.evidence)
    return _ended(answer)


async def _report(context: StepContext, model: LanguageModel, tool_context: ToolContext) -> StepResult:
    outline = answer_outline(tool_context, context.evidence)
    task = _task(context, tool_context, "answer", outline=outline)
    outcome = await Conversation(context, model, tool_context, task).run()
    answer = build_answer(outcome.text, outline, tool_context, outcome.evidence)
    return _ended(answer)


def _ended(answer: Answer) -> StepResult:
    first = answer.text.split("\n", 1)[0]
    return StepResult(summary=first, output={"summary": first}, answer=answer)


def _task(
    context: StepContext,
    tool_context: ToolContext,
    write: str,
    *,
    tools: tuple[str, ...] | None = None,
    opening: str | None = None,
    outline: Sequence[Section] = (),
    planned: Sequence[str] = (),
) -> AgentTask:
    spec = SPECS[context.agent]
    talks = tools == ()
    required = () if talks else required_calls(context.agent, tool_context, context.question, _before(context), planned)
    return AgentTask(
        instructions=spec.instructions,
        tools=spec.tools if tools is None else tools,
        opening=opening or spec.opening,
        brief=_brief(context, tool_context, write, required, outline),
        required=required,
        show=_SHOW[write],
    )


def _before(context: StepContext) -> list[ToolEvidence]:
    """Evidence from before this step: the same for every worker of it."""
    return [item for item in context.evidence if item.agent != context.agent]


def _brief(
    context: StepContext, tool_context: ToolContext, write: str, required: Sequence[Call], outline: Sequence[Section]
) -> dict[str, Any]:
    return {
        "agent": context.agent,
        "write": write,
        "question": context.question,
        "history": [
            _past(turn.question, turn.answer.text if turn.answer else "") for turn in context.history[-_HISTORY_TURNS:]
        ],
        "goal": _goal_document(tool_context.goal),
        "suggested_calls": [{"tool": c.tool, "arguments": c.arguments, "purpose": c.purpose} for c in required],
        "evidence": [{"source": i.source, "tool": i.tool, "findings": i.result.findings} for i in _before(context)],
        "outline": as_brief(outline),
    }


def _past(question: str, answer: str) -> dict[str, str]:
    return {"question": question[:_HISTORY_CHARS], "answer": answer[:_HISTORY_CHARS]}


def _goal_document(goal: Goal) -> dict[str, Any]:
    return goal.model_dump(mode="json", exclude_defaults=True)
