"""Prompts over all days, in bounded space: the first request of each that a feature sends to a model, and all of them.

As in common/spend/rollup/duplicates.py a sample by hash is kept, those with the smallest; what is kept is complete.
There a prompt is counted by day, so that what it repeats can be told of any period; here over the range of the data.
"""

from collections.abc import Collection, Iterator
from itertools import accumulate
from typing import Any, NamedTuple

from common.spend.rollup.bounded_names import ALL, OTHER, hash64
from common.spend.rollup.cells import RequestGroup
from common.spend.rollup.name_table import NameTable
from common.spend.rollup.part_counter import PartCounter

_Prompt = tuple[int, int, int, int]
"""Of the first request, the cheaper of two in a second: seconds since 1970, pico-USD; of all: requests, pico-USD."""


class Repeated(NamedTuple):
    """What is known of the prompts of a group, estimated where they are a sample."""

    requests: int
    """With a prompt, that went well."""
    repeats: int
    """Those whose prompt the group had sent before."""
    cost: int
    """Of the repeats, pico-USD."""


class Prompts(PartCounter):
    """By group and the hash of the prompt."""

    KINDS = "qjz"
    """Prompts that came once, those that came again, and the bound."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._threshold = ALL
        """Only hashes below are kept."""
        self._groups: dict[RequestGroup, dict[int, _Prompt]] = {}
        self._count = 0
        self._prune_at = 2 * most

    def add(self, prompt_hash: str, group: RequestGroup, second: int, cost: int) -> None:
        """Count one request."""
        self._add(group, hash64(prompt_hash), (second, cost, 1, cost))

    def _add(self, group: RequestGroup, entry: int, prompt: _Prompt) -> None:
        if entry >= self._threshold:
            return
        prompts = self._groups.setdefault(group, {})
        other = prompts.get(entry)
        if other is None:
            prompts[entry] = prompt
            self._count += 1
            if self._count > self._prune_at:
                self._prune()
                self._prune_at = 2 * max(self._most, self._count)
        else:
            first = min(prompt[:2], other[:2])
            prompts[entry] = (*first, prompt[2] + other[2], prompt[3] + other[3])

    def _prune(self) -> None:
        entries = set[int]().union(*self._groups.values())
        if len(entries) > self._most:
            self._lower(sorted(entries)[self._most])

    def _lower(self, threshold: int) -> None:
        if threshold < self._threshold:
            self._threshold = threshold
            for group, prompts in self._groups.items():
                self._groups[group] = {entry: each for entry, each in prompts.items() if entry < threshold}
            self._count = sum(map(len, self._groups.values()))

    @property
    def sampled_share(self) -> float:
        """Share of all prompts that is kept, 1.0 when all are."""
        self._prune()
        return self._threshold / ALL

    def by_group(self) -> dict[RequestGroup, Repeated]:
        """In whole numbers, of a sample scaled up."""
        share = self.sampled_share
        found = {}
        for group, prompts in self._groups.items():
            again = [prompt for prompt in prompts.values() if prompt[2] > 1]
            sums = (
                sum(prompt[2] for prompt in prompts.values()),
                sum(prompt[2] - 1 for prompt in again),
                sum(prompt[3] - prompt[1] for prompt in again),
            )
            found[group] = Repeated(*(count if share == 1 else round(count / share) for count in sums))
        return found

    def merge(self, record: list[Any], names: NameTable) -> None:
        """Prompts come as columns, hashes as differences."""
        if record[0] == "z":
            self._lower(record[1])
            return
        group = names.local_group(*record[1:4])
        entries, seconds, costs = accumulate(record[4]), record[5], record[6]
        counts, totals = ([1] * len(costs), costs) if record[0] == "q" else record[7:9]
        for entry, *prompt in zip(entries, seconds, costs, counts, totals, strict=True):
            self._add(group, entry, (prompt[0], prompt[1], prompt[2], prompt[3]))

    def evict(self, dimension: str, evicted: Collection[str]) -> None:
        """Count groups under another name."""
        if dimension not in RequestGroup._fields:
            return
        other: dict[str, Any] = {dimension: OTHER}
        for group in [group for group in self._groups if getattr(group, dimension) in evicted]:
            prompts = self._groups.pop(group)
            self._count -= len(prompts)
            for entry, prompt in prompts.items():
                self._add(group._replace(**other), entry, prompt)

    def records(self, _: NameTable) -> Iterator[list[Any]]:
        """The bound, then columns by group."""
        self._prune()
        if self._threshold != ALL:
            yield ["z", self._threshold]
        for group, prompts in sorted(self._groups.items(), key=lambda item: repr(tuple(item[0]))):
            ordered = sorted(prompts.items())
            once = [(entry, *prompt[:2]) for entry, prompt in ordered if prompt[2] == 1]
            again = [(entry, *prompt) for entry, prompt in ordered if prompt[2] > 1]
            for kind, lines in (("q", once), ("j", again)):
                if lines:
                    entries, *columns = map(list, zip(*lines, strict=True))
                    yield [kind, *group, list(map(int.__sub__, entries, [0, *entries])), *columns]
