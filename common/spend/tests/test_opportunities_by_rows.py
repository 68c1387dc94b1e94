"""What opportunities save, alone and together, is what they save request by request, or lies within their bounds."""

from dataclasses import replace
from datetime import timedelta
from itertools import pairwise
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from common.spend.model import SERVICE_TIERS, Limits, OpportunityKind, ServiceTier, UsageRow
from common.spend.opportunities import case_of, find_all, find_opportunities
from common.spend.opportunities.finding import Case
from common.spend.opportunities.tests.by_rows import cost_by_rows
from common.spend.opportunities.trimming import Trimmed, cut_action
from common.spend.opportunities.workload import Action, Variant, after, cost_usd
from common.spend.planning import combined_plan
from common.spend.prices.contract import read_contract
from common.spend.prices.engine import NOON, all_models, size_starts, today
from common.spend.prices.names import resolve
from common.spend.rollup.cells import RequestGroup
from common.spend.rollup.rollup import Rollup
from common.spend.tests.builders import START, rollup_of

MODELS = (
    ("openai", "gpt-4.1"),
    ("openai", "gpt-5.4"),
    ("azure", "gpt-4.1"),
    ("anthropic", "claude-sonnet-4-5"),
    ("google", "gemini-2.5-pro"),
    ("acme", "acme-llm-7b"),
)
SWAPS = ("gpt-5-mini", "gpt-4o-mini", "claude-haiku-4-5", "gemini-2.5-flash")
FEATURES = ("nightly-summaries", "support-chat", None)
SENT_AS: tuple[ServiceTier, ...] = ("standard", "standard", "standard", "batch", "flex", "priority")
CAPS = (500, 3_000, 20_000, 100_000, 200_000)


def _request(draw: Random, second: int) -> UsageRow:
    provider, model = draw.choice(MODELS)
    size = draw.choice([draw.randrange(1, 3_000), draw.randrange(1, 60_000), draw.randrange(90_000, 330_000)])
    read, written = (draw.choice([0, 0, draw.randrange(size + 1)]) // 2 for _ in range(2))
    uncached = size - read - written
    long = draw.choice([0, uncached // 3, uncached])
    return UsageRow(
        ts=START + timedelta(seconds=second),
        provider=provider,
        model=model,
        in_uncached=uncached,
        cache_read=read,
        cache_write_5m=written,
        out_visible=draw.choice([draw.randrange(300), draw.randrange(9_000)]),
        out_reasoning=draw.choice([0, 0, draw.randrange(8_000)]),
        status=draw.choice(["ok", "ok", "ok", "timeout"]),
        feature=draw.choice(FEATURES),
        session="s",
        prompt_hash=draw.choice([None, "p1", "p2", "p3"]),
        tier=draw.choice(SENT_AS),
        prefix_reusable=draw.choice([0, long // 2, long]),
        prefix_reusable_1h=long,
    )


def _requests(draw: Random, count: int) -> list[UsageRow]:
    """Of three days, in any order, no two at one moment."""
    return [_request(draw, second) for second in draw.sample(range(3 * 86_400), count)]


def _sum(draw: Random, second: int) -> UsageRow:
    """Of a day's requests."""
    row = _request(draw, second)
    return replace(row, grain="day", requests=900, context_above=draw.choice([None, 200_000]), prefix_reusable=None)


def _one_of(draw: Random, options: list[Action]) -> list[Action]:
    """One of some alternatives, or none."""
    return [draw.choice(options)] if draw.random() < 0.5 else []


def _of_group(draw: Random, group: RequestGroup, case: Case, *, trims: bool) -> list[Action]:
    feature = group.feature
    lives: tuple[Variant, ...] = ("", "1h")
    kinds: tuple[Trimmed, ...] = ("prompt_trimming", "output_trimming")
    chosen = _one_of(draw, [Action("prompt_caching", feature, group, variant=life) for life in lives])
    moves: tuple[OpportunityKind, ...] = ("right_sizing", "provider_choice")
    chosen += _one_of(draw, [Action(kind, feature, group, resolve(None, name)) for name in SWAPS for kind in moves])
    chosen += _one_of(draw, [Action("reasoning_effort", feature, group)])
    for kind in kinds if trims else ():
        chosen += _one_of(draw, [cut_action(case, kind, group, cap) for cap in CAPS])
    return chosen


def _some_actions(draw: Random, case: Case, *, trims: bool) -> list[Action]:
    """Any that go together, whether or not they save anything."""
    chosen: list[Action] = []
    for group in sorted({key.group for key in case.workload}, key=repr):
        chosen += _of_group(draw, group, case, trims=trims)
    ways: tuple[Variant, ...] = ("", "flex")
    for feature in FEATURES:
        chosen += _one_of(draw, [Action("retry_waste", feature)]) + _one_of(draw, [Action("duplicates", feature)])
        chosen += _one_of(draw, [Action("batch", feature, variant=way) for way in ways])
    draw.shuffle(chosen)
    return chosen


@settings(max_examples=250, deadline=None)
@given(seed=st.integers(0, 2**64), count=st.integers(1, 25))
def test_any_steps_cost_what_they_cost_row_by_row(seed: int, count: int) -> None:
    draw = Random(seed)  # noqa: S311 - a test's rows
    rows = [*_requests(draw, count), *(_sum(draw, second) for second in range(draw.randrange(3)))]
    case = case_of(rollup_of(rows), Limits())
    actions = _some_actions(draw, case, trims=False)
    nearly = pytest.approx(cost_by_rows(rows, actions), rel=1e-9, abs=1e-9)
    assert cost_usd(after(case.workload, actions)) == nearly
    assert cost_usd(case.workload) == pytest.approx(cost_by_rows(rows, []), rel=1e-9)


@settings(max_examples=250, deadline=None)
@given(seed=st.integers(0, 2**64), count=st.integers(1, 25))
def test_steps_that_sums_only_bound_cost_within_their_bounds_row_by_row(seed: int, count: int) -> None:
    draw = Random(seed)  # noqa: S311 - a test's rows
    rows = _requests(draw, count)
    case = case_of(rollup_of(rows), Limits())
    actions = _some_actions(draw, case, trims=True)
    most, expected, least = (cost_usd(after(case.workload, actions, side)) for side in ("low", "expected", "high"))
    truth = cost_by_rows(rows, actions)
    slack = 1e-9 * case.baseline_usd
    assert least - slack <= truth <= most + slack
    assert least - slack <= expected <= most + slack


@pytest.mark.parametrize("tier", SERVICE_TIERS)
def test_list_prices_rise_from_read_to_new_to_written_input_as_the_bounds_take_it(tier: ServiceTier) -> None:
    for model in all_models():
        for floor in size_starts():
            new, read, minutes, hour, visible, reasoning = model.rates(today(), NOON, tier=tier, input_tokens=floor + 1)
            assert read <= new <= minutes <= hour, model.id
            assert reasoning <= visible, model.id


CONTRACT = """{"discounts": [{"provider": "openai", "percent": 20}, {"provider": "azure", "percent": 40},
{"model": "claude-sonnet-4-5", "percent": 30}],
"prices": [{"model": "gpt-4o-mini", "usd_per_million_tokens": {"input": 0.1, "cached_input": 0.02, "output": 0.5}}]}"""


@settings(max_examples=60, deadline=None)
@given(seed=st.integers(0, 2**64), count=st.integers(1, 25))
def test_both_sides_of_any_steps_are_priced_with_the_contract(seed: int, count: int) -> None:
    draw = Random(seed)  # noqa: S311 - a test's rows
    rows, book = _requests(draw, count), read_contract(CONTRACT)
    case = case_of(rollup_of(rows), Limits(), book)
    actions = _some_actions(draw, case, trims=False)
    nearly = pytest.approx(cost_by_rows(rows, actions, book), rel=1e-9, abs=1e-9)
    assert cost_usd(after(case.workload, actions)) == nearly
    assert case.baseline_usd == pytest.approx(cost_by_rows(rows, [], book), rel=1e-9)


@pytest.fixture(scope="module")
def many() -> list[UsageRow]:
    """Enough for opportunities of every kind: one in 25 is far longer than the rest."""
    draw = Random(11)  # noqa: S311 - a test's rows
    rows = [
        UsageRow(
            ts=START + timedelta(seconds=second),
            provider="openai",
            model="gpt-5.4",
            in_uncached=(size := draw.choice([*[draw.randrange(2_000, 5_000)] * 24, draw.randrange(60_000, 300_000)])),
            out_visible=draw.choice([*[draw.randrange(200)] * 24, 5_000]),
            out_reasoning=draw.randrange(200),
            status=draw.choice([*["ok"] * 9, "timeout"]),
            feature=feature,
            session="s",
            prompt_hash=f"p{draw.randrange(90)}",
            prefix_reusable=draw.choice([0, size // 2]),
            prefix_reusable_1h=size // 2,
        )
        for feature in ("nightly-summaries", "tickets")
        for second in draw.sample(range(3 * 86_400), 250)
    ]
    draw.shuffle(rows)
    return rows


def test_every_opportunity_saves_alone_what_it_saves_row_by_row(many: list[UsageRow]) -> None:
    case = case_of(rollup_of(many), Limits())
    findings, _ = find_all(case)
    kinds = {finding.opportunity.kind for finding in findings}
    assert kinds == {
        "retry_waste", "duplicates", "prompt_trimming", "prompt_caching", "output_trimming", "reasoning_effort",
        "right_sizing", "batch",
    }  # fmt: skip
    for finding in findings:
        item = finding.opportunity
        saved = case.baseline_usd - cost_by_rows(many, [finding.action])
        assert item.low_usd * (1 - 1e-9) <= saved <= item.high_usd * (1 + 1e-9)
        assert item.low_usd <= item.savings_usd <= item.high_usd
        if item.kind not in ("prompt_trimming", "output_trimming"):
            assert item.savings_usd == pytest.approx(saved, rel=1e-9)


@pytest.mark.parametrize("target", [None, 20.0, 60.0])
@pytest.mark.parametrize("growth", [0.0, 30.0])
def test_a_plan_saves_row_by_row_within_its_bounds(many: list[UsageRow], target: float | None, growth: float) -> None:
    limits = Limits(growth_pct=growth)
    plan = combined_plan(rollup_of(many), limits, target)
    case = case_of(rollup_of(many), limits)
    actions = {finding.opportunity.id: finding.action for finding in find_all(case)[0]}
    chosen = [actions[step.opportunity.id] for step in plan.steps]
    saved = (case.baseline_usd - cost_by_rows(many, chosen)) * (1 + growth / 100)
    assert plan.low_usd * (1 - 1e-9) <= saved <= plan.high_usd * (1 + 1e-9)
    assert plan.low_usd <= plan.savings_usd <= plan.high_usd
    if not {action.kind for action in chosen} & {"prompt_trimming", "output_trimming", "prompt_caching", "duplicates"}:
        assert saved == pytest.approx(plan.savings_usd, rel=1e-9)


@pytest.mark.parametrize("edges", [(100,), (3, 77, 201, 202, 418), tuple(range(40))])
def test_opportunities_are_the_same_however_the_rows_were_cut_into_shards(
    many: list[UsageRow], edges: tuple[int, ...]
) -> None:
    parts = [many[a:b] for a, b in pairwise([0, *edges, len(many)])]
    shards = [shard for part in parts for shard in rollup_of(part).shards(limit_bytes=4_000)]
    Random(3).shuffle(shards)  # noqa: S311 - a test's order
    assert find_opportunities(Rollup.from_shards(shards), Limits()) == find_opportunities(rollup_of(many), Limits())
