"""What is expected of a message, from the short notation of questions/README.md to parts of a Question."""

import itertools
import json
import re
from collections.abc import Callable, Mapping
from typing import Any

from common.assistant.question.model import Operation, Part
from common.spend.semantics import DimensionName, MeasureName
from common.spend.semantics.periods import PeriodName

Parts = tuple[Part, ...]
_MOST_READINGS = 64
_COMPARISON = re.compile(r"(?P<name>[a-z_0-9]+) *(?P<sign>>=|<=|!=|=) *(?P<value>.+)")
_CONSTRAINT = re.compile(r"(?P<name>[a-z_]+): *(?P<value>.+)")
_NUMBERS = frozenset({"target_pct", "growth_pct", "burst", "quality", "rpm", "tpm", "hour_usd"})


class NotationError(Exception):
    """A piece of the notation that cannot be read; `str` says which."""


def readings_of(want: str | list[str]) -> tuple[Parts, ...]:
    """All readings that are right. Raises NotationError and pydantic's ValidationError."""
    wanted = [want] if isinstance(want, str) else want
    found = tuple(dict.fromkeys(reading for text in wanted for reading in _readings(text)))
    if len(found) > _MOST_READINGS:
        raise NotationError(f"{want!r} says {len(found)} readings")
    return found


def _readings(text: str) -> list[Parts]:
    return [tuple(reading) for reading in itertools.product(*(_parts(part) for part in text.split(";;")))]


def _parts(text: str) -> list[Part]:
    """The part with and without its optional fields."""
    first, *others = (field.strip() for field in text.split("|"))
    choices = [[field] if not field.endswith("?") else [field[:-1], ""] for field in others]
    return [_part(first, [field for field in fields if field]) for fields in itertools.product(*choices)]


def _part(first: str, fields: list[str]) -> Part:
    operations = {each.value for each in Operation}
    query: dict[str, Any] = {"measures": ["cost"] if first in operations else _names(first)}
    part: dict[str, Any] = {"operation": first if first in operations else "measure", "query": query}
    for field in fields:
        _add(part, query, field)
    return Part.model_validate_json(json.dumps(part))


def _add(part: dict[str, Any], query: dict[str, Any], field: str) -> None:
    word, _, rest = field.partition(" ")
    if word in _CLAUSES:
        name, read = _CLAUSES[word]
        query[name] = read(rest)
    elif match := _CONSTRAINT.fullmatch(field):
        _constraint(part, match["name"], match["value"])
    elif match := _COMPARISON.fullmatch(field):
        _compare(query, match["name"], match["sign"], match["value"])
    else:
        raise NotationError(f"{field!r} is no field of a part")


def _compare(query: dict[str, Any], name: str, sign: str, value: str) -> None:
    if name in {each.value for each in DimensionName}:
        condition = {"dimension": name, "values": _names(value), "negated": sign == "!="}
        query.setdefault("where", []).append(condition)
    elif name in {each.value for each in MeasureName} and sign in (">=", "<="):
        bound = query.setdefault("threshold", {"measure": name})
        bound["at_least" if sign == ">=" else "at_most"] = float(value)
    else:
        raise NotationError(f"{name!r} is neither a dimension nor a measure with a bound")


def _constraint(part: dict[str, Any], name: str, value: str) -> None:
    if name in ("models", "audits"):
        part[name] = _names(value)
    elif name == "refers":
        part[name] = [int(each) for each in _names(value)]
    elif name == "topic":
        part[name] = value
    else:
        part.setdefault("constraints", {})["top" if name == "recommendations" else name] = _wanted(name, value)


def _wanted(name: str, value: str) -> Any:
    if name in _NUMBERS:
        return float(value)
    if name in ("due_days", "recommendations"):
        return int(value)
    return _CONSTRAINTS.get(name, _names)(value)


def _names(text: str) -> list[str]:
    return [name.strip() for name in text.split(",")]


def _period(text: str) -> dict[str, Any]:
    name, *rest = text.split()
    if ".." in name:
        ends = name.split("..")
        return {"name": "between"} | {key: day for key, day in zip(("first", "last"), ends, strict=True) if day}
    return {"name": PeriodName(name)} | ({"days": int(rest[0])} if rest else {})


def _order(text: str) -> dict[str, Any]:
    measure, direction, *rest = text.split()
    return {
        "measure": None if measure == "name" else measure,
        "descending": direction == "desc",
        "by_difference": rest == ["difference"],
    }


def _money(text: str) -> dict[str, Any]:
    usd, _, per = text.partition("/")
    return {"usd": float(usd), "per": per or None}


def _latency(text: str) -> list[dict[str, Any]]:
    limits = [each.split(maxsplit=2) for each in _names(text)]
    return [
        {"percentile": int(p[1:]), "ms": float(ms), "feature": feature[0] if feature else None}
        for p, ms, *feature in limits
    ]


def _speedup(text: str) -> list[dict[str, Any]]:
    wanted = [each.split(maxsplit=1) for each in _names(text)]
    return [{"factor": float(factor), "feature": feature[0] if feature else None} for factor, *feature in wanted]


def _keeps(text: str) -> list[dict[str, Any]]:
    kept = [[name.strip() or None for name in each.split("@")] for each in _names(text)]
    return [{"model": model, "feature": feature[0] if feature else None} for model, *feature in kept]


_CLAUSES: Mapping[str, tuple[str, Callable[[str], Any]]] = {
    "by": ("by", _names),
    "in": ("period", _period),
    "vs": ("versus", _period),
    "top": ("top", int),
    "order": ("order", _order),
}
_CONSTRAINTS: Mapping[str, Callable[[str], Any]] = {
    "save": _money,
    "budget": _money,
    "latency": _latency,
    "speedup": _speedup,
    "keeps": _keeps,
    "max_effort": str,
    "no_evaluation": lambda text: text == "yes",
    "no_investment": lambda text: text == "yes",
    "horizons": lambda text: [int(each) for each in _names(text)],
}
"""How constraints are written that are neither a number nor a list of names."""
