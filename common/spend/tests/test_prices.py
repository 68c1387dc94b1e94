"""The price engine agrees with genai-prices, which the snapshot was baked from."""

import json
from datetime import UTC, datetime
from importlib.metadata import version
from importlib.resources import files

import pytest
from genai_prices import Usage, calc_price
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from common.spend import UsageRow, cost_of_model_call, find_models, known_model, prices_as_of, totals
from common.spend.model import SERVICE_TIERS, ServiceTier
from common.spend.prices import engine
from common.spend.prices.bake import CONTEXTS, snapshot
from common.spend.prices.names import labelled_model, model_label, resolve
from common.spend.prices.overrides import overrides
from common.spend.tests.builders import EXCERPTS, imported, rollup_of

_BAKED = json.loads(files("common.spend.prices").joinpath("snapshot.json").read_text(encoding="utf-8"))
_SAME_VERSION = f"genai-prices {version('genai-prices')} " in _BAKED["source"]
_MODELS = [
    (p["id"], m["id"])
    for p in _BAKED["providers"]
    for m in p["models"]
    if engine.match_model(p["id"], m["id"].lower())  # the rest go by longer names than their id
    and not any(o["provider"] == p["id"] and m["id"] in o["models"] for o in overrides())
]
_PLAIN = ("gpt-4o", "gpt-4o-mini", "gpt-5.4", "claude-haiku-4-5", "gemini-2.5-pro", "gemini-2.5-flash")


@pytest.mark.skipif(not _SAME_VERSION, reason="genai-prices is newer than the snapshot: bake it again")
def test_the_snapshot_is_what_the_documented_command_bakes() -> None:
    assert snapshot(datetime.fromisoformat(_BAKED["as_of"]).date()) == _BAKED


@pytest.mark.skipif(not _SAME_VERSION, reason="genai-prices is newer than the snapshot: bake it again")
@settings(max_examples=500, deadline=None)
@given(
    pair=st.sampled_from(_MODELS),
    tier=st.sampled_from([tier for tier in SERVICE_TIERS if tier != "free"]),
    tokens=st.tuples(st.integers(1, 600_000), st.integers(0, 100_000), st.integers(0, 100_000)),
    at=st.datetimes(datetime(2023, 1, 1), datetime(2027, 3, 1)),  # noqa: DTZ001 - hypothesis takes naive bounds
)
def test_every_model_costs_what_genai_prices_says_in_every_tier_at_any_date(
    pair: tuple[str, str], tier: ServiceTier, tokens: tuple[int, int, int], at: datetime
) -> None:
    provider, name = pair
    uncached, cached, out = tokens
    model = engine.match_model(provider, name.lower())
    assert model is not None
    moment = at.replace(tzinfo=UTC)
    assume(model.tier_start(tier, moment.toordinal()) is None)  # before, ours is the known share: test_price_book.py
    usage = Usage(input_tokens=uncached + cached, cache_read_tokens=cached, output_tokens=out)
    theirs = calc_price(
        usage, name, provider_id=provider, genai_request_timestamp=moment, price_context=CONTEXTS.get(tier)
    )
    rates = model.rates(moment.toordinal(), moment.hour * 60 + moment.minute, tier=tier, input_tokens=uncached + cached)
    ours = (uncached * rates[0] + cached * rates[1] + out * rates[4]) / engine.PICO
    assert ours == pytest.approx(float(theirs.total_price), abs=1e-9)


@pytest.mark.parametrize("model", _PLAIN)
def test_requests_of_the_azure_trace_cost_what_genai_prices_says_one_by_one(model: str) -> None:
    data = (EXCERPTS / "azure_conv_400.csv").read_text(encoding="utf-8")
    oracle = 0.0
    for line in data.splitlines()[1:]:
        at, size, out = line.split(",")
        usage = Usage(input_tokens=int(size), output_tokens=int(out))
        moment = datetime.fromisoformat(at).replace(tzinfo=UTC)
        oracle += float(calc_price(usage, model, genai_request_timestamp=moment).total_price)
    assert totals(imported(data, model).rollup).cost_usd == pytest.approx(oracle, abs=1e-6)


def test_a_long_context_tier_is_a_cliff_per_request_and_not_per_sum() -> None:
    at = datetime(2026, 11, 1, tzinfo=UTC)
    small = [UsageRow(at, "google", "gemini-2.5-pro", 150_000) for _ in range(4)]
    large = [UsageRow(at, "google", "gemini-2.5-pro", 600_000)]
    edge = [UsageRow(at, "google", "gemini-2.5-pro", size) for size in (200_000, 200_001)]
    assert totals(rollup_of(small)).cost_usd == pytest.approx(0.75)
    assert totals(rollup_of(large)).cost_usd == pytest.approx(1.5)
    assert totals(rollup_of(edge)).cost_usd == pytest.approx((200_000 * 1.25 + 200_001 * 2.5) / 1e6, abs=1e-12)


def test_a_price_change_splits_a_month_at_its_day() -> None:
    before = UsageRow(datetime(2025, 6, 9, 23, tzinfo=UTC), "openai", "o3", 1_000_000)
    after = UsageRow(datetime(2025, 6, 10, tzinfo=UTC), "openai", "o3", 1_000_000)
    assert totals(rollup_of([before])).cost_usd == pytest.approx(10.0)
    assert totals(rollup_of([after])).cost_usd == pytest.approx(2.0)


def test_batch_requests_pay_the_batch_price_where_one_is_known() -> None:
    at = datetime(2026, 11, 1, tzinfo=UTC)
    batch = [
        UsageRow(at, p, m, 1_000_000, tier="batch")
        for p, m in (("openai", "gpt-4o"), ("groq", "llama-3.3-70b-versatile"))
    ]
    assert totals(rollup_of(batch)).cost_usd == pytest.approx(1.25 + 0.59)


def test_cache_writes_and_reads_have_rates_of_their_own() -> None:
    row = UsageRow(
        datetime(2026, 11, 1, tzinfo=UTC), "anthropic", "claude-haiku-4-5", 10**6, 10**6, 10**6, 10**6, 10**6, 10**6
    )
    assert totals(rollup_of([row])).cost_usd == pytest.approx(1 + 0.1 + 1.25 + 2 + 5 + 5)


def test_an_unknown_model_is_unpriced_and_never_free() -> None:
    result = totals(rollup_of([UsageRow(datetime(2026, 11, 1, tzinfo=UTC), "", "acme-llm-7b", 100)]))
    assert (result.unpriced_requests, result.unpriced_models, result.cost_usd) == (1, ("acme-llm-7b",), 0.0)


@pytest.mark.parametrize(
    ("name", "canonical"),
    [
        ("gpt-4o-2024-08-06", "gpt-4o"),
        ("GPT-4o", "gpt-4o"),
        ("openai/gpt-4o-mini", "gpt-4o-mini"),
        ("azure/gpt-4o", "gpt-4o"),
        ("anthropic/claude-haiku-4-5-20251001", "claude-haiku-4-5"),
        ("us.anthropic.claude-3-5-sonnet-20241022-v2:0", "claude-3-5-sonnet"),
        ("models/gemini-2.5-pro", "gemini-2.5-pro"),
        ("publishers/google/models/gemini-2.5-flash", "gemini-2.5-flash"),
        ("gpt-5.4-mini-20260317", "gpt-5.4-mini"),
        ("llama-3.3-70b-versatile", "llama-3.3-70b-versatile"),
        ("acme-llm-7b", None),
        ("my-own-gpt", None),
        ("", None),
    ],
)
def test_names_as_logs_write_them_are_known(name: str, canonical: str | None) -> None:
    assert known_model(name) == canonical


def test_a_model_at_another_host_is_priced_by_its_maker() -> None:
    model = resolve("azure", "gpt-4o")
    assert model is not None
    assert (model.provider, model.id) == ("openai", "gpt-4o")


def test_models_are_found_in_a_question_in_order_and_once() -> None:
    text = "Is GPT 4o worth it, or would gpt-4o mini or Claude Haiku 4.5 do? gpt-4o costs 30 % more than o3."
    assert find_models(text) == ["gpt-4o", "gpt-4o-mini", "claude-haiku-4-5", "o3"]


def test_a_question_without_models_names_none() -> None:
    assert find_models("Cut 20 % in 30 days, keep support-chat under 200 ms; users grow 30 %.") == []


def test_our_own_calls_are_priced_with_cached_input_inside_the_input() -> None:
    assert cost_of_model_call("gpt-4o", 1_000_000, 400_000, 100_000) == pytest.approx(0.6 * 2.5 + 0.4 * 1.25 + 1.0)


def test_our_own_calls_with_an_unknown_model_or_wrong_counts_are_refused() -> None:
    with pytest.raises(LookupError, match="acme"):
        cost_of_model_call("acme-llm-7b", 1, 0, 1)
    with pytest.raises(ValueError, match="impossible"):
        cost_of_model_call("gpt-4o", 1, 2, 1)


def test_the_snapshot_is_dated_and_small_as_every_cold_start_reads_it() -> None:
    path = files("common.spend.prices").joinpath("snapshot.json")
    assert len(path.read_bytes()) < 400_000
    assert datetime.fromisoformat(prices_as_of())


def test_the_label_of_every_model_names_that_model() -> None:
    wrong = [model for model in engine.all_models() if labelled_model(model_label(model.provider, model.id)) != model]
    assert wrong == []
