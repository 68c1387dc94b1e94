"""What is billed beside plain text tokens, by cell and kind: as many lines as cells have kinds."""

from collections.abc import Collection, Iterable, Iterator
from typing import Any

from common.spend.model import CHARGE_KINDS
from common.spend.rollup.bounded_names import OTHER
from common.spend.rollup.cells import CHARGE_WIDTH, ChargeKey, bump, move, text_of
from common.spend.rollup.name_table import NameTable
from common.spend.rollup.part_counter import PartCounter

_DIMENSIONS = ("provider", "model", "feature", "status")


class Charges(PartCounter):
    """By the key of a cell and the kind of charge."""

    KINDS = "x"

    def __init__(self) -> None:
        self.lines: dict[ChargeKey, list[int]] = {}
        """Counters in the order of common/spend/rollup/cells.py's CHARGE_UNITS ..."""

    def add(self, key: ChargeKey, counts: Iterable[int]) -> None:
        """Count a charge."""
        bump(self.lines, key, counts)

    def merge(self, record: list[Any], names: NameTable) -> None:
        """A kind that this version does not know is left out: its cost is in the cells all the same."""
        if record[8] in CHARGE_KINDS:
            self.add(ChargeKey(*names.local_key(record[1:8]), record[8]), record[9 : 9 + CHARGE_WIDTH])

    def evict(self, dimension: str, evicted: Collection[str]) -> None:
        """Names without room are in OTHER, as in cells."""
        if dimension in _DIMENSIONS:
            other: dict[str, Any] = {dimension: OTHER}
            move(self.lines, lambda key: key._replace(**other) if getattr(key, dimension) in evicted else None)

    def records(self, names: NameTable) -> Iterator[list[Any]]:  # noqa: ARG002 - its names are those of cells
        """In the order of the keys' text."""
        for key, counts in sorted(self.lines.items(), key=lambda item: text_of(item[0])):
            yield ["x", *key, *counts]
