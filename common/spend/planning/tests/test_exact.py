"""Plans of small random workloads against every subset of their opportunities, priced as a whole."""

import random
from collections.abc import Callable, Iterator, Sequence
from datetime import timedelta
from fractions import Fraction
from itertools import combinations

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from common.core.vocabulary import LEVELS, Level
from common.spend.model import Limits, Plan, UsageRow
from common.spend.opportunities import case_of, find_all
from common.spend.opportunities.finding import Case, Finding
from common.spend.opportunities.workload import after, cost_usd
from common.spend.planning import combined_plan
from common.spend.rollup.sketch import bin_of, value_of
from common.spend.tests.builders import START, rollup_of

_FEATURES = ("nightly-summaries", "tickets")
_MOST = 7
"""Findings of one example."""
_requests = st.builds(
    lambda second, **fields: UsageRow(ts=START + timedelta(seconds=second), provider="openai", session="s", **fields),
    second=st.integers(0, 86_399),
    model=st.sampled_from(["gpt-4o", "gpt-4.1", "gpt-4.1-mini", "gpt-4o-mini"]),
    in_uncached=st.integers(1_000, 90_000),
    prefix_reusable=st.sampled_from([0, 0, 900, 1_000]),
    cache_read=st.sampled_from([0, 2_000]),
    out_visible=st.integers(0, 4_000),
    status=st.sampled_from(["ok", "ok", "ok", "timeout"]),
    feature=st.sampled_from(_FEATURES),
    prompt_hash=st.sampled_from(["p1", "p2", "p3", "p4"]),
    latency_ms=st.integers(50, 5_000),
)
_BASE = [
    UsageRow(START, "openai", "gpt-4o", 3_000, out_visible=200, feature=feature, latency_ms=900.0)
    for feature in _FEATURES
]
"""So that each feature has a latency."""
_rows = st.lists(_requests, max_size=18).map(lambda rows: rows + _BASE)


def _often(rows: list[UsageRow]) -> st.SearchStrategy[list[UsageRow]]:
    """Each row 1 to 20 times: from 20 on, latencies prove something."""
    times = st.sampled_from([1, 4, 20, 20])
    return st.tuples(*(times for _ in rows)).map(
        lambda counts: [r for r, n in zip(rows, counts, strict=True) for _ in range(n)]
    )


_targets = st.sampled_from([1.0, 11.0, 31.0, 49.0, 71.0, 99.0])
_Chosen = Sequence[Finding]


def _drawn(case: Case, seed: int) -> tuple[list[Finding], tuple[str, ...]]:
    """Some findings, and the ids of the others."""
    found = [finding for finding in find_all(case)[0] if not finding.opportunity.needs_confirmation]
    some = random.Random(seed).sample(found, min(_MOST, len(found)))  # noqa: S311 - a test's choice
    return some, tuple(finding.opportunity.id for finding in found if finding not in some)


def _subsets(findings: _Chosen) -> Iterator[_Chosen]:
    """Every subset without two alternatives."""
    for size in range(len(findings) + 1):
        for chosen in combinations(findings, size):
            if len({finding.choice for finding in chosen}) == size:
                yield chosen


def _burden(chosen: _Chosen) -> tuple[int, int, int, int]:
    risks = [finding.risk for finding in chosen]
    return risks.count(2), risks.count(1), sum(finding.effort for finding in chosen), len(chosen)


def _saved(case: Case, chosen: _Chosen) -> float:
    return case.baseline_usd - cost_usd(after(case.workload, [finding.action for finding in chosen]))


def _assert_best(case: Case, plan: Plan, target: float, allowed: list[_Chosen]) -> None:
    """The plan is the least burdensome of all that are allowed and reach the target, or there is none."""
    saved = [(_burden(chosen), -_saved(case, chosen)) for chosen in allowed]
    assert plan.best_savings_pct == pytest.approx(max(case.share(-less) for _, less in saved))
    reaching = [option for option in saved if case.share(-option[1]) + 1e-9 >= target]
    assert plan.target_met == bool(reaching)
    assert plan.savings_usd == pytest.approx(sum(step.savings_usd for step in plan.steps))
    if reaching:
        known = {finding.opportunity.id: finding for chosen in allowed for finding in chosen}
        burden, less = min(reaching)
        assert _burden([known[step.opportunity.id] for step in plan.steps]) == burden
        assert plan.savings_usd == pytest.approx(-less)
    else:
        assert plan.savings_usd == pytest.approx(-min(less for _, less in saved))


@settings(max_examples=40, deadline=None, phases=(Phase.generate,))
@given(rows=_rows, seed=st.integers(0, 99), target=_targets, most=st.none() | st.sampled_from(LEVELS))
def test_a_plan_is_the_least_risky_of_all_that_reach_the_target_or_none_does(
    rows: list[UsageRow], seed: int, target: float, most: Level | None
) -> None:
    limits = Limits(max_effort=most)
    case = case_of(rollup_of(rows), limits)
    some, others = _drawn(case, seed)
    bearable = [f for f in some if most is None or f.effort <= LEVELS.index(most)]
    plan = combined_plan(case.rollup, limits, target, without=others)
    _assert_best(case, plan, target, list(_subsets(bearable)))


@settings(max_examples=40, deadline=None, phases=(Phase.generate,))
@given(rows=_rows.flatmap(_often), seed=st.integers(0, 99), target=_targets, factor=st.sampled_from([1.3, 2.0]))
def test_a_plan_that_must_be_faster_is_the_least_risky_of_those_that_the_latencies_prove(
    rows: list[UsageRow], seed: int, target: float, factor: float
) -> None:
    limits = Limits(speedup={"*": factor})
    case = case_of(rollup_of(rows), limits)
    some, others = _drawn(case, seed)
    plan = combined_plan(case.rollup, limits, target, without=others)
    prompt = [f for f in some if f.action.kind != "batch" and f.opportunity.latency_risk != "high"]
    allowed = list(_subsets(prompt))
    for feature in _FEATURES:
        now = _p95(rows, feature, ())
        fast = _those(allowed, lambda chosen, at=feature, now=now: _proven(rows, at, chosen, now, factor))  # type: ignore[misc]  # a lambda's defaults
        calm = _those(allowed, lambda chosen, at=feature, now=now: _p95(rows, at, chosen) <= now)  # type: ignore[misc]  # as above
        allowed = fast or calm
        (speed,) = [speed for speed in plan.speeds if speed.feature == feature]
        assert speed.now_ms == pytest.approx(now)
        assert speed.proven == bool(fast)
        assert bool(speed.missing) != speed.proven
    _assert_best(case, plan, target, allowed)


def _those(chosen: list[_Chosen], allowed: Callable[[_Chosen], bool]) -> list[_Chosen]:
    return [one for one in chosen if allowed(one)]


def _proven(rows: list[UsageRow], feature: str | None, chosen: _Chosen, now: float, factor: float) -> bool:
    moved = [f.action.to.id for f in chosen if f.action.to is not None and f.action.feature == feature]
    measured = all(_enough(rows, model, feature) for model in moved)
    return measured and _p95(rows, feature, chosen) <= now / factor


def _p95(rows: list[UsageRow], feature: str | None, chosen: _Chosen) -> float:
    """Of a feature, from its requests: those of a swapped model spread as those of the new one, where it has some."""
    moved = {
        f.action.group.model: f.action.to.id
        for f in chosen
        if f.action.group and f.action.to and f.action.feature == feature
    }
    weighed: list[tuple[float, Fraction]] = []
    for model in {row.model for row in rows if row.feature == feature}:
        now = _latencies(rows, model, feature)
        to = moved.get(model, model)
        then = now if to == model else _enough(rows, to, feature) or now
        weighed += [(value, Fraction(len(now), len(then))) for value in then if now]
    whole = sum(weight for _, weight in weighed)
    values = sorted({value for value, _ in weighed})
    return next(v for v in values if 20 * sum(weight for value, weight in weighed if value > v) <= whole)


def _enough(rows: list[UsageRow], model: str, feature: str | None) -> list[float]:
    """As `_latencies`; none where they are too few for a p95."""
    found = _latencies(rows, model, feature)
    return found if len(found) >= 20 else []


def _latencies(rows: list[UsageRow], model: str, feature: str | None) -> list[float]:
    """In ms, to the accuracy of a sketch."""
    us = [round((r.latency_ms or 0) * 1000) for r in rows if (r.model, r.status, r.feature) == (model, "ok", feature)]
    return [min(value_of(bin_of(value)), max(us)) / 1000 for value in us]
