"""Where a rollup holds what: each source is the lines of one part, with the fields of their keys and their counters.

A new part is one entry of SOURCES.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from common.spend.rollup.cells import (
    BILLED,
    CELL_WIDTH,
    CHARGE_COST,
    CHARGE_EXTRA,
    CHARGE_UNITS,
    CHARGE_WIDTH,
    COST,
    LINE_COST,
    LINE_FAILED,
    LINE_INPUT,
    LINE_N,
    LINE_OUTPUT,
    LINE_UNPRICED,
    QUALITY,
    QUALITY_N,
    REPORTED,
    REPORTED_N,
    TOKENS,
    UNPRICED,
    UNPRICED_TOKENS,
    CellKey,
    ChargeKey,
    N,
)
from common.spend.rollup.minutes import MINUTE_INPUT, MINUTE_N, MINUTE_OUTPUT, MINUTE_UNPRICED
from common.spend.rollup.parts import Part
from common.spend.rollup.rollup import Rollup
from common.spend.rollup.row_charges import GROUP_OF
from common.spend.semantics.counters import Counter
from common.spend.semantics.dimensions import Field
from common.spend.semantics.reasoning import with_reasoning_cost

Key = Any
"""Of a line: whatever its part has; only the getters of `fields` look inside."""
Line = tuple[Key, Any]
"""With its counts, of sketches with what `Sketch.as_list` gives."""
_TOKENS = TOKENS.start
_INPUT, _CACHED, _WRITTEN = slice(_TOKENS, _TOKENS + 4), _TOKENS + 1, slice(_TOKENS + 2, _TOKENS + 4)
_OUTPUT, _REASONING = slice(_TOKENS + 4, _TOKENS + 6), _TOKENS + 5
_REASONING_COST = -1
_HOUR_MINUTES = 60
_NO_CELL, _NO_CHARGE = (0,) * CELL_WIDTH, (0,) * CHARGE_WIDTH


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """Lines of a part."""

    title: str
    part: Part
    fields: Mapping[Field, Callable[[Key], Any]]
    """How to take each from the key of a line."""
    counters: Mapping[Counter, Callable[[Key, Sequence[int]], int]]
    """How to take each from a line."""
    lines: Callable[[Rollup], Iterable[Line]]
    also: frozenset[Part] = frozenset()
    """What else it reads."""
    zero: frozenset[Counter] = frozenset()
    """Not in its lines: it answers for them only where all data have none."""
    idle: frozenset[Counter] = frozenset()
    """Not in its lines: where a measure needs it only to say whether its value is absent, which here it never is."""
    first_day: Callable[[Rollup], int] = lambda _: 0
    """The first day (ordinal) of which it has lines, 0: that of the data."""
    lacks: Callable[[Rollup], str] = lambda _: ""
    """Why it does not hold all rows, as some data were stored before there was such a part; "": it holds them all."""

    def holds(self, fields: frozenset[Field], counters: frozenset[Counter]) -> bool:
        """Whether its lines have all of them."""
        return fields <= self.fields.keys() and counters <= self.counters.keys() | self.zero


def _place(place: int) -> Callable[[Key, Sequence[int]], int]:
    return lambda _, counts: counts[place]


def _places(places: slice) -> Callable[[Key, Sequence[int]], int]:
    return lambda _, counts: sum(counts[places])


_OF_CELLS: Mapping[Counter, Callable[[CellKey, Sequence[int]], int]] = {
    Counter.REQUESTS: _place(N),
    Counter.INPUT: _places(_INPUT),
    Counter.OUTPUT: _places(_OUTPUT),
    Counter.CACHED: _place(_CACHED),
    Counter.CACHE_WRITTEN: _places(_WRITTEN),
    Counter.REASONING: _place(_REASONING),
    Counter.COST: _place(COST),
    Counter.BILLED: _place(BILLED),
    Counter.REPORTED: _place(REPORTED),
    Counter.REPORTED_ROWS: _place(REPORTED_N),
    Counter.FAILED: lambda key, counts: 0 if key.ok else counts[N],
    Counter.UNPRICED: _place(UNPRICED),
    Counter.UNPRICED_TOKENS: _place(UNPRICED_TOKENS),
    Counter.SCORES: _place(QUALITY),
    Counter.SCORED_ROWS: _place(QUALITY_N),
}
_OF_LINES: Mapping[Counter, Callable[[Key, Sequence[int]], int]] = {
    Counter.REQUESTS: _place(LINE_N),
    Counter.INPUT: _place(LINE_INPUT),
    Counter.OUTPUT: _place(LINE_OUTPUT),
    Counter.COST: _place(LINE_COST),
    Counter.FAILED: _place(LINE_FAILED),
    Counter.UNPRICED: _place(LINE_UNPRICED),
}
_NOT_IN_LINES = frozenset({Counter.BILLED, Counter.UNPRICED_TOKENS})
_CELL_FIELDS: Mapping[Field, Callable[[CellKey], Any]] = {
    Field.DAY: lambda key: key.day,
    Field.PROVIDER: lambda key: key.provider,
    Field.MODEL: lambda key: key.model,
    Field.FEATURE: lambda key: key.feature,
    Field.STATUS: lambda key: key.status,
    Field.TIER: lambda key: key.tier,
}
_NOT_BY_DAY = (
    "Users by day are held only of data that were imported since Apex keeps them, and some of these were imported "
    "before. Upload the same files as a new dataset to see which user it was, and when"
)

_NO_MINUTE = "Some rows are sums of hours or days, which do not say the minute. Exports with a row per request do"


def _user_days(rollup: Rollup) -> Iterator[Line]:
    for user, days in rollup.user_days.items():
        for day, line in days.items():
            yield (user, day), line


def _lacks_user_days(rollup: Rollup) -> str:
    held: dict[int, list[int]] = {}
    for days in rollup.user_days.values():
        for day, line in days.items():
            _add(held, day, line)
    wanted: dict[int, list[int]] = {}
    for (day, _), line in rollup.hours.items():
        _add(wanted, day, line)
    return _NOT_BY_DAY if held != wanted else ""


def _lacks_minutes(rollup: Rollup) -> str:
    wanted: dict[int, tuple[int, int]] = {}
    for (day, _), line in rollup.hours.items():
        if day >= rollup.minutes.first_day:
            count, tokens = wanted.get(day, (0, 0))
            wanted[day] = count + line[LINE_N], tokens + line[LINE_INPUT] + line[LINE_OUTPUT]
    return _NO_MINUTE if rollup.minutes.by_day() != wanted else ""


def _add(sums: dict[int, list[int]], day: int, line: Sequence[int]) -> None:
    total = sums.get(day)
    if total is None:
        sums[day] = [line[LINE_N], line[LINE_COST]]
    else:
        total[0] += line[LINE_N]
        total[1] += line[LINE_COST]


def _with_charges(rollup: Rollup) -> Iterator[Line]:
    """Cells, and for each of their charges a line that counts nothing else."""
    for key, counts in rollup.cells.items():
        yield key, (*counts, *_NO_CHARGE)
    for charge, counts in rollup.charges.items():
        yield charge, (*_NO_CELL, *counts)


def _of_kind(group: str, place: int) -> Callable[[Key, Sequence[int]], int]:
    """Of the charges of a group, as `GROUP_OF` has them."""

    def get(key: Key, counts: Sequence[int]) -> int:
        return counts[CELL_WIDTH + place] if isinstance(key, ChargeKey) and GROUP_OF[key.kind] == group else 0

    return get


def _reasoning(rollup: Rollup) -> Iterator[Line]:
    extras: dict[CellKey, int] = {}
    for key, counts in rollup.charges.items():
        extras[key.cell] = extras.get(key.cell, 0) + counts[CHARGE_EXTRA]
    return with_reasoning_cost(rollup.cells, extras)


def _with_repeats(rollup: Rollup) -> Iterator[Line]:
    """Cells, and of each group one more that counts nothing but its repeats, of all days."""
    for key, counts in rollup.cells.items():
        yield key, (*counts, 0, 0, 0)
    for group, repeated in rollup.prompts.by_group().items():
        yield CellKey(0, *group, "ok", "standard", 0), (*(0,) * CELL_WIDTH, *repeated)


HOURS = Source(
    title="hours",
    part=Part.HOURS,
    fields={Field.DAY: lambda key: key.day, Field.HOUR: lambda key: key.hour},
    counters=_OF_LINES,
    zero=_NOT_IN_LINES,
    lines=lambda rollup: rollup.hours.items(),
)
CELLS = Source(
    title="cells",
    part=Part.CELLS,
    fields=_CELL_FIELDS,
    counters=_OF_CELLS,
    lines=lambda rollup: rollup.cells.items(),
)
SOURCES: tuple[Source, ...] = (
    HOURS,
    Source(
        title="users",
        part=Part.USERS,
        fields={Field.USER: lambda key: key},
        counters=_OF_LINES,
        zero=_NOT_IN_LINES,
        lines=lambda rollup: rollup.users.items(),
    ),
    CELLS,
    Source(
        title="cells with charges",
        part=Part.CHARGES,
        also=frozenset({Part.CELLS}),
        fields=_CELL_FIELDS,
        counters={
            **_OF_CELLS,
            Counter.TOOL_CALLS: _of_kind("tools", CHARGE_UNITS),
            Counter.TOOL_FEES: _of_kind("tools", CHARGE_COST),
            Counter.AUDIO: _of_kind("audio", CHARGE_UNITS),
            Counter.AUDIO_COST: _of_kind("audio", CHARGE_COST),
            Counter.IMAGES: _of_kind("image", CHARGE_UNITS),
            Counter.IMAGES_COST: _of_kind("image", CHARGE_COST),
            Counter.GEOGRAPHY: _of_kind("geography", CHARGE_COST),
        },
        lines=_with_charges,
    ),
    Source(
        title="cells with the cost of reasoning",
        part=Part.CHARGES,
        also=frozenset({Part.CELLS}),
        fields=_CELL_FIELDS,
        counters={**_OF_CELLS, Counter.REASONING_COST: _place(_REASONING_COST)},
        lines=_reasoning,
    ),
    Source(
        title="cells with the cost of reasoning, of data that were stored before charges were counted",
        part=Part.CELLS,
        fields=_CELL_FIELDS,
        counters={**_OF_CELLS, Counter.REASONING_COST: _place(_REASONING_COST)},
        lines=lambda rollup: with_reasoning_cost(rollup.cells, {}),
    ),
    Source(
        title="cells with repeats of prompts",
        part=Part.PROMPTS,
        also=frozenset({Part.CELLS}),
        fields={name: _CELL_FIELDS[name] for name in (Field.PROVIDER, Field.MODEL, Field.FEATURE)},
        counters={
            **_OF_CELLS,
            Counter.PROMPTED: _place(CELL_WIDTH),
            Counter.REPEATS: _place(CELL_WIDTH + 1),
            Counter.REPEATED_COST: _place(CELL_WIDTH + 2),
        },
        lines=_with_repeats,
    ),
    Source(
        title="hours by feature and model",
        part=Part.TRAFFIC,
        fields={
            Field.DAY: lambda key: key.day,
            Field.HOUR: lambda key: key.hour,
            Field.PROVIDER: lambda key: key.provider,
            Field.MODEL: lambda key: key.model,
            Field.FEATURE: lambda key: key.feature,
        },
        counters=_OF_LINES,
        zero=_NOT_IN_LINES,
        lines=lambda rollup: rollup.traffic.items(),
    ),
    Source(
        title="users by day",
        part=Part.USERS,
        fields={Field.USER: lambda key: key[0], Field.DAY: lambda key: key[1]},
        counters=_OF_LINES,
        zero=_NOT_IN_LINES,
        lines=_user_days,
        lacks=_lacks_user_days,
    ),
    Source(
        title="minutes",
        part=Part.MINUTES,
        fields={
            Field.DAY: lambda key: key.day,
            Field.HOUR: lambda key: key.minute // _HOUR_MINUTES,
            Field.MINUTE: lambda key: key,
        },
        counters={
            Counter.REQUESTS: _place(MINUTE_N),
            Counter.INPUT: _place(MINUTE_INPUT),
            Counter.OUTPUT: _place(MINUTE_OUTPUT),
            Counter.UNPRICED: _place(MINUTE_UNPRICED),
        },
        zero=_NOT_IN_LINES,
        idle=frozenset({Counter.COST}),
        lines=lambda rollup: rollup.minutes.by_key().items(),
        first_day=lambda rollup: rollup.minutes.first_day,
        lacks=_lacks_minutes,
    ),
    Source(
        title="users by day and feature",
        part=Part.USER_FEATURES,
        fields={
            Field.USER: lambda key: key.user,
            Field.DAY: lambda key: key.day,
            Field.FEATURE: lambda key: key.feature,
        },
        counters=_OF_LINES,
        zero=_NOT_IN_LINES,
        lines=lambda rollup: rollup.user_features.items(),
    ),
)
"""The smallest first."""
SKETCHES = Source(
    title="sketches",
    part=Part.SKETCHES,
    fields={
        Field.PROVIDER: lambda key: key.provider,
        Field.MODEL: lambda key: key.model,
        Field.FEATURE: lambda key: key.feature,
    },
    counters={},
    lines=lambda rollup: ((key, sketch.as_list()) for key, sketch in rollup.sketches.items()),
)
DAY_SKETCHES = Source(
    title="sketches by day",
    part=Part.DAY_SKETCHES,
    fields={**SKETCHES.fields, Field.DAY: lambda key: key.day},
    counters={},
    lines=lambda rollup: rollup.day_sketches.items(),
)
