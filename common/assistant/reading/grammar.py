"""The grammar: from the marks of a clause to what it says. One production for each kind of word that can lead."""

from collections.abc import Callable, Mapping, Sequence

from common.assistant.reading.clause import Clause
from common.assistant.reading.lines import Lines
from common.assistant.reading.signs import Mark, Sign
from common.spend.semantics import MeasureName

_FLAGS = {
    Sign.TREND: "trend",
    Sign.SHARE: "share",
    Sign.CHANGED: "changed",
    Sign.COMPARE: "compares",
    Sign.THEIR_COST: "their_cost",
    Sign.RANK: "is_ordered",
    Sign.OWN: "is_own",
    Sign.DEFINES: "defines",
    Sign.INSTEAD: "instead",
}
_LISTS = {
    Sign.OPERATION: "operations",
    Sign.MODEL: "models",
    Sign.UNKNOWN_NAME: "unknown",
    Sign.TOPIC: "topics",
    Sign.AUDIT: "audits",
    Sign.POSITION: "refers",
}
_TEXTS = {Sign.AUDIENCE: "audience", Sign.CURRENCY: "currency"}
_PER = {Sign.PER_REQUEST: MeasureName.COST_PER_REQUEST, Sign.PER_TOKENS: MeasureName.COST_PER_1K_TOKENS}
"""What words set in a clause that say one thing whatever stands beside them."""


class Grammar(Lines):
    """Reads one clause."""

    def __init__(self, marks: Sequence[Mark]) -> None:
        super().__init__(marks)
        self._productions: Mapping[Sign, Callable[[Mark], None]] = {
            Sign.MEASURE: self._measure,
            Sign.DIMENSION: self._dimension,
            Sign.GROUPED: self._grouped,
            Sign.BY: self._by,
            Sign.TOP: self._top,
            Sign.NUMBER: self._number,
            Sign.WHICH: self._which,
            Sign.ORDER: self._order,
            Sign.VERSUS: self._versus,
            Sign.ABOVE: self._bound,
            Sign.BELOW: self._bound,
            Sign.QUANTITY: self._quantity,
            Sign.NOT: self._not,
            Sign.ONLY: self._only,
            Sign.NAME: self._name,
            Sign.PERIOD: self._period,
            Sign.SINCE: self._open_period,
            Sign.UNTIL: self._open_period,
            Sign.FROM: self._from,
            Sign.TO: self._to,
            Sign.HOURS: self._hours,
            Sign.WEEKDAYS: self._weekdays,
            Sign.UNTAGGED: self._untagged,
            Sign.FORMAT: self._format,
        }

    def read(self) -> Clause:
        """All marks are looked at once; what no production uses stays unused."""
        while self._at < len(self.clause.marks):
            mark, before = self.clause.marks[self._at], self._at
            production = self._productions.get(mark.sign, self._flag)
            production(mark)
            if self._at == before:
                self._at += 1
        self._settle_bound()
        return self.clause

    def _flag(self, mark: Mark) -> None:
        """Words that say one thing whatever stands beside them; unread ones say nothing."""
        if mark.sign == Sign.UNREAD:
            return
        clause = self.clause
        is_question = mark.sign == Sign.DEFINES and (mark.first == 0 or mark.end > mark.first + 1 or bool(mark.value))
        if mark.sign in _FLAGS and (is_question or mark.sign != Sign.DEFINES):
            setattr(clause, _FLAGS[mark.sign], True)
            clause.means |= mark.value == "mean"
        elif mark.sign == Sign.REST:
            clause.refers_back |= mark.value != "also"
        elif mark.sign in _LISTS:
            getattr(clause, _LISTS[mark.sign]).append(_entry(mark))
        elif mark.sign in _TEXTS:
            setattr(clause, _TEXTS[mark.sign], mark.value)
        elif mark.sign in _PER:
            clause.per = _PER[mark.sign]
            clause.doubts += [f"{mark.value[0].upper()}{mark.value[1:]}."] if mark.value else []
        self._use(mark.sign.value)

    def _format(self, mark: Mark) -> None:
        self.clause.format_kind = mark.value
        self._use("format")


def _entry(mark: Mark) -> Mark | str | int:
    """As its list of a clause has it."""
    if mark.sign == Sign.POSITION:
        return int(mark.value)
    return str(mark.value) if mark.sign in (Sign.MODEL, Sign.AUDIT) else mark
