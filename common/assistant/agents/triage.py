"""Triage: which data there are, how the message is read, and who works on it; some messages it answers by itself."""

from dataclasses import dataclass

from common.assistant.agents.model_reading import read_with_model
from common.assistant.agents.specs import SPECS
from common.assistant.agents.tool_calls import call_wanted
from common.assistant.agents.transcript import opened_item
from common.assistant.agents.turn import TriageOutput, inquiry_of, last_turn, stored_question, tool_context, workflow_of
from common.assistant.answers.about_apex import answer_about_apex
from common.assistant.answers.asked_back import asked_back
from common.assistant.question.chips import patched
from common.assistant.question.draft import AskBack, Draft
from common.assistant.question.model import Operation, Part, Question
from common.assistant.reading.read import read
from common.assistant.workspace import Workspace
from common.contract.answer import Answer
from common.llm.port import LanguageModel
from common.runs.step import PastTurn, StepContext, StepResult, ToolEvidence
from common.runs.turn import Click
from common.spend import Rollup, totals
from common.spend.semantics import DimensionName
from common.spend.semantics.catalogue import Catalogue, catalogue_of

_MOST_NAMES, _MOST_SHOWN = 5_000, 50
_SHOWN = (DimensionName.FEATURE, DimensionName.MODEL, DimensionName.PROVIDER)
_EVERYTHING = Question(parts=(Part(operation=Operation.MEASURE),))
_STALE = "That belongs to an earlier answer, which has moved on. Say in words what you would like to see."


@dataclass(frozen=True, slots=True)
class _Data:
    """What is known of the attached data."""

    catalogue: Catalogue
    has: tuple[str, ...]
    days: float


async def triage(context: StepContext, model: LanguageModel, workspace: Workspace) -> StepResult:
    """Read the message; end the run where nobody else is needed."""
    if not context.transcript:
        await context.recorder.remember([opened_item()])
        await context.recorder.think(SPECS["triage"].opening)
    data = await _data(context, workspace)
    draft = await _draft(context, model, data.catalogue if data else None)
    if draft.ask_back is not None:
        return _ended(asked_back(draft, draft.ask_back))
    output = _output(_without_greeting(draft.question), data)
    workflow = workflow_of(output)
    if not workflow:
        return _ended(answer_about_apex(output.question, has_data=output.with_data))
    evidence: list[ToolEvidence] = []
    for place, part in enumerate(output.question.parts):
        tools = tool_context(part, output.question, context, workspace)
        evidence += await call_wanted(context, tools, inquiry_of(part, output, context), place)
    summary = evidence[-1].result.summary if evidence else SPECS["triage"].opening
    return StepResult(summary=summary, output=output.model_dump(mode="json"), workflow=workflow)


async def triaged(context: StepContext, workspace: Workspace) -> TriageOutput:
    """What triage left, in the steps after it; a run that an earlier version began is read here, by the rules."""
    if is_of_this_version(context):
        return TriageOutput.model_validate(context.read)
    data = await _data(context, workspace)
    draft = read(context.question, data.catalogue if data else None, last_turn(context.history))
    return _output(_without_greeting(draft.question), data)


def is_of_this_version(context: StepContext) -> bool:
    """Whether this version's triage began the run."""
    return context.read is not None and "question" in context.read


def _without_greeting(question: Question) -> Question:
    """A greeting beside a question needs no answer."""
    others = tuple(part for part in question.parts if part.operation != Operation.ABOUT)
    return question.model_copy(update={"parts": others}) if others else question


def _output(question: Question, data: _Data | None) -> TriageOutput:
    if data is None:
        return TriageOutput(question=question, with_data=False)
    catalogue = data.catalogue
    return TriageOutput(
        question=question,
        with_data=True,
        has=data.has,
        days=data.days,
        names=_names(catalogue),
        dimensions=tuple(each.name for each in catalogue.dimensions),
        first=catalogue.first,
        last=catalogue.last,
    )


def _names(catalogue: Catalogue) -> tuple[str, ...]:
    return tuple(name for each in catalogue.dimensions if each.name in _SHOWN for name in each.values[:_MOST_SHOWN])


async def _data(context: StepContext, workspace: Workspace) -> _Data | None:
    """None without a row that can be asked about."""
    infos = await workspace.datasets(context.dataset_ids) if context.dataset_ids else ()
    if not any(info.rows for info in infos):
        return None
    tools = tool_context(_EVERYTHING.parts[0], _EVERYTHING, context, workspace)
    return await tools.compute(_data_of)


def _data_of(rollup: Rollup) -> _Data:
    total = totals(rollup)
    return _Data(catalogue_of(rollup, _MOST_NAMES), tuple(sorted(total.has)), total.days)


async def _draft(context: StepContext, model: LanguageModel, catalogue: Catalogue | None) -> Draft:
    """What was clicked is not read again."""
    if context.click is not None:
        question = _clicked(context.click, context.history)
        return Draft(question=question or _EVERYTHING, ask_back=None if question else AskBack(_STALE, ()))
    last = last_turn(context.history)
    draft = read(context.question, catalogue, last)
    return draft if draft.is_certain else await read_with_model(context, model, draft, catalogue, last)


def _clicked(click: Click, history: tuple[PastTurn, ...]) -> Question | None:
    """None where the last answer has no such choice or chip: it was clicked on another page, or twice."""
    answer = history[-1].answer if history else None
    if answer is None:
        return None
    if click.choice is not None:
        choice = next((choice for choice in answer.choices if choice.id == click.choice), None)
        return stored_question(choice.question) if choice else None
    question = stored_question(answer.reading.question) if answer.reading else None
    chips = answer.reading.chips if answer.reading else []
    chip = next((each for each in chips if each.id == click.chip), None)
    if question is None or chip is None or click.to not in (None, *(option.value for option in chip.options)):
        return None
    return patched(question, chip.id, click.to)


def _ended(answer: Answer) -> StepResult:
    first = answer.text.split("\n", 1)[0]
    return StepResult(summary=first, output={"summary": first}, answer=answer)
