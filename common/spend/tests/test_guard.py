"""The guard: what evidence makes of a swap, and that nothing it speaks against is called safe or planned."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import timedelta
from itertools import product
from math import comb
from statistics import fmean, variance

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from common.spend.model import Limits, Opportunity, Quality, UsageRow
from common.spend.opportunities import find_opportunities
from common.spend.planning import combined_plan
from common.spend.prices.names import labelled_model
from common.spend.quality.evaluation import (
    NO_EVALUATIONS,
    Evaluations,
    PreferenceCounts,
    QualityComparison,
    ReplayResult,
    Verdict,
)
from common.spend.quality.evaluation_files import read_evaluation
from common.spend.quality.guard import PublicResult, QualityEvidence, judged
from common.spend.tests.builders import START, rollup_of

BEFORE, AFTER = "gpt-4o", "gpt-4o-mini"
Table = tuple[int, int, int, int]
"""Prompts: both right, only the present model, only the candidate, neither."""


def _evaluations(table: Table) -> Evaluations:
    cells = ("true,true", "true,false", "false,true", "false,false")
    lines = [cell for cell, count in zip(cells, table, strict=True) for _ in range(count)]
    return Evaluations((read_evaluation("\n".join([f"{BEFORE},{AFTER}", *lines])),))


def _rows(scores: Iterable[float | None], model: str = BEFORE, feature: str = "tickets") -> list[UsageRow]:
    row = UsageRow(START, "openai", model, 2_000, out_visible=300, feature=feature)
    return [replace(row, ts=START + timedelta(minutes=n), quality=score) for n, score in enumerate(scores)]


def _swap(rows: list[UsageRow], evaluations: Evaluations = NO_EVALUATIONS) -> Opportunity:
    report = find_opportunities(rollup_of(rows), Limits(), evaluations=evaluations)
    (found,) = [item for item in report.opportunities if (item.from_model, item.to_model) == (BEFORE, AFTER)]
    return found


def _comparison(verdict: Verdict) -> QualityComparison:
    return QualityComparison(
        before=0.9, after=0.8, counts=(9, 9), interval=(-0.2, 0.1), margin=0.02, verdict=verdict, more=5
    )


def test_a_swap_without_evidence_needs_an_evaluation_and_has_its_plan() -> None:
    found = _swap(_rows([None] * 50))
    assert (found.quality, found.quality_risk) == ("needs_evaluation", "high")
    assert any("Take 1,000 logged requests of tickets" in step for step in found.steps)


def test_an_evaluation_that_supports_it_makes_a_swap_safe_though_a_coding_benchmark_does_not() -> None:
    found = _swap(_rows([None] * 50), _evaluations((900, 5, 9, 86)))
    assert (found.quality, found.quality_risk) == ("safe", "low")
    assert found.evidence.startswith("Your evaluation supports it: of 1,000 prompts")
    assert "5 are right with gpt-4o only, 9 with gpt-4o-mini only" in found.evidence.lower()
    assert "The evaluation names no features: its prompts are taken as a sample of each." in found.evidence
    assert not any("logged requests" in step for step in found.steps)


def test_an_evaluation_against_it_is_reported_with_figures_and_in_no_plan() -> None:
    rollup, evaluations = rollup_of(_rows([None] * 50)), _evaluations((747, 383, 95, 94))
    found = _swap(_rows([None] * 50), evaluations)
    assert (found.quality, found.quality_risk) == ("against", "high")
    assert "85.7 % right and gpt-4o-mini 63.8 %" in found.evidence
    assert "-21.8 points (95 % interval -24.9 to -18.8)" in found.evidence
    assert "not advisable" in found.assumptions[0]
    for target in (None, 50.0, 99.0):
        plan = combined_plan(rollup, Limits(), target, evaluations=evaluations)
        assert found.id not in {step.opportunity.id for step in plan.steps}


def _replayed(tally: PreferenceCounts, feature: str | None = "tickets") -> Evaluations:
    before, after = (labelled_model(name) for name in (BEFORE, AFTER))
    assert before is not None
    assert after is not None
    return Evaluations(replays=(ReplayResult(before, after, feature, tally),))


@pytest.mark.parametrize(
    ("tally", "quality", "risk"),
    [
        (PreferenceCounts(wins=30, ties=950, losses=20, contradictions=7), "safe", "low"),
        (PreferenceCounts(wins=10, ties=80, losses=60), "against", "high"),
        (PreferenceCounts(wins=5, ties=40, losses=5), "needs_evaluation", "high"),
    ],
)
def test_a_replay_decides_as_an_evaluation_does_and_is_reported_with_its_figures(
    tally: PreferenceCounts, quality: Quality, risk: str
) -> None:
    found = _swap(_rows([None] * 50), _replayed(tally))
    assert (found.quality, found.quality_risk) == (quality, risk)
    sentence = (
        f"preferred its answer {tally.wins} times, that of gpt-4o {tally.losses} times, and neither {tally.ties} times"
    )
    assert sentence in found.evidence
    assert ("7 of the ties depended on the order" in found.evidence) == (tally.contradictions == 7)
    assert ("more prompts would settle it" in found.evidence) == (quality == "needs_evaluation")


def test_a_replay_of_another_feature_says_nothing_and_one_of_none_stands_for_each() -> None:
    tally = PreferenceCounts(wins=10, ties=80, losses=60)
    assert _swap(_rows([None] * 50), _replayed(tally, "search")).quality == "needs_evaluation"
    whole = _swap(_rows([None] * 50), _replayed(tally, None))
    assert whole.quality == "against"
    assert "names no features" in whole.evidence


def test_an_evaluation_that_leaves_it_open_says_how_many_prompts_are_lacking() -> None:
    found = _swap(_rows([None] * 50), _evaluations((90, 3, 3, 4)))
    assert found.quality == "needs_evaluation"
    assert "leaves it open" in found.evidence
    assert any(step.startswith("Add ") and "to your evaluation" in step for step in found.steps)


def test_the_customers_own_scores_decide_where_there_is_no_evaluation() -> None:
    good = [3.0, 4.0, 5.0] * 40
    worse = _swap(_rows(good) + _rows([2.0, 3.0, 4.0] * 40, AFTER))
    assert worse.quality == "against"
    assert "on average 4 with gpt-4o (120 scores) and 3 with gpt-4o-mini (120)" in worse.evidence
    assert _swap(_rows(good) + _rows([3.5, 4.5] * 10, AFTER)).quality == "needs_evaluation"
    elsewhere = _rows([2.0, 3.0, 4.0] * 40, AFTER, "chat")
    assert _swap(_rows(good) + elsewhere).quality == "needs_evaluation"


def test_own_scores_make_a_swap_safe_only_where_no_public_result_speaks_against_it() -> None:
    scores = [3.0, 4.0, 5.0] * 40
    better = [score + 1 for score in scores]
    assert _swap(_rows(scores) + _rows(better, AFTER)).quality == "needs_evaluation"
    report = find_opportunities(rollup_of(_rows(scores) + _rows(better, "gpt-4.1")), Limits())
    (found,) = [item for item in report.opportunities if item.to_model == "gpt-4.1"]
    assert (found.quality, found.quality_risk) == ("safe", "medium")


def test_every_combination_of_sources_is_safe_only_if_one_of_the_customers_own_supports_it_and_none_is_against() -> (
    None
):
    verdicts: tuple[Verdict | None, ...] = (None, "supports", "open", "against")
    publics = (
        None,
        PublicResult(before=50, after=60, trials=225, source="x"),
        PublicResult(before=50, after=20, trials=225, source="x"),
    )
    for one, two, scores, public in product(verdicts, verdicts, verdicts, publics):
        evidence = QualityEvidence(
            before="a",
            after="b",
            feature="f",
            evaluations=tuple(_comparison(verdict) for verdict in (one, two) if verdict),
            scores=_comparison(scores) if scores else None,
            public=public,
        )
        found = judged(evidence)
        assert (found.quality == "against") == ("against" in (one, two, scores))
        if found.quality == "safe":
            assert "supports" in (one, two, scores)
        if public is not None and public.worse and not evidence.evaluations:
            assert found.quality != "safe"
            assert found.risk == "high"
        if not evidence.own:
            assert found.quality == "needs_evaluation"


def _mcnemar(better: int, worse: int) -> float:
    """Exact two-sided probability of so uneven a split of the pairs that differ, were both models alike.

    Q. McNemar, Psychometrika 12 (1947), 153-157, in its exact binomial form.
    """
    differ = better + worse
    return min(1.0, 2 * sum(comb(differ, k) for k in range(min(better, worse) + 1)) / (1 << differ))


_scores = st.lists(st.sampled_from([0.0, 1.0, 2.0, 3.0]), min_size=30, max_size=60)


@settings(max_examples=40, deadline=None)
@given(
    table=st.none() | st.tuples(*[st.integers(0, 60)] * 4).filter(any),
    before=st.none() | _scores,
    after=st.none() | _scores,
    target=st.none() | st.sampled_from([10.0, 99.0]),
)
def test_a_swap_with_evidence_against_it_is_never_safe_and_never_planned(
    table: Table | None, before: list[float] | None, after: list[float] | None, target: float | None
) -> None:
    """What speaks against it is worked out here by other means: McNemar's exact test, and standard errors."""
    rows = _rows(before or [None] * 30) + _rows(after or [None] * 30, AFTER)
    evaluations = _evaluations(table) if table else NO_EVALUATIONS
    found = _swap(rows, evaluations)
    refuted = table is not None and table[1] > table[2] and _mcnemar(table[2], table[1]) < 0.01
    if before and after and variance(before) + variance(after) > 0:
        error = (variance(before) / len(before) + variance(after) / len(after)) ** 0.5
        refuted = refuted or (fmean(after) - fmean(before)) / error < -2.5
    if refuted:
        assert (found.quality, found.quality_risk) == ("against", "high")
    if found.quality == "against":
        plan = combined_plan(rollup_of(rows), Limits(), target, evaluations=evaluations)
        assert found.id not in {step.opportunity.id for step in plan.steps}
    if found.quality == "safe":
        assert table or (before and after)


def test_a_model_that_the_customer_evaluated_is_proposed_whatever_else_is_known_of_it() -> None:
    evaluation = read_evaluation("gpt-4o,gpt-3.5-turbo\n" + "true,true\n" * 300)
    report = find_opportunities(rollup_of(_rows([None] * 50)), Limits(), evaluations=Evaluations((evaluation,)))
    found = {item.to_model: item.quality for item in report.opportunities}
    assert found["gpt-3.5-turbo"] == "safe"
    excluded = Limits(excluded_models=("gpt-3.5-turbo",))
    kept = find_opportunities(rollup_of(_rows([None] * 50)), excluded, evaluations=Evaluations((evaluation,)))
    assert "gpt-3.5-turbo" not in {item.to_model for item in kept.opportunities}


@pytest.mark.parametrize("kind", ["right_sizing", "provider_choice"])
def test_what_the_rows_do_not_tell_of_a_swap_stands_in_its_assumptions(kind: str) -> None:
    rows = _rows([None] * 50) + [
        replace(row, provider="together", model="meta-llama/Llama-3.3-70B-Instruct-Turbo") for row in _rows([None] * 50)
    ]
    found = [item for item in find_opportunities(rollup_of(rows), Limits()).opportunities if item.kind == kind]
    assert found
    assert all(any("Your rows do not tell whether" in text for text in item.assumptions) for item in found)
