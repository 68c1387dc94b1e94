"""`query_usage` on real rollups: what it says, that each number is a fact of its scope, and how short it is."""

import asyncio
import gzip

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from common.assistant.question.model import Operation, Part
from common.assistant.question.tests.questions import queries
from common.assistant.tests.rows import bare_hour, busy_month, upgraded_month
from common.assistant.tools.query_usage import TOOL
from common.assistant.tools.tests.contexts import run, uncovered
from common.contract.answer import ChartBlock, TableBlock
from common.runs.step import ToolError, ToolResult
from common.spend import Rollup
from common.spend.semantics import (
    Condition,
    DimensionName,
    MeasureName,
    Order,
    Period,
    PeriodName,
    Threshold,
    UsageQuery,
)
from common.spend.semantics import run as answered
from common.spend.semantics.result import Result
from common.spend.tests.builders import imported
from data import sample_path

MOST_WORDS = 60
MONTH = busy_month()
_LAST_WEEK, _WEEK_BEFORE = Period(name=PeriodName.LAST_WEEK), Period(name=PeriodName.WEEK_BEFORE)


@pytest.fixture(scope="module")
def sample() -> Rollup:
    """The shipped sample."""
    return imported(gzip.decompress(sample_path().read_bytes())).rollup


def _query(*measures: str, **fields: object) -> UsageQuery:
    return UsageQuery.model_validate({"measures": measures or ("cost",), **fields})


def _ask(rolled: Rollup, query: UsageQuery, **arguments: object) -> ToolResult:
    return asyncio.run(run(TOOL, rolled, Part(operation=Operation.MEASURE, query=query), **arguments))


def _texts(result: ToolResult) -> list[str]:
    return [sentence.text for sentence in result.sentences]


APPROVED = [
    (_query(), "You spent 368.03 USD from 12 October to 10 November 2026."),
    (_query(period=Period(name=PeriodName.YESTERDAY)), "You spent 16.14 USD on Tuesday 10 November 2026."),
    (
        _query(where=(Condition(dimension=DimensionName.MODEL, values=("gpt-4o",)),)),
        "`gpt-4o` cost 128.23 USD from 12 October to 10 November 2026. That is 35 % of the 368.03 USD in all.",
    ),
    (
        _query(by=("feature",), top=1),
        (
            "`code-review` cost most from 12 October to 10 November 2026: 122.38 USD, 33 % of 368.03 USD."
            " `doc-summarizer` (100.79 USD, 27 %) follows."
        ),
    ),
    (
        _query("requests", by=("user",), top=3),
        (
            "`user-01` had the most requests from 12 October to 10 November 2026: 3,859 of 28,452, 14 %."
            " `user-02` (2,795 requests, 9.8 %) and `user-17` (2,345 requests, 8.2 %) follow."
            " The other 37 users come to 19,453 requests, 68 %."
        ),
    ),
    (
        _query("error_rate", by=("model",), order=Order(measure=MeasureName.ERROR_RATE, descending=False), top=1),
        (
            "`claude-haiku-4-5` had the lowest error rate from 12 October to 10 November 2026: 2.7 %; over all it was"
            " 3.1 %. `gpt-4o-mini` (2.8 %) follows."
        ),
    ),
    (
        _query(by=("day",), period=_LAST_WEEK),
        (
            "You spent 80.81 USD from 4 to 10 November 2026. The peak was Tuesday 10 November 2026 (16.14 USD), the low"
            " Saturday 7 November 2026 (4.24 USD). It went from 14.25 USD on the first day to 16.14 USD on the last."
        ),
    ),
    (
        _query(period=_LAST_WEEK, versus=_WEEK_BEFORE),
        (
            "Cost fell by 41.49 USD (34 %), from 122.30 USD (28 October to 3 November 2026) to 80.81 USD"
            " (4 to 10 November 2026)."
        ),
    ),
    (
        _query(
            period=_LAST_WEEK,
            versus=_WEEK_BEFORE,
            by=("feature",),
            order=Order(measure=MeasureName.COST, by_difference=True, descending=False),
        ),
        (
            "`search-rag` fell most, by 40.71 USD, from 46.91 USD to 6.20 USD. `doc-summarizer` rose by 2.16 USD, from"
            " 23.56 USD to 25.72 USD. Cost fell by 41.49 USD (34 %), from 122.30 USD (28 October to 3 November 2026) to"
            " 80.81 USD (4 to 10 November 2026)."
        ),
    ),
    (
        _query(by=("day",), threshold=Threshold(measure=MeasureName.COST, at_least=16.0)),
        (
            "2 of 30 days cost at least 16.00 USD from 12 October to 10 November 2026."
            " They are Thursday 29 October 2026 (55.78 USD, 15 %) and Tuesday 10 November 2026 (16.14 USD, 4.4 %)."
        ),
    ),
    (
        _query(where=(Condition(dimension=DimensionName.FEATURE, values=("chat",)),)),
        (
            "Your data have no feature `chat`; the nearest is `support-chat`."
            " Ask instead for the cost of `support-chat`, 12 October to 10 November 2026."
        ),
    ),
    (
        _query("quality"),
        "The data have no scores of answers. A column named score or quality has them.",
    ),
]


@pytest.mark.parametrize(("query", "text"), APPROVED, ids=[str(place) for place in range(len(APPROVED))])
def test_answers_on_the_sample_read_as_approved(sample: Rollup, query: UsageQuery, text: str) -> None:
    assert " ".join(_texts(_ask(sample, query))) == text


ROLLUPS = st.sampled_from([MONTH, upgraded_month(), bare_hour()])


@settings(max_examples=60, deadline=None)
@given(ROLLUPS, queries())
def test_every_query_gets_an_answer_of_at_most_60_words_whose_numbers_are_facts(
    rolled: Rollup, query: UsageQuery
) -> None:
    result = _ask(rolled, query)
    assert result.headline or result.missing
    opening = [*result.headline, *result.details]
    assert sum(len(sentence.text.split()) for sentence in opening) <= MOST_WORDS
    assert not uncovered(result)
    assert all(said.fact in result.facts for sentence in result.sentences for said in sentence.figures)


def test_facts_say_of_what_they_are_and_hold_every_number_of_the_table() -> None:
    query = _query("cost", "requests", by=("feature",), period=_LAST_WEEK, versus=_WEEK_BEFORE)
    result, outcome = _ask(MONTH, query), answered(query, MONTH)
    assert isinstance(outcome, Result)
    values = {(fact.of.measure, *fact.of.names, fact.of.first): fact.value for fact in result.facts if fact.of}
    for row in outcome.rows:
        assert row.versus is not None
        assert values["cost", row.keys[0], "2026-10-25"] == row.values[0]
        assert values["cost", row.keys[0], "2026-10-18"] == row.versus[0]
        assert values["requests", row.keys[0], "2026-10-25"] == row.values[1]
    table = next(block for block in result.blocks if isinstance(block, TableBlock))
    known = {fact.value for fact in result.facts}
    assert {cell for cells in table.rows for cell in cells if isinstance(cell, float)} <= known
    assert len(table.columns) == len(table.units) == len(table.rows[0]) == 7


@pytest.mark.parametrize(
    ("query", "kinds"),
    [
        (_query(), []),
        (_query(by=("feature",)), ["bars", "table"]),
        (_query(by=("day",)), ["line"]),
        (_query(by=("feature", "model")), ["table"]),
        (_query("latency_p95", by=("feature",)), ["bars", "table"]),
        (_query(by=("feature",), top=1), []),
        (_query(period=_LAST_WEEK, versus=_WEEK_BEFORE, by=("feature",)), ["bars", "table"]),
    ],
)
def test_tables_and_charts_fit_the_query(query: UsageQuery, kinds: list[str]) -> None:
    blocks = _ask(MONTH, query).blocks
    assert [block.kind if isinstance(block, ChartBlock) else block.type for block in blocks] == kinds


def test_a_comparison_by_groups_draws_both_periods() -> None:
    chart = _ask(MONTH, _query(period=_LAST_WEEK, versus=_WEEK_BEFORE, by=("feature",))).blocks[0]
    assert isinstance(chart, ChartBlock)
    assert chart.series == ["25 to 31 October 2026", "18 to 24 October 2026"]
    assert chart.comparison
    assert len(chart.comparison) == len(chart.values) == len(chart.labels)


def test_lines_that_are_not_shown_stand_in_the_table_together() -> None:
    table = _ask(MONTH, _query(by=("user",), top=5)).blocks[-1]
    assert isinstance(table, TableBlock)
    assert [row[0] for row in table.rows[-2:]] == ["35 more", "All"]


def test_a_call_of_a_model_keeps_the_rows_of_the_question() -> None:
    part = _query(where=(Condition(dimension=DimensionName.FEATURE, values=("chat",)),), period=_LAST_WEEK)
    result = _ask(MONTH, part, measures=["errors"], by=["model"], where=["status!=ok"], top=2)
    assert "`chat`" in _texts(result)[0]
    assert "25 to 31 October 2026" in _texts(result)[0]


@pytest.mark.parametrize(
    ("arguments", "wrong"),
    [
        ({"measures": ["beauty"]}, "beauty"),
        ({"measures": ["cost"], "by": ["moon"]}, "moon"),
        ({"measures": ["cost"], "where": ["chat"]}, "condition"),
        ({"measures": ["cost"], "top": 3}, "say by what"),
        ({"measures": ["cost"], "period": "yore"}, "yore"),
    ],
)
def test_arguments_that_are_no_query_are_refused_with_the_reason(arguments: dict[str, object], wrong: str) -> None:
    with pytest.raises(ToolError, match=wrong):
        _ask(MONTH, _query(), **arguments)


def test_periods_of_a_call_are_names_counted_days_or_two_dates() -> None:
    for period, said in (
        ("last_week", "from 25 to 31 October 2026"),
        ("last 3 days", "from 29 to 31 October 2026"),
        ("2026-10-02/2026-10-02", "on Friday 2 October 2026"),
    ):
        assert said in _texts(_ask(MONTH, _query(), measures=["cost"], period=period))[0]


@pytest.mark.parametrize("by", [(), ("feature",)])
def test_periods_that_differ_in_length_are_held_against_each_other_per_day_first(by: tuple[str, ...]) -> None:
    query = _query(period=Period(name=PeriodName.LAST_DAYS, days=10), versus=_WEEK_BEFORE, by=by)
    first = _ask(MONTH, query).headline[0].text
    assert first.startswith("Per day, cost ")
    assert "(7 days)" in first
    assert "(10 days)" in first
