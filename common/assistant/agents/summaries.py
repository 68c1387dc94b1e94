"""What a model says at the end of a step of a plan: a few sentences, as far as they are grounded."""

from collections.abc import Sequence
from typing import Any

from common.assistant.agents.conversation import AgentTask, Conversation
from common.assistant.agents.specs import SPECS
from common.assistant.agents.tool_calls import tools_of
from common.assistant.agents.turn import question_of
from common.assistant.context import ToolContext
from common.assistant.question.spoken import spoken
from common.figures.slots import slots_of
from common.figures.written import written
from common.llm.port import LanguageModel
from common.runs.step import PastTurn, StepContext, ToolEvidence

_HISTORY_TURNS, _HISTORY_CHARS = 3, 600


async def summed_up(
    context: StepContext,
    model: LanguageModel,
    tools: ToolContext,
    evidence: Sequence[ToolEvidence],
    names: frozenset[str],
) -> str:
    """The model's words as far as every figure has its fact, else the first findings of the step."""
    task = AgentTask(
        instructions=SPECS[context.agent].instructions,
        tools=tools_of(context.agent),
        brief=_brief(context, tools, evidence, names),
        names=names,
    )
    outcome = await Conversation(context, model, tools, task, evidence).run()
    kept = written(outcome.text or "", slots_of(outcome.evidence)).text
    found = [item.result.summary for item in outcome.evidence if item.agent == context.agent]
    return kept or next(iter(found), SPECS[context.agent].opening)


def _brief(
    context: StepContext, tools: ToolContext, evidence: Sequence[ToolEvidence], names: frozenset[str]
) -> dict[str, Any]:
    return {
        "agent": context.agent,
        "write": "summary",
        "question": context.question,
        "read_as": spoken(tools.question),
        "history": [_past(turn) for turn in context.history[-_HISTORY_TURNS:]],
        "results": slots_of(evidence).for_model(names),
    }


def _past(turn: PastTurn) -> dict[str, str]:
    question = question_of(turn.answer)
    return {
        "question": turn.question[:_HISTORY_CHARS],
        "read_as": spoken(question) if question else "",
        "answer": (turn.answer.text if turn.answer else "")[:_HISTORY_CHARS],
    }
