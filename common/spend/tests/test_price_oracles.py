"""Request by request, two independent price lists agree with ours; where one does not, the reason stands here."""

from datetime import date

import pytest

from common.spend.prices import PriceBook
from common.spend.prices.engine import PICO, Model
from common.spend.prices.names import find_by_name
from common.spend.tests.builders import EXCERPTS
from common.spend.tests.price_oracles import (
    AT,
    SHAPES,
    Shape,
    compared_models,
    genai,
    litellm,
    ours,
    possible,
    trace_lengths,
)

_PRIORITY_UNKNOWN = (
    "Google says 75 to 100 % more than the standard price and no figure that we could read, so that we price it as "
    "standard and say so (knows_tier): https://ai.google.dev/gemini-api/docs/optimization"
)
_LARGE_4 = (
    "0.70 and 2.10 USD since 2026-10-29; litellm has the launch promotion, 0.68 and 2.09, which ended on 2026-10-19: "
    "https://docs.mistral.ai/inference/pricing and https://docs.mistral.ai/resources/changelogs"
)
_SEARCH = (
    "genai-prices, which reads it there, finds no cached and no batch price of this model: "
    "https://developers.openai.com/api/docs/pricing"
)
DIFFERENCES = {
    ("openai/gpt-4o-search-preview", "cached"): _SEARCH,
    ("openai/gpt-4o-search-preview", "batch"): _SEARCH,
    ("openai/gpt-5-nano", "priority"): (
        "Priority is not offered for it; litellm has the price of gpt-5: https://openai.com/api-priority-processing/"
    ),
    ("openai/gpt-5.6-cyber", "long"): (
        "The page names no long-context price of this model: https://developers.openai.com/api/docs/pricing"
    ),
    **{
        (f"anthropic/{name}", "batch"): (
            "We have its standard price only from the page, and price batch so until the batch price is read there: "
            "https://platform.claude.com/docs/en/about-claude/pricing"
        )
        for name in ("claude-mythos-5", "claude-mythos-5-1")
    },
    ("google/gemini-robotics-er-2-preview", "batch"): (
        "No page of Google that we could read offers it in batch: https://ai.google.dev/gemini-api/docs/pricing"
    ),
    ("google/gemini-3.5-flash", "flex"): (
        "Half of 0.15 USD is 0.075 for cached input; litellm rounds it to 0.08: "
        "https://ai.google.dev/gemini-api/docs/flex-inference"
    ),
    **{("mistral/mistral-large-4", shape): _LARGE_4 for shape in ("small", "cached", "long", "reasoning")},
    ("mistral/mistral-tiny", "cached"): (
        "genai-prices, which reads it there, finds no cached price of this model of 2023: https://mistral.ai/pricing/api"
    ),
    ("groq/openai/gpt-oss-safeguard-20b", "cached"): (
        "Cached input is half of 0.075 USD, 0.0375; litellm cuts it to 0.037: https://console.groq.com/docs/prompt-caching"
    ),
    ("moonshotai/kimi-k3", "cache write"): (
        "Writes for an hour cost 6 USD since 2026-10-15; litellm has no price of writing: "
        "https://platform.kimi.ai/docs/pricing/chat-k3"
    ),
    **{
        (f"google/gemini-{name}", "priority"): _PRIORITY_UNKNOWN
        for name in (
            "2.5-flash", "2.5-flash-lite", "2.5-pro", "3-flash-preview", "3.1-flash-lite", "3.1-pro-preview",
            "3.5-flash", "3.5-flash-lite", "3.6-flash", "3.7-flash", "3.8-flash", "4-argon",
        )
    },
}  # fmt: skip
"""(model, shape) of each cell in which litellm or genai-prices has another cost than we, and why ours is right.

Sources are vendors' pages: read on 2026-11-23, or cited for the price by genai-prices 0.2.3 in its price comments.
"""

_PLAIN = ("gpt-4o", "gpt-4o-mini", "gpt-5.4", "claude-haiku-4-5", "gemini-2.5-pro", "gemini-2.5-flash")
_CORE = ("small", "cached", "cache write", "long", "reasoning", "batch")


def _cells() -> dict[tuple[str, str], tuple[Model, Shape]]:
    """Cells of which at least one oracle knows the cost."""
    return {
        (f"{model.provider}/{model.id}", name): (model, shape)
        for model in compared_models()
        for name, shape in SHAPES.items()
        if possible(model, shape) and (genai(model, shape) is not None or litellm(model, shape) is not None)
    }


def _differs(model: Model, shape: Shape) -> bool:
    costs = [cost for cost in (genai(model, shape), litellm(model, shape)) if cost is not None]
    return any(cost != pytest.approx(ours(model, shape), rel=1e-9) for cost in costs)


def test_every_difference_from_an_oracle_is_listed_with_its_source() -> None:
    assert {cell for cell, request in _cells().items() if _differs(*request)} == set(DIFFERENCES)


def test_at_most_three_per_cent_of_the_cells_differ() -> None:
    cells = [cell for cell in _cells() if cell[1] in _CORE]
    assert len(compared_models()) >= 60
    assert len(cells) >= 5 * 60
    assert sum(cell in DIFFERENCES for cell in cells) <= 0.03 * len(cells)


def test_a_tier_whose_price_is_not_known_costs_the_list_price() -> None:
    unknown = [(m, s) for m, s in _cells().values() if not m.knows_tier(s.tier, AT.toordinal())]
    assert unknown
    assert all(ours(model, shape) == ours(model, Shape("standard", shape.tokens)) for model, shape in unknown)


@pytest.mark.parametrize("name", _PLAIN)
@pytest.mark.parametrize("trace", ["azure_conv_400.csv", "mooncake_296.jsonl"])
def test_requests_of_real_traces_cost_at_a_price_date_what_genai_prices_says_one_by_one(trace: str, name: str) -> None:
    model = find_by_name(name)
    assert model is not None
    book = PriceBook(price_date=AT.date())
    our_usd = their_usd = 0.0
    for size, out in trace_lengths(EXCERPTS / trace):
        rates = book.rates(model, date(2023, 11, 16).toordinal(), 0, "standard", size)
        our_usd += (size * rates[0] + out * rates[4]) / PICO
        shape = Shape("standard", (size, 0, 0, 0, out, 0))
        their_usd += genai(model, shape) or 0.0
    assert our_usd > 0
    assert our_usd == pytest.approx(their_usd, abs=1e-6)
