"""The search of orders itself: it plays what can matter, and nothing twice."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from tests.campaigns.model_check.explore import Explorer
from tests.campaigns.model_check.footprint import Footprint

Store = dict[str, int]


@dataclass
class Adding:
    """Adds one to a document: reads it, then writes it, one call a turn."""

    store: Store
    name: str
    calls: list[Footprint] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._steps = self._work()

    def proceed(self) -> bool:
        """The next call; False after the last one."""
        return next(self._steps)

    def _work(self) -> Iterator[bool]:
        self.calls.append(Footprint("Read", reads=frozenset({self.name})))
        found = self.store.get(self.name, 0)
        yield True
        self.calls.append(Footprint("Write", writes=frozenset({self.name})))
        self.store[self.name] = found + 1
        yield False


class Additions:
    """Two of them meet; `results` collects what is stored afterwards."""

    def __init__(self, names: tuple[str, str], results: list[Store]) -> None:
        self._store: Store = {}
        self._results = results
        self.actors = (Adding(self._store, names[0]), Adding(self._store, names[1]))

    def check(self) -> None:
        """Keep the result."""
        self._results.append(self._store)


def explored(*names: str, sample: int | None = None) -> list[Store]:
    results: list[Store] = []
    Explorer(lambda: Additions((names[0], names[1]), results), sample=sample).run()
    return results


def test_every_result_that_an_order_can_have_comes_up() -> None:
    results = explored("a", "a")
    assert [store["a"] for store in results if store["a"] == 1]
    assert [store["a"] for store in results if store["a"] == 2]


def test_orders_that_cannot_matter_are_played_once() -> None:
    assert explored("a", "b") == [{"a": 1, "b": 1}]


def test_a_sample_is_as_large_as_it_was_asked_for() -> None:
    assert len(explored("a", "a", sample=20)) == 20
