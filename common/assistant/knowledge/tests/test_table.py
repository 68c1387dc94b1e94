"""The table of facts: its texts, its sources, and which questions reach which entry."""

import re
from collections import Counter
from datetime import date, timedelta

import pytest

from common.assistant.knowledge.check import due_facts
from common.assistant.knowledge.matching import facts_for, nearest_titles
from common.assistant.knowledge.table import KnownFact, known_facts
from common.figures.mentions import find_mentions

_REGISTRIES = ("pypi.org", "npmjs", "proxy.golang", "crates.io", "registry.", "rubygems", "maven")


def test_the_table_holds_at_least_45_facts_each_with_an_id_of_its_own() -> None:
    ids = Counter(known.id for known in known_facts())
    assert len(ids) >= 45
    assert max(ids.values()) == 1


@pytest.mark.parametrize("entry", known_facts(), ids=lambda entry: str(entry.id))
def test_every_number_of_a_text_is_one_of_its_figures_and_every_figure_is_in_it(entry: KnownFact) -> None:
    assert set(re.findall(r"\{(\w+)\}", entry.text)) == set(entry.numbers)
    sentence = entry.sentence()
    shown = [figure.text for figure in sentence.figures]
    stated = [mention.text for mention in find_mentions(sentence.text, entry.names)]
    assert [text for text in stated if not any(text in figure or figure in text for figure in shown)] == []


@pytest.mark.parametrize("entry", known_facts(), ids=lambda entry: str(entry.id))
def test_a_fact_has_a_public_page_or_says_that_it_is_from_memory(entry: KnownFact) -> None:
    assert entry.from_memory != bool(re.fullmatch(r"https://[^\s?#]+", entry.page))
    assert not any(host in entry.page for host in _REGISTRIES)


@pytest.mark.parametrize("entry", known_facts(), ids=lambda entry: str(entry.id))
def test_a_fact_is_reached_by_its_id_and_by_each_of_its_own_words(entry: KnownFact) -> None:
    assert facts_for(entry.id) == [entry]
    missed = [words for words in entry.words if entry not in facts_for(f"{entry.provider or ''} {words}")[:4]]
    assert missed == []


@pytest.mark.parametrize(
    ("question", "first"),
    [
        ("What is KV caching?", "kv_cache"),
        ("how does prompt caching work", "prompt_cache"),
        ("What discount does the Batch API of OpenAI give?", "openai_batch"),
        ("how long does Claude's cache live", "anthropic_cache_life"),
        ("What is a token?", "token"),
        ("Are reasoning tokens billed?", "reasoning_tokens"),
        ("when is gpt-4o shut down", "openai_retirement"),
        ("is gemini 2.5 flash being retired?", "google_retirement"),
        ("Should we self-host Llama on our own GPUs?", "self_hosting"),
        ("what drives the cost of RAG?", "rag"),
        ("What is the difference between a KV cache and a prompt cache?", "kv_cache"),
        ("what do tool definitions cost in function calling?", "function_calling"),
        ("quantization", "quantisation"),
    ],
)
def test_a_question_reaches_the_fact_that_answers_it(question: str, first: str) -> None:
    assert facts_for(question)[0].id == first


@pytest.mark.parametrize("question", ["best pizza in Rome", "kubernetes", "what is a transformer", ""])
def test_what_the_table_does_not_hold_reaches_no_fact_but_titles_nearby(question: str) -> None:
    assert facts_for(question) == []
    assert len(nearest_titles(question)) == 3


@pytest.mark.parametrize(
    ("question", "provider"),
    [("prompt caching at Anthropic", "anthropic"), ("minimum prompt length of the cache at Gemini", "google")],
)
def test_no_fact_of_another_provider_than_the_named_one_is_given(question: str, provider: str) -> None:
    providers = {entry.provider for entry in facts_for(question)}
    assert provider in providers
    assert providers <= {provider, None}


def test_a_fact_is_due_on_the_day_after_its_due_date_and_not_on_it() -> None:
    known = next(known for known in known_facts() if known.id == "openai_cache")
    assert known not in due_facts(known.due)
    assert known in due_facts(known.due + timedelta(days=1))


def test_what_is_from_memory_is_always_on_the_list_of_those_to_look_up() -> None:
    assert "failed_requests" in {known.id for known in due_facts(date(2000, 1, 1))}
