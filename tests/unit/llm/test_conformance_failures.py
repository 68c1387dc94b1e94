"""Every way in which a provider can fail, and the port's error for it, for every adapter."""

import asyncio
import json
import time
from dataclasses import replace

import pytest

from common.llm.port import (
    ModelMisbehavedError,
    ModelRejectedError,
    ModelRequest,
    ModelUnavailableError,
    OutputSchema,
)
from emulators.model.tests.server_process import model_process
from tests.unit.llm.wires import CALL, WIRES, Bench, Wire, ask, brief

SENTENCE = "This sentence is long enough for a stream of several deltas, each of a few words."
RESULTS = {"statements": [SENTENCE]}


async def test_a_rate_limit_is_unavailable_with_the_provider_s_delay(bench: Bench) -> None:
    await bench.fault("rate_limit", "fail 429", seconds=7)
    with pytest.raises(ModelUnavailableError, match="429") as failure:
        await ask(bench.model, bench.request("fail 429"))
    assert failure.value.retry_after_s == 7.0
    assert failure.value.__cause__ is not None


async def test_a_server_error_is_unavailable_and_not_tried_again(bench: Bench) -> None:
    await bench.fault("server_error", "fail 500")
    with pytest.raises(ModelUnavailableError, match="500") as failure:
        await ask(bench.model, bench.request("fail 500"))
    assert failure.value.retry_after_s is None
    assert await bench.endings("fail 500") == {"refused": 1}


async def test_a_cut_stream_is_unavailable_after_what_came_was_shown_and_the_next_call_works(bench: Bench) -> None:
    await bench.fault("cut_stream", "fail cut")
    deltas: list[str] = []

    async def on_text(delta: str) -> None:
        deltas.append(delta)

    with pytest.raises(ModelUnavailableError, match="connection") as failure:
        await bench.model.respond(bench.request("fail cut", results=RESULTS), on_text)
    assert failure.value.__cause__ is not None
    assert deltas
    assert (await ask(bench.model, bench.request("fail cut", results=RESULTS)))[0].text == SENTENCE


@pytest.mark.parametrize("wire", WIRES, ids=lambda wire: wire.name)
async def test_a_server_killed_in_mid_stream_is_unavailable(wire: Wire) -> None:
    with model_process("--latency-ms", "50") as (url, process):
        model = wire.open(url, wire.model, 5.0)

        async def kill(_delta: str) -> None:
            process.kill()

        sent = ModelRequest(instructions="", items=(brief("killed", results=RESULTS),))
        with pytest.raises(ModelUnavailableError, match="connection"):
            await model.respond(sent, kill)
        await model.close()


@pytest.mark.parametrize("kind", ["failed", "error_event"])
async def test_a_failure_reported_in_the_stream_is_unavailable(bench: Bench, kind: str) -> None:
    await bench.fault(kind, f"fail {kind}")
    with pytest.raises(ModelUnavailableError):
        await ask(bench.model, bench.request(f"fail {kind}", results=RESULTS))


async def test_a_silent_stream_is_given_up_before_the_whole_time_is_over(bench: Bench) -> None:
    hasty = bench.hasty(0.6)
    await bench.fault("silence", "fail silent", seconds=5)
    with pytest.raises(ModelUnavailableError, match=r"silent for 0.3 s") as failure:  # not: "longer than 0.6 s"
        await ask(hasty, bench.request("fail silent", results=RESULTS))
    assert isinstance(failure.value.__cause__, TimeoutError)
    await hasty.close()


async def test_a_slow_reply_ends_at_the_timeout_although_events_keep_coming(bench: Bench) -> None:
    hasty = bench.hasty(0.6)
    await bench.fault("slow", "fail slow", seconds=2)
    with pytest.raises(ModelUnavailableError, match=r"longer than 0.6 s"):
        await ask(
            hasty, bench.request("fail slow", results={"statements": [SENTENCE.replace("deltas", "deltas " * 40)]})
        )
    await hasty.close()


async def test_a_request_s_own_timeout_goes_before_the_model_s(bench: Bench) -> None:
    await bench.fault("silence", "late", seconds=5)
    began = time.monotonic()
    with pytest.raises(ModelUnavailableError, match=r"0.4 s"):
        await ask(bench.model, replace(bench.reading("late", draft={"measure": "cost", "top": 1}), timeout_s=0.4))
    assert time.monotonic() - began < 2


async def test_a_slow_reply_within_the_timeout_is_a_good_one(bench: Bench) -> None:
    await bench.fault("slow", "just slow", seconds=0.4)
    began = time.monotonic()
    reply, _ = await ask(bench.model, bench.request("just slow", results=RESULTS))
    assert reply.text == SENTENCE
    assert time.monotonic() - began > 0.35


@pytest.mark.parametrize("wire", WIRES, ids=lambda wire: wire.name)
async def test_an_unreachable_provider_is_unavailable(wire: Wire) -> None:
    nowhere = wire.open("http://127.0.0.1:9", wire.model, 2.0)
    with pytest.raises(ModelUnavailableError, match="connection") as failure:
        await ask(nowhere, ModelRequest(instructions="", items=(brief("nowhere"),)))
    assert failure.value.__cause__ is not None
    await nowhere.close()


async def test_a_model_that_does_not_exist_is_rejected(bench: Bench) -> None:
    wrong = bench.wire.open(bench.url, "nobody-has-this", 2.0)
    with pytest.raises(ModelRejectedError, match="404"):
        await ask(wrong, bench.request("no such model"))
    await wrong.close()


async def test_a_request_that_the_provider_cannot_use_is_rejected(bench: Bench) -> None:
    await bench.fault("refused", "bad request")
    with pytest.raises(ModelRejectedError, match="400"):
        await ask(bench.model, bench.request("bad request"))


@pytest.mark.parametrize(
    ("kind", "words"),
    [
        ("bad_json", "arguments of costs are not valid JSON|The call of a tool cannot be read"),
        ("unknown_tool", "There is no tool 'consult_oracle'. Call one of: costs, delays."),
        ("empty", "The reply is empty"),
        ("refusal", "The reply is a refusal"),
    ],
)
async def test_an_unusable_reply_is_misbehaviour_in_words_for_the_model_and_with_its_cost(
    bench: Bench, kind: str, words: str
) -> None:
    await bench.fault(kind, f"misbehave {kind}")
    with pytest.raises(ModelMisbehavedError, match=words) as failure:
        await ask(bench.model, bench.request(f"misbehave {kind}", suggested_calls=[CALL]))
    assert failure.value.usage is not None
    assert failure.value.usage.input_tokens > 0


@pytest.mark.parametrize(
    ("kind", "words"),
    [("bad_json", "The reply is not valid JSON"), ("refusal", "refusal"), ("empty", "The reply is empty")],
)
async def test_a_structured_reply_that_is_none_is_misbehaviour(bench: Bench, kind: str, words: str) -> None:
    await bench.fault(kind, f"no reading {kind}")
    with pytest.raises(ModelMisbehavedError, match=words) as failure:
        await ask(bench.model, bench.reading(f"no reading {kind}", draft={"measure": "cost", "top": 3}))
    assert failure.value.usage is not None


@pytest.mark.parametrize("text", ["[1, 2]", '"cost"', "Here it is: {}"])
async def test_a_structured_reply_that_is_no_object_is_misbehaviour(bench: Bench, text: str) -> None:
    await bench.script(f"no object {text}", text)
    with pytest.raises(ModelMisbehavedError, match="JSON"):
        await ask(bench.model, bench.reading(f"no object {text}"))


async def test_a_reply_cut_short_by_its_limit_is_misbehaviour(bench: Bench) -> None:
    sent = replace(bench.request("too long", results=RESULTS), max_output_tokens=4)
    with pytest.raises(ModelMisbehavedError, match="max_output_tokens") as failure:
        await ask(bench.model, sent)
    assert failure.value.usage is not None
    assert failure.value.usage.output_tokens == 4


async def test_a_structured_reply_cut_short_by_its_limit_is_misbehaviour(bench: Bench) -> None:
    sent = replace(bench.reading("long reading", draft={"measure": "cost", "top": 3}), max_output_tokens=4)
    with pytest.raises(ModelMisbehavedError, match="max_output_tokens"):
        await ask(bench.model, sent)


async def test_a_call_that_was_offered_only_earlier_is_misbehaviour(bench: Bench) -> None:
    await bench.fault("unknown_tool", "nothing offered")
    with pytest.raises(ModelMisbehavedError, match="There is no tool"):
        await ask(bench.model, bench.request("nothing offered", results=RESULTS))


async def test_a_reply_that_hangs_up_without_an_end_is_unavailable(bench: Bench, unused_tcp_port: int) -> None:
    """A proxy may end a stream in good order that its server did not."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\nconnection: close\r\n\r\n")
        await writer.drain()
        writer.close()

    async with await asyncio.start_server(serve, "127.0.0.1", unused_tcp_port):
        model = bench.wire.open(f"http://127.0.0.1:{unused_tcp_port}", bench.wire.model, 2.0)
        with pytest.raises(ModelUnavailableError, match="ended before its reply was complete"):
            await ask(model, bench.request("hung up"))
        await model.close()


async def test_a_stream_that_is_no_json_is_unavailable(bench: Bench, unused_tcp_port: int) -> None:
    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\nconnection: close\r\n\r\n")
        writer.write(f"data: {json.dumps({'a': 1})[:4]}\n\n".encode())
        await writer.drain()
        writer.close()

    async with await asyncio.start_server(serve, "127.0.0.1", unused_tcp_port):
        model = bench.wire.open(f"http://127.0.0.1:{unused_tcp_port}", bench.wire.model, 2.0)
        with pytest.raises(ModelUnavailableError, match="cannot be read"):
            await ask(model, bench.request("garbled"))
        await model.close()


async def test_a_schema_that_no_provider_takes_is_rejected(bench: Bench) -> None:
    loose = OutputSchema(name="loose", json_schema={"type": "object", "properties": {"measure": {"type": "string"}}})
    with pytest.raises(ModelRejectedError, match="additionalProperties"):
        await ask(bench.model, replace(bench.reading("loose"), schema=loose))
