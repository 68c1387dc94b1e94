"""The place in the marks of a clause, and what productions do with it."""

from collections.abc import Sequence

from common.assistant.reading.clause import Clause
from common.assistant.reading.signs import Mark, Sign

_SILENT = frozenset({Sign.FUNCTION, Sign.POLITE})


class Cursor:
    """Productions start at the mark `self._at`, and move past what they used."""

    def __init__(self, marks: Sequence[Mark]) -> None:
        self.clause = Clause([mark for mark in marks if mark.sign not in _SILENT])
        self._at = 0

    def _peek(self, ahead: int = 1) -> Mark | None:
        place = self._at + ahead
        return self.clause.marks[place] if place < len(self.clause.marks) else None

    def _sign(self, ahead: int = 1) -> Sign | None:
        mark = self._peek(ahead)
        return mark.sign if mark else None

    def _use(self, field: str, count: int = 1) -> None:
        """So many marks from here on went into a field."""
        for _ in range(count):
            mark = self.clause.marks[self._at]
            self.clause.used[self._at] = field
            if mark.doubt and mark.doubt not in self.clause.doubts:
                self.clause.doubts.append(mark.doubt)
            self._at += 1
