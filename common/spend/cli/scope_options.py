"""The arguments that say which requests a command is about: conditions and a period."""

import argparse
import re
import shlex
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date
from typing import Any

from pydantic import ValidationError

from common.spend.semantics import PERIODS, Condition, DimensionName, Period, PeriodName
from common.spend.semantics.dimensions import WEEKDAYS
from common.spend.semantics.names import dimension_named, period_named

_CONDITION = re.compile(r"([^=!<>]+?)\s*(!=|=)\s*(.+)", re.DOTALL)
_LAST = re.compile(r"(\d+)\s*([dw])")
_HOURS = re.compile(r"(\d\d?)-(\d\d?)")
_QUOTED = re.compile(r"\"[^\"]*\"|'[^']*'")
_COMMA = "\x1f"
_WEEK, _DAY_HOURS = 7, 24
_WEEK_PARTS = {"weekend": "sat-sun", "weekends": "sat-sun", "workdays": "mon-fri", "weekdays": "mon-fri"}


class ScopeOptionError(Exception):
    """An argument that says no condition or period; `str` says why."""


def add_scope_options(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    group = parser.add_argument_group("scope", "which requests; docs/measures.md explains dimensions and periods")
    several: dict[str, Any] = {"action": "append", "default": []}
    group.add_argument("--where", **several, metavar="D=V", help='conditions: model=gpt-4o,o3 feature!="my chat"')
    group.add_argument("--weekday", metavar="V[,V]", help="only these: mon,tue, mon-fri, weekend")
    group.add_argument("--hour", metavar="V[,V]", help="only these hours (UTC): 9-17 or 22-3, the last one included")
    group.add_argument("--last", metavar="N", help="days or weeks up to the last day of the data: 7d, 4w")
    group.add_argument("--from", dest="first", type=date.fromisoformat, metavar="DAY", help="first day, included")
    group.add_argument("--to", dest="end", type=date.fromisoformat, metavar="DAY", help="last day, included")
    periods = ", ".join(name for name in PERIODS if name not in (PeriodName.LAST_DAYS, PeriodName.BETWEEN))
    group.add_argument("--period", metavar="P", help=f"a period by its name: {periods}")


def scope_of(options: argparse.Namespace) -> tuple[tuple[Condition, ...], Period | None]:
    """The conditions and the period. Raises ScopeOptionError, or UnknownNameError for a dimension or period."""
    try:
        return tuple(_conditions(options)), _period(options)
    except ValidationError as error:
        raise ScopeOptionError(problems_of(error)) from error


def problems_of(error: ValidationError) -> str:
    """What does not fit, in one line."""
    problems = (f"{'.'.join(map(str, each['loc']))}: {each['msg']}".lstrip(": ") for each in error.errors())
    return "; ".join(problems)


def _period(options: argparse.Namespace) -> Period | None:
    between: dict[str, Any] = {"first": options.first, "last": options.end}
    if sum((options.last is not None, options.period is not None, any(between.values()))) > 1:
        raise ScopeOptionError("Say the period once: --last, --period, or --from and --to.")
    if options.last is not None:
        return _last(options.last)
    if options.period is not None:
        return Period(name=period_named(options.period))
    return Period(name=PeriodName.BETWEEN, **between) if any(between.values()) else None


def words_of(texts: Sequence[str]) -> list[str]:
    """At commas."""
    return [word.strip() for text in texts for word in text.split(",") if word.strip()]


def _conditions(options: argparse.Namespace) -> Iterator[Condition]:
    for text in options.where:
        for part in _split(text):
            match = _CONDITION.fullmatch(part)
            if match is None:
                raise ScopeOptionError(
                    f"{part!r} is no condition such as model=gpt-4o or feature!=batch. Put quotation marks around a"
                    " value with a space, a comma or an apostrophe: 'feature=\"my chat\"'."
                )
            name, sign, values = match.groups()
            yield _condition(dimension_named(name), values, negated=sign == "!=")
    if options.weekday:
        yield _condition(DimensionName.WEEKDAY, options.weekday)
    if options.hour:
        yield _condition(DimensionName.HOUR, options.hour)


def _split(text: str) -> list[str]:
    """At spaces outside quotation marks; commas within them become _COMMA."""
    quoted = _QUOTED.sub(lambda match: match[0].replace(",", _COMMA), text)
    lexer = shlex.shlex(quoted, posix=True)
    lexer.whitespace_split, lexer.commenters, lexer.escape = True, "", ""
    try:
        return list(lexer)
    except ValueError as error:
        raise ScopeOptionError(
            f"{text!r} has a quotation mark without its other half. Put the other kind around a value that has one:"
            " 'user=\"o'neil\"'."
        ) from error


def _condition(name: DimensionName, values: str, *, negated: bool = False) -> Condition:
    words = [word.replace(_COMMA, ",") for word in words_of([values])]
    if name in _RANGES:
        words = [value for word in words for value in _RANGES[name](word)]
    return Condition(dimension=name, values=tuple(words), negated=negated)


def _hours(text: str) -> list[str]:
    """All of "9-17", and of "22-3" over midnight; any other text as it is."""
    match = _HOURS.fullmatch(text)
    if match is None:
        return [text]
    first, last = int(match[1]), int(match[2])
    if max(first, last) >= _DAY_HOURS:
        raise ScopeOptionError(f"{text!r}: the hours of a day are 0 to 23.")
    return [f"{hour % _DAY_HOURS:02}" for hour in range(first, last + 1 + (_DAY_HOURS if last < first else 0))]


def _weekdays(text: str) -> list[str]:
    """All of "mon-fri", of "weekend", and of "workdays"; any other text as it is."""
    first, dash, last = _WEEK_PARTS.get(text.casefold(), text).partition("-")
    places = [
        next((place for place, day in enumerate(WEEKDAYS) if name and day.casefold().startswith(name)), None)
        for name in (first.strip().casefold(), last.strip().casefold())
    ]
    if not dash or None in places:
        return [text]
    start, end = (place or 0 for place in places)
    return [WEEKDAYS[place % _WEEK] for place in range(start, end + 1 + (_WEEK if end < start else 0))]


_RANGES: Mapping[DimensionName, Callable[[str], list[str]]] = {
    DimensionName.HOUR: _hours,
    DimensionName.WEEKDAY: _weekdays,
}


def _last(text: str) -> Period:
    match = _LAST.fullmatch(text)
    if match is None:
        raise ScopeOptionError(f"{text!r} is no number of days or weeks such as 7d or 4w.")
    return Period(name=PeriodName.LAST_DAYS, days=int(match[1]) * (_WEEK if match[2] == "w" else 1))
