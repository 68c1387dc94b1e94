"""What a rollup asks of the counter of a part, whatever it counts."""

from abc import ABC, abstractmethod
from collections.abc import Collection, Iterator
from typing import Any, ClassVar

from common.spend.rollup.name_table import NameTable


class PartCounter(ABC):
    """Counts of one part."""

    KINDS: ClassVar[str]
    """The kinds of its records, one letter each, as common/spend/rollup/parts.py has them."""

    @abstractmethod
    def merge(self, record: list[Any], names: NameTable) -> None:
        """Add a record of one of its kinds, under the names of this rollup."""

    @abstractmethod
    def evict(self, dimension: str, evicted: Collection[str]) -> None:
        """Count names of a dimension that have no room under OTHER."""

    @abstractmethod
    def records(self, names: NameTable) -> Iterator[list[Any]]:
        """JSON-ready lists in a canonical order, within its bounds."""
