"""Productions of periods, and of what they are held against."""

from common.assistant.reading.cursor import Cursor
from common.assistant.reading.signs import Mark, Sign
from common.spend.semantics import Period, PeriodName


class Times(Cursor):
    """Periods, since, until, from ... to, and against."""

    def _period(self, mark: Mark) -> None:
        if isinstance(mark.value, Period) and mark.value.name == PeriodName.PREVIOUS:
            self.clause.versus = mark.value
        else:
            self.clause.periods.extend(periods_of(mark))
        self.clause.all_days |= mark.value == "all"
        if isinstance(mark.value, str) and " " in mark.value:
            *_, self.clause.versus = self.clause.periods
            self.clause.periods.pop()
        self._use("query.period")

    def _open_period(self, mark: Mark) -> None:
        """Since or until a day."""
        following = self._peek()
        if following is None or following.sign != Sign.PERIOD or not isinstance(following.value, Period):
            if following is not None and following.sign == Sign.PERIOD:
                self._use("query.period")
                self._period(following)
            elif mark.sign == Sign.UNTIL:
                self._before()
            return
        period = following.value
        if mark.sign == Sign.SINCE:
            opened = Period(name=PeriodName.BETWEEN, first=period.first) if period.first else period
        else:
            opened = Period(name=PeriodName.BETWEEN, last=period.last) if period.last else period
        self.clause.periods.append(opened)
        self._use("query.period", 2)

    def _before(self) -> None:
        """As in "than before": against the time before."""
        if self.clause.compares or self.clause.changed:
            self.clause.versus = Period(name=PeriodName.PREVIOUS)
            self._use("query.versus")

    def _from(self, _: Mark) -> None:
        """From one period to another: what changed between them."""
        first, second = self._peek(), self._peek(3)
        if first and second and first.sign == second.sign == Sign.PERIOD and self._sign(2) in (Sign.TO, Sign.AND):
            self.clause.versus = periods_of(first)[0]
            self.clause.periods.append(periods_of(second)[0])
            self._use("query.versus", 4)
        else:
            self._use("query.period")

    def _versus(self, _: Mark) -> None:
        """Against a period; against another name of the same kind."""
        following = self._peek()
        self.clause.compares = True
        if following and following.sign == Sign.PERIOD:
            self.clause.versus = periods_of(following)[0]
            self._use("query.versus", 2)
        elif following and following.sign == Sign.UNTIL:
            self.clause.versus = Period(name=PeriodName.PREVIOUS)
            self._use("query.versus", 2)
        else:
            self._use("query.versus")


def periods_of(mark: Mark) -> tuple[Period, ...]:
    """A mark names one period, or one and what it is compared with."""
    if isinstance(mark.value, Period):
        return (mark.value,)
    return tuple(Period(name=PeriodName(name)) for name in str(mark.value).split() if name != "all")
