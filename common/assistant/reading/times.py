"""Productions of periods, and of what they are held against."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date, timedelta

from common.assistant.reading import days
from common.assistant.reading.cursor import Cursor
from common.assistant.reading.signs import Back, Mark, Sign
from common.spend.semantics import Period, PeriodName
from common.spend.semantics.periods import DayRange, range_of

_OPENS = frozenset({Sign.SINCE, Sign.UNTIL, Sign.FROM, Sign.TO, Sign.BELOW, Sign.BY, Sign.NOT})
_FEW_DAYS = 62
_DAY = timedelta(days=1)


class Times(Cursor):
    """Periods, since, until, from ... to, and against."""

    def _period(self, mark: Mark) -> None:
        if isinstance(mark.value, Back):
            self.clause.back = mark.value
        elif isinstance(mark.value, Period) and mark.value.name == PeriodName.PREVIOUS:
            self.clause.versus = mark.value
        else:
            self.clause.periods.extend(periods_of(mark))
        self.clause.all_days |= mark.value == "all"
        if isinstance(mark.value, str) and " " in mark.value:
            *_, self.clause.versus = self.clause.periods
            self.clause.periods.pop()
        self._use("query.period")

    def _open_period(self, mark: Mark) -> None:
        """Since or until a day; after it and before it are without it."""
        following = self._peek()
        if following is None or following.sign != Sign.PERIOD or not isinstance(following.value, Period):
            if following is not None and following.sign == Sign.PERIOD:
                self._use("query.period")
                self._period(following)
            elif mark.sign == Sign.UNTIL:
                self._before()
            return
        period = following.value
        self.clause.periods.append(_after(mark, period) if mark.sign == Sign.SINCE else _until(mark, period))
        self._use("query.period", 2)

    def _before(self) -> None:
        """As in "than before": against the time before."""
        if self.clause.compares or self.clause.changed:
            self.clause.versus = Period(name=PeriodName.PREVIOUS)
            self._use("query.versus")

    def _from(self, _: Mark) -> None:
        """From one period to another: all days of both, or what changed between them."""
        first, second = self._peek(), self._peek(3)
        if not (first and second and _is_range(first, second) and self._sign(2) in (Sign.TO, Sign.AND)):
            self._use("query.period")
        elif any(mark.sign in (Sign.CHANGED, Sign.COMPARE) for mark in self.clause.marks):
            self.clause.versus = periods_of(first)[0]
            self.clause.periods.append(periods_of(second)[0])
            self._use("query.versus", 4)
        else:
            self.clause.periods.append(_spanning(first.value, second.value))
            self._use("query.period", 4)

    def _to(self, mark: Mark) -> None:
        """After a period it goes on to another one; alone it is until."""
        before, following = self.clause.marks[self._at - 1] if self._at else None, self._peek()
        if following is None or not _is_range(following, following) or self.clause.compares:
            self._use("query.period")
        elif before is None or before.sign != Sign.PERIOD:
            self._open_period(mark)
        elif self.clause.periods and _is_range(before, following):
            self.clause.periods[-1] = _spanning(before.value, following.value)
            self._use("query.period", 2)
        else:
            self._use("query.period")

    def _versus(self, _: Mark) -> None:
        """Against a period; against another name of the same kind."""
        following = self._peek()
        self.clause.compares = True
        if following and isinstance(following.value, Back):
            self.clause.back = following.value
            self._use("query.versus", 2)
        elif following and following.sign == Sign.PERIOD:
            self.clause.versus = periods_of(following)[0]
            self._use("query.versus", 2)
        elif following and following.sign == Sign.UNTIL:
            self.clause.versus = Period(name=PeriodName.PREVIOUS)
            self._use("query.versus", 2)
        else:
            self._use("query.versus")


def _after(mark: Mark, period: Period) -> Period:
    if mark.value == "after" and period.last:
        return Period(name=PeriodName.BETWEEN, first=period.last + _DAY)
    return Period(name=PeriodName.BETWEEN, first=period.first) if period.first else period


def _until(mark: Mark, period: Period) -> Period:
    if mark.value == "before" and period.first:
        return Period(name=PeriodName.BETWEEN, last=period.first - _DAY)
    return Period(name=PeriodName.BETWEEN, last=period.last) if period.last else period


def _is_range(first: Mark, last: Mark) -> bool:
    """Whether both are days, in this order."""
    start, end = first.value, last.value
    dated = isinstance(start, Period) and isinstance(end, Period) and start.first and end.last
    return bool(dated) and first.sign == last.sign == Sign.PERIOD and start.first <= end.last


def _spanning(first: Period, last: Period) -> Period:
    return Period(name=PeriodName.BETWEEN, first=first.first, last=last.last)


def with_days(marks: Sequence[Mark], data: DayRange | None) -> Iterator[Mark]:
    """The marks, with periods by name as days where a range begins or ends with them: "since last week"."""
    opens = False
    for mark in marks:
        yield replace(mark, value=_in_days(mark.value, data)) if opens and mark.sign == Sign.PERIOD and data else mark
        opens = mark.sign in _OPENS or (opens and mark.sign == Sign.FUNCTION)


def _in_days(value: object, data: DayRange) -> object:
    """Of a single period that is complete by itself; else what it is."""
    if isinstance(value, str) and value in set(PeriodName) - {PeriodName.PREVIOUS}:
        value = Period(name=PeriodName(value))
    if not isinstance(value, Period) or value.name in (PeriodName.PREVIOUS, PeriodName.BETWEEN):
        return value
    meant = range_of(value, data)
    meant = meant.within(data) or meant
    return days.between(date.fromordinal(meant.first), date.fromordinal(meant.last))


def days_in(mark: Mark) -> tuple[str, ...]:
    """The days (ISO) of what a mark names, where they are few enough to be named one by one."""
    first_to_last = [(each.first, each.last) for each in periods_of(mark)]
    ranges = [(first, last) for first, last in first_to_last if first and last and (last - first).days < _FEW_DAYS]
    if len(ranges) < len(first_to_last):
        return ()
    return tuple(str(first + _DAY * n) for first, last in ranges for n in range((last - first).days + 1))


def periods_of(mark: Mark) -> tuple[Period, ...]:
    """A mark names one period, or one and what it is compared with."""
    if isinstance(mark.value, Period):
        return (mark.value,)
    if isinstance(mark.value, tuple):
        return mark.value
    return tuple(Period(name=PeriodName(name)) for name in str(mark.value).split() if name != "all")
