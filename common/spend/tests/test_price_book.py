"""A customer's own prices: one date for all, discounts, negotiated prices, and files that say what is wrong."""

import json
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from common.spend.model import ServiceTier
from common.spend.prices import LIST_PRICES, Discount, PriceBook, Validity
from common.spend.prices.contract import ContractError, read_contract
from common.spend.prices.engine import NOON, Model, Rates
from common.spend.prices.names import find_by_name, resolve_sound
from common.spend.prices.overrides import overrides
from common.spend.tests.builders import imported

_DAY = date(2026, 11, 1)


def _model(name: str) -> Model:
    model = find_by_name(name)
    assert model is not None
    return model


def _usd(
    book: PriceBook, name: str, day: date = _DAY, tier: ServiceTier = "standard", provider: str | None = None
) -> tuple[float, ...]:
    """USD per million tokens by bucket, of a small request."""
    rates: Rates = book.rates(_model(name), day.toordinal(), NOON, tier, 1_000, provider=provider)
    return tuple(rate / 1_000_000 for rate in rates)


def _contract(**lists: list[dict[str, Any]]) -> PriceBook:
    return read_contract(json.dumps(lists))


def test_without_terms_each_request_pays_the_list_price_of_its_own_day() -> None:
    assert _usd(LIST_PRICES, "o3", date(2025, 6, 9))[0] == 10.0
    assert _usd(LIST_PRICES, "o3", date(2025, 6, 10))[0] == 2.0


def test_a_price_date_prices_every_request_at_that_day() -> None:
    book = PriceBook(price_date=date(2026, 11, 22))
    assert _usd(book, "o3", date(2025, 6, 9)) == _usd(LIST_PRICES, "o3", date(2026, 11, 22))


def test_batch_flex_and_priority_have_prices_of_their_own_from_the_first_day_that_is_known() -> None:
    batch, flex, priority = (_usd(LIST_PRICES, "gpt-5", tier=tier) for tier in ("batch", "flex", "priority"))
    assert (batch[0], flex[0], priority[0]) == (0.625, 0.625, 2.5)
    before = date(2026, 10, 11)
    known = [LIST_PRICES.knows_tier(_model("gpt-5"), "flex", day.toordinal()) for day in (before, date(2026, 10, 12))]
    assert known == [False, True]


def test_before_its_first_known_price_a_tier_costs_the_same_share_of_the_list_price() -> None:
    """https://platform.openai.com/docs/guides/batch: half of the list price since 2024."""
    shares: list[tuple[ServiceTier, float]] = [("batch", 0.5), ("priority", 2.0)]
    for tier, share in shares:
        own, listed = (_usd(LIST_PRICES, "gpt-5", date(2025, 9, 1), each) for each in (tier, "standard"))
        assert own == pytest.approx([share * usd for usd in listed])
    price_cut = [_usd(LIST_PRICES, "o3", date(2025, 6, day), "flex")[0] for day in (9, 10)]
    assert price_cut == pytest.approx([5.0, 1.0])


def test_a_tier_without_any_known_price_costs_the_list_price() -> None:
    assert _usd(LIST_PRICES, "gpt-4-turbo", tier="priority") == _usd(LIST_PRICES, "gpt-4-turbo")


def test_an_import_says_which_prices_are_from_before_their_first_known_day() -> None:
    head = "timestamp,model,prompt_tokens,completion_tokens,service_tier"
    early, late = (f"{day}T08:00:00Z,gpt-4o-mini,1000000,100000," for day in ("2026-08-01", "2026-11-01"))
    assert imported(f"{head}\n{early}\n{late}batch\n").notes == ()
    assert imported(f"{head}\n{early}batch\n{late}batch\n").notes == (
        (
            "The batch price is known for gpt-4o-mini from 2026-10-14 on: requests before that day were priced at the "
            "same share of the list price as on that day."
        ),
    )


def test_a_price_date_makes_later_tier_prices_known_for_earlier_requests() -> None:
    book = PriceBook(price_date=_DAY)
    assert book.knows_tier(_model("gpt-5"), "flex", date(2026, 1, 1).toordinal())
    assert _usd(book, "gpt-5", date(2026, 1, 1), "flex")[0] == 0.625


def test_priority_pays_the_standard_price_for_long_context_that_it_excludes() -> None:
    model = _model("gpt-5.4")
    day = _DAY.toordinal()
    assert LIST_PRICES.rates(model, day, 0, "priority", 272_001) == LIST_PRICES.rates(
        model, day, 0, "standard", 272_001
    )
    assert LIST_PRICES.rates(model, day, 0, "priority", 272_000)[0] == 5_000_000


def test_peak_prices_hold_on_weekdays_only_and_from_their_first_day() -> None:
    model = _model("deepseek-v4-pro")
    days = [date(2026, 8, 1), date(2026, 8, 18), date(2026, 8, 22), date(2026, 8, 23), date(2026, 11, 20)]
    peak = [model.rates(day.toordinal(), 120, tier="standard", input_tokens=1)[0] / 1e6 for day in days]
    quiet = [model.rates(day.toordinal(), NOON, tier="standard", input_tokens=1)[0] / 1e6 for day in days]
    assert peak == [0.435, 1.32, 1.32, 0.66, 1.32]
    assert quiet == [0.435, 0.66, 0.66, 0.66, 0.66]


def test_a_discount_lowers_every_bucket_of_all_tiers_between_its_days() -> None:
    term = {"provider": "OpenAI", "percent": 12.5, "from": "2026-11-01", "to": "2026-11-30"}
    book = _contract(discounts=[term])
    assert _usd(book, "gpt-4o") == (2.1875, 1.09375, 2.1875, 2.1875, 8.75, 8.75)
    assert _usd(book, "gpt-4o", tier="batch")[0] == 1.09375
    for outside in (date(2026, 10, 31), date(2026, 12, 1)):
        assert _usd(book, "gpt-4o", outside) == _usd(LIST_PRICES, "gpt-4o", outside)
    assert _usd(book, "claude-haiku-4-5") == _usd(LIST_PRICES, "claude-haiku-4-5")


def test_a_discount_of_a_cloud_counts_for_what_that_cloud_bills() -> None:
    book = _contract(discounts=[{"provider": "azure", "percent": 20}])
    assert _usd(book, "gpt-4o", provider="azure")[0] == 2.0
    assert _usd(book, "gpt-4o", provider="openai")[0] == 2.5


def test_a_discount_on_a_model_counts_instead_of_that_on_its_provider() -> None:
    book = _contract(discounts=[{"model": "gpt-4o", "percent": 10}, {"provider": "openai", "percent": 50}])
    assert _usd(book, "gpt-4o")[0] == 2.25
    assert _usd(book, "gpt-4o-mini")[0] == 0.075


def test_of_two_discounts_the_one_that_began_last_counts() -> None:
    older, newer = (
        Discount(percent=Decimal(percent), provider="openai", validity=Validity(first=first))
        for percent, first in ((50, date(2026, 1, 1)), (10, date(2026, 6, 1)))
    )
    assert _usd(PriceBook(discounts=(newer, older)), "gpt-4o")[0] == 2.25
    assert _usd(PriceBook(discounts=(newer, older)), "gpt-4o", date(2026, 5, 31))[0] == 1.25


def test_a_negotiated_price_replaces_the_buckets_that_it_names_in_its_tier() -> None:
    price = {"model": "gpt-4o", "usd_per_million_tokens": {"input": 1.8, "output": 7}}
    book = _contract(prices=[price], discounts=[{"provider": "openai", "percent": 50}])
    assert _usd(book, "gpt-4o") == (1.8, 0.625, 1.25, 1.25, 7.0, 7.0)
    assert _usd(book, "gpt-4o", tier="batch")[0] == 0.625


def test_terms_are_judged_at_the_price_date() -> None:
    text = json.dumps({"discounts": [{"provider": "openai", "percent": 50, "from": "2026-11-01"}]})
    assert _usd(read_contract(text, date(2026, 11, 22)), "gpt-4o", date(2026, 1, 1))[0] == 1.25


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("{", "This is not JSON: Expecting property name enclosed in double quotes in line 1, column 2."),
        ('{"discounts": [{"provider": "openai"}]}', "Discount 1, percent: this is missing."),
        ('{"discounts": [{"provider": "openai", "percent": 120}]}', "Discount 1, percent: Input should be less than"),
        ('{"discounts": [{"percent": 20}]}', "Discount 1: name a provider or a model."),
        ('{"discounts": [{"provider": "acme", "percent": 20}]}', "Discount 1: the provider 'acme' is not known."),
        ("[]", "The file: this must be an object, with the lists discounts and prices."),
        ('{"rebates": []}', "The file, rebates: this word is not known."),
        (
            '{"discounts": [{"model": "acme-llm-7b", "percent": 20}]}',
            "Discount 1: no list price is known for the model 'acme-llm-7b'; check its name.",
        ),
        (
            '{"prices": [{"model": "gpt-4o", "usd_per_million_tokens": {"prompt": 2}}]}',
            "Price 1, usd_per_million_tokens prompt: this word is not known.",
        ),
        ('{"prices": [{"model": "gpt-4o", "usd_per_million_tokens": {}}]}', "Price 1: give at least one rate."),
        (
            '{"prices": [{"model": "gpt-4o", "usd_per_million_tokens": {"input": 1}, "from": "soon"}]}',
            "Price 1, from: Input should be a valid date",
        ),
        (
            '{"discounts": [{"provider": "openai", "percent": 2, "from": "2026-02-01", "to": "2026-01-01"}]}',
            'Discount 1: "from" is after "to".',
        ),
    ],
)
def test_a_file_that_cannot_be_used_says_where_and_why(text: str, words: str) -> None:
    with pytest.raises(ContractError) as raised:
        read_contract(text)
    assert words in str(raised.value)


def test_all_faults_of_a_file_are_reported_at_once() -> None:
    with pytest.raises(ContractError) as raised:
        _contract(discounts=[{"provider": "acme", "percent": 5}, {"percent": 5}])
    assert str(raised.value).splitlines() == [
        "Discount 1: the provider 'acme' is not known.",
        "Discount 2: name a provider or a model.",
    ]


def test_every_override_names_a_page_and_the_day_on_which_it_was_read() -> None:
    for override in overrides():
        assert override["source"].startswith("https://")
        assert date.fromisoformat(override["read"])
        assert override["why"].endswith(".")


def test_a_model_that_only_we_know_is_priced() -> None:
    assert _usd(LIST_PRICES, "claude-mythos-5-1") == (10.0, 0.25, 12.5, 20.0, 50.0, 50.0)


@pytest.mark.parametrize(
    ("alias", "is_for_sound"), [(name, "sound" in each) for each in overrides() for name in each.get("aliases", ())]
)
def test_aliases_of_our_own_are_priced(alias: str, *, is_for_sound: bool) -> None:
    assert (find_by_name(alias) is None) == is_for_sound
    assert (resolve_sound(None, alias) is not None) == is_for_sound
