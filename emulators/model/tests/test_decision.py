"""What the local model says and calls, without a server."""

import json
from typing import Any

import pytest

from emulators.model.conversation import read_conversation
from emulators.model.decision import DraftReply, decide
from emulators.model.request import SERVED_MODELS, WireError, read_request

CALLS = [
    {"tool": "cost_by_model", "arguments": {"top": 5}, "purpose": "See what each model costs you."},
    {"tool": "latency", "arguments": {}, "purpose": "GPT response times"},
    {"tool": "not_offered", "arguments": {}, "purpose": "Nothing"},
]


def brief(**changes: Any) -> dict[str, Any]:
    document = {"agent": "data", "write": "summary", "question": "Where does my money go?", **changes}
    return {"type": "message", "role": "user", "content": [{"type": "input_text", "text": json.dumps(document)}]}


def correction(*figures: str) -> dict[str, Any]:
    text = json.dumps({"correct": "Leave out what the data does not support.", "unsupported": figures})
    return {"type": "message", "role": "user", "content": [{"type": "input_text", "text": text}]}


def round_trip(tool: str, arguments: dict[str, Any], output: dict[str, Any]) -> list[dict[str, Any]]:
    return [
        {"type": "function_call", "call_id": tool, "name": tool, "arguments": json.dumps(arguments)},
        {"type": "function_call_output", "call_id": tool, "output": json.dumps(output)},
    ]


def draft(items: list[dict[str, Any]], *, seed: int = 0, **changes: Any) -> DraftReply:
    names = ("cost_by_model", "latency")
    tools = [{"type": "function", "name": name, "parameters": {"type": "object"}} for name in names]
    body = {"model": SERVED_MODELS[0], "instructions": "Be good.", "input": items, "tools": tools, **changes}
    request = read_request(json.dumps(body).encode(), seed)
    return decide(request, read_conversation(request), seed)


def test_all_suggested_calls_whose_tool_is_offered_are_made_after_one_short_sentence() -> None:
    first = draft([brief(suggested_calls=CALLS)])
    assert [call.tool for call in first.calls] == ["cost_by_model", "latency"]
    assert json.loads(first.calls[0].arguments) == {"top": 5, "purpose": "See what each model costs you."}
    assert first.text.endswith(": see what each model costs you; GPT response times.")


def test_a_call_that_was_made_is_not_made_again() -> None:
    made = round_trip("cost_by_model", {"purpose": "See what each model costs you.", "top": 5}, {"statements": []})
    assert [call.tool for call in draft([brief(suggested_calls=CALLS), *made]).calls] == ["latency"]


def test_tool_choice_and_parallel_tool_calls_are_honoured() -> None:
    assert draft([brief(suggested_calls=CALLS)], tool_choice="none").calls == ()
    assert len(draft([brief(suggested_calls=CALLS)], parallel_tool_calls=False).calls) == 1


def test_a_summary_takes_the_first_finding_of_each_tool_and_at_most_three_sentences() -> None:
    outputs = [
        *round_trip("cost_by_model", {}, {"statements": ["All cost 9.50 USD.", "gpt-4o is first.", "Fourth."]}),
        *round_trip("latency", {}, {"statements": ["p50 is 120 ms."]}),
    ]
    assert draft([brief(), *outputs]).text == "All cost 9.50 USD. p50 is 120 ms. gpt-4o is first."


def test_a_failed_tool_is_reported_honestly() -> None:
    outputs = round_trip("latency", {}, {"error": "The log has no response times."})
    assert draft([brief(), *outputs]).text == "Something could not be found out: The log has no response times."


def test_a_summary_without_tools_rests_on_what_was_found() -> None:
    results = {"statements": ["All cost 9.50 USD."]}
    assert draft([brief(results=results)]).text == "All cost 9.50 USD."


def test_a_correction_takes_out_the_sentences_that_it_names_and_nothing_else() -> None:
    results = {"statements": ["You spend {f1}.", "Half of it, {f2}, can go.", "{n1} cost {f3}."]}
    text = draft([brief(results=results), correction("Half of it, {f2}, can go.", "{f3}")]).text
    assert text == "You spend {f1}."


def test_an_unsupported_figure_is_not_found_inside_a_longer_one() -> None:
    text = draft([brief(results={"statements": ["It is 12.3 %.", "It is 2.3 %."]}), correction("2.3 %")]).text
    assert text == "It is 12.3 %."


def test_a_summary_whose_every_sentence_was_refused_says_so() -> None:
    text = draft([brief(results={"statements": ["It is 2.3 %."]}), correction("2.3 %")]).text
    assert text == "I leave this out, because your data does not support it."


@pytest.mark.parametrize(
    ("question", "words"),
    [
        ("Hi!", "Hello! I am Apex"),
        ("good morning", "Hello! I am Apex"),
        ("Thanks a lot", "You are welcome"),
        ("what can you do?", "I find, prove and help you capture savings"),
        ("Hey, what is prompt caching?", "Prompt caching means"),
        ("What's the difference between batch and flex?", "A batch API takes"),
        ("Who won the world cup?", "usage log"),
    ],
)
def test_a_reply_is_short_friendly_and_free_of_figures(question: str, words: str) -> None:
    text = draft([{"role": "user", "content": question}]).text
    assert words in text
    assert not any(character.isdigit() for character in text)


def test_two_terms_are_explained_in_the_order_of_the_question() -> None:
    text = draft([{"role": "user", "content": "flex or batch processing?"}]).text
    assert text.index("Flex processing serves") < text.index("A batch API takes")


def test_without_a_brief_it_answers_in_plain_words() -> None:
    assert draft([{"role": "user", "content": "What is a token?"}]).text.startswith("A token is a piece of a word.")


def test_the_same_request_gives_the_same_reply_and_the_seed_changes_only_words() -> None:
    items = [brief(suggested_calls=CALLS)]
    assert draft(items) == draft(items)
    drafts = [draft(items, seed=seed) for seed in range(8)]
    assert len({one.text for one in drafts}) > 1
    assert len({one.calls for one in drafts}) == 1


def test_a_brief_that_breaks_the_contract_is_refused_by_name() -> None:
    with pytest.raises(WireError, match="breaks its contract") as refusal:
        draft([brief(write="poem")])
    assert refusal.value.status == 400
