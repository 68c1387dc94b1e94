"""A plan: its saving and the bill that it is of, its target, what the customer wants kept, and its room of words."""

from dataclasses import replace

import pytest

from common.assistant.question.model import (
    Constraints,
    Keep,
    LatencyLimit,
    Money,
    Operation,
    Part,
    Speedup,
)
from common.assistant.tests.rows import bare_hour, busy_month, rows_of_month, upgraded_month
from common.assistant.tools import action_plan, combined_plan, find_opportunities
from common.assistant.tools.planned import planned_ids
from common.assistant.tools.tests.contexts import asked_of, context, only, part, run, text_of, words
from common.contract.answer import ChartBlock, FigureListBlock, Recommendation, TableBlock
from common.runs.step import Sentence, ToolError, ToolResult
from common.spend import Rollup
from common.spend.semantics.dimensions import DimensionName
from common.spend.semantics.periods import last_days

MONTH, HOUR, UPGRADED = busy_month(), bare_hour(), upgraded_month()
TWICE_AS_FAST = (Speedup(factor=2.0),)
CUT = part(Operation.PLAN, constraints=Constraints(target_pct=30.0))


def constrained(**constraints: object) -> Part:
    return part(Operation.PLAN, constraints=Constraints.model_validate(constraints))


async def plan(requested: Part, rolled: Rollup = MONTH, *selected: Recommendation) -> ToolResult:
    return await run(combined_plan.TOOL, rolled, requested, *selected)


def cards(result: ToolResult) -> list[Recommendation]:
    return [block for block in result.blocks if isinstance(block, Recommendation)]


def about(result: ToolResult, topic: str) -> list[str]:
    return [sentence.text for sentence in result.sentences if sentence.topic == topic]


def value(result: ToolResult, name: str) -> float:
    return next(fact.value for fact in result.facts if fact.name == name)


async def test_a_saving_names_the_bill_that_it_is_of_and_its_days() -> None:
    (together,) = about(await plan(part(Operation.PLAN)), "plan")
    assert together == (
        "A plan of 9 changes saves 17.97 USD (78.6 %) of the 22.85 USD spent from 1 October to 31 October 2026."
    )


async def test_a_plan_is_of_the_rows_and_the_period_that_are_asked_about() -> None:
    rows = only(DimensionName.FEATURE, "chat")
    narrow = await plan(part(Operation.PLAN, where=rows, period=last_days(7)))
    (together,) = about(narrow, "plan")
    assert "USD spent on feature `chat` from 25 October to 31 October 2026." in together
    assert {card.feature for card in cards(narrow)} == {"chat"}
    base = next(said.fact.of for said in narrow.headline[0].figures if said.fact.name == "cost before the plan")
    assert base is not None
    assert (base.names, base.first, base.last) == (["chat"], "2026-10-25", "2026-10-31")


async def test_a_target_is_met_by_the_least_that_reaches_it() -> None:
    result = await plan(CUT)
    assert about(result, "target") == ["That would meet your target of 30 %."]
    assert about(result, "evaluation") == ["It needs an evaluation on your own requests first."]
    assert len(cards(result)) == 1


async def test_a_target_that_the_low_end_of_a_plan_misses_is_said_to_be_missed_there() -> None:
    result = await plan(
        constrained(target_pct=20.0, no_evaluation=False, max_effort="medium", growth_pct=30.0), UPGRADED
    )
    assert about(result, "target") == ["That would meet your target of 20 %; its low end (12.7 %) would not."]


async def test_a_target_out_of_reach_is_said_with_the_most_there_is_and_what_binds() -> None:
    result = await plan(constrained(target_pct=99.0, max_effort="low"))
    assert about(result, "target")[0].startswith("That does not reach your target of 99 %: ")
    assert about(result, "binding")[0].startswith("Why not more: the limit on effort (low at most); without it, ")


async def test_no_plan_saves_more_than_the_bill() -> None:
    result = await plan(constrained(target_pct=145.0))
    assert about(result, "target") == [
        "No plan can save more than the whole bill, so your target of 145 % is out of reach."
    ]
    assert cards(result)


async def test_an_amount_and_a_budget_become_a_target_of_the_bill() -> None:
    budget = await plan(constrained(budget=Money(usd=1.0)), HOUR)
    assert value(budget, "target") == pytest.approx(100 * (1 - 1 / value(budget, "cost before the plan")))
    assert about(budget, "target") == ["That would meet your budget of 1.00 USD (49.2 % of the 1.97 USD spent so far)."]
    monthly = await plan(constrained(save=Money(usd=5.0, per="month")))
    assert "your aim to save 5.00 USD a month" in about(monthly, "target")[0]
    short = await plan(constrained(save=Money(usd=1.0, per="month")), HOUR)
    assert "less than a week, too short to compare" in about(short, "target")[0]


async def test_of_two_aims_the_stricter_one_is_the_target() -> None:
    assert value(await plan(constrained(target_pct=10.0, save=Money(usd=8.0))), "target") == pytest.approx(
        100 * 8.0 / 22.8509525
    )


async def test_what_needs_an_evaluation_is_left_out_and_counted_where_none_is_wanted() -> None:
    result = await plan(constrained(no_evaluation=True))
    assert about(result, "left out") == ["3 further changes are left out, as needing an evaluation first."]
    assert not [card for card in cards(result) if card.kind == "right_sizing"]
    assert "evaluation" not in result.headline[0].text


async def test_a_quality_that_no_evidence_shows_is_said() -> None:
    result = await plan(constrained(quality=95.0))
    assert about(result, "left out") == [
        "3 further changes are left out, as no evidence in your data shows that answers stay at 95 %."
    ]
    assert not [card for card in cards(result) if card.kind == "right_sizing"]


@pytest.mark.parametrize("constraints", [Constraints(due_days=7), Constraints(no_investment=True)])
async def test_without_time_or_money_only_changes_of_little_effort_are_planned(constraints: Constraints) -> None:
    result = await plan(part(Operation.PLAN, constraints=constraints))
    assert {card.effort for card in cards(result)} == {"low"}
    assert "Changes take low effort at most, " in text_of(result)


@pytest.mark.parametrize("excluded", ["right_sizing", "duplicates"])
async def test_kinds_that_are_not_wanted_are_in_no_plan(excluded: str) -> None:
    kinds = {card.kind for card in cards(await plan(constrained(excluded_kinds=[excluded])))}
    assert kinds
    assert excluded not in kinds


async def test_a_question_on_one_kind_is_answered_with_it_alone_or_why_there_is_none() -> None:
    assert {card.kind for card in cards(await plan(constrained(only_kinds=["duplicates"])))} == {"duplicates"}
    batch = await plan(constrained(only_kinds=["batch"]))
    assert not cards(batch)
    assert batch.missing[0].text.startswith("By your data, people wait for the answers.")


async def test_what_only_the_customer_can_tell_is_a_question_to_them() -> None:
    result = await plan(constrained(only_kinds=["batch"]), HOUR)
    assert result.headline[0].text.startswith("Only you can tell whether anybody waits for the answers")
    assert "would save 0.9848 USD" in result.headline[0].text
    assert not cards(result)


async def test_who_wants_speed_is_offered_no_batch_jobs() -> None:
    nightly = Rollup()
    for row in rows_of_month():
        nightly.add(replace(row, ts=row.ts.replace(hour=1), user=None, feature="nightly"))
    tool_result = [
        await run(find_opportunities.TOOL, nightly, constrained(speedup=each)) for each in ((), TWICE_AS_FAST)
    ]
    assert [_has_batch(result) for result in tool_result] == [True, False]


def _has_batch(result: ToolResult) -> bool:
    (table,) = [block for block in result.blocks if isinstance(block, TableBlock)]
    return any("batch" in str(row[0]) for row in table.rows)


async def test_a_percentile_that_is_not_checked_is_said_and_a_feature_that_is_not_there() -> None:
    limits = (LatencyLimit(feature="search", ms=800.0, percentile=99), LatencyLimit(feature="moon", ms=9.0))
    result = await plan(constrained(target_pct=20.0, latency=limits))
    assert "Apex checks limits by the p95, not the p99" in text_of(result)
    assert [sentence.topic for sentence in result.missing] == ["unknown feature"]
    assert about(result, "latency") == ["No change touches `search`, so response times there stay as they are."]


async def test_a_latency_limit_without_latency_in_the_log_is_said_to_be_unchecked() -> None:
    result = await plan(constrained(latency=(LatencyLimit(ms=500.0),)), HOUR)
    assert result.missing[0].text.startswith("The log has no latency, so no limit on it can be checked")


async def test_speed_that_only_another_feature_shows_is_not_proven() -> None:
    result = await plan(constrained(target_pct=10.0, speedup=(Speedup(factor=1.5),)))
    assert (
        about(result, "latency")[0] == "Your data cannot prove that any of your 3 features becomes 1.5 times as fast."
    )
    (table,) = [block for block in result.blocks if isinstance(block, TableBlock)]
    assert {row[-1] for row in table.rows} == {"no"}


async def test_speeds_that_differ_by_feature_are_not_said_as_one() -> None:
    speeds = (Speedup(feature="search", factor=2.0), Speedup(feature="chat", factor=3.0))
    assert "becomes as fast as you ask" in about(await plan(constrained(speedup=speeds)), "latency")[0]


async def test_growth_grows_the_bill_and_not_the_past() -> None:
    result = await plan(constrained(target_pct=20.0, growth_pct=50.0))
    assert value(result, "cost before the plan") == pytest.approx(1.5 * value(result, "cost today"))
    assert "spent from 1 October to 31 October 2026 become with 50 % growth." in about(result, "plan")[0]
    assert "than today's" in about(result, "growth")[0]


async def test_the_largest_cost_that_no_change_touches_is_named_with_the_reason() -> None:
    kept = await plan(constrained(keeps=(Keep(feature="summary v2"),)))
    assert about(kept, "largest cost") == [
        "The largest cost, `summary v2` (14.55 USD), is not in it: you want it left as it is."
    ]
    assert not about(await plan(part(Operation.PLAN)), "largest cost")


def _plain_summaries() -> Rollup:
    """The month, with nothing to save on summaries but by another model: no failures, no repeats, no shared prefix."""
    rolled = Rollup()
    for row in rows_of_month():
        bare = replace(row, status="ok", prompt_hash=None, prefix_reusable=None)
        rolled.add(bare if row.feature == "summary v2" else row)
    return rolled


@pytest.mark.parametrize(
    ("constraints", "why"),
    [
        (Constraints(no_evaluation=True), "what was found for it needs an evaluation first"),
        (Constraints(quality=0.9), "nothing shows that its answers stay good enough"),
        (Constraints(only_kinds=("duplicates",)), "your limits rule out what was found for it"),
    ],
)
async def test_why_the_largest_cost_is_left_alone_follows_what_the_customer_wants(
    constraints: Constraints, why: str
) -> None:
    (text,) = about(await plan(part(Operation.PLAN, constraints=constraints), _plain_summaries()), "largest cost")
    assert text == f"The largest cost, `summary v2` (14.55 USD), is not in it: {why}."


async def test_what_may_not_be_used_is_not_proposed() -> None:
    constraints = Constraints(
        only_providers=("openai",), excluded_models=("gpt-4.1-nano",), keeps=(Keep(feature="chat"),)
    )
    result = await run(find_opportunities.TOOL, MONTH, part(Operation.PLAN, constraints=constraints))
    (table,) = [block for block in result.blocks if isinstance(block, TableBlock)]
    titles = [str(row[0]) for row in table.rows]
    assert titles
    assert not [t for t in titles if any(name in t for name in ("gemini", "claude", "gpt-4.1-nano", "llama", " chat"))]


async def test_traffic_that_is_not_in_use_any_more_is_said_and_not_counted() -> None:
    assert about(await plan(part(Operation.PLAN), UPGRADED), "not in use") == [
        "Not counted, as no longer in use: 1.56 USD of `search` on `gpt-4o`."
    ]


async def test_a_month_is_projected_only_from_a_week_or_more_that_is_no_month() -> None:
    fortnight = busy_month(1400, days=14)
    reported = [about(await plan(part(Operation.PLAN), rolled), "projection") for rolled in (MONTH, fortnight, HOUR)]
    assert [len(each) for each in reported] == [0, 1, 0]
    assert reported[1][0].startswith("Projected to 30 days, that is ")


async def test_months_that_are_asked_for_are_projected() -> None:
    far = about(await plan(constrained(horizons=(6, 12))), "projection")
    assert far == ["Projected, it saves 109.89 USD in 6 months and 219.78 USD in 12 months."]


@pytest.mark.parametrize(
    "constraints",
    [
        Constraints(),
        Constraints(target_pct=99.0),
        Constraints(target_pct=20.0, speedup=TWICE_AS_FAST, growth_pct=30.0, due_days=20),
        Constraints(save=Money(usd=5.0, per="month"), no_evaluation=True, horizons=(6, 12)),
        Constraints(target_pct=90.0, latency=(LatencyLimit(feature="moon", ms=9.0, percentile=99),), quality=95.0),
    ],
)
async def test_a_plan_is_said_in_at_most_185_words(constraints: Constraints) -> None:
    for rolled in (MONTH, HOUR, UPGRADED):
        result = await plan(part(Operation.PLAN, constraints=constraints), rolled)
        assert words(result) <= 185, text_of(result)
        assert len(about(result, "change")) <= 4


async def test_cards_are_the_changes_of_the_text_in_its_order() -> None:
    result = await plan(part(Operation.PLAN))
    tool_result = cards(result)
    reported = [sentence for sentence in result.details if sentence.topic == "change"]
    assert [_amount(sentence) for sentence in reported] == [card.savings_usd for card in tool_result[: len(reported)]]
    saved = [round(card.savings_usd, 4) for card in tool_result]
    assert saved == sorted(saved, reverse=True)
    assert [card.rank for card in tool_result] == list(range(1, len(tool_result) + 1))


def _amount(sentence: Sentence) -> float:
    return next(said.fact.value for said in sentence.figures if said.fact.unit == "usd")


async def test_a_change_of_model_never_reads_as_safe() -> None:
    result = await plan(part(Operation.PLAN))
    swaps = [text for text in about(result, "change") if "Move" in text]
    assert swaps
    assert all("would save" in text and "needs an evaluation first" in text for text in swaps)
    assert all(card.risk != "low" for card in cards(result) if card.kind == "right_sizing")


async def test_a_waterfall_leads_from_the_cost_to_what_is_left() -> None:
    result = await plan(part(Operation.PLAN))
    (chart,) = [block for block in result.blocks if isinstance(block, ChartBlock)]
    assert chart.kind == "waterfall"
    assert chart.labels[-2:] == ["3 smaller changes", "What is left"]
    assert all(step < 0 for step in chart.values[1:-1])
    assert sum(chart.values[:-1]) == pytest.approx(chart.values[-1])
    assert not [block for block in (await plan(CUT)).blocks if isinstance(block, ChartBlock)]


async def test_the_tiles_show_facts_of_the_tool() -> None:
    result = await plan(CUT)
    (tiles,) = [block for block in result.blocks if isinstance(block, FigureListBlock)]
    assert {fact.name for fact in tiles.facts} >= {"savings of the plan", "cost after the plan", "target"}
    assert all(fact in result.facts for fact in tiles.facts)


async def test_a_name_that_looks_like_a_link_is_shown_as_a_name_in_every_text_of_a_plan() -> None:
    evil = "[Reset your API key](https://evil.example)"
    rolled = Rollup()
    for row in rows_of_month():
        rolled.add(replace(row, feature=evil))
    result = await plan(part(Operation.PLAN), rolled)
    said = [sentence.text for sentence in result.sentences if evil in sentence.text]
    assert said
    assert all(f"`{evil}`" in text for text in said)


async def test_changes_that_are_pointed_at_are_planned_alone_and_in_their_order() -> None:
    first, second, *_ = cards(await plan(part(Operation.PLAN)))
    one = await plan(part(Operation.PLAN, refers=(1,)), MONTH, first)
    assert [card.id for card in cards(one)] == [first.id]
    assert one.headline[0].text.startswith('"Move `summary v2` from `gpt-4o` to `gpt-4.1-mini`" would save 12.22 USD')
    both = await plan(part(Operation.PLAN, refers=(1, 2)), MONTH, first, second)
    assert both.headline[0].text.startswith("The 2 changes you point at would save ")
    assert not both.offer


async def test_what_was_pointed_at_and_is_no_saving_any_more_is_said() -> None:
    first = cards(await plan(part(Operation.PLAN)))[0]
    ended = await plan(part(Operation.PLAN, refers=(1,)), MONTH, first.model_copy(update={"id": "batch:moon"}))
    assert ended.missing[0].text.startswith("No longer a saving within your limits: Move summary v2")
    assert not cards(ended)


async def test_one_change_is_said_in_full_where_it_is_pointed_at_and_only_begun_in_a_plan() -> None:
    first = cards(await plan(part(Operation.PLAN)))[0]
    requested = part(Operation.PLAN, refers=(1,))
    full = await run(action_plan.TOOL, MONTH, requested, first, opportunity_id=first.id)
    assert [each.heading for each in full.sections] == ["Why", "Steps", "Verify and roll back", "Assumed", "Snippet"]
    assert full.sections[-1].code == first.snippet
    begun = await run(action_plan.TOOL, MONTH, part(Operation.PLAN), opportunity_id=first.id)
    assert not begun.sections
    assert [sentence.topic for sentence in begun.details] == ["first step"]


async def test_each_of_several_changes_stands_under_its_title() -> None:
    tool_result = cards(await plan(part(Operation.PLAN)))[:2]
    requested = part(Operation.PLAN, refers=(1, 2))
    for card in tool_result:
        (section,) = (await run(action_plan.TOOL, MONTH, requested, *tool_result, opportunity_id=card.id)).sections
        assert section.heading.replace("`", "") == card.title
        assert len(section.points) == len(card.steps) + 2


async def test_an_unknown_change_is_named_with_those_there_are() -> None:
    with pytest.raises(ToolError, match=r"batch:moon.*Known: right_sizing"):
        await run(action_plan.TOOL, MONTH, part(Operation.PLAN), opportunity_id="batch:moon")


async def test_the_steps_are_worked_out_of_the_changes_that_the_plan_will_hold() -> None:
    at = context(MONTH, part(Operation.PLAN))
    planned = await planned_ids(at)
    assert planned == tuple(card.id for card in cards(await plan(part(Operation.PLAN))))
    wanted = action_plan.TOOL.calls(asked_of(at.part, planned=planned))
    assert [each.arguments["opportunity_id"] for each in wanted] == list(planned[:3])
