"""What tools share: a result whose facts are those of its sentences, and facts that say what they are of."""

from collections.abc import Awaitable, Callable, Iterable, Sequence
from typing import TypeAlias, TypeVar

from common.assistant.context import NoMatchingRowsError, ToolContext
from common.assistant.question.model import Part
from common.assistant.tool import Arguments, Inquiry
from common.contract.answer import Block, Fact, Scope, Unit
from common.figures.quoted import quoted
from common.figures.sentences import facts_in, say
from common.runs.step import Section, Sentence, ToolResult
from common.spend import Rollup, Unanswerable

_Arguments = TypeVar("_Arguments", bound=Arguments)
_Run: TypeAlias = Callable[[ToolContext, _Arguments], Awaitable[ToolResult]]


def tool_result(
    *,
    summary: str = "",
    headline: Sequence[Sentence] = (),
    details: Sequence[Sentence] = (),
    limits: Sequence[Sentence] = (),
    missing: Sequence[Sentence] = (),
    offer: Sequence[Sentence] = (),
    sections: Sequence[Section] = (),
    facts: Iterable[Fact] = (),
    names: Iterable[str] = (),
    blocks: Sequence[Block] = (),
) -> ToolResult:
    """A result; `facts` are those beside the ones of its sentences. Without a summary its first sentence is one."""
    first = [*headline, *missing, *details, *limits, *offer]
    result = ToolResult(
        summary=summary or first[0].text.replace("**", ""),
        headline=list(headline),
        details=list(details),
        limits=list(limits),
        missing=list(missing),
        offer=list(offer),
        sections=list(sections),
        names=list(dict.fromkeys(name for name in names if name)),
        blocks=list(blocks),
    )
    said = facts_in(result.sentences)
    return result.model_copy(update={"facts": [*said, *(fact for fact in facts if fact not in said)]})


def or_unanswerable(run: _Run[_Arguments]) -> _Run[_Arguments]:
    """The run of a tool for which what the data cannot tell is an answer, not a failure."""

    async def reported(context: ToolContext, arguments: _Arguments) -> ToolResult:
        try:
            return await run(context, arguments)
        except (Unanswerable, NoMatchingRowsError) as answer:
            return tool_result(missing=[quoted(str(answer), "what the data would need")])

    return reported


def has_data(inquiry: Inquiry) -> bool:
    """Whether there are usable rows to compute on."""
    return inquiry.with_data


def scope(part: Part, measure: str, first: str | None = None, last: str | None = None, *names: str) -> Scope:
    """What a number is of: the rows of a part, and of these names besides, on these days (ISO)."""
    requested = [value for each in part.query.where if not each.negated for value in each.values]
    return Scope(measure=measure, names=[*requested, *names], first=first, last=last)


def names_of(rollup: Rollup) -> tuple[str, ...]:
    """Features and models of the data that a text of the spend library may carry: those that are no plain word.

    A word of letters alone reads the same in any text.
    """
    named = {name for key in rollup.cells for name in (key.feature, key.model) if name}
    return tuple(sorted(name for name in named if not name.isalpha()))


def fact(name: str, value: float, unit: Unit, of: Scope | None = None) -> Fact:
    """A number that was found."""
    return Fact(name=name, value=value, unit=unit, of=of)


def counted(name: str, count: float, noun: str) -> Sentence:
    """A count with its noun, to put into a sentence: "1 change", "3 changes"."""
    return say("{count} " + noun + ("" if count == 1 else "s"), count=fact(name, count, "count"))
