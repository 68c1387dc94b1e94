"""Which numbers a text states."""

import time

import pytest

from common.figures.mentions import find_mentions


def read(text: str, names: tuple[str, ...] = ()) -> list[tuple[str, float, str | None]]:
    return [(m.text, round(m.readings[0].value, 6), m.readings[0].unit) for m in find_mentions(text, names)]


@pytest.mark.parametrize(
    ("text", "value", "unit"),
    [
        ("96.79 USD", 96.79, "usd"),
        ("$96.8", 96.8, "usd"),
        ("USD 12", 12, "usd"),
        ("US$1.2 million", 1_200_000, "usd"),
        ("42 cents", 0.42, "usd"),
        ("forty-two dollars", 42, "usd"),
        ("96.79&nbsp;USD", 96.79, "usd"),
        ("12.3 %", 12.3, "pct"),
        ("50-percent", 50, "pct"),
        ("fifty percent", 50, "pct"),
        ("half of your bill", 50, "pct"),
        ("two thirds of the spend", 66.666667, "pct"),
        ("\u00bd", 50, "pct"),
        ("22.4 million tokens", 22_400_000, "tokens"),
        ("22.4M input tokens", 22_400_000, "tokens"),
        ("half a million tokens", 500_000, "tokens"),
        ("1.5e6 tokens", 1_500_000, "tokens"),
        ("1.2k requests", 1200, "requests"),
        ("19\u202f366 requests", 19366, "requests"),
        ("5 failed requests", 5, "requests"),
        ("0.8 s", 800, "ms"),
        ("820ms", 820, "ms"),
        ("58 minutes", 3_480_000, "ms"),
        ("2x", 2, "count"),
        ("twice as much", 2, "count"),
        ("7", 7, None),
        ("\u20ac5", 5, "foreign"),
        ("-5 USD", -5, "usd"),
        ("\u0661\u0662 USD", 12, "usd"),
    ],
)
def test_a_number_is_read_in_its_base_unit(text: str, value: float, unit: str | None) -> None:
    ((said, *reading),) = read(text)
    assert text.startswith(said)
    assert reading == [value, unit]


@pytest.mark.parametrize(
    "text",
    [
        "gpt-4o-2024-08-06, GPT 4o, Claude 3.5 Sonnet, claude-haiku-4-5, o3-mini, Llama 3 70B, Gemini 2.5 Pro",
        "on 2023-11-16 18:15 and Nov 16, 2023",
        "16 November 2023",
        "1. Step one\n2) Step two",
        "- 3. Third",
        "p95, the 95th, 1st, 24/7",
        "step 2 and option 1, #3",
        "set `max_tokens=500` and ```\nx = 5\n```",
        "per 1M tokens, per 1,000 requests",
        "first half of the day, half an hour",
        "v2, 4o, 3rd",
        "https://example.com/page/12345",
    ],
)
def test_what_states_no_figure_is_left_out(text: str) -> None:
    assert read(text) == []


@pytest.mark.parametrize(
    ("text", "stated"),
    [
        ("gpt-4 30 %", ["30 %"]),
        ("On Claude 40 % of it", ["40 %"]),
        ("save-50 % and sub-200 ms", ["50 %", "200 ms"]),
        ("step 40 %", ["40 %"]),
        ("May 30 % be saved", ["30 %"]),
        ("`saves 40 %`", ["40 %"]),
        ("`9000`", ["9000"]),
        ("**96.79** USD", ["96.79"]),
        ("**12 %**", ["12 %"]),
        ("12 of 19,366 requests", ["12", "19,366 requests"]),
    ],
)
def test_disguises_do_not_hide_a_figure(text: str, stated: list[str]) -> None:
    assert [mention.text for mention in find_mentions(text)] == stated


def test_the_first_number_of_a_range_has_the_unit_of_the_second() -> None:
    assert read("10 to 20 %") == [("10", 10, "pct"), ("20 %", 20, "pct")]
    assert read("between 1 and 2 seconds") == [("1", 1000, "ms"), ("2 seconds", 2000, "ms")]


def test_names_with_digits_state_nothing_but_their_neighbours_do() -> None:
    assert read("team 42 saves 42 %", ("team 42",)) == [("42 %", 42, "pct")]
    assert read("user 1234 costs 5 USD", ("1234",)) == [("5 USD", 5, "usd")]
    assert read("it costs 1234 USD", ("1234",)) == [("1234 USD", 1234, "usd")]


def test_a_mention_is_an_exact_part_of_its_text() -> None:
    text = "You spent **$1,234.56** on 22.4M tokens, about 12 %."
    assert all(text[m.start : m.end] == m.text for m in find_mentions(text))


def test_words_of_approximation_widen_the_tolerance() -> None:
    exact, loose = find_mentions("100 USD")[0].readings[0], find_mentions("about 100 USD")[0].readings[0]
    assert exact.tolerance == pytest.approx(0.5)
    assert loose.tolerance == pytest.approx(5)


_LONGEST_S = 3.0


@pytest.mark.parametrize(
    "text", ["1" * 8000, "1," * 4000, "a-" * 4000, "5 of your the all " * 400, "`" * 8000, "30 % " * 1500]
)
@pytest.mark.timeout(30)
def test_no_text_takes_long_to_read(text: str) -> None:
    before = time.process_time()  # of this process alone: a busy machine does not count
    find_mentions(text)
    assert time.process_time() - before < _LONGEST_S
