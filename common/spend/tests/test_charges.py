"""What is billed beside plain text tokens: its prices, its counts, and where it stands in a rollup.

Amounts are computed by hand from the prices that charges.json and genai-prices name.
"""

import json
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from common.spend import Importer, Rollup, UsageRow, totals
from common.spend.logs.rows.charges import read_charges
from common.spend.logs.rows.repeats import Repeats, fullest
from common.spend.model import CHARGE_KINDS, Charge, ChargeTotal, Limits
from common.spend.opportunities import find_opportunities
from common.spend.opportunities.workload import workload_of
from common.spend.prices.book import Discount, PriceBook
from common.spend.prices.charges import fee_of, surcharge_of
from common.spend.prices.engine import match_model
from common.spend.prices.names import resolve, resolve_sound
from common.spend.rollup.limits import LIMITS, RollupLimits
from common.spend.rollup.row_charges import GROUP_OF
from common.spend.semantics import DimensionName, Result, Unanswerable, UsageQuery, run
from common.spend.semantics.measures import MeasureName
from common.spend.tests.builders import START, imported, rollup_of

_DAY = START.toordinal()
_SONNET = UsageRow(START, "anthropic", "claude-sonnet-4-5", 9_000, out_visible=600)
_AUDIO = UsageRow(START, "openai", "gpt-audio", 2_017, out_visible=592)
_HEARD = (Charge("audio_input", 2_000), Charge("audio_output", 482))
_FLASH = UsageRow(START, "google", "gemini-2.5-flash", 10_000, out_visible=100)


def usd(*rows: UsageRow, book: PriceBook | None = None) -> float:
    """The cost of some rows."""
    rollup = Rollup(book) if book else Rollup()
    for row in rows:
        rollup.add(row)
    return totals(rollup).cost_usd


def test_every_kind_of_charge_is_in_a_group() -> None:
    assert GROUP_OF.keys() == set(CHARGE_KINDS)


def test_a_web_search_of_anthropic_costs_a_cent_beside_the_tokens() -> None:
    assert usd(replace(_SONNET, charges=(Charge("web_search", 7),))) == pytest.approx(0.106)
    assert usd(replace(_SONNET, charges=(Charge("web_fetch", 7),))) == pytest.approx(0.036)


def test_a_call_without_a_price_is_counted_and_in_no_cost() -> None:
    total = totals(rollup_of([replace(_SONNET, charges=(Charge("code_execution", 3),))]))
    assert total.charges == (ChargeTotal("code_execution", 3, 0.0, 3),)
    assert total.cost_usd == pytest.approx(0.036)
    assert total.unpriced_requests == 0


def test_a_row_of_tools_alone_is_priced_where_each_of_them_is() -> None:
    row = UsageRow(START, "openai", "code interpreter", 0, charges=(Charge("code_interpreter", 2),))
    total = totals(rollup_of([row, replace(row, charges=(Charge("images", 2),))]))
    assert (total.cost_usd, total.unpriced_requests) == (0.06, 1)


def test_a_query_on_cost_names_what_has_no_price() -> None:
    row = replace(_SONNET, charges=(Charge("code_execution", 3), Charge("web_search", 1)))
    found = run(UsageQuery(measures=(MeasureName.COST,)), rollup_of([row]))
    assert isinstance(found, Result)
    assert "Not in these figures, as some of it has no price: code execution." in found.coverage.notes


def test_names_without_room_are_counted_together_in_charges_as_in_cells() -> None:
    limits = RollupLimits(names={**LIMITS.names, "feature": 1})
    rows = [replace(_SONNET, feature=name, charges=(Charge("web_search", 1),)) for name in "abc"]
    rollup = rollup_of(rows, limits)
    assert {key.cell for key in rollup.charges} == set(rollup.cells)
    assert sum(counts[0] for counts in rollup.charges.values()) == 3


def test_a_fee_that_the_source_states_goes_before_the_price_list() -> None:
    assert usd(replace(_SONNET, charges=(Charge("web_search", 7, 0.5),))) == pytest.approx(0.536)


def test_a_tool_is_priced_where_it_was_called() -> None:
    assert fee_of(None, "anthropic", "web_search", _DAY, "standard") == 10**10
    assert fee_of(resolve("openai", "gpt-5"), "azure", "web_search", _DAY, "standard") is None
    assert fee_of(resolve("google", "gemini-2.5-flash"), "google", "web_search", _DAY, "standard") == 35 * 10**9
    assert fee_of(resolve("google", "gemini-3-flash-preview"), "google", "web_search", _DAY, "standard") == 14 * 10**9
    assert fee_of(resolve("openai", "gpt-5"), "openai", "file_search", _DAY, "standard") == 25 * 10**8
    assert fee_of(resolve("openai", "gpt-5"), "openai", "code_interpreter", _DAY, "standard") == 3 * 10**10


def test_sound_has_a_price_of_its_own_in_place_of_that_of_text() -> None:
    assert usd(replace(_AUDIO, charges=_HEARD)) == pytest.approx((17 * 2.5 + 110 * 10 + 2_000 * 32 + 482 * 64) / 1e6)


def test_a_model_for_sound_has_no_price_where_the_row_does_not_tell_sound_from_text() -> None:
    total = totals(rollup_of([_AUDIO, replace(_AUDIO, charges=(Charge("web_search", 1, 0.25),))]))
    assert (total.unpriced_requests, total.cost_usd) == (2, 0.25)


def test_sound_without_a_price_is_in_no_cost_and_never_sold_as_text() -> None:
    silent = UsageRow(START, "openai", "gpt-4o", 1_000, charges=(Charge("audio_input", 400),))
    total = totals(rollup_of([silent]))
    assert total.cost_usd == pytest.approx(600 * 2.5 / 1e6)
    assert (total.unpriced_tokens, total.unpriced_requests) == (400, 0)
    assert total.charges == (ChargeTotal("audio_input", 400, 0.0, 400),)


def test_sound_of_a_text_model_has_the_price_of_its_day_and_tier() -> None:
    heard = replace(_FLASH, charges=(Charge("audio_input", 4_000),))
    assert usd(heard) == pytest.approx((6_000 * 0.3 + 4_000 * 1.0 + 100 * 2.5) / 1e6)
    batch = replace(heard, tier="batch", ts=datetime(2026, 10, 20, tzinfo=UTC))
    assert usd(batch) == pytest.approx((6_000 * 0.15 + 4_000 * 0.5 + 100 * 1.25) / 1e6)


def test_cached_sound_costs_less_than_new_sound() -> None:
    cached = UsageRow(START, "openai", "gpt-realtime", 300, 700, charges=(Charge("audio_cached", 700),))
    assert usd(cached) == pytest.approx((300 * 4 + 700 * 0.4) / 1e6)


def test_images_that_a_text_model_reads_cost_what_its_text_does() -> None:
    seen = replace(_FLASH, charges=(Charge("image_input", 5_000),))
    total = totals(rollup_of([seen]))
    assert total.cost_usd == pytest.approx(usd(_FLASH))
    assert total.charges == (ChargeTotal("image_input", 5_000, 0.0015, 0),)


def test_images_that_an_image_model_reads_and_draws_have_their_own_prices() -> None:
    drawn = UsageRow(START, "openai", "gpt-image-1", 1_050, out_visible=4_000)
    charges = (Charge("image_input", 1_000), Charge("image_output", 4_000))
    assert usd(replace(drawn, charges=charges)) == pytest.approx((50 * 5 + 1_000 * 10 + 4_000 * 40) / 1e6)


def test_inference_in_the_united_states_costs_a_tenth_more_on_the_models_that_have_it() -> None:
    row = UsageRow(START, "anthropic", "claude-opus-4-6", 10_000, 5_000, 1_000, 400, 2_000, tier="standard")
    at_home = replace(row, charges=(Charge("us_inference", 1),))
    assert usd(at_home) == pytest.approx(1.1 * usd(row))
    assert usd(replace(at_home, tier="batch", ts=datetime(2026, 10, 20, tzinfo=UTC))) == pytest.approx(
        1.1 * usd(replace(row, tier="batch", ts=datetime(2026, 10, 20, tzinfo=UTC)))
    )
    assert surcharge_of(resolve("anthropic", "claude-sonnet-4-5"), "anthropic", 10**9) is None
    assert surcharge_of(resolve("anthropic", "claude-opus-4-6"), "google", 10**9) is None


def test_fast_mode_has_prices_of_its_own_cache_included() -> None:
    row = UsageRow(START, "anthropic", "claude-opus-5", 2_000, 20_000, 1_000, out_visible=3_000, tier="fast")
    assert usd(row) == pytest.approx(2 * usd(replace(row, tier="standard")))
    earlier = replace(row, model="claude-opus-4-6", ts=datetime(2026, 4, 2, tzinfo=UTC))
    assert usd(earlier) == pytest.approx(6 * usd(replace(earlier, tier="standard")))


def test_fast_mode_without_a_price_is_named() -> None:
    rows = [
        UsageRow(START, "anthropic", model, 1_000, out_visible=10, tier="fast", charges=(Charge("fast_mode", 1),))
        for model in ("claude-opus-5", "claude-opus-4-7")
    ]
    total = totals(rollup_of(rows))
    assert total.charges == (ChargeTotal("fast_mode", 2, 0.0, 1),)
    assert total.cost_usd == pytest.approx(usd(*(replace(row, charges=()) for row in rows)))


def test_a_discount_is_on_sound_as_on_text_and_on_no_fee() -> None:
    book = PriceBook(discounts=(Discount(percent=50, provider="openai"),))  # type: ignore[arg-type]  # a whole number
    row = replace(_AUDIO, charges=(*_HEARD, Charge("file_search", 2)))
    assert usd(row, book=book) - 0.005 == pytest.approx((usd(row) - 0.005) / 2)


def test_a_line_of_a_bill_that_is_a_fee_is_counted_once() -> None:
    line = UsageRow(START, "anthropic", "web_search", 0, cost_reported=3.0, requests=0, grain="day")
    total = totals(rollup_of([replace(line, charges=(Charge("web_search", 0),))]))
    assert (total.cost_usd, total.billed_usd) == (3.0, 3.0)
    assert total.charges == (ChargeTotal("web_search", 0, 3.0, 0),)


def test_charges_are_in_every_sum_that_has_a_cost() -> None:
    rows = [replace(_SONNET, user="u", feature="f", charges=(Charge("web_search", 7),)), replace(_SONNET, feature="f")]
    rollup = rollup_of(rows)
    cost = 106 * 10**9 + 36 * 10**9
    for lines in (rollup.hours, rollup.users, rollup.traffic, rollup.user_features):
        assert sum(line[3] for line in lines.values()) == cost
    assert sum(cell[10] for cell in rollup.cells.values()) == cost
    assert totals(Rollup.from_shards(rollup.shards())) == totals(rollup)


def test_measures_of_charges_add_up_and_are_split_like_cells() -> None:
    rows = [
        replace(_SONNET, feature="a", charges=(Charge("web_search", 7),)),
        replace(_SONNET, feature="b", charges=(Charge("web_search", 1), Charge("web_fetch", 2))),
        replace(_AUDIO, feature="b", charges=_HEARD),
    ]
    names = (MeasureName.SERVER_TOOL_FEES, MeasureName.SERVER_TOOL_CALLS, MeasureName.AUDIO_TOKENS, MeasureName.COST)
    found = run(UsageQuery(measures=names, by=(DimensionName.FEATURE,)), rollup_of(rows))
    assert isinstance(found, Result)
    values = {line.keys[0]: line.values for line in found.rows}
    assert values["a"][:3] == (0.07, 7, 0)
    assert values["b"][:3] == (0.01, 3, 2_482)
    assert sum(value[3] or 0 for value in values.values()) == pytest.approx(usd(*rows))


def test_the_cost_of_reasoning_is_the_same_with_and_without_fees() -> None:
    thought = UsageRow(START, "openai", "o3", 1_000, out_reasoning=500)
    query = UsageQuery(measures=(MeasureName.REASONING_COST,))
    results = [run(query, rollup_of([replace(thought, charges=c)])) for c in ((), (Charge("web_search", 2),))]
    assert [isinstance(each, Result) and each.total.values for each in results] == [(500 * 8 / 1e6,)] * 2


def test_fees_and_the_cost_of_reasoning_are_refused_together_and_said_to_be_held_apart() -> None:
    row = UsageRow(START, "openai", "o3", 1_000, out_reasoning=500, charges=(Charge("web_search", 2),))
    query = UsageQuery(measures=(MeasureName.REASONING_COST, MeasureName.SERVER_TOOL_FEES))
    refused = run(query, rollup_of([row]))
    assert isinstance(refused, Unanswerable)
    assert refused.reason.startswith("Apex holds sums of all rows, but these have no ")


def test_fees_by_user_are_refused_with_what_they_are_held_by() -> None:
    row = replace(_SONNET, user="u", charges=(Charge("web_search", 7),))
    query = UsageQuery(measures=(MeasureName.SERVER_TOOL_FEES,), by=(DimensionName.USER,))
    refused = run(query, rollup_of([row]))
    assert isinstance(refused, Unanswerable)
    assert "It holds them by day, provider, model, feature, status and tier." in refused.reason


def test_charges_of_failed_requests_count_as_those_of_others() -> None:
    failed = replace(_SONNET, status="timeout", charges=(Charge("web_search", 7),))
    found = run(UsageQuery(measures=(MeasureName.SERVER_TOOL_FEES, MeasureName.FAILED_REQUESTS)), rollup_of([failed]))
    assert isinstance(found, Result)
    assert found.total.values == (0.07, 1)


def test_data_without_the_part_refuse_with_a_reason() -> None:
    rollup = rollup_of([replace(_SONNET, charges=(Charge("web_search", 7),))])
    before = [record for record in rollup.records() if record[0] not in "px"]
    parts = ["p", *(part for part in rollup.parts if part != "charges")]
    old = Rollup.from_records([parts, *before])
    refused = run(UsageQuery(measures=(MeasureName.SERVER_TOOL_FEES,)), old)
    assert isinstance(refused, Unanswerable)
    assert "before Apex kept its charges" in refused.reason
    assert totals(old).charges == ()


def test_savings_leave_sound_alone_and_say_so() -> None:
    texts = [replace(_FLASH, in_uncached=1_000_000, feature="chat") for _ in range(50)]
    heard = [replace(row, feature="calls", charges=(Charge("audio_input", 900_000),)) for row in texts]
    rollup = rollup_of([*texts, *heard])
    assert {key.group.feature for key in workload_of(rollup)} == {"chat"}
    report = find_opportunities(rollup, Limits())
    assert report.base is not None
    assert "without models and features that use sound or images" in report.base.scope
    assert {item.feature for item in report.opportunities} <= {"chat"}


def test_savings_hold_what_reads_images_at_the_price_of_text() -> None:
    seen = [replace(_FLASH, in_uncached=1_000_000, charges=(Charge("image_input", 900_000),)) for _ in range(50)]
    assert workload_of(rollup_of(seen))


def test_savings_of_requests_with_fees_are_those_of_their_tokens() -> None:
    plain = [replace(_SONNET, in_uncached=100_000, feature="chat") for _ in range(50)]
    searched = [replace(row, charges=(Charge("web_search", 9),)) for row in plain]
    one, two = (find_opportunities(rollup_of(rows), Limits()) for rows in (plain, searched))
    assert [item.savings_usd for item in one.opportunities] == [item.savings_usd for item in two.opportunities]


def test_of_two_records_of_a_request_the_larger_count_of_each_charge_holds_also_over_a_resumed_upload() -> None:
    early = replace(_SONNET, request_id="r", charges=(Charge("web_search", 2), Charge("file_search", 1)))
    late = replace(early, out_visible=900, charges=(Charge("web_search", 3), Charge("web_fetch", 1)))
    most = {Charge("web_search", 3), Charge("web_fetch", 1), Charge("file_search", 1)}
    assert set(fullest(early, late).charges) == set(fullest(late, early).charges) == most
    repeats = Repeats()
    assert repeats.add(early)
    stored = json.loads(json.dumps(repeats.as_json()))
    assert [row.charges for row in Repeats(**stored).release(0)] == [early.charges]


def test_sound_is_a_part_of_the_buckets_and_cached_sound_of_the_sound() -> None:
    names = ("audio_input", "audio_cached", "audio_output", "image_input", "image_output", "web_searches")

    def read(tokens: tuple[int, ...], **values: Any) -> tuple[Charge, ...]:
        return read_charges((*(values.get(name) for name in names), None, None), tokens, 1)

    tokens = (300, 200, 0, 0, 50, 0)
    assert read(tokens, audio_input=400, audio_cached=150, audio_output=20) == (
        Charge("audio_input", 250), Charge("audio_cached", 150), Charge("audio_output", 20),
    )  # fmt: skip
    assert read(tokens, audio_input=400) == (Charge("audio_input", 300), Charge("audio_cached", 100))
    assert read(tokens, audio_input=100) == (Charge("audio_input", 100),)
    assert read((0,) * 6, audio_input=100, web_searches="2") == (Charge("web_search", 2),)


def test_models_for_sound_are_no_models_that_text_is_moved_to() -> None:
    assert resolve("openai", "gpt-audio") is None
    assert match_model("openai", "gpt-realtime") is None
    found = resolve_sound("azure", "gpt-realtime-2025-08-28")
    assert found is not None
    assert (found.id, found.is_for_sound) == ("gpt-realtime", True)
    shut_down = resolve_sound("openai", "gpt-4o-audio-preview-2024-12-17")
    assert shut_down is not None
    assert shut_down.charge("audio_output", _DAY, "standard") == 80_000_000


def test_columns_with_sound_and_searches_take_the_row_path_and_count() -> None:
    head = "timestamp,model,prompt_tokens,completion_tokens,input_audio_tokens,web_search_requests\n"
    lines = "".join(
        f"{START + timedelta(seconds=n):%Y-%m-%dT%H:%M:%SZ},gemini-2.5-flash,1000,10,400,1\n" for n in range(3_000)
    )
    total = totals(imported(head + lines).rollup)
    assert total.requests == 3_000
    assert total.charges == (
        ChargeTotal("audio_input", 1_200_000, pytest.approx(1.2), 0),  # type: ignore[arg-type]  # compares as a float
        ChargeTotal("web_search", 3_000, pytest.approx(105.0), 0),  # type: ignore[arg-type]  # as above
    )


def test_an_upload_that_is_resumed_keeps_the_columns_of_charges() -> None:
    data = f"timestamp,model,prompt_tokens,completion_tokens,web_search_requests\n{date(2026, 11, 2)},gpt-5,10,1,2\n"
    first = Importer()
    first.feed(data.encode())
    second = Importer(state=first.state())
    second.feed(f"{date(2026, 11, 3)},gpt-5,10,1,5\n".encode())
    second.finish()
    assert [each.units for each in totals(second.take().rollup).charges] == [7]


_NESTED = {"usage": {"input_tokens": 9, "output_tokens": 1, "server_tool_use": {"web_search_requests": 4}}}
_DRAWN = {"input_tokens": 9, "output_tokens": 1, "output_image_tokens": 1}
_HELICONE = {
    "request_created_at": "2026-11-06T09:00:00Z", "prompt_tokens": 9, "completion_tokens": 5, "request_id": "r",
    "response_id": "s", "properties": {}, "completion_audio_tokens": 3,
}  # fmt: skip


@pytest.mark.parametrize(
    ("line", "kind", "units"),
    [(_NESTED, "web_search", 4), (_DRAWN, "image_output", 1), (_HELICONE, "audio_output", 3)],
)
def test_charges_in_other_logs_are_read(line: dict[str, Any], kind: str, units: int) -> None:
    row = {"timestamp": "2026-11-06T09:00:00Z", "model": "gpt-5", **line}
    total = totals(imported(json.dumps(row)).rollup)
    assert [(each.kind, each.units) for each in total.charges] == [(kind, units)]


def test_a_count_of_calls_that_is_none_is_dropped_with_a_note_and_the_row_counts() -> None:
    usage = {"input_tokens": 9, "output_tokens": 1, "server_tool_use": {"web_search_requests": "many"}}
    message = {"id": "m", "type": "message", "role": "assistant", "model": "claude-sonnet-5", "content": []}
    batch = imported(json.dumps({"timestamp": "2026-11-06T09:00:00Z", "message": {**message, "usage": usage}}))
    assert (batch.rows, batch.rejected) == (1, 0)
    assert [note for note in batch.notes if note.startswith("1 value of web search could not be used")]


def test_a_kind_is_in_a_row_once_though_a_reader_and_a_column_have_it() -> None:
    values = (None, None, None, None, None, 4, None, {"web_search": 3})
    assert read_charges(values, (1,) * 6, 1) == (Charge("web_search", 3),)
