"""The wire protocol of the running server, as bytes."""

import json
import time
from typing import Any

import httpx
from openai import AsyncOpenAI

from emulators.model.request import SERVED_MODELS
from emulators.model.tests.server_process import model_server

MODEL = SERVED_MODELS[0]
TOOL = {"type": "function", "name": "costs", "parameters": {"type": "object"}, "strict": True}


def ask(question: str, **changes: Any) -> dict[str, Any]:
    call = {"tool": "costs", "arguments": {"top": 3}, "purpose": "See what costs most"}
    brief = {"agent": "data", "write": "summary", "question": question, "suggested_calls": [call]}
    return {"model": MODEL, "input": json.dumps(brief), "tools": [TOOL], **changes}


async def events_of(http: httpx.AsyncClient, body: dict[str, Any]) -> list[dict[str, Any]]:
    reply = await http.post("/v1/responses", json={**body, "stream": True})
    assert reply.headers["content-type"].startswith("text/event-stream")
    blocks = [block.split("\n") for block in reply.text.strip().split("\n\n")]
    events: list[dict[str, Any]] = [json.loads(data.removeprefix("data: ")) for _, data in blocks]
    assert [name.removeprefix("event: ") for name, _ in blocks] == [event["type"] for event in events]
    return events


async def test_a_stream_has_the_provider_s_events_in_order_numbered_without_gap(http: httpx.AsyncClient) -> None:
    events = await events_of(http, ask("wire order"))
    assert [event["sequence_number"] for event in events] == list(range(len(events)))
    kinds = [event["type"].removeprefix("response.") for event in events]
    assert list(dict.fromkeys(kinds)) == [
        "created",
        "in_progress",
        "output_item.added",
        "content_part.added",
        "output_text.delta",
        "output_text.done",
        "content_part.done",
        "output_item.done",
        "function_call_arguments.delta",
        "function_call_arguments.done",
        "completed",
    ]
    assert kinds.count("output_text.delta") > 1


async def test_deltas_add_up_to_the_final_object(http: httpx.AsyncClient) -> None:
    events = await events_of(http, ask("wire deltas"))
    message, call = events[-1]["response"]["output"]
    text = "".join(event["delta"] for event in events if event["type"] == "response.output_text.delta")
    arguments = "".join(event["delta"] for event in events if event["type"].endswith("arguments.delta"))
    assert text == message["content"][0]["text"]
    assert arguments == call["arguments"]
    assert call["call_id"].startswith("call_")


async def test_without_streaming_the_same_object_comes_at_once(http: httpx.AsyncClient) -> None:
    streamed = (await events_of(http, ask("wire whole", instructions="short")))[-1]["response"]
    whole = (await http.post("/v1/responses", json=ask("wire whole", instructions="short"))).json()
    assert [item["type"] for item in whole["output"]] == [item["type"] for item in streamed["output"]]
    assert whole["output"][0]["content"] == streamed["output"][0]["content"]
    assert whole["usage"] == streamed["usage"]


async def test_ids_are_the_same_for_the_same_request_and_differ_between_requests(http: httpx.AsyncClient) -> None:
    first, again, other = [
        (await http.post("/v1/responses", json=ask(question))).json() for question in ("ids a", "ids a", "ids b")
    ]
    assert first["output"] == again["output"]
    assert first["output"][1]["call_id"] != other["output"][1]["call_id"]


async def test_usage_counts_four_characters_a_token_and_reads_a_long_prefix_from_the_cache(
    http: httpx.AsyncClient,
) -> None:
    body = {"model": MODEL, "instructions": "Stable rules of the cache test. " * 200, "input": "Hello"}
    first, second = [(await http.post("/v1/responses", json=body)).json()["usage"] for _ in range(2)]
    conversation = '[{"type":"message","role":"user","content":"Hello"}]'
    assert first["input_tokens"] == -(-(len(body["instructions"]) + len("[]") + len(conversation)) // 4)
    assert first["input_tokens_details"]["cached_tokens"] == 0
    assert second["input_tokens_details"]["cached_tokens"] == 1536


async def test_a_short_prefix_is_never_cached(http: httpx.AsyncClient) -> None:
    body = {"model": MODEL, "instructions": "Short.", "input": "Hello"}
    usages = [(await http.post("/v1/responses", json=body)).json()["usage"] for _ in range(2)]
    assert [usage["input_tokens_details"]["cached_tokens"] for usage in usages] == [0, 0]


async def test_the_token_limit_cuts_a_reply_and_says_so(http: httpx.AsyncClient) -> None:
    events = await events_of(http, ask("wire limit", max_output_tokens=4))
    assert events[-1]["type"] == "response.incomplete"
    assert events[-1]["response"]["incomplete_details"] == {"reason": "max_output_tokens"}
    assert events[-1]["response"]["usage"]["output_tokens"] == 4


async def test_a_request_without_a_key_gets_401(server_url: str) -> None:
    async with httpx.AsyncClient(base_url=server_url) as anonymous:
        replies = [await anonymous.get("/v1/models"), await anonymous.post("/v1/responses", json=ask("no key"))]
    assert [reply.status_code for reply in replies] == [401, 401]


async def test_wrong_requests_get_the_provider_s_error_form(http: httpx.AsyncClient) -> None:
    wrong = [b"{", b"[]", b"{}", json.dumps({"model": MODEL}).encode()]
    replies = [await http.post("/v1/responses", content=body) for body in wrong]
    assert [reply.status_code for reply in replies] == [400] * 4
    assert all(reply.json()["error"]["type"] == "invalid_request_error" for reply in replies)
    missing = await http.post("/v1/responses", json=ask("x", model="gpt-nobody-has"))
    assert (missing.status_code, missing.json()["error"]["code"]) == (404, "model_not_found")


async def test_the_models_of_our_environments_are_listed(http: httpx.AsyncClient) -> None:
    listed = (await http.get("/v1/models")).json()["data"]
    assert tuple(model["id"] for model in listed) == SERVED_MODELS


async def test_a_fault_strikes_only_matching_questions_and_as_often_as_asked(http: httpx.AsyncClient) -> None:
    fault = {"kind": "server_error", "times": 2, "match": "struck-1"}
    assert (await http.post("/admin/faults", json=fault)).status_code == 200
    questions = ["spared-1", "this is struck-1", "this is struck-1", "this is struck-1"]
    replies = [await http.post("/v1/responses", json=ask(question)) for question in questions]
    assert [reply.status_code for reply in replies] == [200, 500, 500, 200]


async def test_a_refused_request_is_a_400_which_clients_do_not_repeat(http: httpx.AsyncClient) -> None:
    await http.post("/admin/faults", json={"kind": "refused", "match": "struck-4"})
    assert (await http.post("/v1/responses", json=ask("struck-4"))).status_code == 400


async def test_a_fault_can_wait_for_one_agent(http: httpx.AsyncClient) -> None:
    await http.post("/admin/faults", json={"kind": "server_error", "match": "struck-2", "agent": "reporting"})
    replies = [await http.post("/v1/responses", json=ask("struck-2")) for _ in range(2)]
    await http.delete("/admin/faults", params={"match": "struck-2"})
    assert [reply.status_code for reply in replies] == [200, 200]


async def test_clearing_one_user_s_faults_leaves_the_others(http: httpx.AsyncClient) -> None:
    await http.post("/admin/faults", json={"kind": "empty", "match": "mine-3"})
    await http.post("/admin/faults", json={"kind": "empty", "match": "theirs-3"})
    left = (await http.delete("/admin/faults", params={"match": "mine-3"})).json()
    assert [fault["match"] for fault in left if "-3" in fault["match"]] == ["theirs-3"]
    await http.delete("/admin/faults", params={"match": "theirs-3"})


async def test_an_unknown_fault_is_refused(http: httpx.AsyncClient) -> None:
    wrong = [{"kind": "gremlin"}, {"kind": "slow"}, {"kind": "empty", "often": 3}]
    assert [(await http.post("/admin/faults", json=fault)).status_code for fault in wrong] == [400] * 3


async def test_the_journal_counts_requests_and_shows_no_content(http: httpx.AsyncClient) -> None:
    for _ in range(3):
        await http.post("/v1/responses", json=ask("journal secret-phrase", instructions="hidden rules"))
    reply = await http.get("/admin/requests", params={"match": "secret-phrase"})
    report = reply.json()
    assert (report["count"], report["endings"]) == (3, {"finished": 3})
    assert report["requests"][0]["tools"] == ["costs"]
    assert "secret-phrase" not in reply.text
    assert "hidden rules" not in reply.text


async def test_the_official_client_can_be_used_plainly(server_url: str) -> None:
    async with AsyncOpenAI(base_url=f"{server_url}/v1", api_key="local") as client:
        reply = await client.responses.create(model=MODEL, input="What is prompt caching?")
    assert reply.output_text.startswith("Prompt caching means that the provider keeps")


async def test_latency_is_added_to_every_event_of_a_stream() -> None:
    with model_server("--latency-ms", "10") as url:
        headers = {"authorization": "Bearer local"}
        async with httpx.AsyncClient(base_url=url, headers=headers) as http:
            began = time.monotonic()
            events = await events_of(http, ask("latency"))
    assert time.monotonic() - began > len(events) * 0.010
