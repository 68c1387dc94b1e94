"""What is said of a change follows the evidence on it, not its kind."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from common.assistant.goals.goal import Goal
from common.assistant.tools import plan_texts
from common.assistant.tools.opportunities import allowed_opportunities, opportunity_sentence
from common.assistant.tools.plan import _recommendation
from common.spend import Limits, Opportunity, Plan, PlanStep, Quality, Rollup, UsageRow, combined_plan
from common.spend.quality import NO_EVALUATIONS

_FIRST = datetime(2026, 10, 12, tzinfo=UTC)
_GOAL = Goal(kind="spend")
_SWAP = "right_sizing:tickets:gpt-4o:gpt-4.1"


def _scored(after: float) -> Rollup:
    """Half of the requests on gpt-4o, scored 3 to 5, half on gpt-4.1 with scores around `after`."""
    rollup = Rollup()
    for n in range(240):
        model, middle = ("gpt-4o", 4.0) if n % 2 else ("gpt-4.1", after)
        row = UsageRow(_FIRST + timedelta(hours=n), "openai", model, 2_000, out_visible=300, feature="tickets")
        rollup.add(replace(row, quality=middle + n % 3 - 1))
    return rollup


def _one_opportunity(rollup: Rollup) -> Opportunity:
    report = allowed_opportunities(rollup, _GOAL, Limits(), NO_EVALUATIONS)
    (item,) = [item for item in report.opportunities if item.id == _SWAP]
    return item


@pytest.mark.parametrize(
    ("after", "quality", "verb", "words", "risk"),
    [
        (5.0, "safe", "saves", "quality shown to hold", "medium"),
        (4.0, "needs_evaluation", "would save", "needs an evaluation first", "medium"),
        (3.0, "against", "would save", "not advisable, evidence speaks against it", "high"),
    ],
)
def test_verdict_words_and_risk_follow_the_customers_scores(
    after: float, quality: Quality, verb: str, words: str, risk: str
) -> None:
    item = _one_opportunity(_scored(after))
    assert item.quality == quality
    sentence = opportunity_sentence(item)
    assert f" {verb} " in sentence
    assert words in sentence
    plan = _plan_of(_scored(after), _SWAP)
    assert _recommendation(plan.steps[0], 1, plan, ("data",)).risk == risk


def test_a_refuted_change_is_planned_only_by_its_id_and_then_called_not_advisable() -> None:
    rollup = _scored(3.0)
    for target in (None, 10.0, 99.0):
        plan = combined_plan(rollup, Limits(), target)
        assert _SWAP not in {step.opportunity.id for step in plan.steps}
    headline = " ".join(plan_texts.headline(_plan_of(rollup, _SWAP), _GOAL, pointed=True))
    assert "Not advisable, as evidence speaks against it" in headline
    assert "would save" in headline


def test_a_safe_change_is_certain_in_the_texts_of_a_plan() -> None:
    plan = _plan_of(_scored(5.0), _SWAP)
    headline = " ".join(plan_texts.headline(plan, _GOAL, pointed=True))
    assert "evaluation" not in headline
    assert " saves " in headline
    assert "evaluation" not in " ".join(plan_texts.offer(plan))


def test_waiting_and_refuted_changes_are_distinguished_in_one_plan() -> None:
    plan = _plan_of(_scored(3.0), _SWAP)
    waiting = replace(plan.steps[0].opportunity, quality="needs_evaluation", title="Try the other")
    both = replace(plan, steps=(*plan.steps, PlanStep(waiting, 0.5)))
    sentence = " ".join(plan_texts.headline(both, _GOAL, pointed=True))
    assert "Not advisable" in sentence
    assert "Of this, 0.50 USD is advisable only after an evaluation" in sentence


def _plan_of(rollup: Rollup, *ids: str) -> Plan:
    return combined_plan(rollup, Limits(), select=ids)
