"""Questions back: about a name that the data do not have, and about a message in which nothing was read."""

from collections.abc import Iterator, Sequence

from common.assistant.question.draft import AskBack, Option
from common.assistant.question.model import Operation, Part, Question
from common.assistant.reading.data_names import NamedValue, NameIndex
from common.assistant.reading.reader import without
from common.assistant.reading.signs import Mark
from common.assistant.reading.slots import GROUPING
from common.figures.names import plain_name
from common.spend.semantics import DIMENSIONS, Condition, DimensionName, MeasureName, Period, PeriodName, UsageQuery

_ANY = (DimensionName.FEATURE, DimensionName.MODEL, DimensionName.USER, DimensionName.PROVIDER)
_NOT_USERS = (DimensionName.FEATURE, DimensionName.MODEL, DimensionName.PROVIDER)


def likeliest(names: NameIndex, text: str, dimension: DimensionName | None) -> tuple[NamedValue, ...]:
    """The names that may be meant, at most three."""
    if dimension is not None:
        return names.nearest(text, [dimension])
    return names.nearest(text, _ANY if any(char.isdigit() for char in text) else _NOT_USERS)


def about_name(question: Question, text: str, dimension: DimensionName | None, near: Sequence[NamedValue]) -> AskBack:
    """Which name is meant by a text."""
    kind = DIMENSIONS[dimension].title if dimension else "name"
    options = tuple(Option(plain_name(each.value), with_name(question, each, negated=False)) for each in near)
    shown = plain_name(text)
    if not options:
        return AskBack(f"The data have no {kind} called \u201c{shown}\u201d; which part of the data do you mean?", ())
    return AskBack(f"The data have no {kind} called \u201c{shown}\u201d; which one do you mean?", options)


def with_name(question: Question, name: NamedValue, *, negated: bool) -> Question:
    """With a filter by a name in every part of the data."""
    parts = tuple(_with_condition(part, name, negated=negated) for part in question.parts)
    return question.model_copy(update={"parts": parts, "unread": ()})


def _with_condition(part: Part, name: NamedValue, *, negated: bool) -> Part:
    condition = Condition(dimension=name.dimension, values=(name.value,), negated=negated)
    where = (*without(part.query.where, name.dimension), condition)
    return part.model_copy(update={"query": part.query.model_copy(update={"where": where})})


def about_words(question: Question, text: str, mark: Mark, present: Sequence[DimensionName]) -> AskBack:
    """Words that are neither names of the data nor anything that can be measured."""
    shown = plain_name(text)
    if mark.lead in GROUPING:
        options = tuple(Option(f"By {name}", _by(question, name)) for name in _NOT_USERS if name in present)
        return AskBack(f"The data cannot be taken apart by \u201c{shown}\u201d; by what instead?", options)
    options = (Option("Leave it out", question.model_copy(update={"unread": ()})),)
    return AskBack(f"I find no \u201c{shown}\u201d in the data, nor a measure of that name; what do you mean?", options)


def _by(question: Question, name: DimensionName) -> Question:
    first, *others = question.parts
    part = first.model_copy(update={"query": first.query.model_copy(update={"by": (name,)})})
    return question.model_copy(update={"parts": (part, *others), "unread": ()})


def about_nothing(unread: tuple[str, ...]) -> tuple[Question, AskBack]:
    """For a message without any sign of what is wanted: a reading that stands for none, and three to choose from."""
    options = tuple(_readings())
    question = options[0].question.model_copy(update={"unread": unread})
    return question, AskBack("I could not read that as a question about AI spend; is it one of these?", options)


def _readings() -> Iterator[Option]:
    last_week, before = Period(name=PeriodName.LAST_WEEK), Period(name=PeriodName.PREVIOUS)
    cost = (MeasureName.COST,)
    yield Option("Cost by feature", _measuring(UsageQuery(measures=cost, by=(DimensionName.FEATURE,))))
    yield Option(
        "Last week against the week before", _measuring(UsageQuery(measures=cost, period=last_week, versus=before))
    )
    yield Option("How to spend less", Question(parts=(Part(operation=Operation.PLAN),)))


def _measuring(query: UsageQuery) -> Question:
    return Question(parts=(Part(operation=Operation.MEASURE, query=query),))
