"""Names of models as editors, clouds, consoles and gateways write them, each with where it is published.

The list was written from those sources, and none of it from our price list. "unknown": no model, or one whose price is
another than that of the model in its name (fast modes).
"""

import csv
from pathlib import Path
from typing import NamedTuple

import pytest

from common.spend.prices.names import resolve

_LIST = Path(__file__).with_name("excerpts") / "model_names.csv"


class _Written(NamedTuple):
    """A name, where it is written so, and the id of the model that it means."""

    name: str
    source: str
    model: str


NAMES = [_Written(*row) for row in csv.reader(_LIST.read_text(encoding="utf-8").splitlines()[1:])]


@pytest.mark.parametrize("written", NAMES, ids=[written.name for written in NAMES])
def test_a_published_name_means_its_model(written: _Written) -> None:
    model = resolve(None, written.name)
    assert (model.id if model else "unknown") == written.model


def test_the_list_is_long_and_every_name_has_a_source() -> None:
    assert len({written.name for written in NAMES}) == len(NAMES) >= 200
    assert all(written.source for written in NAMES)


@pytest.mark.parametrize("provider", ["openai", "azure", "cursor", "openrouter"])
def test_a_host_changes_no_meaning(provider: str) -> None:
    model = resolve(provider, "gpt-5-high")
    assert model is not None
    assert (model.provider, model.id) == ("openai", "gpt-5")


@pytest.mark.parametrize("model", ["claude-opus-4-6", "claude-opus-4-8", "claude-4.5-opus-high-thinking", "gpt-5.1"])
def test_a_fast_mode_is_not_priced_as_its_model(model: str) -> None:
    assert resolve(None, model) is not None
    assert [resolve(None, f"{model}-fast"), resolve(None, f"anthropic/{model}-fast")] == [None, None]


@pytest.mark.parametrize(
    "name", ["deepseek-r1", "deepseek-r1:latest", "deepseek-r1:8b", "deepseek-r1-distill-llama-70b"]
)
def test_what_ollama_runs_under_the_name_of_r1_has_no_price(name: str) -> None:
    """Its deepseek-r1 without a tag is the distilled 8B: https://ollama.com/library/deepseek-r1."""
    assert resolve("ollama", name) is None


def test_a_host_that_sells_a_distilled_model_has_its_price() -> None:
    model = resolve("groq", "deepseek-r1-distill-llama-70b")
    assert model is not None
    assert (model.provider, model.id) == ("groq", "deepseek-r1-distill-llama-70b")


@pytest.mark.parametrize(
    ("name", "provider"),
    [("bedrock:us.anthropic.claude-sonnet-4-5-20250929-v1:0", "anthropic"), ("groq:llama-3.3-70b-versatile", "groq")],
)
def test_a_frameworks_prefix_says_whose_price_it_is(name: str, provider: str) -> None:
    model = resolve(None, name)
    assert model is not None
    assert model.provider == provider
