"""The grammar: from the marks of a clause to what it says. One production for each kind of word that can lead."""

from collections.abc import Callable, Mapping, Sequence

from common.assistant.question.model import Operation
from common.assistant.reading import hours
from common.assistant.reading.clause import Bound, Clause
from common.assistant.reading.data_names import NamedValue
from common.assistant.reading.signs import Mark, Quantity, Sign
from common.spend.semantics import DIMENSIONS, Condition, DimensionName, MeasureName, Period, PeriodName
from common.spend.semantics.dimensions import UNTAGGED

_SILENT = frozenset({Sign.FUNCTION, Sign.POLITE})
_MOST_LINES = 50

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


class Grammar:
    """Reads one clause. Each production starts at the mark `self._at` and moves past what it used."""

    def __init__(self, marks: Sequence[Mark]) -> None:
        self.clause = Clause([mark for mark in marks if mark.sign not in _SILENT])
        self._at = 0
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
        return self.clause

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

    # Nouns: measures and what they are grouped by

    def _measure(self, mark: Mark) -> None:
        """Where "paying for" stands beside reasoning tokens, the tokens are asked about."""
        if mark.topic == "average" and self._is_per():
            self.clause.measures.append(MeasureName.COST)
        elif not (mark.topic == "for" and (self.clause.measures or self._sign() == Sign.MEASURE)):
            self._add_measures(mark)
        self._use("query.measures")

    def _is_per(self) -> bool:
        following = self._peek()
        return following is not None and (following.sign == Sign.GROUPED or following.value == "per")

    def _add_measures(self, mark: Mark) -> None:
        before = self.clause.marks[self._at - 1] if self._at else None
        if mark.comma or (before and before.sign in (Sign.AND, Sign.OR, Sign.VERSUS)):
            self.clause.joined.update(MeasureName(name) for name in str(mark.value).split())
        for name in str(mark.value).split():
            measure = MeasureName(name)
            if measure not in self.clause.measures:
                self.clause.measures.append(measure)

    def _add_by(self, dimension: str) -> None:
        name = DimensionName(dimension)
        if name not in self.clause.by:
            self.clause.by.append(name)

    def _dimension(self, mark: Mark) -> None:
        """Beside a name it says what is named; alone it groups, perhaps."""
        before = self.clause.marks[self._at - 1] if self._at else None
        beside = [each for each in (before, self._peek()) if each and each.sign == Sign.NAME]
        if any(named.dimension == mark.value for each in beside for named in each.value):
            self._use("query.where")
            return
        if self._sign() == Sign.UNKNOWN_NAME:
            self._use("query.where")
            return
        name = DimensionName(mark.value)
        if mark.topic == "failed" and not self.clause.measures:
            self.clause.measures.append(MeasureName.FAILED_REQUESTS)
        if mark.lead in ("all", "every") and not mark.singular:
            self.clause.everything_of.append(name)
        subject = name == DimensionName.USER and mark.lead in ("do", "does", "did")
        if name not in self.clause.weak_by and not subject and not (mark.singular and DIMENSIONS[name].kind == "time"):
            self.clause.weak_by.append(name)
            self.clause.is_one |= mark.singular and self._is_ordered_near()
        self._use("query.by")

    def _is_ordered_near(self) -> bool:
        before = self.clause.marks[self._at - 1] if self._at else None
        return before is not None and before.sign in (Sign.ORDER, Sign.TOP)

    def _grouped(self, _: Mark) -> None:
        self._dimensions()

    def _by(self, _: Mark) -> None:
        """By dimensions; "by cost" orders; "each Monday" is a filter; alone it says nothing."""
        self._use("query.by")
        following = self._peek(0)
        if following and following.sign == Sign.MEASURE and self._orders():
            self.clause.order = MeasureName(str(following.value).split()[0])
            self.clause.is_ordered = True
            self._use("query.order")
            return
        self._dimensions()

    def _dimensions(self) -> None:
        """A list of them: "by feature and model"."""
        while (following := self._peek(0)) and following.sign in (Sign.DIMENSION, Sign.GROUPED):
            if self._is_named(following):
                return
            self._group(following)
            if self._sign(0) in (Sign.AND, Sign.BY) and self._sign(1) in (Sign.DIMENSION, Sign.GROUPED):
                self._use("query.by")

    def _is_named(self, mark: Mark) -> bool:
        """Whether a name of this dimension follows: "the feature chat", but "the hour of chat"."""
        following = self._peek(1)
        return following is not None and following.sign == Sign.NAME and following.value[0].dimension == mark.value

    def _group(self, mark: Mark) -> None:
        self._add_by(mark.value)
        if mark.topic == "failed" and not self.clause.measures:
            self.clause.measures.append(MeasureName.FAILED_REQUESTS)
        self._use("query.by")

    def _orders(self) -> bool:
        """Whether a measure after "by" is what lines are ordered by."""
        clause = self.clause
        return clause.is_ordered or clause.top is not None or bool(clause.weak_by or clause.by)

    # Orders

    def _which(self, _: Mark) -> None:
        self._use("query.by")
        following = self._peek(0)
        if following and following.sign == Sign.DIMENSION and not self._is_named(following):
            self.clause.asked = DimensionName(following.value)
            self.clause.is_one = following.singular
            self._group(following)

    def _top(self, mark: Mark) -> None:
        self.clause.is_ordered = True
        self.clause.descending = mark.value == "down"
        self._use("query.top")
        following = self._peek(0)
        if following and following.sign == Sign.NUMBER:
            self._count(following)
            following = self._peek(0)
        if following and following.sign == Sign.ORDER:
            self._order(following)
            return
        if following and following.sign == Sign.DIMENSION:
            self._add_by(following.value)
            self.clause.is_one |= following.singular and self.clause.top is None
            self._use("query.by")

    def _count(self, mark: Mark) -> None:
        if 1 <= mark.value <= _MOST_LINES and mark.value == int(mark.value):
            self.clause.top = int(mark.value)
            self._use("query.top")

    def _number(self, mark: Mark) -> None:
        """How many lines, where an order or what is listed follows; how many bullets."""
        following = self._peek()
        if following and following.sign in (Sign.ORDER, Sign.DIMENSION, Sign.TOP):
            self._count(mark)
            if following.sign == Sign.DIMENSION and self._at < len(self.clause.marks):
                self._add_by(following.value)
                self._use("query.by")
        elif following and following.sign == Sign.FORMAT and following.value == "bullets":
            self.clause.bullets = int(mark.value) if 1 <= mark.value <= 20 else None  # noqa: PLR2004 - as Format has it
            self._use("format")

    def _order(self, mark: Mark) -> None:
        """As "dearest", or "highest" with the measure after it, else the one before."""
        direction, _, measure = str(mark.value).partition(" ")
        self.clause.is_ordered = True
        self.clause.descending = direction == "down"
        self._use("query.order")
        following = self._peek(0)
        if measure:
            self.clause.order = MeasureName(measure)
        elif following and following.sign == Sign.MEASURE:
            self.clause.order = MeasureName(str(following.value).split()[0])
            self._add_measures(following)
            self._use("query.measures")
        following = self._peek(0)
        if following and following.sign == Sign.DIMENSION and not self._is_named(following):
            self._add_by(following.value)
            self.clause.is_one |= following.singular and self.clause.top is None
            self._use("query.by")

    # Limits of lines

    def _bound(self, mark: Mark) -> None:
        """Above an amount; "more than the week before" compares; "over the last week" is a period."""
        following = self._peek()
        above = mark.sign == Sign.ABOVE
        if following and following.sign in (Sign.QUANTITY, Sign.NUMBER) and self._amount(following):
            named = self._peek(2) if following.sign == Sign.NUMBER else None
            measure = MeasureName(str(named.value).split()[0]) if named and named.sign == Sign.MEASURE else None
            self._set_bound(following, above=above, measure=measure)
            self._use("query.threshold", 3 if measure else 2)
        elif following and following.sign == Sign.PERIOD and mark.value == "than":
            self.clause.changed = True
            self._versus(mark)
        elif following and following.sign in (Sign.PERIOD, Sign.HOURS) and above:
            self._use("query.period")
        elif following and following.sign == Sign.PERIOD:
            self._open_period(mark)
        elif mark.value == "than":
            self._versus(mark)

    def _quantity(self, mark: Mark) -> None:
        """As in "20 dollars or more"."""
        following = self._peek()
        if (
            following
            and following.sign in (Sign.ABOVE, Sign.BELOW)
            and self._sign(2) not in (Sign.QUANTITY, Sign.NUMBER)
        ):
            self._set_bound(mark, above=following.sign == Sign.ABOVE, measure=None)
            self._use("query.threshold", 2)

    def _amount(self, mark: Mark) -> bool:
        return mark.sign == Sign.QUANTITY or mark.value >= 0

    def _set_bound(self, mark: Mark, *, above: bool, measure: MeasureName | None) -> None:
        quantity = mark.value if mark.sign == Sign.QUANTITY else Quantity(float(mark.value), "")
        self.clause.bound = Bound(quantity, above, measure)

    # Filters

    def _not(self, mark: Mark) -> None:
        """Beside what it takes out: names, weekdays, hours; else it stays unused."""
        if mark.topic == "verb" and self._at == 0:
            self._use("polite")  # "Didn't chat cost more?" takes nothing out
            return
        if mark.topic == "after":
            self._negate_last()
            return
        if self._takes_back():
            return
        following = self._peek()
        if following and following.sign == Sign.UNTAGGED:
            self._add_condition(DimensionName(following.value), (UNTAGGED,), negated=True)
            self._use("query.where", 2)
            return
        skipped = 1
        while (
            self._sign(skipped) in (Sign.DIMENSION, Sign.OWN, Sign.BY, Sign.REST)
            and self._sign(skipped + 1) == Sign.NAME
        ):
            skipped += 1
        if self._sign(skipped) in (Sign.NAME, Sign.WEEKDAYS, Sign.HOURS):
            self._use("query.where", skipped)
            self._filter(negated=True)
        elif self._sign() == Sign.UNKNOWN_NAME or (
            self._sign() == Sign.DIMENSION and self._sign(2) == Sign.UNKNOWN_NAME
        ):
            self._use("query.where")

    def _negate_last(self) -> None:
        """As in "weekends not included"."""
        if self.clause.where:
            last = self.clause.where.pop()
            self.clause.where.append(last.model_copy(update={"negated": True}))
            self._use("query.where")

    def _takes_back(self) -> bool:
        """As in "not the cost", "not by model", "no plan" and "without the failed ones"."""
        following, second = self._peek(), self._peek(2)
        if following and following.sign == Sign.MEASURE and self.clause.operations:
            self._use("query.measures")  # "why does it get no cache hits?"
        elif following and following.sign == Sign.MEASURE:
            if following.value == MeasureName.FAILED_REQUESTS:
                self._add_condition(DimensionName.STATUS, ("ok",), negated=False)
            self._use("query.measures", 2)
        elif following and following.sign == Sign.BY and second and second.sign == Sign.DIMENSION:
            self._use("query.by", 3)
        elif following and following.sign == Sign.OPERATION and following.value == Operation.PLAN:
            self._use("operation", 2)
        else:
            return False
        return True

    def _only(self, _: Mark) -> None:
        self._use("query.where")
        self.clause.only = True

    def _name(self, _: Mark) -> None:
        self._filter(negated=False)

    def _filter(self, *, negated: bool) -> None:
        """A list of names, weekdays or hours; "chat, search and translate"."""
        while True:
            mark = self._peek(0)
            if mark is None or mark.sign not in (Sign.NAME, Sign.WEEKDAYS, Sign.HOURS):
                return
            if mark.sign == Sign.NAME:
                self._add_names(mark.value, negated=negated)
            elif mark.sign == Sign.WEEKDAYS:
                self._add_weekdays(mark, negated=negated)
            else:
                self._add_hours(mark, negated=negated)
            self._use("query.where")
            joined = self._sign(0) in (Sign.AND, Sign.OR) and self._sign(1) in (Sign.NAME, Sign.WEEKDAYS)
            if joined:
                self._use("query.where")
            if self._sign(0) == Sign.DIMENSION and self._sign(1) != Sign.NAME and mark.sign == Sign.NAME:
                self._dimension(self.clause.marks[self._at])

    def _add_names(self, meant: tuple[NamedValue, ...], *, negated: bool) -> None:
        self.clause.named.extend(meant)
        self._add_condition(meant[0].dimension, tuple(each.value for each in meant), negated=negated)

    def _add_condition(self, dimension: DimensionName, values: tuple[str, ...], *, negated: bool) -> None:
        """Values of one dimension stand in one condition."""
        where = self.clause.where
        same = next((each for each in where if (each.dimension, each.negated) == (dimension, negated)), None)
        if same is not None:
            where.remove(same)
            values = tuple(dict.fromkeys((*same.values, *values)))
        where.append(Condition(dimension=dimension, values=values[:100], negated=negated))

    def _untagged(self, mark: Mark) -> None:
        self._add_condition(DimensionName(mark.value), (UNTAGGED,), negated=False)
        self._use("query.where")

    def _hours(self, mark: Mark) -> None:
        self._add_hours(mark, negated=False)
        self._use("query.where")

    def _add_hours(self, mark: Mark, *, negated: bool) -> None:
        first, _, last = str(mark.value).partition("-")
        values = hours.hours_between(int(first), int(last))
        wider = [
            each
            for each in self.clause.where
            if each.dimension == DimensionName.HOUR and set(values) <= set(each.values)
        ]
        for each in wider:
            self.clause.where.remove(each)  # "at night, between midnight and 4am"
        self._add_condition(DimensionName.HOUR, values, negated=negated)
        doubt = f"Hours are {int(first):02}:00 to {int(last):02}:59 UTC."
        if doubt not in self.clause.doubts:
            self.clause.doubts.append(doubt)

    def _weekdays(self, _: Mark) -> None:
        self._filter(negated=False)

    def _add_weekdays(self, mark: Mark, *, negated: bool) -> None:
        days = hours.weekdays_of(mark.value) if mark.value in ("weekend", "workdays") else (mark.value,)
        self._add_condition(DimensionName.WEEKDAY, days, negated=negated)

    # Periods

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

    # The whole answer

    def _format(self, mark: Mark) -> None:
        self.clause.format_kind = mark.value
        self._use("format")


def periods_of(mark: Mark) -> tuple[Period, ...]:
    """A mark names one period, or one and what it is compared with."""
    if isinstance(mark.value, Period):
        return (mark.value,)
    return tuple(Period(name=PeriodName(name)) for name in str(mark.value).split() if name != "all")


def _entry(mark: Mark) -> Mark | str | int:
    """As its list of a clause has it."""
    if mark.sign == Sign.POSITION:
        return int(mark.value)
    return str(mark.value) if mark.sign in (Sign.MODEL, Sign.AUDIT) else mark
