"""Questions of every shape, drawn at random: all of them valid."""

from datetime import date

from hypothesis import strategies as st

from common.assistant.question.model import (
    Constraints,
    Keep,
    LatencyLimit,
    Money,
    Operation,
    Part,
    Question,
    Speedup,
)
from common.spend.model import KINDS
from common.spend.semantics import (
    DIMENSIONS,
    MEASURES,
    Condition,
    Order,
    Period,
    PeriodName,
    Threshold,
    UsageQuery,
    last_days,
)

NAMES = st.sampled_from(["chat", "summary v2", "gpt-4o", "x`y", "team 14"])
PERIODS = st.sampled_from(
    [
        None,
        last_days(9),
        *(Period(name=name) for name in (PeriodName.LAST_WEEK, PeriodName.YESTERDAY, PeriodName.THIS_MONTH)),
        Period(name=PeriodName.BETWEEN, first=date(2026, 10, 4), last=date(2026, 10, 12)),
        Period(name=PeriodName.BETWEEN, last=date(2026, 10, 12)),
    ]
)
VERSUS = st.one_of(PERIODS, st.just(Period(name=PeriodName.PREVIOUS)))
CONDITIONS = st.builds(
    Condition,
    dimension=st.sampled_from(list(DIMENSIONS)),
    values=st.lists(NAMES, min_size=1, max_size=3, unique=True).map(tuple),
    negated=st.booleans(),
)
CONSTRAINTS = st.builds(
    Constraints,
    target_pct=st.sampled_from([None, 30.0]),
    save=st.sampled_from([None, Money(usd=500.0, per="month")]),
    budget=st.sampled_from([None, Money(usd=900.0)]),
    growth_pct=st.sampled_from([0.0, 10.0]),
    latency=st.sampled_from([(), (LatencyLimit(ms=2000.0), LatencyLimit(feature="chat", ms=900.0))]),
    speedup=st.sampled_from([(), (Speedup(factor=2.0),)]),
    quality=st.sampled_from([None, 0.9, 95.0]),
    max_effort=st.sampled_from([None, "low"]),
    no_evaluation=st.booleans(),
    due_days=st.sampled_from([None, 7]),
    horizons=st.sampled_from([(), (6, 12)]),
    excluded_kinds=st.lists(st.sampled_from(KINDS), max_size=3, unique=True).map(tuple),
    keeps=st.sampled_from([(), (Keep(model="gpt-4o", feature="chat"),)]),
    top=st.sampled_from([None, 3]),
)


@st.composite
def queries(draw: st.DrawFn) -> UsageQuery:
    """A valid query."""
    measures = st.lists(st.sampled_from(list(MEASURES)), min_size=1, max_size=3, unique=True)
    by = draw(st.lists(st.sampled_from(list(DIMENSIONS)), max_size=2, unique=True).map(tuple))
    asked = tuple(draw(measures))
    versus = draw(VERSUS)
    order = Order(measure=asked[0], descending=draw(st.booleans()), by_difference=draw(st.booleans()) and bool(versus))
    threshold = Threshold(measure=asked[0], at_least=draw(st.sampled_from([0.5, 2000.0])))
    return UsageQuery(
        measures=asked,
        where=tuple(draw(st.lists(CONDITIONS, max_size=3))),
        period=draw(PERIODS),
        versus=versus,
        by=by,
        order=draw(st.sampled_from([None, order])) if by else None,
        top=draw(st.sampled_from([None, 1, 5])) if by else None,
        threshold=draw(st.sampled_from([None, threshold])) if by else None,
    )


PARTS = st.builds(
    Part,
    operation=st.sampled_from([Operation.MEASURE, Operation.MEASURE, Operation.PLAN, Operation.FORECAST]),
    query=queries(),
    constraints=CONSTRAINTS,
)
QUESTIONS = st.builds(
    Question,
    parts=st.lists(PARTS, min_size=1, max_size=3).map(tuple),
    unread=st.sampled_from([(), ("foo",)]),
    doubts=st.sampled_from([(), ("last week: the 7 days up to the last day of the data",)]),
)
