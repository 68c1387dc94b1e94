"""Who wins where a model reads a message differently from the rules: what is certain stays, the rest needs its words.

A model may replace guesses and fill gaps, by words that stand in the message. It may not change what is certain, leave
a certain word unused, add a constraint of its own, or name what the data do not have.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from common.assistant.question.draft import FIELDS_OF_ALL, Because, Draft
from common.assistant.question.model import Part, Question
from common.assistant.reading.wire import WireError
from common.spend.semantics import DIMENSIONS, Condition, DimensionName
from common.spend.semantics.catalogue import Catalogue
from common.spend.semantics.names import value_named

_QUERY = ("measures", "where", "period", "versus", "by", "order", "top", "threshold")
_PART = ("operation", "models", "topic", "audits", "refers")
_FREE = frozenset({"operation", "measures", "by", "order", "topic", "audits"})
"""What a model may fill in without words of its own: it is what understanding a sentence is."""
_SLOT = re.compile(r"parts\.\d+\.(?:query\.|constraints\.)?([a-z_]+)")


def merged(
    message: str, draft: Draft, theirs: Question, because: tuple[Because, ...], catalogue: Catalogue | None
) -> Draft:
    """The model's reading, checked against message and draft. Raises WireError with all that is wrong."""
    named = theirs.model_copy(update={"parts": tuple(_with_data_names(part, catalogue) for part in theirs.parts)})
    problems = [
        *_overruled(draft, named),
        *_unexplained(message, draft.question, named, because),
    ]
    if problems:
        raise WireError(" ".join(problems))
    used = [_plain(each.words) for each in because if _plain(each.words) in _plain(message)]
    unread = tuple(word for word in draft.question.unread if not any(_plain(word) in words for words in used))
    language = draft.question.language if draft.question.language != "other" else theirs.language
    question = named.model_copy(update={"unread": unread, "language": language, "doubts": draft.question.doubts})
    return Draft(question=question, because=(*(each for each in draft.because if each.certain), *because))


def slots(question: Question) -> dict[str, list[Any]]:
    """What a question says, by the name of the slot: the values of all its parts."""
    found: dict[str, list[Any]] = {}
    for part in question.parts:
        for name, value in _slots_of(part):
            found.setdefault(name, []).append(value)
    for name in FIELDS_OF_ALL:
        found[name] = [getattr(question, name)]
    return found


def _slots_of(part: Part) -> Iterator[tuple[str, Any]]:
    for name in _PART:
        yield name, getattr(part, name)
    for name in _QUERY:
        yield name, getattr(part.query, name)
    for name in type(part.constraints).model_fields:
        yield f"constraints.{name}", getattr(part.constraints, name)


def _overruled(draft: Draft, theirs: Question) -> Iterator[str]:
    """What the rules are certain of and the model has not."""
    kept = slots(theirs)
    for each in draft.because:
        if not each.certain:
            continue
        name = slot_of(each.field)
        for value in slots(draft.question).get(name, ()):
            if not _is_default(value) and not any(_holds(other, value) for other in kept.get(name, ())):
                yield f'The words "{each.words}" certainly say {name}; keep what the draft has there.'


def _unexplained(message: str, ours: Question, theirs: Question, because: tuple[Because, ...]) -> Iterator[str]:
    """What the model has added or changed without words of the message."""
    before = slots(ours)
    explained = {
        slot_of(each.field) for each in because if _plain(each.words) and _plain(each.words) in _plain(message)
    }
    for name, values in slots(theirs).items():
        if name in _FREE:
            continue
        for value in values:
            known = any(_holds(other, value) for other in before.get(name, ()))
            if not _is_default(value) and not known and name not in explained:
                yield f"Nothing in the message says {name}: leave it out, or give its words in because."


def slot_of(path: str) -> str:
    """The slot that a path of `Because` is of: "parts.0.query.where.1" -> "where"."""
    match = _SLOT.match(path)
    if match is None:
        return path.partition(".")[0]
    return f"constraints.{match[1]}" if ".constraints." in path else match[1]


def _holds(entire: Any, value: Any) -> bool:
    """Equal, or of lists all items of the second in the first."""
    if isinstance(entire, tuple) and isinstance(value, tuple):
        return all(item in entire for item in value)
    return bool(entire == value)


def _is_default(value: Any) -> bool:
    return value in (None, (), 0.0, False)


def _with_data_names(part: Part, catalogue: Catalogue | None) -> Part:
    """With the names as the data have them. Raises WireError for one that they do not have."""
    values = {each.name: each.values for each in catalogue.dimensions} if catalogue else {}
    where = tuple(_condition(condition, values) for condition in part.query.where)
    return part.model_copy(update={"query": part.query.model_copy(update={"where": where})})


def _condition(condition: Condition, values: Mapping[DimensionName, tuple[str, ...]]) -> Condition:
    present = (*values.get(condition.dimension, ()), *DIMENSIONS[condition.dimension].values)
    if not present:
        return condition
    named = [value_named(condition.dimension, text, present) for text in condition.values]
    for text, name in zip(condition.values, named, strict=True):
        if name is None:
            raise WireError(f"The data have no {DIMENSIONS[condition.dimension].title} {text!r}.")
    return condition.model_copy(update={"values": tuple(name for name in named if name is not None)})


def _plain(text: str) -> str:
    return " ".join(text.casefold().split())
