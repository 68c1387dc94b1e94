"""Answers over a few rows that can be computed by hand."""

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import pytest

from common.spend.model import UsageRow
from common.spend.rollup.bounded_names import OTHER
from common.spend.rollup.cells import CellKey, HourKey
from common.spend.rollup.limits import LIMITS, RollupLimits
from common.spend.rollup.parts import Part, PartNotLoadedError
from common.spend.rollup.rollup import Rollup
from common.spend.semantics import (
    Condition,
    DimensionName,
    MeasureName,
    Order,
    Period,
    PeriodName,
    Result,
    Threshold,
    Unanswerable,
    UsageQuery,
    last_days,
    parts_of,
    run,
)
from common.spend.semantics.formulas import Value

M, D = MeasureName, DimensionName
PREVIOUS = Period(name=PeriodName.PREVIOUS)


def row(day: int, feature: str | None = "chat", **fields: Any) -> UsageRow:
    """A million input tokens of gpt-4o are 2.50 USD: by default one request of 1 USD in November 2026."""
    model, tokens = fields.pop("model", "gpt-4o"), fields.pop("tokens", 400_000)
    return UsageRow(datetime(2026, 11, day, 10, tzinfo=UTC), "openai", model, tokens, feature=feature, **fields)


def rollup_of(*rows: UsageRow, limits: RollupLimits = LIMITS) -> Rollup:
    rollup = Rollup(limits=limits)
    for each in rows:
        rollup.add(each)
    return rollup


def answer(rollup: Rollup, *measures: MeasureName, **fields: Any) -> Result:
    outcome = run(UsageQuery(measures=measures, **fields), rollup)
    assert isinstance(outcome, Result), outcome
    return outcome


def refusal(rollup: Rollup, *measures: MeasureName, **fields: Any) -> Unanswerable:
    outcome = run(UsageQuery(measures=measures, **fields), rollup)
    assert isinstance(outcome, Unanswerable)
    if outcome.nearest is not None:
        assert isinstance(run(outcome.nearest, rollup), Result)
    return outcome


def lines(result: Result) -> dict[str, Value]:
    return {"/".join(each.keys): each.values[0] for each in result.rows}


def is_in(dimension: DimensionName, *values: str, negated: bool = False) -> tuple[Condition, ...]:
    return (Condition(dimension=dimension, values=values, negated=negated),)


def test_a_filter_leaves_out_what_does_not_meet_it_and_its_negation_the_rest() -> None:
    rollup = rollup_of(row(2), row(2, "search"), row(3, None))
    only = answer(rollup, M.COST, where=is_in(D.FEATURE, "chat"))
    others = answer(rollup, M.COST, where=is_in(D.FEATURE, "chat", negated=True), by=(D.FEATURE,))
    assert only.total.values == (1.0,)
    assert lines(others) == {"(untagged)": 1.0, "search": 1.0}


def test_what_top_leaves_out_is_in_the_rest_and_the_total() -> None:
    rollup = rollup_of(row(2), row(2), row(2, "search"), row(3, "batch"), row(3, None))
    found = answer(rollup, M.COST, by=(D.FEATURE,), top=1)
    assert lines(found) == {"chat": 2.0}
    assert found.rest is not None
    assert (found.rest.lines, found.rest.values, found.total.values) == (3, (3.0,), (5.0,))


def test_lines_may_be_ordered_by_a_measure_that_is_not_shown() -> None:
    rollup = rollup_of(row(2), row(2, "search", tokens=9), row(2, "search", tokens=9))
    found = answer(rollup, M.COST, by=(D.FEATURE,), order=Order(measure=M.REQUESTS))
    assert list(lines(found)) == ["search", "chat"]


def test_a_threshold_hides_lines_and_says_how_many() -> None:
    rollup = rollup_of(row(2), row(2), row(2, "search"))
    found = answer(rollup, M.COST, by=(D.FEATURE,), threshold=Threshold(measure=M.COST, at_least=1.5))
    assert lines(found) == {"chat": 2.0}
    assert "1 line does not meet the threshold." in found.coverage.notes


def test_a_comparison_shows_what_came_and_what_is_not_used_any_more() -> None:
    rollup = rollup_of(row(2, "old"), row(3, "old"), row(4, "new"), row(5, "new"), row(5, "new"))
    found = answer(rollup, M.COST, by=(D.FEATURE,), period=last_days(2), versus=PREVIOUS)
    assert [(each.keys, each.values, each.versus, each.differences) for each in found.rows] == [
        (("new",), (3.0,), (0.0,), (3.0,)),
        (("old",), (0.0,), (2.0,), (-2.0,)),
    ]
    assert found.total.differences == (1.0,)


def test_lines_may_be_ordered_by_their_difference() -> None:
    rollup = rollup_of(row(2, "steady"), row(2, "steady"), row(3, "steady"), row(3, "steady"), row(3, "grown"))
    order = Order(measure=M.COST, by_difference=True)
    found = answer(rollup, M.COST, by=(D.FEATURE,), period=last_days(1), versus=PREVIOUS, order=order)
    assert list(lines(found)) == ["grown", "steady"]


def test_a_period_that_is_longer_than_the_data_is_cut_and_said() -> None:
    found = answer(rollup_of(row(2), row(3)), M.COST, period=last_days(30))
    assert str(found.coverage.period) == "2026-11-02 to 2026-11-03"
    assert found.coverage.notes == (
        "The data are of 2026-11-02 to 2026-11-03, so 2026-10-05 to 2026-11-03 is cut to 2026-11-02 to 2026-11-03.",
    )


def test_a_period_outside_the_data_says_which_days_there_are() -> None:
    rollup = rollup_of(row(2), row(3))
    found = refusal(rollup, M.COST, period=Period(name=PeriodName.LAST_MONTH))
    assert found.reason == "The data have no day of 2026-10-01 to 2026-10-31: they are of 2026-11-02 to 2026-11-03."
    assert found.nearest == UsageQuery(measures=(M.COST,))


def test_cost_without_a_price_is_not_known_and_counted_as_unpriced() -> None:
    rollup = rollup_of(row(2), row(2, "lab", model="acme-llm-7b"))
    found = answer(rollup, M.COST, by=(D.FEATURE,))
    assert lines(found) == {"chat": 1.0, "lab": None}
    assert (found.total.values, found.coverage.unpriced_requests) == ((1.0,), 1)
    assert "1 request has no price and is in no cost." in found.coverage.notes


def test_requests_are_not_known_where_rows_have_only_tokens() -> None:
    rollup = rollup_of(row(2), row(2, "report", requests=0, grain="day"))
    assert lines(answer(rollup, M.REQUESTS, by=(D.FEATURE,))) == {"chat": 1, "report": None}


def test_a_share_without_anything_to_divide_by_is_not_known() -> None:
    rollup = rollup_of(row(2, tokens=0, cache_read=50), row(2, "empty", tokens=0), row(2, "full"))
    assert lines(answer(rollup, M.CACHED_SHARE, by=(D.FEATURE,))) == {"chat": 100.0, "full": 0.0, "empty": None}


def test_weekdays_stand_from_monday_on_and_days_in_their_order() -> None:
    rollup = rollup_of(*(row(day) for day in (8, 7, 2, 3)))
    assert list(lines(answer(rollup, M.COST, by=(D.WEEKDAY,)))) == ["Monday", "Tuesday", "Saturday", "Sunday"]
    assert list(lines(answer(rollup, M.COST, by=(D.WEEK,)))) == ["2026-11-02"]
    assert next(iter(lines(answer(rollup, M.COST, by=(D.DAY,))))) == "2026-11-02"


def test_users_by_feature_and_day_are_answered_and_by_model_refused() -> None:
    rollup = rollup_of(row(2, user="ada"), row(3, "search", user="ada"), row(3, user="bob"))
    found = answer(rollup, M.COST, by=(D.USER, D.FEATURE), where=is_in(D.DAY, "2026-11-03"))
    assert lines(found) == {"ada/search": 1.0, "bob/chat": 1.0}
    refused = refusal(rollup, M.COST, by=(D.USER, D.MODEL), where=is_in(D.WEEKDAY, "Monday"))
    assert refused.reason == "Apex holds no sums by day, model and user together."
    assert refused.nearest == UsageQuery(measures=(M.COST,), by=(D.USER,), where=is_in(D.WEEKDAY, "Monday"))


def test_users_of_a_part_of_the_days_are_answered_by_day() -> None:
    rollup = rollup_of(row(2, user="ada"), row(3, user="ada"), row(3, user="bob"))
    assert lines(answer(rollup, M.COST, by=(D.USER,), period=last_days(1))) == {"ada": 1.0, "bob": 1.0}
    assert answer(rollup, M.COST, where=is_in(D.USER, "ada")).total.values == (2.0,)


def test_an_unknown_value_names_the_nearest_and_is_never_the_whole() -> None:
    rollup = rollup_of(row(2, "support-chat"), row(3, "search"))
    found = refusal(rollup, M.COST, where=is_in(D.FEATURE, "suport-chat"))
    assert found.reason == "The data have no feature 'suport-chat'; the nearest is support-chat."
    assert found.nearest == UsageQuery(measures=(M.COST,), where=is_in(D.FEATURE, "support-chat"))


@pytest.mark.parametrize("spelling", ["Support Chat", "support_chat", "SUPPORT-CHAT"])
def test_a_value_is_found_without_case_and_separators(spelling: str) -> None:
    rollup = rollup_of(row(2, "support-chat"), row(3, "search"))
    found = answer(rollup, M.COST, where=is_in(D.FEATURE, spelling))
    assert (found.total.values, found.query.where) == ((1.0,), is_in(D.FEATURE, "support-chat"))


def test_models_are_found_by_other_names_of_theirs() -> None:
    found = answer(rollup_of(row(2)), M.COST, where=is_in(D.MODEL, "openai/gpt-4o"))
    assert found.query.where == is_in(D.MODEL, "gpt-4o")


def test_a_measure_that_the_data_lack_says_which_export_has_it() -> None:
    found = refusal(rollup_of(row(2)), M.ERROR_RATE, by=(D.MODEL,))
    assert found.reason.startswith("The data have no status. Log failed requests too")
    assert found.nearest is not None


def test_days_cannot_be_compared_between_periods() -> None:
    found = refusal(rollup_of(row(2), row(3)), M.COST, by=(D.DAY,), period=last_days(1), versus=PREVIOUS)
    assert found.reason == "Two periods have no day in common, so lines by day cannot be compared."


def test_names_beyond_those_that_are_held_apart_are_said() -> None:
    rollup = rollup_of(*(row(2, f"f{number}") for number in range(301)))
    found = answer(rollup, M.COST, by=(D.FEATURE,), top=3)
    assert found.coverage.other == (D.FEATURE,)
    assert any(OTHER in note for note in found.coverage.notes)
    missing = next(f"f{number}" for number in range(301) if f"f{number}" not in {key.feature for key in rollup.cells})
    assert f"it may be among those in {OTHER}" in refusal(rollup, M.COST, where=is_in(D.FEATURE, missing)).reason


def test_users_by_day_are_refused_where_older_data_have_none() -> None:
    rollup = rollup_of(row(2, user="ada"), row(3, user="bob"))
    older = Rollup.from_records(record for record in rollup.records() if record[0] != "w")
    found = refusal(older, M.COST, by=(D.USER,), period=last_days(1))
    assert found.reason.startswith("Users by day are held only of data that were imported since")


def test_tokens_by_user_have_no_price_per_thousand_where_some_are_unpriced() -> None:
    priced = rollup_of(row(2, user="ada"))
    mixed = rollup_of(row(2, user="ada"), row(2, user="bob", model="acme-llm-7b"))
    assert lines(answer(priced, M.COST_PER_1K_TOKENS, by=(D.USER,))) == {"ada": 0.0025}
    assert "unpriced tokens" in refusal(mixed, M.COST_PER_1K_TOKENS, by=(D.USER,)).reason
    assert lines(answer(mixed, M.COST_PER_1K_TOKENS, by=(D.FEATURE,))) == {"chat": 0.0025}


def test_the_cost_of_reasoning_is_that_of_its_tokens_alone() -> None:
    rollup = rollup_of(row(2, out_visible=100_000, out_reasoning=50_000), row(2, "plain"))
    assert lines(answer(rollup, M.REASONING_COST, by=(D.FEATURE,))) == {"chat": 0.5, "plain": 0.0}


def test_the_cost_of_reasoning_is_refused_where_cells_cost_something_else() -> None:
    rollup = rollup_of(row(2, out_reasoning=50_000))
    next(iter(rollup.cells.values()))[10] += 1
    assert "was negotiated" in refusal(rollup, M.REASONING_COST).reason


def test_data_without_rows_are_refused() -> None:
    assert refusal(Rollup(), M.COST) == Unanswerable("The data have no rows.", None)


def test_sums_by_the_day_stand_under_the_whole_day() -> None:
    rollup = rollup_of(row(2, grain="day", requests=5))
    assert HourKey(row(2).ts.toordinal(), -1) in rollup.hours
    assert lines(answer(rollup, M.REQUESTS, by=(D.HOUR,))) == {"(whole day)": 5}


def test_merged_parts_give_the_same_answer_as_the_whole() -> None:
    rows = [row(2, user="ada"), row(3, "search", out_reasoning=7), row(4, None, model="acme-llm-7b"), row(5)]
    query = UsageQuery(measures=(M.COST, M.TOTAL_TOKENS), by=(D.FEATURE, D.DAY), period=last_days(3))
    parts = rollup_of(*rows[:2]).merge(rollup_of(*rows[2:]))
    assert run(query, parts) == run(query, rollup_of(*rows))
    assert all(isinstance(key, CellKey) for key in parts.cells)


@pytest.mark.parametrize(
    ("fields", "parts"),
    [
        ({}, {Part.HOURS}),
        ({"by": (D.HOUR,), "period": last_days(2)}, {Part.HOURS}),
        ({"by": (D.HOUR, D.FEATURE), "period": last_days(2)}, {Part.TRAFFIC}),
        ({"by": (D.USER,)}, {Part.USERS}),
        ({"by": (D.USER,), "period": last_days(2)}, {Part.USERS}),
        ({"by": (D.USER, D.FEATURE)}, {Part.USER_FEATURES}),
        ({"by": (D.FEATURE,), "period": last_days(2)}, {Part.CELLS}),
        ({"by": (D.FEATURE,), "measures": (M.LATENCY_P95,)}, {Part.CELLS, Part.SKETCHES}),
        (
            {"by": (D.FEATURE,), "measures": (M.LATENCY_P95,), "period": last_days(2)},
            {Part.CELLS, Part.DAY_SKETCHES},
        ),
        ({"by": (D.USER,), "measures": (M.COST_PER_1K_TOKENS,)}, {Part.USERS, Part.CELLS}),
    ],
)
def test_a_query_is_answered_from_the_parts_that_it_says(fields: dict[str, Any], parts: set[Part]) -> None:
    rollup = rollup_of(row(2, user="ada", latency_ms=5.0), row(3, "search", user="bob", latency_ms=7.0), row(4))
    query = UsageQuery(**{"measures": (M.COST,)} | fields)
    assert parts_of(query) == parts | {Part.NAMES, Part.HOURS}
    some = Rollup.from_shards(rollup.shards(), parts_of(query))
    assert run(query, some) == run(query, rollup)


def test_percentiles_of_a_period_are_of_its_requests_alone() -> None:
    slow = [row(2, latency_ms=9_000.0), row(2, "search", latency_ms=50.0)]
    fast = [row(3, latency_ms=100.0), row(3, latency_ms=100.0), row(3, latency_ms=5_000.0, status="timeout")]
    rollup = rollup_of(*slow, *fast)
    now = answer(rollup, M.LATENCY_P95, by=(D.FEATURE,), period=last_days(1))
    then = answer(
        rollup, M.LATENCY_P95, by=(D.FEATURE,), period=Period(name=PeriodName.BETWEEN, last=date(2026, 11, 2))
    )
    assert lines(now) == pytest.approx({"chat": 100}, rel=0.005)
    assert lines(then) == pytest.approx({"chat": 9_000, "search": 50}, rel=0.005)
    compared = answer(rollup, M.LATENCY_P95, by=(D.FEATURE,), period=last_days(1), versus=PREVIOUS)
    assert compared.total.versus == then.total.values
    assert {each.keys[0]: each.versus for each in compared.rows} == {each.keys[0]: each.values for each in then.rows}


def test_the_least_input_bounds_a_shared_prefix_and_failed_requests_without_input_do_not_count() -> None:
    rows = [row(2, tokens=1_500), row(3, tokens=0, status="timeout"), row(3, tokens=9_000), row(3, "search", tokens=7)]
    found = answer(rollup_of(*rows), M.INPUT_FLOOR, by=(D.FEATURE,))
    chat, search = (lines(found)[name] for name in ("chat", "search"))
    assert chat is not None
    assert (0.99 * 1_500 <= chat <= 1_500, search) == (True, 7)
    assert any("to be checked" in note for note in found.coverage.notes)
    assert (
        "held by provider, model and feature, and not by day"
        in refusal(rollup_of(*rows), M.INPUT_FLOOR, period=last_days(1)).reason
    )


def test_the_busiest_minute_is_that_of_all_rows_however_they_were_merged() -> None:
    late = replace(row(3), ts=row(3).ts.replace(minute=59))
    one, two = rollup_of(row(2), row(2), late), rollup_of(late, late, row(4, tokens=7))
    found = answer(one.merge(two), M.REQUESTS, M.INPUT_TOKENS, by=(D.MINUTE,), top=1)
    assert [(each.keys, each.values) for each in found.rows] == [(("2026-11-03T10:59",), (3, 1_200_000))]
    assert "these have no cost" in refusal(one, M.COST, by=(D.MINUTE,)).reason


def test_minutes_are_of_the_latest_days_and_not_of_sums_of_hours() -> None:
    rollup = rollup_of(*(row(day) for day in range(1, 5)), limits=RollupLimits(minute_days=2))
    found = refusal(rollup, M.REQUESTS, by=(D.MINUTE,))
    assert found.reason == "Sums by minutes are held from 2026-11-03 on."
    since = Period(name=PeriodName.BETWEEN, first=date(2026, 11, 3))
    assert found.nearest == UsageQuery(measures=(M.REQUESTS,), by=(D.MINUTE,), period=since)
    assert lines(answer(rollup, M.REQUESTS, by=(D.MINUTE,), period=last_days(1))) == {"2026-11-04T10:00": 1}
    assert "do not say the minute" in refusal(rollup_of(row(2, grain="hour")), M.REQUESTS, by=(D.MINUTE,)).reason


def test_repeats_are_over_all_days_and_of_a_part_of_them_refused() -> None:
    again = row(3, prompt_hash="a")
    rollup = rollup_of(row(2, prompt_hash="a"), again, row(3, "search", prompt_hash="a"), row(4, prompt_hash="b"))
    found = answer(rollup, M.REPEATED_REQUESTS, M.REPEATED_COST, M.REPEATED_SHARE, M.REQUESTS, by=(D.FEATURE,), top=1)
    assert list(found.rows[0].values) == pytest.approx([1, 1.0, 100 / 3, 3])
    assert parts_of(found.query) == {Part.NAMES, Part.HOURS, Part.CELLS, Part.PROMPTS}
    refused = refusal(rollup, M.REPEATED_REQUESTS, by=(D.FEATURE,), period=last_days(1))
    assert "no repeats of a prompt" in refused.reason
    assert "Over all days it holds them by provider, model and feature" in refused.reason


def test_repeats_of_a_sample_are_said_to_be_estimated() -> None:
    rows = [row(2, prompt_hash=f"p{number // 2}") for number in range(400)]
    found = answer(rollup_of(*rows, limits=RollupLimits(prompts=100)), M.REPEATED_REQUESTS)
    (repeats,) = found.total.values
    assert repeats == pytest.approx(200, rel=0.3)
    assert any("estimated from" in note for note in found.coverage.notes)


def test_percentiles_by_day_of_features_without_room_are_refused_and_of_others_answered() -> None:
    rows = [row(day, f"f{number}", latency_ms=100.0 * number + day) for number in range(6) for day in (2, 3)]
    rollup = rollup_of(*rows, limits=RollupLimits(feature_days=4))
    held = {str(key.feature) for key in rollup.day_sketches} - {OTHER}
    assert len(held) == 2
    for feature in sorted({f"f{number}" for number in range(6)} - held):
        reason = refusal(rollup, M.LATENCY_P50, where=is_in(D.FEATURE, feature), period=last_days(1)).reason
        assert "more features than are held apart by day" in reason
    for feature in held:
        found = answer(rollup, M.LATENCY_P50, where=is_in(D.FEATURE, feature), period=last_days(1))
        assert list(found.total.values) == pytest.approx([100 * int(feature[1:]) + 3], rel=0.005)
    whole = answer(rollup, M.LATENCY_P50, by=(D.DAY,))
    assert lines(whole) == lines(answer(rollup_of(*rows), M.LATENCY_P50, by=(D.DAY,)))


def test_a_part_that_older_data_lack_is_named() -> None:
    rollup = rollup_of(row(2, latency_ms=5.0))
    rollup.counted -= {Part.SKETCHES}
    found = refusal(rollup, M.LATENCY_P50)
    assert found.reason == "This data was imported before Apex kept its sketches. Upload the file again."


def test_the_dearest_hour_of_a_feature_is_not_that_of_another() -> None:
    evening = row(3, "search").ts.replace(hour=19)
    rollup = rollup_of(row(2), row(2), replace(row(3, "search"), ts=evening))
    found = answer(rollup, M.COST, by=(D.HOUR,), where=is_in(D.FEATURE, "search"), top=1)
    assert lines(found) == {"19": 1.0}


def test_hours_of_features_are_refused_where_older_data_have_none() -> None:
    rollup = rollup_of(row(2), row(3, "search"))
    rollup.counted -= {Part.TRAFFIC}
    found = refusal(rollup, M.COST, by=(D.HOUR, D.FEATURE))
    assert found.reason == "This data was imported before Apex kept its traffic. Upload the file again."


def test_a_part_that_was_not_loaded_is_asked_for() -> None:
    rollup = Rollup.from_shards(rollup_of(row(2)).shards(), {Part.HOURS})
    with pytest.raises(PartNotLoadedError):
        run(UsageQuery(measures=(M.COST,), by=(D.FEATURE,)), rollup)
