"""Texts of the spend library as sentences: their numbers are facts, and names in them are shown as names."""

from common.figures.quoted import quoted, title_of


def test_each_number_that_a_text_states_is_a_figure_of_its_sentence() -> None:
    sentence = quoted("Prompts under 1,024 tokens are never cached; batch is 50 % cheaper", "rule")
    assert [(said.text, said.fact.value, said.fact.unit) for said in sentence.figures] == [
        ("1,024 tokens", 1024, "tokens"),
        ("50 %", 50, "pct"),
    ]
    assert {said.fact.name for said in sentence.figures} == {"rule"}


def test_a_text_ends_with_one_point_and_a_title_without() -> None:
    assert [quoted(text, "x").text for text in ("Wait", "Wait.", "Why?")] == ["Wait.", "Wait.", "Why?"]
    assert title_of("Move it.", "x").text == "Move it"


def test_digits_of_a_name_state_no_number() -> None:
    sentence = quoted("Send 10 % of summary 2 to it", "rule", ["summary 2"])
    assert sentence.text == "Send 10 % of `summary 2` to it."
    assert [said.text for said in sentence.figures] == ["10 %"]


def test_a_name_that_looks_like_a_link_is_shown_as_a_name() -> None:
    name = "[Reset your key](https://evil.example)"
    assert quoted(f"Cache the input of {name}", "x", [name]).text == f"Cache the input of `{name}`."


def test_of_two_names_the_longer_one_is_shown_whole() -> None:
    assert quoted("Move gpt-4o-mini", "x", ["gpt-4o", "gpt-4o-mini"]).text == "Move `gpt-4o-mini`."
