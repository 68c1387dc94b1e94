"""Verdicts on changes of model: safe, waiting for an evaluation, and refuted, in lines, cards, and plans."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from common.assistant.question.model import Constraints, Operation
from common.assistant.tools import combined_plan
from common.assistant.tools.tests.contexts import part, run, text_of
from common.assistant.tools.weighing import all_found, allowed, change
from common.contract.answer import Recommendation
from common.runs.step import ToolResult
from common.spend import Limits, Opportunity, Quality, Rollup, UsageRow
from common.spend import combined_plan as library_plan
from common.spend.quality import NO_EVALUATIONS

_FIRST = datetime(2026, 10, 12, tzinfo=UTC)
_SWAP = "right_sizing:tickets:gpt-4o:gpt-4.1"


def _scored(after: float) -> Rollup:
    """Half of the requests on gpt-4o, scored 3 to 5, half on gpt-4.1 with scores around `after`."""
    rollup = Rollup()
    for n in range(240):
        model, middle = ("gpt-4o", 4.0) if n % 2 else ("gpt-4.1", after)
        row = UsageRow(_FIRST + timedelta(hours=n), "openai", model, 2_000, out_visible=300, feature="tickets")
        rollup.add(replace(row, quality=middle + n % 3 - 1))
    return rollup


def _swap(rollup: Rollup) -> Opportunity:
    report = allowed(all_found(rollup, Limits(), NO_EVALUATIONS), Constraints())
    (item,) = [item for item in report.opportunities if item.id == _SWAP]
    return item


async def _pointed_at(rollup: Rollup) -> ToolResult:
    """The plan of the change of model alone."""
    item = _swap(rollup)
    card = Recommendation(
        id=item.id, rank=1, kind=item.kind, title=item.title, savings_usd=0, savings_pct=0, effort="low", risk="low",
        confidence="low", method="", assumptions=[], steps=[], verify="", rollback="",
    )  # fmt: skip
    return await run(combined_plan.TOOL, rollup, part(Operation.PLAN, refers=(1,)), card)


@pytest.mark.parametrize(
    ("after", "quality", "verb", "words", "risk"),
    [
        (5.0, "safe", "saves", "quality shown to hold", "medium"),
        (4.0, "needs_evaluation", "would save", "needs an evaluation first", "medium"),
        (3.0, "against", "would save", "not advisable, evidence speaks against it", "high"),
    ],
)
async def test_verdict_words_and_risk_follow_the_customers_scores(
    after: float, quality: Quality, verb: str, words: str, risk: str
) -> None:
    item = _swap(_scored(after))
    assert item.quality == quality
    sentence = change(item, item.savings_usd, item.savings_pct, ()).text
    assert f" {verb} " in sentence
    assert words in sentence
    (card,) = [each for each in (await _pointed_at(_scored(after))).blocks if isinstance(each, Recommendation)]
    assert card.risk == risk


async def test_a_refuted_change_is_planned_only_where_it_is_pointed_at_and_then_called_not_advisable() -> None:
    rollup = _scored(3.0)
    for target in (None, 10.0, 99.0):
        plan = library_plan(rollup, Limits(), target)
        assert _SWAP not in {step.opportunity.id for step in plan.steps}
    result = await _pointed_at(rollup)
    assert [sentence.topic for sentence in result.headline] == ["plan", "evidence"]
    assert "would save" in result.headline[0].text


async def test_a_safe_change_is_certain_in_the_texts_of_a_plan() -> None:
    result = await _pointed_at(_scored(5.0))
    assert "evaluation" not in text_of(result)
    assert " saves " in result.headline[0].text


async def test_a_change_that_evidence_shows_to_hold_stays_where_quality_is_asked_for() -> None:
    requested = part(Operation.PLAN, constraints=Constraints(quality=95.0))
    result = await run(combined_plan.TOOL, _scored(5.0), requested)
    assert _SWAP in {each.id for each in result.blocks if isinstance(each, Recommendation)}
