"""What cost others money when they read these exports: each has a test."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from common.errors import ErrorCode
from common.spend.logs import ImportFailed
from common.spend.logs.formats.anthropic_usage import context_above
from common.spend.logs.formats.gcp_billing import model_of
from common.spend.measures.breakdowns import breakdown
from common.spend.measures.totals import distribution, totals
from common.spend.model import Unanswerable, UsageRow
from common.spend.tests.builders import imported, rollup_of
from common.spend.tests.formats.fixtures import fixture
from common.spend.tests.formats.workload import read, rows_of


def _rows(name: str) -> list[UsageRow]:
    return rows_of(fixture(name))


def test_anthropics_costs_are_cents_in_decimal_text() -> None:
    assert [row.cost_reported for row in _rows("anthropic_usage/anthropic_cost.json")] == pytest.approx(
        [1.2345, 8.7655, 0.03]
    )


def test_the_model_of_openais_costs_is_inside_the_line_item() -> None:
    models = [row.model for row in _rows("openai_usage/openai_costs_api.json")]
    assert models == ["gpt-4o-2024-08-06", "gpt-4o-2024-08-06", "web search tool calls"]


def test_costs_without_tokens_count_as_billed_and_not_as_unpriced() -> None:
    whole = totals(imported(fixture("openai_usage/openai_costs_api.json")).rollup)
    assert (whole.cost_usd, whole.billed_usd, whole.unpriced_models) == (14.75, 14.75, ())
    assert "billed" in whole.has
    assert "aggregated" not in whole.has


def test_costs_in_another_currency_are_reported_and_never_added_to_usd() -> None:
    batch = imported(fixture("focus/focus_1_4.csv"))
    whole = totals(batch.rollup)
    assert (whole.cost_usd, whole.reported_usd, whole.other_currencies) == (2.0, 2.0, {"EUR": 7.5})
    assert any("Costs in EUR are not added" in note for note in batch.notes)


def test_litellms_spend_of_zero_with_tokens_is_no_cost_and_is_repriced() -> None:
    assert [row.cost_reported for row in _rows("litellm/litellm.csv")] == [0.0063, None, 0.0035, 0.0, 0.0]
    assert totals(rollup_of(_rows("litellm/litellm.csv")[1:2])).cost_usd == pytest.approx(0.0035)


def test_answers_of_litellms_own_cache_cost_nothing() -> None:
    assert [sum(row.tokens) for row in _rows("litellm/litellm.csv")] == [2100, 1100, 1100, 0, 0]


def test_litellms_phrase_for_no_cache_is_no_prompt_hash_and_its_own_tags_are_no_feature() -> None:
    rows = _rows("litellm/litellm.csv")
    assert [row.prompt_hash for row in rows] == [None, None, None, "9f86d0", None]
    assert [row.feature for row in rows] == ["search", None, None, None, None]


def test_litellms_latency_comes_from_the_times_where_it_is_missing() -> None:
    assert [row.latency_ms for row in _rows("litellm/litellm.csv")] == pytest.approx([1200, 1000, 1000, 10, 30_000])
    assert [row.ttft_ms for row in _rows("litellm/litellm.csv")] == [300, None, None, None, None]


def test_what_litellms_callbacks_write_tells_costs_times_users_and_sessions_as_its_table_does() -> None:
    rows = _rows("litellm/litellm_callback.jsonl")
    assert [row.cost_reported for row in rows] == [None, 0.00076, 0.0]
    assert {(row.latency_ms, row.ttft_ms, row.user, row.session, row.feature) for row in rows} == {
        (2000.0, 500.0, "ann", "t1", "search")
    }
    assert [row.request_id for row in rows] == ["chatcmpl-c0", "chatcmpl-c1", "chatcmpl-c2"]


def test_langfuses_latency_is_milliseconds_whichever_unit_the_export_has() -> None:
    assert [row.latency_ms for row in _rows("langfuse/langfuse.jsonl")] == pytest.approx([1500, 1500, 100])
    old = _rows("langfuse/langfuse_ms.csv")
    assert [(row.latency_ms, row.ttft_ms) for row in old] == [(1500, 90), (2500, 110)]


def test_langfuses_total_tells_whether_the_cached_tokens_are_inside() -> None:
    rows = _rows("langfuse/langfuse.jsonl")
    assert [(row.in_uncached, row.cache_read) for row in rows] == [(1000, 500), (1000, 500), (100, 0)]
    assert [row.cost_reported for row in rows] == [0.005125, None, 0.000002]


def test_helicones_cached_tokens_are_on_top_when_they_exceed_the_prompt_and_that_is_reported() -> None:
    batch = imported(fixture("helicone/helicone.json"))
    assert totals(batch.rollup).tokens["in_uncached"] == 6_050
    assert any("prompt_cache_read_tokens) were read as on top of prompt_tokens" in note for note in batch.notes)


def test_helicones_csv_tells_no_cached_tokens() -> None:
    assert "cache" not in totals(imported(fixture("helicone/helicone.csv")).rollup).has


def test_agent_spans_do_not_count_the_tokens_of_their_calls_again() -> None:
    calls = _rows("otel/otlp.json")
    assert [(sum(row.tokens), row.status, row.feature) for row in calls] == [
        (1100, "ok", "shop-assistant"),
        (0, "timeout", "shop-assistant"),
    ]


def test_claude_code_counts_each_message_once_and_no_error_that_it_wrote_itself() -> None:
    batch = imported(fixture("claude_code/claude_code.jsonl"))
    whole = totals(batch.rollup)
    assert (batch.rows, batch.duplicates, whole.failed_requests, whole.unpriced_requests) == (1, 1, 0, 0)


def test_service_tiers_and_batch_results_are_reported() -> None:
    tiers = [row.tier for row in _rows("responses/responses.jsonl")]
    assert tiers == ["flex", "standard", "standard", "standard", "batch", "standard"]
    gemini = [row.tier for row in _rows("responses/responses_batch.jsonl")]
    assert gemini == ["batch", "batch", "standard"]  # the last has a key in a log of the customer's own
    assert [row.tier for row in _rows("openai_usage/openai_usage_api.json")] == ["standard", "batch", "standard"]
    assert [row.tier for row in _rows("anthropic_usage/anthropic_usage.json")] == ["standard", "standard", "batch"]


def test_geminis_thoughts_are_on_top_and_openais_and_anthropics_reasoning_inside() -> None:
    outputs = [(row.out_visible, row.out_reasoning) for row in _rows("responses/responses.jsonl")]
    assert outputs == [(100, 0), (100, 200), (30, 20), (100, 400), (5, 0), (0, 0)]


def test_credits_lower_the_net_cost_and_other_services_are_left_out() -> None:
    assert [row.cost_reported for row in _rows("gcp_billing/gcp_billing.csv")] == [6.0, 5.5]
    assert [row.cost_reported for row in _rows("focus/focus_1_2.csv")] == [12.5, -2.5]


@pytest.mark.parametrize(
    ("sku", "model"),
    [
        ("Gemini 2.5 Flash Text Input - Predictions", "gemini-2.5-flash"),
        ("Gemini 2.5 Pro Thinking Text Output - Predictions (Long Context)", "gemini-2.5-pro"),
        ("Input tokens", "Input tokens"),
    ],
)
def test_the_model_of_a_google_cloud_cost_is_in_its_sku(sku: str, model: str) -> None:
    assert model_of(sku) == model


def test_the_sum_of_a_days_tokens_is_no_long_request() -> None:
    """4 million tokens of gemini-2.5-pro in small requests cost 1.25 USD a million, not 2.50."""
    line = {"start_time": 1793577600, "end_time": 1793664000, "results": []}
    result = {"input_tokens": 4_000_000, "output_tokens": 0, "num_model_requests": 4_000, "model": "gemini-2.5-pro"}
    whole = totals(imported(json.dumps(line | {"results": [result]})).rollup)
    assert whole.cost_usd == pytest.approx(5.0)
    assert "aggregated" in whole.has


def test_a_context_window_that_the_report_tells_has_its_own_price() -> None:
    assert [row.context_above for row in _rows("anthropic_usage/anthropic_usage.json")] == [None, 200_000, None]
    assert [context_above(window) for window in ("0-200k", "200k-1M", "1M-2M", None)] == [
        None,
        200_000,
        1_000_000,
        None,
    ]


@pytest.mark.parametrize(
    "name",
    [
        "openai_usage/openai_usage_api.json",
        "anthropic_usage/anthropic_usage.json",
        "openai_usage/openai_costs_api.json",
    ],
)
def test_sums_do_not_show_how_single_requests_spread(name: str) -> None:
    rollup = imported(fixture(name)).rollup
    assert not rollup.sketches
    with pytest.raises(Unanswerable, match=r"sums .* one row per request have it: LiteLLM"):
        distribution(rollup, "input_tokens")
    with pytest.raises(Unanswerable, match="tell no hours"):
        breakdown(rollup, "hour")


def test_sums_by_the_hour_tell_hours_and_a_day_spans_a_day() -> None:
    hours = breakdown(imported(fixture("openai_usage/openai_usage_api.jsonl")).rollup, "hour")
    assert [share.key for share in hours] == ["00", "01"]
    whole = totals(imported(fixture("openai_usage/openai_usage_api.json")).rollup)
    assert (whole.first, whole.days) == (datetime(2026, 11, 2, tzinfo=UTC), 1.0)


def test_tokens_of_an_unknown_model_are_unpriced_though_the_report_tells_no_requests() -> None:
    usage = json.loads(fixture("anthropic_usage/anthropic_usage.json").decode())
    usage["data"][0]["results"][0]["model"] = "claude-unheard-of"
    whole = totals(imported(json.dumps(usage)).rollup)
    assert (whole.unpriced_models, whole.unpriced_requests) == (("claude-unheard-of",), 0)
    assert whole.unpriced_tokens == 7_800_000


def test_a_report_that_is_not_grouped_by_model_needs_one() -> None:
    bucket = {"start_time": 1793577600, "end_time": 1793664000}
    result = {"input_tokens": 1_000_000, "output_tokens": 0, "num_model_requests": 4, "model": None}
    text = json.dumps(bucket | {"results": [result]})
    with pytest.raises(ImportFailed) as caught:
        imported(text)
    assert caught.value.code == ErrorCode.MODEL_NEEDED
    assert totals(imported(text, "gpt-4o").rollup).cost_usd == 2.5


def test_an_anthropic_response_without_a_time_says_how_to_log_one() -> None:
    message: dict[str, Any] = {"id": "m", "type": "message", "model": "claude-haiku-4-5", "content": []}
    with pytest.raises(ImportFailed) as caught:
        imported(json.dumps(message | {"usage": {"input_tokens": 1, "output_tokens": 1}}))
    assert "no row has a time" in str(caught.value.details["reason"])


def test_bedrocks_responses_tell_latency_and_the_model_at_the_end_of_an_arn_also_in_an_envelope() -> None:
    rows = _rows("bedrock/bedrock_converse.jsonl")
    assert {row.model for row in rows} == {"global.anthropic.claude-haiku-4-5-20251001-v1:0"}
    assert [(row.latency_ms, row.feature, row.request_id) for row in rows] == [
        (1200, None, "c-1"),
        (1200, "search", "c-2"),
    ]


def test_new_apis_times_are_seconds_and_a_wait_of_less_than_nothing_is_not_known() -> None:
    rows = _rows("new_api/new_api.json")
    assert [(row.latency_ms, row.ttft_ms, row.status) for row in rows] == [
        (3000, 500, "ok"),
        (3000, None, "ok"),
        (3000, None, "error"),
    ]


def test_a_bad_result_costs_itself_and_not_its_bucket() -> None:
    report = json.loads(fixture("anthropic_usage/anthropic_cost.json").decode())
    report["data"][0]["results"][1]["amount"] = "n/a"
    rows, reasons = read(json.dumps(report))
    assert (len(rows), reasons) == (2, ["amount is 'n/a', not a number"])


def test_records_with_values_of_any_type_are_rejected_and_never_stop_the_file() -> None:
    record = {"request_id": "r", "spend": 0, "startTime": "2026-11-02", "prompt_tokens": 1, "completion_tokens": 1}
    strange: list[Any] = [None, [], [1], {}, {"a": []}, "x", -1, True, 1e999]
    lines = [json.dumps(record | {"model": "gpt-4o", key: value}) for key in record for value in strange]
    lines += [json.dumps(record | {"model": "gpt-4o", "metadata": value, "messages": value}) for value in strange]
    rows, reasons = read("\n".join(lines))
    assert len(rows) + len(reasons) == len(lines)
    assert len(rows) >= len(strange)


def test_a_table_of_spans_has_a_column_for_each_attribute() -> None:
    head = "name,start_time,end_time,status_code,context.span_id,attributes.openinference.span.kind,"
    head += "attributes.llm.model_name,attributes.llm.token_count.prompt,attributes.llm.token_count.completion"
    times = "2026-11-02T09:30:00+00:00,2026-11-02T09:30:01.500000+00:00"
    (row,) = rows_of(f"{head}\nchat,{times},OK,s1,LLM,gpt-4o,1000,100\nrun,{times},OK,s0,CHAIN,,1000,100\n")
    assert (row.model, row.tokens, row.latency_ms, row.request_id) == ("gpt-4o", (1000, 0, 0, 0, 100, 0), 1500.0, "s1")


def test_a_file_that_holds_no_request_says_what_it_holds() -> None:
    question = fixture("claude_code/claude_code.jsonl").decode().split("\n")[1]
    with pytest.raises(ImportFailed) as caught:
        imported(question)
    assert "it looks like Claude Code session log, but holds only lines that are no answers" in str(
        caught.value.details
    )


def test_the_fee_that_perplexity_states_for_a_request_counts_where_its_tokens_have_no_price() -> None:
    usage = {"prompt_tokens": 10, "completion_tokens": 100, "cost": {"request_cost": 0.005, "total_cost": 0.00511}}
    line = {"id": "p", "object": "chat.completion", "created": 1793952000, "model": "sonar", "choices": []}
    batch = imported(json.dumps({**line, "usage": usage}))
    assert not [note for note in batch.notes if "cost" in note]
    total = totals(batch.rollup)
    assert (total.cost_usd, total.unpriced_requests, total.reported_usd) == (0.005, 1, 0.00511)
    assert [(each.kind, each.units) for each in total.charges] == [("request_fee", 1)]


def test_xais_searches_have_its_own_price_and_its_ticks_are_the_cost_that_it_states() -> None:
    usage = {"input_tokens": 1000, "output_tokens": 0, "total_tokens": 1000, "cost_in_usd_ticks": 37_756_000}
    output = [{"type": "web_search_call", "status": "completed"}, {"type": "x_search_call", "status": "completed"}]
    line = {"id": "x", "object": "response", "created_at": 1793952000, "model": "grok-4", "output": output}
    total = totals(imported(json.dumps({**line, "usage": usage})).rollup)
    assert total.cost_usd == pytest.approx(0.003 + 2 * 0.005)
    assert total.reported_usd == pytest.approx(0.0037756)
