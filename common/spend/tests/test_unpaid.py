"""What no provider billed costs nothing, whatever its tokens, and no plan sells it."""

import json

import pytest

from common.spend import totals
from common.spend.ledger.traffic import traffic_of
from common.spend.logs.fields.statuses import Sense, is_refused, sense_of, status
from common.spend.model import Limits, Totals
from common.spend.opportunities import find_opportunities
from common.spend.opportunities.what_if import what_if
from common.spend.rollup.rollup import Rollup
from common.spend.tests.builders import imported

_HEAD = "timestamp,model,prompt_tokens,completion_tokens,status_code"
_AT = "2026-11-04T09:30:00Z"


def _of(head: str, *cells: str) -> Totals:
    return totals(imported("\n".join([head, *(f"{_AT},{line}" for line in cells), ""])).rollup)


@pytest.mark.parametrize("code", [400, 401, 403, 404, 413, 422, 429])
def test_a_refused_request_without_output_costs_nothing(code: int) -> None:
    result = _of(_HEAD, "gpt-4o,1000,100,200", f"gpt-4o,80000,0,{code}")
    assert [result.cost_usd, result.failed_cost_usd] == pytest.approx([0.0035, 0])
    assert (result.requests, result.failed_requests, result.input_tokens) == (2, 1, 1000)


@pytest.mark.parametrize("line", ["gpt-4o,1000,0,500", "gpt-4o,1000,0,timeout", "gpt-4o,1000,1,429"])
def test_other_failures_and_those_with_output_cost_what_they_took(line: str) -> None:
    assert _of(_HEAD, line).failed_cost_usd >= 0.0025


def test_where_a_log_has_a_word_and_a_code_the_code_says_what_failed() -> None:
    result = _of(_HEAD.replace("status_code", "status,status_code"), "gpt-4o,1000,0,failed,429")
    assert (result.failed_requests, result.cost_usd) == (1, 0)


def test_a_stated_cost_of_0_holds_on_a_failed_row_and_not_on_one_that_went_well() -> None:
    assert _of(f"{_HEAD},cost", "gpt-4o,1000,100,500,0").cost_usd == 0
    assert _of(f"{_HEAD},cost", "gpt-4o,1000,100,200,0").cost_usd == pytest.approx(0.0035)


def test_a_refused_request_that_was_billed_by_the_log_counts() -> None:
    assert _of(f"{_HEAD},cost", "gpt-4o,1000,0,400,0.0025").failed_cost_usd == pytest.approx(0.0025)


_STATED = f"{_HEAD},cost"


@pytest.mark.parametrize("model", ["gpt-4o", "acme-own"])
def test_tokens_of_a_failed_row_with_a_stated_cost_of_0_are_counted_and_cost_nothing(model: str) -> None:
    result = _of(_STATED, "gpt-4o,1000,100,200,", f"{model},900,90,500,0")
    assert (result.input_tokens, result.output_tokens, result.unpriced_requests) == (1900, 190, 0)
    assert [result.cost_usd, result.failed_cost_usd] == pytest.approx([0.0035, 0])


def test_tokens_of_a_refused_request_with_a_stated_cost_of_0_are_of_no_model() -> None:
    assert _of(_STATED, "gpt-4o,1000,0,429,0").input_tokens == 0


def test_columns_count_unpaid_requests_as_rows_do() -> None:
    lines = ["gpt-4o,1000,100,200,0.0035", "gpt-4o,900,90,500,0", "gpt-4o,800,0,429,0", "o3,70,7,timeout,0"] * 900
    result = _of(_STATED, *lines)
    assert (result.input_tokens, result.output_tokens) == (900 * 1970, 900 * 197)
    assert result.cost_usd == pytest.approx(900 * 0.0035)


def test_unpaid_requests_are_a_tier_of_their_own() -> None:
    rollup = imported(f"{_STATED},service_tier\n{_AT},gpt-4o,900,90,500,0,batch\n{_AT},gpt-4o,9,9,200,,batch\n").rollup
    assert sorted((key.tier, key.status) for key in rollup.cells) == [("batch", "ok"), ("free", "http 500")]


def _rollup(*, unpaid: bool) -> Rollup:
    """Requests with sessions, repeats and retries; `unpaid`: as many again that nobody paid."""
    head = "timestamp,model,prompt_tokens,completion_tokens,status,cost,session_id,prompt_hash,feature"
    at = "2026-11-{:02}T{:02}:{:02}:00Z"
    lines = [
        f"{at.format(1 + n % 28, n % 24, n % 60)},{model},{2000 + n},{50 + n},{state},{cost},s{n % 9},h{n % 50},chat"
        for n in range(600)
        for model, state, cost in (
            ("gpt-4o", "timeout" if n % 10 == 0 else "success", ""),
            *([("gpt-4o", "timeout", "0"), ("openai/gpt-4o:free", "success", "")] if unpaid else []),
        )
    ]
    return imported("\n".join([head, *lines, ""])).rollup


def test_no_opportunity_and_no_what_if_prices_what_was_not_paid() -> None:
    paid, both = _rollup(unpaid=False), _rollup(unpaid=True)
    assert totals(both).input_tokens == 3 * totals(paid).input_tokens
    assert totals(both).cost_usd == pytest.approx(totals(paid).cost_usd)
    known, found = (find_opportunities(rollup, Limits()) for rollup in (paid, both))
    assert found.baseline_usd == pytest.approx(known.baseline_usd)
    savings = {each.kind: each.savings_usd for each in found.opportunities}
    for kind in ("retry_waste", "batch", "right_sizing"):
        most = max(each.savings_usd for each in known.opportunities if each.kind == kind)
        assert max(each.savings_usd for each in found.opportunities if each.kind == kind) == pytest.approx(most)
    assert sum(savings.values()) > 0
    moved = [what_if(rollup, "gpt-4.1") for rollup in (paid, both)]
    assert moved[1].before_usd == pytest.approx(moved[0].before_usd)
    assert moved[1].after_usd == pytest.approx(moved[0].after_usd)


def test_the_ledger_measures_nothing_of_what_was_not_paid() -> None:
    sent = [traffic_of(_rollup(unpaid=unpaid), ["chat"])["chat"] for unpaid in (False, True)]
    assert {day: each.sent for day, each in sent[0].items()} == {day: each.sent for day, each in sent[1].items()}


def test_no_plan_sells_what_was_never_paid() -> None:
    lines = [f"{_AT},gpt-4o,900,90,200", *[f"{_AT},gpt-4o,70000,0,429"] * 400]
    rollup = imported("\n".join([_HEAD, *lines, ""])).rollup
    report = find_opportunities(rollup, Limits())
    assert report.baseline_usd < 0.01
    assert max(each.savings_usd for each in report.opportunities) < 0.01
    assert "retry_waste" not in {each.kind for each in report.opportunities}


@pytest.mark.parametrize(
    ("column", "value", "result"),
    [
        ("success", "false", "failed"),
        ("is_success", "0", "failed"),
        ("ok", "no", "failed"),
        ("success", "True", "ok"),
        ("ok", 1, "ok"),
        ("error", "true", "error"),
        ("failed", "yes", "error"),
        ("has_error", 1, "error"),
        ("error", False, "ok"),
        ("failed", "0", "ok"),
        ("error", "Timeout", "timeout"),
        ("error", "", "ok"),
        ("status", "1", "ok"),
        ("status", False, "failed"),
        ("status", "HTTP/1.1 429 Too Many Requests", "http 429"),
        ("status", "429.0", "http 429"),
        ("status", "200 OK", "ok"),
        ("error", {"type": "error", "code": 429, "message": "slow down"}, "http 429"),
        ("error", {"message": "bad key", "type": "authentication_error"}, "authentication_error"),
        ("error", {"message": "?"}, "error"),
        ("error", {}, "ok"),
        ("error", "Error code: 429 - {'error': {}}", "http 429"),
        ("error", '{"code": 429, "message": "Rate limit"}', "http 429"),
        ("error", '{"code": 429, "mess', "error"),
        ("error", "[]", "ok"),
        ("error", "{}", "ok"),
        ("error", '""', "ok"),
        ("error", "null", "ok"),
        ("error", "(null)", "ok"),
        ("level", "notice", "ok"),
        ("level", "Information", "ok"),
        ("level", "WARNING", "ok"),
        ("level", "trace", "ok"),
        ("level", "30", "ok"),
        ("level", "60", "60"),
        ("level", "ERROR", "error"),
        ("level", "Critical", "critical"),
        ("status", "warning", "warning"),
        ("status", "STATUS_CODE_UNSET", "ok"),
        ("status", "STATUS_CODE_ERROR", "status_code_error"),
        ("status", "tool-calls", "ok"),
        ("status", "normal", "ok"),
        ("status", "Processed", "ok"),
        ("status", "delivered", "ok"),
        ("status", "sent", "ok"),
        ("status", "passed", "ok"),
        ("status", "finish", "ok"),
        ("status", "cached", "ok"),
        ("status", "ready", "ok"),
        ("status", "streaming", "ok"),
        ("status", "active", "ok"),
        ("status", "inactive", "inactive"),
        ("status", "content_filter", "content_filter"),
        ("status", "cancelled", "cancelled"),
    ],
)
def test_flags_are_read_by_the_sense_of_their_column(column: str, value: object, result: str) -> None:
    assert status(value, sense_of(column)) == result
    row = {"timestamp": _AT, "model": "gpt-4o", "prompt_tokens": 1, "completion_tokens": 1, column: value}
    assert {key.status for key in imported(json.dumps(row)).rollup.cells} == {result}


def test_a_column_that_counts_failed_requests_is_no_flag_of_the_sum() -> None:
    head = "timestamp,model,prompt_tokens,completion_tokens,requests,failed"
    data = f"{head}\n2026-11-04T09:00:00Z,gpt-4o,1000,100,9,1\n"
    assert totals(imported(data).rollup).failed_requests == 0


@pytest.mark.parametrize("sense", ["good", "bad", ""])
def test_errors_of_providers_are_refusals_by_name_too(sense: Sense) -> None:
    names = (
        "RateLimitError",
        "litellm.RateLimitError: OpenAIException",
        "invalid_request_error",
        "AuthenticationError",
        "context_length_exceeded",
    )
    assert all(is_refused(status(name, sense)) for name in names)
    assert not any(is_refused(status(name, sense)) for name in ("timeout", "529", "overloaded_error", "500"))


def test_free_models_cost_nothing_and_are_not_unpriced() -> None:
    head = "timestamp,model,prompt_tokens,completion_tokens"
    result = _of(head, "deepseek/deepseek-r1:free,1000,100", "acme/own-model:free,1000,100")
    assert (result.cost_usd, result.unpriced_requests, result.requests, result.input_tokens) == (0, 0, 2, 2000)


@pytest.mark.parametrize("column", ["cached", "cache_hit", "cache_status"])
def test_answers_of_a_proxys_own_cache_cost_nothing(column: str) -> None:
    hit, miss = ("HIT", "MISS") if column == "cache_status" else ("true", "false")
    head = f"timestamp,model,prompt_tokens,completion_tokens,{column}"
    result = _of(head, f"gpt-4o,1000,100,{hit}", f"gpt-4o,1000,100,{miss}", f"acme-llm,1000,100,{hit}")
    assert [result.cost_usd, result.requests, result.unpriced_requests] == pytest.approx([0.0035, 3, 0])


@pytest.mark.parametrize("column", ["cache_hit", "is_cache_hit", "from_cache"])
@pytest.mark.parametrize("many", [1, 2_000])
def test_0_and_1_are_flags_in_a_column_of_hits(column: str, many: int) -> None:
    head = f"timestamp,model,prompt_tokens,completion_tokens,{column}"
    result = _of(head, *["gpt-4o,1000,100,0", "gpt-4o,1000,100,1", "gpt-4o,1000,100,512"] * many)
    assert (result.tokens["cache_read"], result.tokens["in_uncached"]) == (512 * many, 1488 * many)
    row = {"timestamp": _AT, "model": "gpt-4o", "prompt_tokens": 1000, "completion_tokens": 100}
    lines = [json.dumps(row | {column: hit}) for hit in (0, 1, 0)] * many
    assert totals(imported("\n".join(lines)).rollup).cost_usd == pytest.approx(0.007 * many)


def test_1_is_a_token_in_a_column_of_cached_tokens() -> None:
    result = _of("timestamp,model,prompt_tokens,completion_tokens,cached_tokens", "gpt-4o,1000,100,1")
    assert result.tokens["cache_read"] == 1


@pytest.mark.parametrize(
    ("hit", "word", "usd"),
    [("True", "success", 0), ("1", "success", 0), ("False", "failure", 0), ("False", "success", 0.0035)],
)
def test_litellms_hits_and_failures_cost_nothing(hit: str, word: str, usd: float) -> None:
    row = {
        "request_id": "a", "spend": 0, "startTime": _AT, "prompt_tokens": 1000, "completion_tokens": 100,
        "model": "gpt-4o", "cache_hit": hit, "status": word,
    }  # fmt: skip
    assert totals(imported(json.dumps(row)).rollup).cost_usd == pytest.approx(usd)


@pytest.mark.parametrize(("own", "usd"), [("0", 0.0), ("0.0035", 0.0035), ("", 0.0035)])
def test_what_openrouter_charges_is_what_was_paid(own: str, usd: float) -> None:
    row = {
        "generation_id": "g", "created_at": _AT, "model_permaslug": "openai/gpt-4o", "tokens_prompt": 1000,
        "tokens_completion": 100, "cost_total": 0, "byok_usage_inference": own,
    }  # fmt: skip
    assert totals(imported(json.dumps(row)).rollup).cost_usd == pytest.approx(usd)
