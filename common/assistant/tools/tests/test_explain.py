"""`explain`: questions about the answer before, on real plans and real measures."""

from dataclasses import replace
from functools import cache
from itertools import combinations
from typing import get_args

import pytest

from common.assistant.question.draft import LastTurn
from common.assistant.question.model import ExplainTopic, Operation, Part, Question
from common.assistant.tests.rows import busy_month, upgraded_month
from common.assistant.tools.explain import TOOL
from common.assistant.tools.tests.contexts import asked_of, context, part, text_of, uncovered
from common.contract.answer import Recommendation
from common.runs.step import ToolResult
from common.spend import Limits, Rollup, combined_plan
from common.spend.semantics import DimensionName, MeasureName, Period, PeriodName, UsageQuery, last_days

_TOPICS: tuple[ExplainTopic, ...] = get_args(ExplainTopic)
_WEEK = UsageQuery(measures=(MeasureName.COST,), period=last_days(7), versus=Period(name=PeriodName.PREVIOUS))
_RATES = UsageQuery(measures=(MeasureName.ERROR_RATE, MeasureName.LATENCY_P95), by=(DimensionName.FEATURE,))


@cache
def _plan() -> tuple[Recommendation, ...]:
    """The plan of the busy month as an answer holds it."""
    steps = combined_plan(busy_month(), Limits()).steps
    return tuple(
        Recommendation(
            id=step.opportunity.id,
            rank=rank,
            kind=step.opportunity.kind,
            title=step.opportunity.title,
            savings_usd=step.savings_usd,
            savings_pct=1.0,
            effort=step.opportunity.effort,
            risk=step.opportunity.risk,
            confidence=step.opportunity.confidence,
            method=step.opportunity.method,
            assumptions=list(step.opportunity.assumptions),
            steps=list(step.opportunity.steps),
            verify=step.opportunity.verify,
            rollback=step.opportunity.rollback,
            feature=step.opportunity.feature,
            from_model=step.opportunity.from_model,
            to_model=step.opportunity.to_model,
            requests=step.opportunity.requests,
            input_tokens=step.opportunity.input_tokens,
        )
        for rank, step in enumerate(steps, start=1)
    )


async def _explained(
    topic: ExplainTopic | None,
    *selected: Recommendation,
    recommended: tuple[Recommendation, ...] = (),
    before: UsageQuery | Operation | None = None,
    rows: Rollup | None = None,
) -> ToolResult:
    inquiry = part(Operation.EXPLAIN, topic=topic)
    on = context(rows or Rollup(), inquiry, *selected, ids=("d1",) if rows else ())
    last = None
    if before is not None:
        measured = Part(operation=Operation.MEASURE)
        of = Part(operation=before) if isinstance(before, Operation) else measured.model_copy(update={"query": before})
        last = LastTurn(
            question=Question(parts=(of,), doubts=("last week: the 7 days up to the last day of the data",))
        )
    return await TOOL.run(replace(on, last=last, last_recommendations=recommended), TOOL.parse({"purpose": "To see"}))


@pytest.mark.parametrize("topic", _TOPICS)
async def test_every_number_that_is_said_of_a_plan_is_a_figure(topic: ExplainTopic) -> None:
    assert uncovered(await _explained(topic, recommended=_plan())) == []


@pytest.mark.parametrize("topic", _TOPICS)
@pytest.mark.parametrize("query", [_WEEK, _RATES], ids=["cost", "rates"])
async def test_every_number_that_is_said_of_a_measure_is_a_figure(topic: ExplainTopic, query: UsageQuery) -> None:
    assert uncovered(await _explained(topic, before=query, rows=upgraded_month())) == []


async def test_no_two_topics_get_the_same_text() -> None:
    plans = [text_of(await _explained(topic, recommended=_plan())) for topic in _TOPICS]
    measures = [text_of(await _explained(topic, before=_WEEK, rows=upgraded_month())) for topic in _TOPICS]
    for texts in (plans, measures):
        assert [one for one, other in combinations(texts, 2) if one == other] == []


async def test_what_is_pointed_at_is_explained_and_nothing_else() -> None:
    second = _plan()[1]
    result = await _explained("why", second, recommended=_plan())
    assert second.title.split(" from ")[0] == "Move search"
    assert result.headline[0].text.startswith("**Move `search` from `gpt-4o` to `gpt-4.1-mini`** saves ")
    assert "`summary v2`" not in text_of(result)


async def test_how_sure_is_given_as_shares_of_the_saving_by_confidence() -> None:
    sure, unsure = (
        _plan()[0].model_copy(update={"confidence": level, "savings_usd": usd})
        for level, usd in (("high", 30.0), ("low", 10.0))
    )
    result = await _explained("how_sure", recommended=(unsure, sure))
    assert result.headline[0].text.startswith("Confidence is high for 75 % of the saving")
    assert result.details[0].text.startswith("Confidence is low for 25 % of the saving")


async def test_an_assumption_that_all_changes_share_is_said_once() -> None:
    text = text_of(await _explained("assumed", recommended=_plan()))
    assert text.count("Both sides are priced at the list prices of") == 1


async def test_risk_begins_with_the_riskiest_change_and_says_how_to_undo_each() -> None:
    safe, risky = (_plan()[0].model_copy(update={"risk": risk, "title": risk}) for risk in ("low", "high"))
    result = await _explained("risk", recommended=(safe, risky))
    assert result.headline[0].text.startswith("**high**: risk high")
    assert [point.text.count("To undo: ") for point in result.sections[0].points] == [1, 1]


async def test_why_after_a_comparison_names_what_moved_most_in_the_direction_of_the_whole() -> None:
    headline = (await _explained("why", before=_WEEK, rows=upgraded_month())).headline[0].text
    assert headline.startswith(
        "Cost fell by 0.138 USD, the largest parts by feature: `summary v2` 0.1009 USD less (73.1 %)"
    )


async def test_why_after_groups_by_feature_goes_by_model_and_gives_no_shares_of_rates() -> None:
    headline = (await _explained("why", before=_RATES, rows=upgraded_month())).headline[0].text
    assert headline == "Error rate: 5 %, the highest by model: `gpt-4o` 5.1 %, `gpt-4.1` 5 %, `gpt-4o-mini` 4.8 %."


async def test_the_source_of_a_figure_is_its_file_its_days_and_the_date_of_the_prices() -> None:
    text = text_of(await _explained("source", before=_WEEK, rows=upgraded_month()))
    assert "computed from `month.csv` (3,000 rows)" in text
    assert "all rows of 24 October to 30 October 2026 (UTC)" in text
    assert "the price list is of 22 November 2026" in text


async def test_the_method_of_a_measure_is_its_formula_in_words() -> None:
    result = await _explained("method", before=_RATES)
    assert [sentence.text for sentence in result.sentences] == [
        "Error rate: failed requests divided by requests, over all rows together.",
        "95th percentile of latency: 95 % of the requests stay under it.",
    ]


async def test_what_a_question_was_taken_to_mean_is_an_assumption() -> None:
    result = await _explained("assumed", before=_WEEK, rows=upgraded_month())
    assert result.headline[0].text == "I took last week: the 7 days up to the last day of the data."


async def test_other_answers_are_explained_by_their_method_and_none_by_saying_so() -> None:
    assert "A forecast lays a line" in (await _explained("why", before=Operation.FORECAST)).headline[0].text
    assert "no answer before this one" in (await _explained("why")).headline[0].text


def test_only_a_question_about_the_answer_before_calls_it() -> None:
    assert len(TOOL.calls(asked_of(part(Operation.EXPLAIN)))) == 1
    assert TOOL.calls(asked_of(part(Operation.MEASURE))) == ()
