"""What of a rollup can be narrowed: lines of its parts, and the records that they become in a narrowed one."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from common.spend.rollup.bounded_names import ALL
from common.spend.rollup.cells import LINE_COST, LINE_N, NO_HOUR, DaySketchKey, TrafficKey, UserFeatureKey
from common.spend.rollup.parts import Part
from common.spend.rollup.rollup import Rollup
from common.spend.rollup.traffic import hour_at
from common.spend.semantics.dimensions import Field
from common.spend.semantics.sources import CELLS, DAY_SKETCHES, SKETCHES, Key

Record = list[Any]
Fields = Mapping[Field, Callable[[Key], Any]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Lines:
    """Lines of a part with their fields."""

    part: Part
    fills: frozenset[Part]
    """The parts of which they become records."""
    fields: Fields
    lines: Callable[[Rollup], Iterable[tuple[Key, Any]]]
    records: Callable[[Key, Any], Iterable[Record]]
    cost: Callable[[Any], int] | None = None
    """Of lines that may be together as "(other)" although their names are apart in cells (pico-USD)."""

    are_apart: Callable[[Rollup], bool] = lambda _: True
    """Whether all names that cells hold apart are so in these lines, where no cost tells it."""

    def is_there(self, rollup: Rollup) -> bool:
        """Whether something that it fills is to be read, and it can be. Raises PartNotLoadedError."""
        if not self.fills & rollup.parts or not (self.part in rollup.parts or rollup.tells(self.part)):
            return False
        return self.are_apart(rollup)


def _of_traffic(key: TrafficKey, line: list[int]) -> Iterator[Record]:
    yield ["t", key.feature, key.provider, key.model, [hour_at(key.day, key.hour)], *([count] for count in line)]
    yield ["h", key.day, key.hour, *line]
    if line[LINE_N] and key.hour != NO_HOUR:
        yield ["f", key.feature, key.hour, line[LINE_N]]


def _of_user_features(key: UserFeatureKey, line: list[int]) -> Iterator[Record]:
    yield ["e", key.user, key.feature, [key.day], *([count] for count in line)]
    yield ["u", key.user, *line]
    yield ["w", key.user, [key.day], *([count] for count in line)]


def _of_day_sketches(key: DaySketchKey, flat: list[int]) -> Iterator[Record]:
    _, total, most, *bins = flat
    columns = ([key.day], [total], [most], [bins[0::2]], [bins[1::2]])
    yield ["k", key.feature, key.measure, key.provider, key.model, *columns]


def _line_cost(line: list[int]) -> int:
    return line[LINE_COST]


NARROWABLE = (
    Lines(
        part=Part.CELLS,
        fills=frozenset({Part.CELLS}),
        fields=CELLS.fields,
        lines=CELLS.lines,
        records=lambda key, counts: [["c", *key, *counts]],
    ),
    Lines(
        part=Part.CHARGES,
        fills=frozenset({Part.CHARGES}),
        fields=CELLS.fields,
        lines=lambda rollup: rollup.charges.items(),
        records=lambda key, counts: [["x", *key, *counts]],
    ),
    Lines(
        part=Part.TRAFFIC,
        fills=frozenset({Part.TRAFFIC, Part.HOURS}),
        fields={name: CELLS.fields[name] for name in (Field.DAY, Field.PROVIDER, Field.MODEL, Field.FEATURE)},
        lines=lambda rollup: rollup.traffic.items(),
        records=_of_traffic,
        cost=_line_cost,
    ),
    Lines(
        part=Part.USER_FEATURES,
        fills=frozenset({Part.USER_FEATURES, Part.USERS}),
        fields={name: CELLS.fields[name] for name in (Field.DAY, Field.FEATURE)},
        lines=lambda rollup: rollup.user_features.items(),
        records=_of_user_features,
        cost=_line_cost,
    ),
    Lines(
        part=Part.SKETCHES,
        fills=frozenset({Part.SKETCHES}),
        fields=SKETCHES.fields,
        lines=SKETCHES.lines,
        records=lambda key, flat: [["s", *key, flat]],
    ),
    Lines(
        part=Part.DAY_SKETCHES,
        fills=frozenset({Part.DAY_SKETCHES}),
        fields=DAY_SKETCHES.fields,
        lines=DAY_SKETCHES.lines,
        records=_of_day_sketches,
        are_apart=lambda rollup: rollup.day_sketch_bar == ALL,
    ),
    Lines(
        part=Part.REPEATS,
        fills=frozenset({Part.REPEATS}),
        fields=CELLS.fields,
        lines=lambda rollup: ((key, (entry, counts)) for entry, key, counts in rollup.repeats.entries()),
        records=lambda key, repeated: [["r", repeated[0], *key, *repeated[1]]],
    ),
)
NOUNS: Mapping[Part, str] = {
    Part.NAMES: "names",
    Part.CELLS: "sums",
    Part.CHARGES: "fees, sound and images",
    Part.HOURS: "hours",
    Part.TRAFFIC: "hours",
    Part.USERS: "users",
    Part.USER_FEATURES: "users",
    Part.SKETCHES: "sizes and latencies of single requests",
    Part.DAY_SKETCHES: "latencies by day",
    Part.MINUTES: "minutes",
    Part.PROMPTS: "repeated prompts",
    Part.REPEATS: "repeated prompts",
    Part.DUPLICATES: "prompts",
}
"""What a part tells, for people."""
