"""Productions of measures, and of the dimensions that they are grouped by."""

from common.assistant.reading.signs import Mark, Sign
from common.assistant.reading.times import Times
from common.spend.semantics import DIMENSIONS, DimensionName, MeasureName


class Nouns(Times):
    """Measures, dimensions, "by" and "which"."""

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
        after = None if self._is_excepted(1) else self._peek()
        beside = [each for each in (before, after) if each and each.sign == Sign.NAME]
        if any(named.dimension == mark.value for each in beside for named in each.value):
            self._use("query.where")
            return
        if self._sign() == Sign.UNKNOWN_NAME or self._is_denied(mark, 1):
            self._use("query.where")
            return
        name = DimensionName(mark.value)
        self.clause.units.append(mark.value)
        if mark.topic == "failed" and not self.clause.measures:
            self.clause.measures.append(MeasureName.FAILED_REQUESTS)
        if mark.lead in ("all", "every") and not mark.singular:
            self.clause.everything_of.append(name)
        subject = name == DimensionName.USER and mark.lead in ("do", "does", "did")
        if name not in self.clause.weak_by and not subject and not (mark.singular and DIMENSIONS[name].kind == "time"):
            self.clause.weak_by.append(name)
            self.clause.is_one |= mark.singular and self._is_ordered_near()
        self._use("query.by")

    def _is_denied(self, mark: Mark, ahead: int) -> bool:
        """As in "provider != openai" and "the model is not gpt-4o"."""
        denial, name = self._peek(ahead), self._peek(ahead + 1)
        if denial is None or name is None or denial.sign != Sign.NOT or name.sign != Sign.NAME:
            return False
        is_said = denial.topic == "is" or denial.lead in ("is", "are")
        return is_said and any(each.dimension == mark.value for each in name.value)

    def _is_excepted(self, ahead: int) -> bool:
        """As in "all features but chat"."""
        name, place = self._peek(ahead), self._at + ahead - 1
        before = self.clause.marks[place] if place >= 0 else None
        if name is None or before is None or before.sign != Sign.DIMENSION or name.sign != Sign.NAME:
            return False
        return name.link == "but" and self._sign(ahead + 1) != Sign.ONLY

    def _is_ordered_near(self) -> bool:
        before = self.clause.marks[self._at - 1] if self._at else None
        return before is not None and before.sign in (Sign.ORDER, Sign.TOP)

    def _grouped(self, _: Mark) -> None:
        self._dimensions()

    def _by(self, mark: Mark) -> None:
        """By dimensions; "by cost" orders; "each Monday" is a filter; by a day is until it; alone it says nothing."""
        if self._sign() == Sign.PERIOD:
            self._open_period(mark)
            return
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
        if following is not None and following.sign == Sign.NAME:
            return bool(following.value[0].dimension == mark.value) and not self._is_excepted(1)
        return self._is_denied(mark, 1)

    def _group(self, mark: Mark) -> None:
        self._add_by(mark.value)
        if mark.topic == "failed" and not self.clause.measures:
            self.clause.measures.append(MeasureName.FAILED_REQUESTS)
        self._use("query.by")

    def _orders(self) -> bool:
        """Whether a measure after "by" is what lines are ordered by."""
        clause = self.clause
        return clause.is_ordered or clause.top is not None or bool(clause.weak_by or clause.by)

    def _which(self, _: Mark) -> None:
        self._use("query.by")
        following = self._peek(0)
        if following and following.sign == Sign.DIMENSION and not self._is_named(following):
            self.clause.which = DimensionName(following.value)
            self.clause.is_one = following.singular
            self._group(following)
