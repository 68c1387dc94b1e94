"""Answers composed from real results of tools: complete, each sentence once, in the format that is asked for."""

import asyncio
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from common.assistant.answers.compose import Background, compose
from common.assistant.answers.writing import MOST_WORDS
from common.assistant.question.model import Format, Operation, Part, Question
from common.assistant.question.tests.questions import queries
from common.assistant.tests.rows import bare_hour, busy_month
from common.assistant.tool import Inquiry, Tool
from common.assistant.tools.query_usage import TOOL
from common.assistant.tools.tests.contexts import run
from common.contract.answer import Answer, ChartBlock, TableBlock
from common.figures.mentions import find_mentions
from common.runs.step import Section, Sentence, ToolEvidence, ToolResult
from common.spend import Rollup
from common.spend.semantics import Period, PeriodName, UsageQuery
from common.spend.semantics.periods import DayRange

MONTH = busy_month()
DATA = DayRange(date(2026, 10, 1).toordinal(), date(2026, 10, 31).toordinal())
BACKGROUND = Background(data=DATA)
TOOLS: dict[str, Tool[Any]] = {TOOL.name: TOOL}


def _part(*measures: str, **fields: object) -> Part:
    query = UsageQuery.model_validate({"measures": measures or ("cost",), **fields})
    return Part(operation=Operation.MEASURE, query=query)


def _question(*parts: Part, **fields: Any) -> Question:
    return Question(parts=parts, **fields)


BY_FEATURE = _part(by=("feature",))
CHANGE = _part(period=Period(name=PeriodName.LAST_WEEK), versus=Period(name=PeriodName.WEEK_BEFORE), by=("feature",))


def _evidence(rolled: Rollup, question: Question) -> list[ToolEvidence]:
    results = [asyncio.run(run(TOOL, rolled, part)) for part in question.parts]
    return [
        ToolEvidence(source=10 + place, agent="data", tool=TOOL.name, call_id=f"c{place}", part=place, result=result)
        for place, result in enumerate(results)
    ]


def _inquiries(question: Question) -> list[Inquiry]:
    return [
        Inquiry(part=part, question=question, text="", with_data=True, has=frozenset({"feature"}), days=30)
        for part in question.parts
    ]


def _answer(question: Question, rolled: Rollup = MONTH, background: Background = BACKGROUND) -> Answer:
    return compose(question, _evidence(rolled, question), TOOLS, _inquiries(question), background)


def _unnamed(answer: Answer, names: list[str]) -> list[str]:
    """Numbers of the text that are no figure of it."""
    text = answer.text.partition("```")[0]
    figures = [figure.text for figure in answer.figures]
    return [each.text for each in find_mentions(text, names) if not any(each.text in figure for figure in figures)]


@settings(max_examples=60, deadline=None)
@given(st.sampled_from([MONTH, bare_hour()]), queries(), st.sampled_from(["prose", "table", "bullets", "email", "csv"]))
def test_every_number_of_an_answer_is_a_figure_with_its_source_and_its_words(
    rolled: Rollup, query: UsageQuery, kind: Any
) -> None:
    question = _question(Part(operation=Operation.MEASURE, query=query), format=Format(kind=kind))
    answer = _answer(question, rolled)
    assert answer.text
    assert all(figure.text in answer.text and figure.source == 10 for figure in answer.figures)
    assert not _unnamed(answer, [value for each in query.where for value in each.values])


@settings(max_examples=60, deadline=None)
@given(queries())
def test_an_answer_that_measures_has_at_most_60_words_unless_all_of_it_is_needed(query: UsageQuery) -> None:
    question = _question(Part(operation=Operation.MEASURE, query=query))
    result = _evidence(MONTH, question)[0].result
    needed = sum(len(each.text.split()) for each in (*result.headline, *result.missing, *result.offer))
    heading = 16
    assert len(_answer(question).text.split()) <= max(MOST_WORDS, needed) + heading


def test_parts_are_answered_in_their_order_and_a_sentence_that_both_have_stands_once() -> None:
    requests = _part("requests", by=("model",))
    answer = _answer(_question(BY_FEATURE, requests, BY_FEATURE))
    assert answer.text.index("cost most") < answer.text.index("most requests")
    assert answer.text.count("cost most") == 1
    assert [block.source for block in answer.blocks if isinstance(block, TableBlock)] == [10, 11]


def test_a_part_that_no_tool_answered_is_said_to_be_open() -> None:
    question = _question(BY_FEATURE, Part(operation=Operation.FORECAST))
    evidence = _evidence(MONTH, _question(BY_FEATURE))
    answer = compose(question, evidence, TOOLS, _inquiries(question), BACKGROUND)
    assert "could not be done here: forecast" in answer.text


def test_a_table_stands_first_with_one_sentence_before_it() -> None:
    answer = _answer(_question(BY_FEATURE, format=Format(kind="table")))
    assert answer.text.count("\n") == 0
    assert [block.type for block in answer.blocks] == ["table"]


def test_a_line_that_is_asked_for_as_a_table_becomes_one() -> None:
    drawn = _answer(_question(_part(by=("day",))))
    listed = _answer(_question(_part(by=("day",)), format=Format(kind="table")))
    chart, table = drawn.blocks[0], listed.blocks[0]
    assert isinstance(chart, ChartBlock)
    assert isinstance(table, TableBlock)
    assert [row[0] for row in table.rows] == chart.labels
    assert [row[1] for row in table.rows] == chart.values


@pytest.mark.parametrize("count", [1, 2, 3])
def test_as_many_points_as_are_asked_for(count: int) -> None:
    answer = _answer(_question(CHANGE, format=Format(kind="bullets", bullets=count)))
    assert len([line for line in answer.text.splitlines() if line.startswith("- ")]) == count
    assert answer.text.startswith("- Cost")


def test_data_as_text_are_plain_values_without_formulas() -> None:
    question = _question(BY_FEATURE, format=Format(kind="csv"))
    evidence = _evidence(MONTH, question)[0]
    table = TableBlock(title="t", columns=["Feature", "Cost"], units=[None, "usd"], rows=[["=1+1", 2.5], ["a,b", None]])
    result = evidence.result.model_copy(update={"blocks": [table]})
    shown = compose(question, [evidence.model_copy(update={"result": result})], TOOLS, _inquiries(question), BACKGROUND)
    assert shown.text.endswith('```csv\nFeature,Cost (usd)\n\'=1+1,2.5\n"a,b",\n```')
    assert shown.blocks == []


def test_an_email_has_a_subject_and_at_most_three_paragraphs() -> None:
    text = _answer(_question(CHANGE, format=Format(kind="email"))).text
    assert text.startswith("Subject: Cost by feature, 25 to 31 October 2026\n\nHello,\n\n")
    assert len(text.split("\n\n")) <= 3 + 3


def test_those_who_decide_on_money_read_amounts_first() -> None:
    question = _question(_part("total_tokens", by=("model",)), BY_FEATURE, audience="cfo")
    assert "USD" in _answer(question).text.splitlines()[0]
    assert "USD" not in _answer(question.model_copy(update={"audience": "engineers"})).text.splitlines()[0]


def test_another_currency_and_another_language_are_answered_in_a_sentence() -> None:
    answer = _answer(_question(BY_FEATURE, currency="EUR", language="de"))
    assert answer.text.startswith("Ihre Frage wurde auf Deutsch gelesen")
    assert "Amounts stay in USD, not EUR" in answer.text


def test_an_offer_of_an_earlier_turn_is_not_made_again() -> None:
    question = _question(_part("latency_p95", by=("user",)))
    offer = _evidence(MONTH, question)[0].result.offer[0].text
    assert _answer(question).text.endswith(offer)
    assert offer not in _answer(question, background=replace(BACKGROUND, offered=(offer,))).text


def test_the_reading_says_unread_words_and_can_be_read_again() -> None:
    question = _question(BY_FEATURE, unread=("moon",))
    reading = _answer(question).reading
    assert reading is not None
    assert reading.unread == ["moon"]
    assert "Not used: \u201cmoon\u201d" in reading.text
    assert [chip.id for chip in reading.chips] == ["0.by.0"]
    assert Question.model_validate_json(reading.question) == question


def test_several_things_that_the_data_lack_stand_under_a_heading_and_steps_with_their_code() -> None:
    question = _question(BY_FEATURE)
    lacks = [Sentence(text="No users."), Sentence(text="No scores.")]
    steps = Section(heading="Steps", points=[Sentence(text="Do it.")], code="print(1)")
    shown = ToolResult(summary="", headline=[Sentence(text="Yes.")], missing=lacks, sections=[steps])
    evidence = _evidence(MONTH, question)[0].model_copy(update={"result": shown})
    text = compose(question, [evidence], TOOLS, _inquiries(question), BACKGROUND).text
    assert text == (
        "Yes.\n\n**Steps**\n- Do it.\n\n```\nprint(1)\n```\n\n**What the data cannot tell**\n- No users.\n- No scores."
    )


def test_results_of_tools_that_only_support_an_answer_are_left_out() -> None:
    question = _question(BY_FEATURE)
    support = replace(TOOL, name="support", answers=frozenset(), shows=lambda _: False)
    evidence = _evidence(MONTH, question)
    other = evidence[0].model_copy(update={"tool": "support", "source": 99})
    assert compose(
        question, [other, *evidence], {**TOOLS, "support": support}, _inquiries(question), BACKGROUND
    ) == _answer(question)
