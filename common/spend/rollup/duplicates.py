"""Counts of equal prompts (by content hash) on a day, in bounded space.

Of a prompt that a feature sends to a model, the first request of the day is kept apart from those after it, exactly and
in any order of rows. A day's prompts are sampled by hash: all are kept until there are more than LIMIT, then those with
the smallest hashes. What is kept is complete, so its repeats are exact, and the whole is estimated from them.
"""

from collections.abc import Callable, Iterable, Iterator
from typing import Any, Protocol

from common.spend.rollup.bounded_names import hash64
from common.spend.rollup.cells import CellKey, RequestGroup, bump, move, text_of

LIMIT = 40_000
ALL = 1 << 64
_WIDTH = 9
"""Counters; a later version may write more behind them, which are left out."""

_Request = tuple[int, CellKey, tuple[int, ...]]
"""(microseconds since 1970, cell, counters); of two the lesser tuple came first."""


class Repeats(Protocol):
    """What a plan reads of equal prompts."""

    @property
    def sampled_share(self) -> float:
        """Share of all prompts that is kept, 1.0 when all are."""

    def repeats(self) -> Iterator[tuple[CellKey, list[int]]]:
        """For each kept prompt that was sent more than once: the counters of all requests but the first, by cell."""

    def entries(self) -> Iterator[tuple[int, CellKey, list[int]]]:
        """The same with the hash of the day and the prompt."""


class DuplicateCounter:
    """By (day, prompt): the first request of each group, and by cell the counters of those after it.

    Counters: [requests, six token buckets, reusable prefix within 5 minutes, within an hour].
    """

    def __init__(self) -> None:
        self._threshold = ALL
        """Only hashes below are kept; ALL: everything is."""
        self._firsts: dict[int, dict[RequestGroup, _Request]] = {}
        self._again: dict[int, dict[CellKey, list[int]]] = {}

    def add(self, prompt_hash: str, group: RequestGroup, request: _Request) -> None:
        """Count one request of a group."""
        self._count(hash64(f"{request[1].day} {prompt_hash}"), group, request)

    def merge(self, record: list[Any], local_key: Callable[[list[Any]], CellKey]) -> None:
        """Add a record of another part; `local_key` gives a cell's key as it is counted here."""
        if record[0] == "d":
            key = local_key(record[3:10])
            self._count(record[1], key.group, (record[2], key, tuple(record[10 : 10 + _WIDTH])))
        else:
            self._count_again(record[1], local_key(record[2:9]), record[9 : 9 + _WIDTH])

    def _count(self, entry: int, group: RequestGroup, request: _Request) -> None:
        """The later of two requests of a group repeats the earlier."""
        if entry >= self._threshold:
            return
        groups = self._firsts.setdefault(entry, {})
        other = groups.get(group)
        groups[group] = request if other is None else min(other, request)
        if other is not None:
            _, key, counts = max(other, request)
            self._count_again(entry, key, counts)
        elif len(self._firsts) > 2 * LIMIT:
            self._prune()

    def _count_again(self, entry: int, key: CellKey, counts: Iterable[int]) -> None:
        if entry < self._threshold:
            bump(self._again.setdefault(entry, {}), key, counts)

    def _prune(self) -> None:
        if len(self._firsts) > LIMIT:
            self.lower_threshold(sorted(self._firsts)[LIMIT])

    def lower_threshold(self, threshold: int) -> None:
        """Adopt the threshold of a merged part."""
        if threshold < self._threshold:
            self._threshold = threshold
            self._firsts = {entry: groups for entry, groups in self._firsts.items() if entry < threshold}
            self._again = {entry: cells for entry, cells in self._again.items() if entry < threshold}

    def threshold_now(self) -> int:
        """The threshold after bounding."""
        self._prune()
        return self._threshold

    @property
    def sampled_share(self) -> float:
        """Share of all prompts that is kept, 1.0 when all are."""
        return self.threshold_now() / ALL

    def rename(self, renamed: Callable[[CellKey], CellKey | None]) -> None:
        """Count cells under another name where `renamed` gives one."""
        for cells in self._again.values():
            move(cells, renamed)
        for entry, groups in self._firsts.items():
            for group, (at, key, counts) in list(groups.items()):
                target = renamed(key)
                if target is not None:
                    del groups[group]
                    self._count(entry, target.group, (at, target, counts))

    def repeats(self) -> Iterator[tuple[CellKey, list[int]]]:
        """For each kept prompt that was sent more than once: the counters of all requests but the first, by cell."""
        for _, key, counts in self.entries():
            yield key, counts

    def entries(self) -> Iterator[tuple[int, CellKey, list[int]]]:
        """The same with the hash of the day and the prompt."""
        self._prune()
        for entry, cells in self._again.items():
            for key, counts in cells.items():
                yield entry, key, counts

    def prompts(self) -> Iterator[dict[CellKey, list[int]]]:
        """The counters of each kept prompt, by cell; all cells of a prompt are of one day."""
        self._prune()
        for entry, groups in self._firsts.items():
            cells = {key: list(counts) for key, counts in self._again.get(entry, {}).items()}
            for _, key, counts in groups.values():
                bump(cells, key, counts)
            yield cells

    def records(self) -> Iterator[list[Any]]:
        """JSON-ready lists in a canonical order: first requests, then repeats."""
        self._prune()
        for entry, groups in sorted(self._firsts.items()):
            for at, key, counts in sorted(groups.values(), key=_text_of_request):
                yield ["d", entry, at, *key, *counts]
        for entry, cells in sorted(self._again.items()):
            for key, repeated in sorted(cells.items(), key=lambda item: text_of(item[0])):
                yield ["r", entry, *key, *repeated]


def _text_of_request(request: _Request) -> str:
    at, key, counts = request
    return repr((at, tuple(key), counts))
