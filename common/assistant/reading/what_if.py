"""Which models are to be imagined, and which are in use: "move chat from gpt-4o to gpt-4o-mini"."""

from collections.abc import Sequence

from common.assistant.reading.clause import Clause
from common.assistant.reading.signs import Mark, Sign
from common.assistant.reading.tokens import Token
from common.spend import known_model
from common.spend.semantics import Condition, DimensionName
from common.spend.semantics.catalogue import Catalogue

_IN_USE = frozenset({"from", "of", "than", "replace", "replaced", "instead", "swap", "now", "currently"})
_TARGET = frozenset({"to", "with", "on", "by", "for"})
_NEAR = 3
GIVES_UP = "gives up"
_JOINS = frozenset({"and", "or", "nor", "the", "our", "my"})
_IN_LIST = frozenset({Sign.FUNCTION, Sign.AND, Sign.OR, Sign.DIMENSION, Sign.OWN, Sign.REST})


def imagined(
    tokens: Sequence[Token], clause: Clause, _: Catalogue | None
) -> tuple[tuple[str, ...], tuple[Condition, ...]]:
    """(canonical names of the models to imagine, conditions of the requests concerned)."""
    marks = [mark for mark in clause.marks if _is_model(mark)]
    used = [mark for mark in marks if _leads(tokens, mark, _IN_USE)] if len(marks) > 1 else []
    used = given_up(clause) or used
    if len(marks) > 1 and not used and _leads(tokens, marks[-1], _TARGET) and not _leads(tokens, marks[0], _TARGET):
        used = marks[:-1]
    models = tuple(dict.fromkeys(_canonical(mark) for mark in marks if mark not in used))
    where = [each for each in clause.where if each.dimension != DimensionName.MODEL or each.negated]
    values = tuple(named.value for mark in used if mark.sign == Sign.NAME for named in mark.value)
    if values:
        where.append(Condition(dimension=DimensionName.MODEL, values=values))
    return models, tuple(where)


def given_up(clause: Clause) -> list[Mark]:
    """Names that are to be used no longer: "what if we stopped using gpt-4o?"."""
    found: list[Mark] = []
    gives_up = False
    for mark in clause.marks:
        if mark.sign == Sign.OPERATION:
            gives_up = mark.topic == GIVES_UP
        elif gives_up and mark.sign in (Sign.NAME, Sign.MODEL) and (not found or mark.comma or mark.lead in _JOINS):
            found.append(mark)
        else:
            gives_up = gives_up and mark.sign in _IN_LIST
    return found


def _is_model(mark: Mark) -> bool:
    return mark.sign == Sign.MODEL or (mark.sign == Sign.NAME and mark.value[0].dimension == DimensionName.MODEL)


def _leads(tokens: Sequence[Token], mark: Mark, words: frozenset[str]) -> bool:
    before = [token.norm for token in tokens[max(0, mark.first - _NEAR) : mark.first]]
    return any(word in words for word in before)


def _canonical(mark: Mark) -> str:
    name = str(mark.value) if mark.sign == Sign.MODEL else mark.value[0].value
    return known_model(name) or name
