"""One clause of a message as a part of a question, with the words that each field comes from."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from common.assistant.question.draft import FIELDS_OF_ALL, Because
from common.assistant.question.model import AuditKind, Constraints, Money, Operation, Part, Per
from common.assistant.reading.ahead import asks_ahead, look_ahead
from common.assistant.reading.clause import Bound, Clause
from common.assistant.reading.constraints import Span, take_constraints
from common.assistant.reading.gloss import take_glossed
from common.assistant.reading.grammar import Grammar
from common.assistant.reading.operations import AUDITED, CONSTRAINED, WORDLESS, operation_of
from common.assistant.reading.queries import period_of, query_of
from common.assistant.reading.signs import Mark, Sign
from common.assistant.reading.times import with_days
from common.assistant.reading.tokens import Token
from common.assistant.reading.what_if import imagined
from common.spend import OpportunityKind
from common.spend.semantics import Condition, DimensionName, MeasureName, Period, PeriodName, UsageQuery
from common.spend.semantics.catalogue import Catalogue
from common.spend.semantics.periods import DayRange

_QUERY = {
    sign.value: "query"
    for sign in (
        Sign.TREND,
        Sign.SHARE,
        Sign.CHANGED,
        Sign.COMPARE,
        Sign.THEIR_COST,
        Sign.RANK,
        Sign.PER_REQUEST,
        Sign.PER_TOKENS,
    )
}
_OF_PART = _QUERY | {
    "operation": "operation",
    "model": "models",
    "topic": "topic",
    "audit": "audits",
    "position": "refers",
}
_CONTENT = frozenset(
    {
        Sign.OPERATION,
        Sign.TOPIC,
        Sign.AUDIT,
        Sign.UNREAD,
        Sign.NAME,
        Sign.MODEL,
        Sign.MEASURE,
        Sign.NUMBER,
        Sign.DIMENSION,
    }
)
_SILENT = frozenset({Sign.ABOVE, Sign.BELOW, Sign.VERSUS, Sign.UNTIL})
"""Small words that only measuring has a use for: "enough headroom under our limits"."""
_PERS: tuple[Per, ...] = ("day", "week", "month")
_KINDS: Mapping[str, OpportunityKind] = {
    "caching": "prompt_caching",
    "retries": "retry_waste",
    "reasoning": "reasoning_effort",
    "duplicates": "duplicates",
}
_MOST_TOPIC = 120


@dataclass(slots=True, kw_only=True)
class ReadClause:
    """`part` None: no word says what is wanted. `because` has fields without the number of the part."""

    clause: Clause
    part: Part | None
    because: tuple[Because, ...]
    unread: tuple[str, ...]
    marks: tuple[Mark, ...]
    constraints: Constraints
    """What is wanted in it, whether its part has a use for it or not."""


@dataclass(frozen=True, slots=True)
class ClauseReader:
    """Reads the clauses of one message."""

    message: str
    tokens: Sequence[Token]
    catalogue: Catalogue | None
    before: Operation | None
    """The operation of the answer before."""
    is_glossed: bool = False
    """Whether the tokens are English words that stand for those of another language."""

    def read(self, marks: Sequence[Mark], *, linked: bool) -> ReadClause:
        """A clause is read twice where constraints take some of its words."""
        corrected = list(with_days(_corrected(marks), self._data))
        clause = Grammar(corrected).read()
        constraints, spans = self.constraints(marks)
        operation, topic = self._operation(clause, constraints)
        wanted = constraints
        if operation in CONSTRAINED and spans:
            clause = Grammar([mark for mark in corrected if not self._is_taken(mark, spans)]).read()
            if operation == Operation.WHAT_IF and not imagined(self.tokens, clause, self.catalogue)[0]:
                operation = Operation.PLAN  # its models are not wanted: "do not replace gpt-4o with gpt-4o-mini"
        else:
            constraints, spans = Constraints(), ()
        if operation == Operation.FORECAST and self._data:
            look_ahead(clause, self._data)
        clause.linked = linked
        part = self._part(clause, operation, topic, constraints) if operation else None
        if part is not None and operation in CONSTRAINED:
            wanted = part.constraints
        because = (*self._because(clause), *self._because_of_constraints(spans))
        return ReadClause(
            clause=clause,
            part=part,
            because=because,
            unread=tuple(self._unread(clause, operation)),
            marks=tuple(marks),
            constraints=wanted,
        )

    def _operation(self, clause: Clause, constraints: Constraints) -> tuple[Operation | None, str]:
        operation, topic = operation_of(clause, constraints, self.before)
        will = any(token.norm == "will" for token in self.tokens)
        is_ahead = will and self._data is not None and asks_ahead(clause, self._data)
        return (Operation.FORECAST if is_ahead and operation == Operation.MEASURE else operation), topic

    @property
    def _data(self) -> DayRange | None:
        known = self.catalogue
        return DayRange(known.first.toordinal(), known.last.toordinal()) if known else None

    def text(self, mark: Mark) -> str:
        """As it stands in the message."""
        return self.message[self.tokens[mark.first].start : self.tokens[mark.end - 1].end]

    def constraints(self, marks: Sequence[Mark]) -> tuple[Constraints, tuple[Span, ...]]:
        """Spans are of the message."""
        start, end = self.tokens[marks[0].first].start, self.tokens[marks[-1].end - 1].end
        if self.is_glossed:
            return take_glossed(self.tokens[marks[0].first : marks[-1].end], self.catalogue)
        constraints, spans = take_constraints(self.message[start:end], self.catalogue)
        return constraints, tuple(replace(each, start=each.start + start, end=each.end + start) for each in spans)

    def _is_taken(self, mark: Mark, spans: Sequence[Span]) -> bool:
        if mark.sign == Sign.OPERATION:
            return False
        start, end = self.tokens[mark.first].start, self.tokens[mark.end - 1].end
        return any(each.start < end and start < each.end for each in spans)

    def _part(self, clause: Clause, operation: Operation, topic: str, constraints: Constraints) -> Part:
        if operation in WORDLESS:
            return Part(operation=operation, topic=topic or self._topic(clause))
        query = self._query(clause, operation, topic)
        refers = tuple(clause.refers)
        models: tuple[str, ...] = ()
        audits: tuple[AuditKind, ...] = ()
        match operation:
            case Operation.EXPLAIN:
                return Part(operation=operation, topic=topic, refers=refers)
            case Operation.WHAT_IF:
                models, where = imagined(self.tokens, clause, self.catalogue)
                query = query.model_copy(update={"where": (*where, *_left_alone(constraints))})
            case Operation.AUDIT:
                audits = audits_of(clause)
            case Operation.PLAN:
                constraints = _capped(clause, _of_kinds(clause, constraints))
            case Operation.FORECAST:
                constraints = _capped(clause, constraints)
            case Operation.BURST:
                constraints = _as_burst(constraints)
        return Part(
            operation=operation, query=query, constraints=constraints, models=models, audits=audits, refers=refers
        )

    def _query(self, clause: Clause, operation: Operation, topic: str) -> UsageQuery:
        present = [each.name for each in self.catalogue.dimensions] if self.catalogue else []
        if operation == Operation.MEASURE:
            if topic and not clause.by and not clause.weak_by and not _is_spent_on(clause, topic):
                clause.by.append(_taken_apart(clause, present))
            return query_of(clause, present, self._data)
        period = period_of(clause, clause.periods, self._data)
        where = tuple(clause.where)
        if operation == Operation.CHANGE:
            where = tuple(each for each in where if each.dimension != DimensionName.MODEL)
            period = _from_day(period)
        return UsageQuery(measures=(MeasureName.COST,), where=where, period=period)

    def _topic(self, clause: Clause) -> str:
        """The words of what is asked, lower case."""
        wanted = [mark for mark in clause.marks if mark.sign in _CONTENT]
        topics = [mark.topic or self.text(mark).casefold() for mark in wanted]
        return " ".join(dict.fromkeys(topics))[:_MOST_TOPIC]

    def _because(self, clause: Clause) -> Iterator[Because]:
        for place, field in clause.used.items():
            mark = clause.marks[place]
            path = (
                (field if field in FIELDS_OF_ALL else "")
                or _OF_PART.get(field)
                or (field if field.startswith("query.") else "")
            )
            if path:
                yield Because(path, self.text(mark), mark.certain)

    def _because_of_constraints(self, spans: Sequence[Span]) -> Iterator[Because]:
        for each in spans:
            field = each.field if each.field.startswith("constraints") else f"constraints.{each.field}"
            yield Because(field, self.message[each.start : each.end], each.certain)

    def _unread(self, clause: Clause, operation: Operation | None) -> Iterator[str]:
        if operation in WORDLESS:
            return
        of_no_use = operation == Operation.FORECAST and clause.bound is not None and not _is_money(clause.bound)
        for place, mark in enumerate(clause.marks):
            if of_no_use and clause.used.get(place) == "query.threshold":
                yield self.text(mark)
            if operation == Operation.MEASURE and mark.value == Operation.OUTSIDE:
                yield self.text(mark)
            silent = operation != Operation.MEASURE and mark.sign in _SILENT
            lines = operation in CONSTRAINED and mark.sign == Sign.NUMBER and clause.used.get(place) == "query.top"
            if (place not in clause.used and not silent) or lines:
                yield from dict.fromkeys(self.tokens[each].text for each in range(mark.first, mark.end))


def _is_spent_on(clause: Clause, topic: str) -> bool:
    """Whether "what do we spend on" goes on with what: a name, a measure, or a day."""
    ends = {mark.end for mark in clause.operations}
    dated = any(mark.sign == Sign.PERIOD and mark.first in ends for mark in clause.marks)
    return topic == "spent on" and bool(clause.names or clause.measures or dated)


def audits_of(clause: Clause) -> tuple[AuditKind, ...]:
    """What is to be audited, by its own words and by the measures that are named."""
    return tuple(dict.fromkeys((*clause.audits, *(AUDITED[name] for name in clause.measures if name in AUDITED))))


def _capped(clause: Clause, constraints: Constraints) -> Constraints:
    """An amount without its currency is a budget in USD."""
    if clause.bound is None or constraints.budget or not _is_money(clause.bound):
        return constraints
    per = next((each for each in _PERS if each in clause.units), None)
    return constraints.model_copy(update={"budget": Money(usd=clause.bound.quantity.amount, per=per)})


def _left_alone(constraints: Constraints) -> tuple[Condition, ...]:
    """Features that must stay are not imagined on another model."""
    features = tuple(each.feature for each in constraints.keeps if each.feature)
    return (Condition(dimension=DimensionName.FEATURE, values=features, negated=True),) if features else ()


def _is_money(bound: Bound) -> bool:
    return bound.quantity.unit in ("", "USD") and bound.measure in (None, MeasureName.COST)


def _as_burst(constraints: Constraints) -> Constraints:
    """The "10x traffic" of a burst is no growth."""
    if not constraints.growth_pct or constraints.burst is not None:
        return constraints
    return constraints.model_copy(update={"burst": 1 + constraints.growth_pct / 100, "growth_pct": 0.0})


def _of_kinds(clause: Clause, constraints: Constraints) -> Constraints:
    """What a plan is about where its words name a kind of change: "how can we pay less for reasoning?"."""
    kinds = tuple(_KINDS[each] for each in audits_of(clause))
    if constraints.only_kinds or constraints.excluded_kinds or not kinds:
        return constraints
    return constraints.model_copy(update={"only_kinds": kinds})


def _taken_apart(clause: Clause, present: Sequence[DimensionName]) -> DimensionName:
    """By what the money is taken apart: by feature, of one feature by model."""
    named = {each.dimension for each in clause.names}
    if DimensionName.FEATURE in named or (present and DimensionName.FEATURE not in present):
        return DimensionName.MODEL
    return DimensionName.FEATURE


def _from_day(period: Period | None) -> Period | None:
    """A change is from its day on."""
    if period and period.name == PeriodName.BETWEEN and period.first and period.first == period.last:
        return Period(name=PeriodName.BETWEEN, first=period.first)
    return period


def _corrected(marks: Sequence[Mark]) -> list[Mark]:
    """What a correction takes back is left out: marks before it of the kinds that follow it. "No, ..." only answers."""
    if len(marks) > 1 and marks[0].sign == Sign.NOT and not marks[0].topic and marks[1].comma:
        marks = [replace(marks[0], sign=Sign.ANSWER), *marks[1:]]
    place = next((at for at in range(len(marks) - 1, -1, -1) if marks[at].sign == Sign.CORRECTION), None)
    if place is None:
        return list(marks)
    after = marks[place + 1 :]
    kinds = {_kind(mark) for mark in after}
    before = [mark for mark in marks[:place] if mark.sign != Sign.CORRECTION and _kind(mark) not in kinds]
    if before and before[-1].sign == Sign.NOT:
        before.pop()  # "no, I meant requests" takes no requests out
    return [*before, *after]


def _kind(mark: Mark) -> tuple[object, ...]:
    """What can take the place of what."""
    if mark.sign == Sign.NAME:
        return Sign.NAME, mark.value[0].dimension
    if mark.sign in (Sign.MEASURE, Sign.PERIOD, Sign.DIMENSION, Sign.QUANTITY, Sign.NUMBER, Sign.HOURS, Sign.WEEKDAYS):
        return (mark.sign,)
    return mark.sign, mark.first


def without(where: Sequence[Condition], dimension: DimensionName) -> tuple[Condition, ...]:
    """All conditions but those of a dimension."""
    return tuple(each for each in where if each.dimension != dimension)
