"""Productions of filters: names, hours and weekdays, included or taken out."""

from common.assistant.question.model import Operation
from common.assistant.reading import hours
from common.assistant.reading.data_names import NamedValue
from common.assistant.reading.nouns import Nouns
from common.assistant.reading.signs import Mark, Sign
from common.assistant.reading.times import days_in
from common.spend.semantics import Condition, DimensionName, MeasureName
from common.spend.semantics.dimensions import UNTAGGED

_LISTED = frozenset({Sign.NAME, Sign.WEEKDAYS, Sign.HOURS})
_LINKS = frozenset(
    {"of", "for", "in", "on", "from", "to", "with", "at", "by", "through", "via", "within", "during", "using"}
)
_CONTRASTS = frozenset({"but", "including"})
_TAKEN_BACK = frozenset({Operation.PLAN, Operation.WHAT_IF})


class Filters(Nouns):
    """Names, hours, weekdays; "not" beside what it takes out, "only"."""

    def _not(self, mark: Mark) -> None:
        """Beside what it takes out: names, weekdays, hours; else it stays unused."""
        if mark.topic == "verb" and self._at == 0:
            self._use("polite")  # "Didn't chat cost more?" takes nothing out
            return
        if mark.topic == "after" and (self._follows_name() or self._sign() != Sign.NAME):
            self._negate_last()
            return
        if mark.topic == "instead" and self._sign() == Sign.NAME:
            self._drop_names()
            return
        if self._answers():
            self._use("answer")
            return
        if self._takes_back() or self._takes_out_days():
            return
        following = self._peek()
        if following and following.sign == Sign.UNTAGGED:
            self._add_condition(self._untagged_dimension(following), (UNTAGGED,), negated=True)
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

    def _answers(self) -> bool:
        """Whether it is an answer to what was said before: "no, only chat", or all that constraints left: "no, ..."."""
        following = self._peek()
        return self._at == 0 and (following is None or following.comma or following.sign == Sign.ONLY)

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
        elif following and following.sign == Sign.MEASURE and second and _is_of(second):
            return False  # "without the cost of chat" takes out chat, perhaps
        elif following and following.sign == Sign.MEASURE:
            if following.value == MeasureName.FAILED_REQUESTS:
                self._add_condition(DimensionName.STATUS, ("ok",), negated=False)
            self._use("query.measures", 2)
        elif following and following.sign == Sign.BY and second and second.sign == Sign.DIMENSION:
            self._use("query.by", 3)
        elif following and following.sign == Sign.OPERATION and following.value in _TAKEN_BACK:
            self._use("operation", 2)
        else:
            return False
        return True

    def _takes_out_days(self) -> bool:
        """As in "excluding the 12th" and "without the 12 November spike"."""
        following, second = self._peek(), self._peek(2)
        days = days_in(following) if following and following.sign == Sign.PERIOD else ()
        if not days or self._at == 0:
            return False
        self._add_condition(DimensionName.DAY, days, negated=True)
        odd = second is not None and second.sign == Sign.OPERATION and second.value == Operation.ANOMALY
        self._use("query.where", 3 if odd else 2)
        return True

    def _only(self, _: Mark) -> None:
        self._use("query.where")
        self.clause.only = True

    def _name(self, _: Mark) -> None:
        self._filter(negated=self._is_excepted(0))

    def _follows_name(self) -> bool:
        return self._at > 0 and self.clause.marks[self._at - 1].sign in _LISTED

    def _drop_names(self) -> None:
        """What stands after "instead of" is not asked about."""
        self._use("query.where")
        self.clause.instead = True
        first = self._peek(0)
        while (mark := self._peek(0)) and first and mark.sign == Sign.NAME and not self._ends_list(first, mark):
            self.clause.names.extend(mark.value)
            self._use("query.where")
            if self._sign(0) in (Sign.AND, Sign.OR) and self._sign(1) == Sign.NAME:
                self._use("query.where")

    def _filter(self, *, negated: bool) -> None:
        """A list of names, weekdays or hours; "chat, search and translate"."""
        first = self._peek(0)
        while True:
            mark = self._peek(0)
            if mark is None or mark.sign not in _LISTED or (negated and first and self._ends_list(first, mark)):
                return
            if mark.sign == Sign.NAME:
                self._add_names(mark.value, negated=negated)
            elif mark.sign == Sign.WEEKDAYS:
                self._add_weekdays(mark, negated=negated)
            else:
                self._add_hours(mark, negated=negated)
            self._use("query.where")
            joined = self._sign(0) in (Sign.AND, Sign.OR) and self._sign(1) in (Sign.NAME, Sign.WEEKDAYS)
            after = self._peek(1)
            if joined and not (negated and first and after and self._ends_list(first, after)):
                self._use("query.where")
            if self._sign(0) == Sign.DIMENSION and self._sign(1) != Sign.NAME and mark.sign == Sign.NAME:
                self._dimension(self.clause.marks[self._at])

    def _ends_list(self, first: Mark, mark: Mark) -> bool:
        """Whether a mark is not of a list of what is taken out: "without gpt-4o on chat", "not chat but search"."""
        if mark is first:
            return False
        if mark.link in _CONTRASTS:
            return True
        joined = self.clause.marks[self.clause.marks.index(mark) - 1].sign in (Sign.AND, Sign.OR)
        return mark.link in _LINKS and not (joined and _dimension_of(mark) == _dimension_of(first))

    def _add_names(self, meant: tuple[NamedValue, ...], *, negated: bool) -> None:
        self.clause.names.extend(meant)
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
        self._add_condition(self._untagged_dimension(mark), (UNTAGGED,), negated=False)
        self._use("query.where")

    def _untagged_dimension(self, mark: Mark) -> DimensionName:
        """Of users, where only users are asked for."""
        is_bare = mark.end == mark.first + 1
        by = (*self.clause.by, *self.clause.weak_by)
        return DimensionName.USER if is_bare and by == (DimensionName.USER,) else DimensionName(mark.value)

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


def _dimension_of(mark: Mark) -> DimensionName | Sign:
    return DimensionName(mark.value[0].dimension) if mark.sign == Sign.NAME else mark.sign


def _is_of(mark: Mark) -> bool:
    """Whether a name says whose a measure is."""
    return mark.sign == Sign.FROM or (mark.sign == Sign.NAME and mark.link in ("of", "from", "for", "by"))
