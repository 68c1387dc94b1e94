"""What the steps of a run share: the question as triage has read it, its parts as tools ask for them, and the turns
before.
"""

from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any

from pydantic import BaseModel, ConfigDict, ValidationError

from common.assistant.context import ToolContext
from common.assistant.question.draft import LastTurn, Option
from common.assistant.question.model import Operation, Part, Question
from common.assistant.question.operations import OPERATIONS
from common.assistant.tool import Inquiry
from common.assistant.workspace import Workspace
from common.contract.answer import Answer, Recommendation
from common.contract.events import AGENT_ORDER, AgentName
from common.runs.step import PastTurn, StepContext
from common.spend.semantics import DimensionName
from common.spend.semantics.periods import DayRange


class TriageOutput(BaseModel):
    """What triage leaves for the steps after it. `has` and `days` are of all data, as `Totals` has them, as are its
    first and last day and its `dimensions`; `names`: of features, models and providers, which a model may read.
    """

    model_config = ConfigDict(frozen=True, extra="ignore")

    question: Question
    with_data: bool
    has: tuple[str, ...] = ()
    days: float = 0.0
    names: tuple[str, ...] = ()
    dimensions: tuple[DimensionName, ...] = ()
    first: date | None = None
    last: date | None = None

    @property
    def day_range(self) -> DayRange | None:
        """The days of the data."""
        return DayRange(self.first.toordinal(), self.last.toordinal()) if self.first and self.last else None


def parts_of(output: TriageOutput) -> tuple[Part, ...]:
    """The parts as they are worked on: without data, those of data become help to get them."""
    return tuple(
        part.model_copy(update={"operation": Operation.EXPORT})
        if OPERATIONS[part.operation].needs_data and not output.with_data
        else part
        for part in output.question.parts
    )


def workflow_of(output: TriageOutput) -> list[AgentName]:
    """The agents after triage, in their one order: those that the parts need."""
    needed = {agent for part in parts_of(output) for agent in OPERATIONS[part.operation].agents}
    return [agent for agent in AGENT_ORDER if agent in needed]


def inquiry_of(part: Part, output: TriageOutput, context: StepContext, planned: Sequence[str] = ()) -> Inquiry:
    """A part as tools decide by it."""
    return Inquiry(
        part=part,
        question=output.question,
        text=context.question,
        with_data=output.with_data,
        has=frozenset(output.has),
        days=output.days,
        planned=planned,
    )


def tool_context(part: Part, question: Question, context: StepContext, workspace: Workspace) -> ToolContext:
    """What the tools that are called for a part may use."""
    before = last_turn(context.history)
    return ToolContext(
        workspace=workspace,
        dataset_ids=context.dataset_ids,
        question=question,
        part=part,
        selected=pointed_at(part, context.history),
        last=before,
        last_recommendations=recommendations_before(context.history),
    )


def question_of(answer: Answer | None) -> Question | None:
    """How the message of an answer was read; None of an answer from before readings were stored, or of another
    version that this one does not understand.
    """
    if answer is None or answer.reading is None or not answer.reading.question:
        return None
    return stored_question(answer.reading.question)


def stored_question(text: str) -> Question | None:
    """None for a reading of a version that this one does not understand."""
    try:
        return Question.model_validate_json(text)
    except ValidationError:
        return None


def last_turn(history: Sequence[PastTurn]) -> LastTurn | None:
    """The turn that a message refers to: the last one about data. After a question back the message may answer that, or
    go on with what was answered before it.
    """
    asked_back: Answer | None = None
    for turn in reversed(history):
        question = question_of(turn.answer)
        if turn.answer is None or question is None:
            continue
        if turn.answer.choices and asked_back is None:
            asked_back = turn.answer
            continue
        if turn.answer.choices or any(OPERATIONS[part.operation].agents for part in question.parts):
            return _last(question, history, asked_back)
    question = question_of(asked_back)
    return _last(question, history, asked_back) if question else None


def _last(question: Question, history: Sequence[PastTurn], asked_back: Answer | None) -> LastTurn:
    return LastTurn(
        question=question,
        recommendations=tuple(item.title for item in recommendations_before(history)),
        options=tuple(_options(asked_back)) if asked_back else (),
        was_ask_back=asked_back is history[-1].answer and asked_back is not None,
    )


def recommendations_before(history: Sequence[PastTurn]) -> tuple[Recommendation, ...]:
    """Those of the last answer that has any, by rank."""
    lists: Iterator[Any] = (turn.answer.recommendations for turn in reversed(history) if turn.answer)
    return tuple(sorted(next(filter(None, lists), []), key=lambda item: item.rank))


def pointed_at(part: Part, history: Sequence[PastTurn]) -> tuple[Recommendation, ...]:
    """The recommendations that a part refers to, of the latest answer that has so many, else that has any."""
    if not part.refers:
        return ()
    lists = [turn.answer.recommendations for turn in reversed(history) if turn.answer and turn.answer.recommendations]
    needed = max(abs(position) for position in part.refers)
    latest = next((found for found in lists if len(found) >= needed), lists[0] if lists else [])
    ranked = sorted(latest, key=lambda item: item.rank)
    return tuple(ranked[place - 1 if place > 0 else place] for place in part.refers if 0 < abs(place) <= len(ranked))


def _options(answer: Answer) -> Iterator[Option]:
    for choice in answer.choices:
        question = stored_question(choice.question)
        if question is not None:
            yield Option(choice.label, question)
