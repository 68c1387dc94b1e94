"""What is said to a customer of single rows: what was left out of them, what they were instead, and lost money."""

from collections import Counter
from collections.abc import Iterator

_CENT = 0.01


class RowNotes:
    """Counts since the last batch."""

    def __init__(self) -> None:
        self.left_out: Counter[str] = Counter()
        """Rows that are no requests, by what they are."""
        self.unread_usd = 0.0
        """Costs of rejected rows."""
        self.long_periods = 0
        """Billed rows of more than a day."""
        self._dropped: Counter[str] = Counter()
        self._first: dict[str, str] = {}
        self._blank: Counter[str] = Counter()
        self._words: dict[str, str] = {}

    def drop(self, name: str, reason: str) -> None:
        """A cell that the count can do without was not understood."""
        self._dropped[name] += 1
        self._first.setdefault(name, reason)

    def blank(self, name: str, word: object) -> None:
        """A cell says in a word, such as N/A, that it is empty."""
        self._blank[name] += 1
        self._words.setdefault(name, repr(str(word)))

    def texts(self) -> Iterator[str]:
        """Sentences."""
        for kind, count in self.left_out.items():
            yield f"{_rows(count)} left out: {kind}."
        for name, count in self._dropped.items():
            values = "1 value" if count == 1 else f"{count:,} values"
            rows = "the row was" if count == 1 else "the rows were"
            yield f"{values} of {name} could not be used; {rows} counted without. The first: {self._first[name]}."
        for name, count in self._blank.items():
            one = f"1 cell of {name} says {self._words[name]}: it was read as empty."
            many = f"{count:,} cells of {name} say {self._words[name]} or the like: they were read as empty."
            yield one if count == 1 else many
        if self.long_periods:
            yield f"{_rows(self.long_periods)} billed for another period than a day: each counts on its first day."
        if self.unread_usd:
            amount = f"{self.unread_usd:,.2f}" if abs(self.unread_usd) >= _CENT else f"{self.unread_usd:.6f}"
            yield f"{amount} USD could not be read: the costs of rejected rows are in no figure."


def _rows(count: int) -> str:
    return "1 row was" if count == 1 else f"{count:,} rows were"
