"""Productions of lines: their order, how many there are, and the limits of their values."""

from common.assistant.question.model import Operation
from common.assistant.reading.clause import Bound
from common.assistant.reading.filters import Filters
from common.assistant.reading.signs import Mark, Quantity, Sign
from common.spend.semantics import DIMENSIONS, MEASURES, DimensionName, MeasureName
from common.spend.semantics.query import MOST_LINES

_COUNTED = frozenset({Sign.UNREAD, Sign.CHANGED, Sign.TOPIC, Sign.UNKNOWN_NAME})


class Lines(Filters):
    """As "top 5", "dearest", "above 20 dollars"."""

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
        if 1 <= mark.value <= MOST_LINES and mark.value == int(mark.value):
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

    def _bound(self, mark: Mark) -> None:
        """Above an amount; "more than the week before" compares; "over the last week" is a period."""
        following = self._peek()
        above = mark.sign == Sign.ABOVE
        if self._sign() == Sign.NUMBER and self._is_of_time(self._peek(2)):
            return
        if following and following.sign == Sign.NUMBER and self._counts(self._peek(2)):
            self._at += 3  # "2 weeks of work", "3 steps": neither money nor a measure
            return
        if following and following.sign in (Sign.QUANTITY, Sign.NUMBER) and self._amount(following):
            named = self._peek(2) if following.sign == Sign.NUMBER else None
            measure = MeasureName(str(named.value).split()[0]) if named and named.sign == Sign.MEASURE else None
            self._set_bound(following, above=above, measure=measure, count=3 if measure else 2)
        elif following and following.sign == Sign.PERIOD and mark.value == "than":
            self.clause.changed = True
            self._versus(mark)
        elif following and following.sign in (Sign.PERIOD, Sign.HOURS) and above:
            self._use("query.period")
        elif following and following.sign == Sign.PERIOD:
            self._open_period(mark)
        elif mark.value == "than":
            self._versus(mark)

    def _counts(self, noun: Mark | None) -> bool:
        """Whether a number before a word says how many of what no measure counts."""
        if noun is None or noun.comma:
            return False
        if noun.sign == Sign.DIMENSION:
            return not noun.singular
        return noun.sign in _COUNTED or (noun.sign == Sign.OPERATION and noun.value == Operation.PLAN)

    def _is_of_time(self, unit: Mark | None) -> bool:
        """Whether a number is one of days or weeks, which no limit of a measure is."""
        if unit is None or unit.sign != Sign.DIMENSION or unit.singular:  # "over 10 a day" is an amount
            return False
        return DIMENSIONS[DimensionName(unit.value)].kind == "time"

    def _quantity(self, mark: Mark) -> None:
        """As in "20 dollars or more"."""
        following = self._peek()
        if (
            following
            and following.sign in (Sign.ABOVE, Sign.BELOW)
            and self._sign(2) not in (Sign.QUANTITY, Sign.NUMBER)
        ):
            self._set_bound(mark, above=following.sign == Sign.ABOVE, measure=None, count=2)

    def _amount(self, mark: Mark) -> bool:
        return mark.sign == Sign.QUANTITY or mark.value >= 0

    def _set_bound(self, mark: Mark, *, above: bool, measure: MeasureName | None, count: int) -> None:
        """There is one limit; the words of a second one stay unread."""
        if self.clause.bound is not None:
            return
        self._use("query.threshold", count)
        quantity = mark.value if mark.sign == Sign.QUANTITY else Quantity(float(mark.value), "")
        self.clause.bound = Bound(quantity, above, measure)

    def _settle_bound(self) -> None:
        """A percentage is a limit of a measure in percent; of a share or a change there is none: it stays unread."""
        bound, measures = self.clause.bound, self.clause.measures
        if bound is None or bound.quantity.unit != "%" or bound.measure:
            return
        if any(MEASURES[name].unit == "%" or name == MeasureName.FAILED_REQUESTS for name in measures):
            return
        self.clause.bound = None
        used = self.clause.used
        self.clause.used = {place: field for place, field in used.items() if field != "query.threshold"}
