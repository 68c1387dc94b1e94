"""No figure survives that no tool gave."""

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from common.contract.answer import Fact, Unit
from common.figures.format import figure
from common.figures.grounding import Ground, SourcedFact, check, clean
from common.figures.mentions import find_mentions

GROUND = Ground(
    facts=(
        SourcedFact(Fact(name="target", value=30, unit="pct"), 1),
        SourcedFact(Fact(name="total cost", value=96.791325, unit="usd"), 5),
        SourcedFact(Fact(name="requests", value=19366, unit="requests"), 5),
        SourcedFact(Fact(name="input tokens", value=22361870, unit="tokens"), 5),
        SourcedFact(Fact(name="p95 latency of search", value=812.4, unit="ms"), 7),
        SourcedFact(Fact(name="savings of the plan", value=33.336, unit="usd"), 9),
        SourcedFact(Fact(name="features", value=6, unit="count"), 5),
    ),
    names=("summary v2", "user 77"),
)


@pytest.mark.parametrize(
    ("text", "source"),
    [
        ("You spent 96.79 USD.", 5),
        ("You spent about 97 USD.", 5),
        ("You spent $96.8.", 5),
        ("You spent **96.79** USD.", 5),
        ("roughly 100 USD", 5),
        ("over 96 USD", 5),
        ("19.4k requests", 5),
        ("19,366 requests", 5),
        ("22.4 million tokens", 5),
        ("22.36M input tokens", 5),
        ("812 ms", 7),
        ("0.8 s", 7),
        ("30 percent", 1),
        ("thirty percent", 1),
        ("saves $33.34", 9),
        ("-33.34 USD", 9),
        ("6 features", 5),
        ("| cost | 96.79 |", 5),
    ],
)
def test_rounded_and_scaled_figures_find_their_fact(text: str, source: int) -> None:
    checked = check(text, GROUND)
    assert not checked.unsupported
    assert [found.source for found in checked.figures] == [source]
    assert all(found.text in text for found in checked.figures)


@pytest.mark.parametrize(
    "text",
    [
        "You spent 96.78 USD.",
        "You spent 97.5 USD.",
        "You spent 96.79 EUR.",
        "That is 31 %.",
        "about 110 USD",
        "19,367 requests",
        "96.79 %",
        "30 USD",
        "19,366 tokens",
        "22.5 million tokens",
        "saves half of your bill",
        "saves fifty percent",
        "ten times as much: tenfold",
        "in 12 ms",
        "\uff19\uff19 %",
        "`99 %`",
        "step 99 %",
        "gpt-4 99 %",
        "summary v2 saves 99 %",
        "save-99 %",
        "cut in half",
        "three hundred dollars",
        "USD99",
    ],
)
def test_invented_figures_are_found_in_every_dress(text: str) -> None:
    assert check(text, GROUND).unsupported


def test_the_value_of_a_figure_is_the_fact_itself() -> None:
    (found,) = check("about 97 USD", GROUND).figures
    assert (found.text, found.value, found.unit) == ("97 USD", 96.791325, "usd")


def test_of_equal_facts_the_one_that_the_sentence_speaks_of_is_the_source() -> None:
    facts = (
        SourcedFact(Fact(name="share of search", value=12.0, unit="pct"), 3),
        SourcedFact(Fact(name="share of checkout", value=12.0, unit="pct"), 4),
    )
    (found,) = check("The checkout takes 12 %.", Ground(facts, ())).figures
    assert found.source == 4


def test_only_the_sentence_with_the_invented_figure_goes() -> None:
    cleaned = clean("You spent 96.79 USD. It would be 12.50 USD elsewhere. The target is 30 %.", GROUND)
    assert cleaned.text == "You spent 96.79 USD. The target is 30 %."
    assert cleaned.removed == ("It would be 12.50 USD elsewhere.",)


def test_markdown_keeps_its_shape() -> None:
    text = (
        "## Bill\n\n- You spent **96.79 USD**.\n- You waste 55 USD.\n\n"
        "| model | cost |\n|---|---|\n| gpt-4o | 96.79 USD |\n| gpt-4o-mini | 11 USD |\n\n"
        "## Gone\n\nIt costs 5 USD.\n\n```\n# saves 44 USD\n```\n"
    )
    assert clean(text, GROUND).text == (
        "## Bill\n\n- You spent **96.79 USD**.\n\n"
        "| model | cost |\n|---|---|\n| gpt-4o | 96.79 USD |\n| gpt-4o-mini | \u2013 |"
    )


def test_code_without_amounts_stays() -> None:
    text = "Set `max_tokens=500`:\n\n```python\nclient.create(max_tokens=500)\n```"
    assert clean(text, GROUND).text == text


def test_names_of_the_customer_are_no_figures() -> None:
    assert check("summary v2 and user 77 cost most.", GROUND) == check("", GROUND)


UNITS: tuple[Unit, ...] = ("usd", "pct", "tokens", "ms", "requests", "count")
WORDS = st.sampled_from(
    ["saves", "about", "gpt-4o", "**", "`", "|", "\n- ", "\n## ", "over", "of", "step", "to", ".", " and "]
)
NUMBERS = st.builds(figure, st.floats(min_value=1e-4, max_value=1e8), st.sampled_from(UNITS))


@settings(max_examples=300, deadline=None)
@given(st.lists(st.one_of(WORDS, NUMBERS, st.text(max_size=6)), max_size=25).map(" ".join))
def test_after_cleaning_every_number_has_a_fact(text: str) -> None:
    cleaned = clean(text, GROUND)
    assert not check(cleaned.text, GROUND).unsupported
    carried = {figure.text for figure in cleaned.figures}
    assert {mention.text for mention in find_mentions(cleaned.text, GROUND.names)} <= carried
    assert all(found.text in cleaned.text for found in cleaned.figures)
    assert {found.value for found in cleaned.figures} <= {sourced.fact.value for sourced in GROUND.facts}


_LONGEST_S = 3.0


@pytest.mark.parametrize(
    "text", ["1" * 8000, "1," * 4000, "a-" * 4000, "5 of your the all " * 400, "`" * 8000, "30 % " * 1500]
)
@pytest.mark.timeout(30)
def test_no_text_takes_long_to_check(text: str) -> None:
    before = time.process_time()  # of this process alone: a busy machine does not count
    assert not check(clean(text, GROUND).text, GROUND).unsupported
    assert time.process_time() - before < _LONGEST_S
