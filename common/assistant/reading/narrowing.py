"""Sentences that only say which rows: "Cost by feature. Exclude doc-search." Their filters go to what is asked."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from common.assistant.question.draft import Because
from common.assistant.question.model import Constraints, Part
from common.assistant.reading.reader import ReadClause


@dataclass(frozen=True, slots=True)
class Narrowed:
    """Parts with the filters and periods of such sentences; `unread`: the words of those that do not fit."""

    parts: tuple[Part, ...]
    because: tuple[Because, ...] = ()
    unread: tuple[str, ...] = ()


def only_narrows(read: ReadClause) -> bool:
    """Whether a clause says which rows, and asks nothing."""
    clause = read.clause
    says = clause.is_measuring or clause.operations or clause.topics or clause.audits or clause.models
    return not says and read.constraints == Constraints()


def narrowed(parts: Sequence[Part], beside: Sequence[ReadClause]) -> Narrowed:
    """Each sentence narrows all parts, or none where one of them already says something else of the same kind."""
    result = Narrowed(tuple(parts))
    for read in beside:
        fits = [_narrowed(part, read) for part in result.parts]
        if all(fits):
            because = tuple(each.of_part(place) for place, _ in enumerate(fits) for each in read.because)
            together = tuple(part for part in fits if part)
            result = replace(result, parts=together, because=(*result.because, *because))
        else:
            words = tuple(each.words for each in read.because)
            result = replace(result, unread=(*result.unread, *words))
    return result


def _narrowed(part: Part, read: ReadClause) -> Part | None:
    """None where the part has other values of the same dimension, or another period."""
    if read.part is None:
        return None
    query, added = part.query, read.part.query
    taken = {(each.dimension, each.negated) for each in query.where}
    new = tuple(each for each in added.where if each not in query.where)
    clashes = any((each.dimension, each.negated) in taken for each in new)
    moved = added.period is not None and query.period not in (None, added.period)
    if clashes or moved or added.versus is not None:
        return None
    changes = {"where": (*query.where, *new), "period": query.period or added.period}
    return part.model_copy(update={"query": query.model_copy(update=changes)})
