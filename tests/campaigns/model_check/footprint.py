"""What an RPC reads and writes: two of them commute, unless one writes what the other one touches."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Footprint:
    """Names of documents and tasks; a name that ends in a slash stands for all below it."""

    method: str
    reads: frozenset[str] = frozenset()
    writes: frozenset[str] = frozenset()

    def meets(self, other: "Footprint") -> bool:
        """True when the order of the two can matter."""
        return bool(
            self.writes & other.writes or _touches(self.writes, other.reads) or _touches(other.writes, self.reads)
        )


def _touches(writes: frozenset[str], reads: frozenset[str]) -> bool:
    folders = tuple(name for name in reads if name.endswith("/"))
    return bool(writes & reads) or any(name.startswith(folders) for name in writes)


def footprint_of(method: str, request: Any) -> Footprint:
    """The footprint of a call of Firestore or Cloud Tasks; raises KeyError for one that is not known here."""
    name = method.rpartition("/")[2]
    reads, writes = _FOOTPRINTS[name](request)
    return Footprint(name, frozenset(reads), frozenset(writes))


def _commit(request: Any) -> tuple[list[str], list[str]]:
    """A write also reads its document, for its precondition."""
    return [], [write.update.name or write.delete for write in request.writes]


def _query(request: Any) -> tuple[list[str], list[str]]:
    return [f"{request.parent}/{source.collection_id}/" for source in request.structured_query.from_], []


_FOOTPRINTS: dict[str, Callable[[Any], tuple[list[str], list[str]]]] = {
    "BatchGetDocuments": lambda request: (list(request.documents), []),
    "Commit": _commit,
    "RunQuery": _query,
    "CreateTask": lambda request: ([], [request.task.name]),
    "GetTask": lambda request: ([request.name], []),
    "DeleteTask": lambda request: ([], [request.name]),
    "ListTasks": lambda request: ([f"{request.parent}/tasks/"], []),
}
