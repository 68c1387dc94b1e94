"""The Gemini adapter's pure parts: what the service may send that neither the local model nor a recording does."""

import json
from pathlib import Path
from typing import Any

import pytest
from google.auth.exceptions import RefreshError, TransportError
from google.genai.types import GenerateContentResponse

from common.errors import ConfigurationError
from common.llm.gemini_errors import credentials_failure
from common.llm.gemini_model import open_gemini_model
from common.llm.gemini_reply import GeminiStream
from common.llm.gemini_request import ALONE, OF_NEXT, configuration, contents
from common.llm.port import (
    ModelMisbehavedError,
    ModelRejectedError,
    ModelReply,
    ModelRequest,
    ModelUnavailableError,
    message_item,
)
from tests.unit.llm.replay import replayed
from tests.unit.llm.wires import COSTS, DELAYS, ask

REQUEST = ModelRequest(instructions="Be good.", items=(), tools=(COSTS, DELAYS))
USAGE = {"promptTokenCount": 50, "candidatesTokenCount": 5, "thoughtsTokenCount": 25, "cachedContentTokenCount": 20}


def chunk(*parts: dict[str, Any], finish: str | None = None, usage: dict[str, Any] | None = None) -> dict[str, Any]:
    candidate = {"content": {"role": "model", "parts": list(parts)}, "finishReason": finish}
    return {"candidates": [candidate], "usageMetadata": usage, "modelVersion": "gemini-3.8-flash"}


def end(finish: str = "STOP") -> dict[str, Any]:
    return chunk(finish=finish, usage=USAGE)


def read(*chunks: dict[str, Any]) -> tuple[ModelReply, list[str]]:
    stream = GeminiStream("gemini")
    deltas = [text for one in chunks for text in stream.take(GenerateContentResponse.model_validate(one))]
    return stream.reply(REQUEST), deltas


def called(name: str, call_id: str | None = None, **arguments: Any) -> dict[str, Any]:
    return {"functionCall": {"name": name, "args": arguments, "id": call_id}}


def test_usage_holds_the_model_that_answered_cached_tokens_and_thoughts_which_are_output() -> None:
    usage = read(chunk({"text": "Done."}), end())[0].usage
    assert (usage.model, usage.input_tokens, usage.cache_read_tokens) == ("gemini-3.8-flash", 50, 20)
    assert (usage.output_tokens, usage.reasoning_tokens) == (30, 25)


def test_a_later_chunk_without_counts_takes_none_away() -> None:
    assert read(chunk({"text": "Done."}), end(), chunk(usage={"trafficType": "ON_DEMAND"}))[0].usage.input_tokens == 50


def test_a_reply_without_usage_is_misbehaviour_because_its_cost_is_unknown() -> None:
    with pytest.raises(ModelMisbehavedError, match="usage"):
        read(chunk({"text": "Done."}, finish="STOP"))


def test_thoughts_are_neither_shown_nor_kept_but_for_their_signature() -> None:
    thought = {"text": "Let me see.", "thought": True}
    reply, deltas = read(chunk(thought, {**thought, "thoughtSignature": "c2lnMQ=="}, {"text": "Done."}), end())
    assert (reply.text, deltas) == ("Done.", ["Done."])
    assert "Let me see." not in json.dumps(reply.items)
    (content,) = contents(reply.items)
    assert content["parts"] == [{"text": "", "thought_signature": b"sig1"}, {"text": "Done."}]


def test_calls_keep_the_provider_s_ids_and_get_unique_ones_where_it_gives_none() -> None:
    reply, _ = read(chunk(called("costs", "given"), called("costs"), called("costs")), end())
    first, second, third = [call.call_id for call in reply.calls]
    assert first == "given"
    assert len({first, second, third}) == 3


def test_all_that_a_reply_holds_goes_back_in_its_order_with_its_signatures() -> None:
    parts = [
        {"text": "I look."},
        {**called("costs", purpose="a"), "thoughtSignature": "c2lnMQ=="},
        called("delays", purpose="b"),
        {"text": "", "thoughtSignature": "c2lnMg=="},
    ]
    reply, _ = read(*(chunk(part) for part in parts), end())
    assert [item.get("id") for item in reply.items if item["type"] == "reasoning"] == [OF_NEXT, ALONE]
    assert json.loads(json.dumps(reply.items)) == list(reply.items)
    (content,) = contents(reply.items)
    assert content == {
        "role": "model",
        "parts": [
            {"text": "I look."},
            {"function_call": {"name": "costs", "args": {"purpose": "a"}}, "thought_signature": b"sig1"},
            {"function_call": {"name": "delays", "args": {"purpose": "b"}}},
            {"text": "", "thought_signature": b"sig2"},
        ],
    }


def test_a_signature_of_a_piece_of_text_does_not_move_to_the_text_after_it() -> None:
    signed = {"text": "First. ", "thoughtSignature": "c2lnMQ=="}
    reply, _ = read(chunk(signed), chunk({"text": "Then."}), end())
    assert reply.text == "First. Then."
    (content,) = contents(reply.items)
    assert content["parts"] == [{"text": "First. ", "thought_signature": b"sig1"}, {"text": "Then."}]


def test_results_of_tools_are_one_content_apart_from_what_the_customer_says() -> None:
    calls = [
        {"type": "function_call", "call_id": name, "name": name, "arguments": "{}"} for name in ("costs", "delays")
    ]
    outputs = [
        {"type": "function_call_output", "call_id": "costs", "output": '{"usd": 3}'},
        {"type": "function_call_output", "call_id": "delays", "output": "nothing"},
    ]
    sent = contents([message_item("Why?"), *calls, *outputs, message_item("In short.")])
    assert [(content["role"], len(content["parts"])) for content in sent] == [
        ("user", 1),
        ("model", 2),
        ("user", 2),
        ("user", 1),
    ]
    responses = [part["function_response"] for part in sent[2]["parts"]]
    assert responses == [
        {"name": "costs", "response": {"usd": 3}},
        {"name": "delays", "response": {"output": "nothing"}},
    ]


@pytest.mark.parametrize(
    ("finish", "words"),
    [
        ("SAFETY", "refusal"),
        ("RECITATION", "refusal"),
        ("PROHIBITED_CONTENT", "refusal"),
        ("MODEL_ARMOR", "refusal"),
        ("MAX_TOKENS", "max_output_tokens"),
        ("MALFORMED_FUNCTION_CALL", "call of a tool"),
        ("UNEXPECTED_TOOL_CALL", "call of a tool"),
        ("OTHER", r"ended early \(OTHER\)"),
    ],
)
def test_a_reply_that_did_not_stop_by_itself_is_misbehaviour_with_its_cost(finish: str, words: str) -> None:
    with pytest.raises(ModelMisbehavedError, match=words) as failure:
        read(chunk({"text": "Half a"}), end(finish))
    assert failure.value.usage is not None
    assert failure.value.usage.output_tokens == 30


def test_a_blocked_question_has_its_cost_where_it_is_counted() -> None:
    blocked = {"promptFeedback": {"blockReason": "SAFETY"}, "usageMetadata": {"promptTokenCount": 50}}
    with pytest.raises(ModelMisbehavedError, match="refusal") as failure:
        read(blocked)
    assert failure.value.usage is not None
    assert (failure.value.usage.input_tokens, failure.value.usage.output_tokens) == (50, 0)


async def test_a_reply_that_could_be_continued_is_not() -> None:
    body = {**end("CONTINUATION"), "responseId": "r"}
    body["candidates"][0]["continuationToken"] = "bmV4dA=="
    async with replayed(f"data: {json.dumps(body)}\r\n\r\n".encode()) as replay:
        model = open_gemini_model(base_url=replay.url, project="p", location="global", model="gemini", timeout_s=2)
        with pytest.raises(ModelMisbehavedError, match="CONTINUATION"):
            await ask(model, ModelRequest(instructions="", items=(message_item("Go on."),)))
        await model.close()
    assert len(replay.bodies) == 1


def test_a_stream_without_a_reason_to_finish_is_unavailable() -> None:
    with pytest.raises(ModelUnavailableError, match="ended before"):
        read(chunk({"text": "Half a"}, usage=USAGE))


def test_the_stable_prefix_is_the_same_for_every_conversation() -> None:
    first, second = [
        configuration(ModelRequest(instructions="Be good.", items=(message_item(text),), tools=(COSTS,)))
        for text in ("one", "two")
    ]
    assert json.dumps(first) == json.dumps(second)


def test_no_token_is_unavailable_only_where_a_second_try_may_help() -> None:
    away = TransportError("reset", retryable=True)  # type: ignore[no-untyped-call]
    may_not = RefreshError("invalid_grant")  # type: ignore[no-untyped-call]
    assert isinstance(credentials_failure(away), ModelUnavailableError)
    assert isinstance(credentials_failure(may_not), ModelRejectedError)


def test_vertex_without_credentials_stops_the_start(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("GOOGLE_APPLICATION_CREDENTIALS", str(tmp_path / "missing.json"))
    with pytest.raises(ConfigurationError, match=r"roles/aiplatform\.user"):
        open_gemini_model(base_url=None, project="p", location="global", model="m", timeout_s=1)
