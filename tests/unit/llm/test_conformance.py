"""What every adapter gives its callers when all goes well: text, calls, transcript, structured output, usage."""

import asyncio
import gc
import json
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from common.llm.port import ModelRequest, ModelUsage
from tests.unit.llm.wires import CALL, COSTS, OTHER_CALL, Bench, ask, brief, output

FINDINGS = ["gpt-4o costs 96.79 USD.", "It is used for chat."]
RESULTS = {"statements": FINDINGS}


async def test_text_comes_in_several_deltas_that_add_up_to_the_reply(bench: Bench) -> None:
    reply, deltas = await ask(bench.model, bench.request("text deltas", results=RESULTS))
    assert reply.text == "gpt-4o costs 96.79 USD. It is used for chat."
    assert "".join(deltas) == reply.text
    assert len(deltas) > 1
    assert reply.calls == ()


async def test_a_tool_round_trip_takes_two_calls(bench: Bench) -> None:
    sent = bench.request("round trip", suggested_calls=[CALL])
    first, thought = await ask(bench.model, sent)
    assert first.text == "".join(thought) != ""
    assert [(call.tool, call.arguments) for call in first.calls] == [("costs", {"purpose": "See what costs most"})]

    items = (*sent.items, *first.items, output(first.calls[0].call_id, statements=FINDINGS))
    second, _ = await ask(bench.model, replace(sent, items=items))
    assert (second.text, second.calls) == ("gpt-4o costs 96.79 USD. It is used for chat.", ())


async def test_several_calls_of_one_reply_keep_their_order_and_each_gets_its_result(bench: Bench) -> None:
    sent = bench.request("several calls", suggested_calls=[CALL, OTHER_CALL])
    first, _ = await ask(bench.model, sent)
    assert [call.tool for call in first.calls] == ["costs", "delays"]
    assert len({call.call_id for call in first.calls}) == 2

    outputs = [output(call.call_id, statements=[f"Found by {call.tool}."]) for call in first.calls]
    second, _ = await ask(bench.model, replace(sent, items=(*sent.items, *first.items, *outputs)))
    assert second.text == "Found by costs. Found by delays."


async def test_calls_of_two_replies_go_back_with_all_that_belongs_to_them(bench: Bench) -> None:
    sent = bench.request("two rounds", suggested_calls=[CALL])
    first, _ = await ask(bench.model, sent)
    again = {**CALL, "purpose": "See it once more"}
    opening = brief(bench.question("two rounds"), suggested_calls=[CALL, again])
    items = [opening, *first.items, output(first.calls[0].call_id, statements=FINDINGS)]
    second, _ = await ask(bench.model, replace(sent, items=tuple(items)))
    assert second.calls[0].arguments == {"purpose": "See it once more"}
    assert second.calls[0].call_id != first.calls[0].call_id

    items += [*second.items, output(second.calls[0].call_id, statements=["It is the same."])]
    third, _ = await ask(bench.model, replace(sent, items=tuple(items)))
    assert "It is the same." in third.text


async def test_a_correction_after_a_text_is_read_as_the_next_turn(bench: Bench) -> None:
    await bench.fault("made_up_number", "invented")
    sent = bench.request("invented", results=RESULTS)
    first, _ = await ask(bench.model, sent)
    assert first.text.endswith("All in all that is 48,613.27 USD, or 37.94 % of the total.")
    correction = {"type": "message", "role": "user", "content": '{"correct": "", "unsupported": ["48,613.27 USD"]}'}
    second, _ = await ask(bench.model, replace(sent, items=(*sent.items, *first.items, correction)))
    assert second.text == "gpt-4o costs 96.79 USD. It is used for chat."


async def test_transcript_items_are_plain_json(bench: Bench) -> None:
    reply, _ = await ask(bench.model, bench.request("items", suggested_calls=[CALL]))
    assert json.loads(json.dumps(reply.items)) == list(reply.items)
    kinds = [item["type"] for item in reply.items if item["type"] != "reasoning"]
    assert kinds == ["message", "function_call"]


async def test_a_reply_in_a_schema_is_one_json_object(bench: Bench) -> None:
    draft = {"measure": "cost", "top": 3}
    reply, deltas = await ask(bench.model, bench.reading("a draft", draft=draft))
    assert json.loads(reply.text) == draft
    assert "".join(deltas) == reply.text
    assert reply.usage.output_tokens > 0


async def test_a_test_plans_the_structured_replies_to_a_question(bench: Bench) -> None:
    await bench.script("planned", {"measure": "requests", "top": None}, times=2)
    sent = bench.reading("planned", draft={"measure": "cost", "top": 3})
    replies = [json.loads((await ask(bench.model, sent))[0].text)["measure"] for _ in range(3)]
    assert replies == ["requests", "requests", "cost"]


async def test_usage_says_what_was_read_from_the_provider_s_cache(bench: Bench) -> None:
    rules = f"Stable rules of the usage test on {bench.wire.name}. " * 150
    sent = ModelRequest(instructions=rules, items=(brief(bench.question("usage")),), tools=(COSTS,))
    first, second = [(await ask(bench.model, sent))[0].usage for _ in range(2)]
    assert first.cache_read_tokens == 0
    assert 1024 < second.cache_read_tokens < second.input_tokens
    assert (second.model, second.reasoning_tokens) == (bench.wire.model, 0)


async def test_usage_is_that_of_the_reply(bench: Bench) -> None:
    reply, _ = await ask(bench.model, bench.request("usage exact", results={"statements": ["Four chars a token."]}))
    counted = ModelUsage(
        model=bench.wire.model, input_tokens=0, cache_read_tokens=0, output_tokens=5, reasoning_tokens=0
    )
    assert replace(reply.usage, input_tokens=0) == counted
    assert reply.usage.input_tokens > 40


async def test_twenty_conversations_at_once_get_their_own_answers(bench: Bench) -> None:
    sent = [bench.request(f"many {n}", results={"statements": [f"Finding number {n}."]}) for n in range(20)]
    replies = await asyncio.gather(*(ask(bench.model, one) for one in sent))
    assert [reply.text for reply, _ in replies] == [f"Finding number {n}." for n in range(20)]


@pytest.fixture
def no_collection() -> Iterator[None]:
    """No garbage collector closes what an adapter left open."""
    gc.disable()
    yield
    gc.enable()


@pytest.mark.usefixtures("no_collection")
async def test_a_cancelled_call_closes_its_stream_at_the_server(bench: Bench) -> None:
    await bench.fault("silence", "cancel me", seconds=30)
    begun = asyncio.Event()

    async def on_text(_delta: str) -> None:
        begun.set()

    call = asyncio.create_task(bench.model.respond(bench.request("cancel me", results=RESULTS), on_text))
    await begun.wait()
    call.cancel()
    await asyncio.wait([call])
    assert call.cancelled()
    assert await _all_ended(bench, "cancel me") == {"disconnected": 1}


@pytest.mark.usefixtures("no_collection")
async def test_an_error_of_the_listener_passes_unchanged_and_closes_the_stream(bench: Bench) -> None:
    await bench.fault("silence", "listener", seconds=20)

    async def on_text(_delta: str) -> None:
        raise KeyError("lease lost")

    with pytest.raises(KeyError, match="lease lost"):
        await bench.model.respond(bench.request("listener", results=RESULTS), on_text)
    assert await _all_ended(bench, "listener") == {"disconnected": 1}


async def _all_ended(bench: Bench, text: str) -> dict[str, int]:
    """How the replies ended, once none is open any more."""
    async with asyncio.timeout(2):
        while "open" in (endings := await bench.endings(text)):
            await asyncio.sleep(0.01)
    return endings


def test_no_sdk_is_loaded_before_a_model_is_opened() -> None:
    adapters = "common.llm.openai_model, common.llm.own_server_model, common.llm.gemini_model"
    code = f"import sys, {adapters}; sys.exit('openai' in sys.modules or 'google.genai' in sys.modules)"
    root = Path(__file__).parents[3]
    assert subprocess.run([sys.executable, "-c", code], cwd=root, check=False).returncode == 0  # noqa: S603 - our own code
