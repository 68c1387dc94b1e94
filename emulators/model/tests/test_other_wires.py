"""Chat Completions and Vertex AI, as bytes; structured output on every wire; what tests plan."""

import json
from typing import Any

import httpx
import pytest
from google.genai import Client
from google.genai.types import GenerateContentConfig, HttpOptions
from google.oauth2.credentials import Credentials
from openai import AsyncOpenAI

from common.environment.profiles import ModelProvider
from emulators.model.request import SERVED_MODELS, served_models

MODEL = SERVED_MODELS[0]
GEMINI = served_models(ModelProvider.VERTEX)[0]
VERTEX = f"/v1beta1/projects/p/locations/global/publishers/google/models/{GEMINI}:streamGenerateContent?alt=sse"
SCHEMA = {
    "type": "object",
    "properties": {"measure": {"type": ["string", "null"]}, "top": {"type": ["integer", "null"]}},
    "required": ["measure", "top"],
    "additionalProperties": False,
}


def brief(question: str, **changes: Any) -> str:
    call = {"tool": "costs", "arguments": {"top": 3}, "purpose": "See what costs most"}
    return json.dumps({"agent": "data", "write": "summary", "question": question, "suggested_calls": [call], **changes})


def chat(question: str, **changes: Any) -> dict[str, Any]:
    tool = {"type": "function", "function": {"name": "costs", "parameters": {"type": "object"}}}
    messages = [{"role": "system", "content": "Be good."}, {"role": "user", "content": brief(question)}]
    options = {"stream": True, "stream_options": {"include_usage": True}}
    return {"model": MODEL, "messages": messages, "tools": [tool], **options, **changes}


def vertex(question: str, **changes: Any) -> dict[str, Any]:
    tools = [{"functionDeclarations": [{"name": "costs", "parametersJsonSchema": {"type": "object"}}]}]
    return {"contents": [{"role": "user", "parts": [{"text": brief(question)}]}], "tools": tools, **changes}


async def chunks_of(http: httpx.AsyncClient, path: str, body: dict[str, Any]) -> list[dict[str, Any]]:
    reply = await http.post(path, json=body)
    assert reply.headers["content-type"].startswith("text/event-stream")
    lines = [line.removeprefix("data: ") for line in reply.text.splitlines() if line]
    return [json.loads(line) for line in lines if line != "[DONE]"]


async def test_a_chat_stream_ends_with_its_reason_its_usage_and_done(http: httpx.AsyncClient) -> None:
    chunks = await chunks_of(http, "/v1/chat/completions", chat("chat order"))
    assert {chunk["object"] for chunk in chunks} == {"chat.completion.chunk"}
    assert chunks[0]["choices"][0]["delta"] == {"role": "assistant", "content": ""}
    assert chunks[-2]["choices"][0]["finish_reason"] == "tool_calls"
    assert (chunks[-1]["choices"], chunks[-1]["usage"]["prompt_tokens"] > 0) == ([], True)
    raw = (await http.post("/v1/chat/completions", json=chat("chat order"))).text
    assert raw.endswith("data: [DONE]\n\n")
    unasked = await chunks_of(http, "/v1/chat/completions", chat("no usage", stream_options=None))
    assert [chunk for chunk in unasked if chunk["usage"]] == []


async def test_a_vertex_stream_holds_calls_as_objects_the_first_one_signed(http: httpx.AsyncClient) -> None:
    chunks = await chunks_of(http, VERTEX, vertex("vertex order"))
    parts = [part for chunk in chunks for part in chunk["candidates"][0]["content"]["parts"]]
    calls = [part for part in parts if "functionCall" in part]
    assert calls[0]["functionCall"] == {"name": "costs", "args": {"top": 3, "purpose": "See what costs most"}}
    assert calls[0]["thoughtSignature"]
    assert [chunk["candidates"][0].get("finishReason") for chunk in chunks][-2:] == [None, "STOP"]
    assert chunks[-1]["usageMetadata"]["promptTokenCount"] > 0


async def test_all_wires_give_the_same_answer_for_the_same_brief(http: httpx.AsyncClient) -> None:
    question = "same on all wires"
    responses = {"model": MODEL, "instructions": "Be good.", "input": brief(question, suggested_calls=[])}
    whole = (await http.post("/v1/responses", json=responses)).json()["output"][0]["content"][0]["text"]
    messages = [{"role": "user", "content": brief(question, suggested_calls=[])}]
    chatted = await chunks_of(http, "/v1/chat/completions", chat(question, messages=messages, tools=[]))
    contents = [{"role": "user", "parts": [{"text": messages[0]["content"]}]}]
    streamed = await chunks_of(http, VERTEX, vertex(question, contents=contents))
    assert "".join(c["choices"][0]["delta"].get("content", "") for c in chatted if c["choices"]) == whole
    assert "".join(c["candidates"][0]["content"]["parts"][0]["text"] for c in streamed) == whole
    report = (await http.get("/admin/requests", params={"match": question})).json()
    assert [request["wire"] for request in report["requests"]] == ["responses", "chat", "vertex"]


@pytest.mark.parametrize(
    ("part", "words"),
    [
        ({"functionCall": {"name": "costs", "args": {}}}, "missing a thought_signature"),
        ({"functionCall": {"name": "costs", "args": {}, "id": "1"}, "thoughtSignature": "YQ=="}, "Unknown name id"),
    ],
)
async def test_vertex_refuses_calls_that_come_back_changed(
    http: httpx.AsyncClient, part: dict[str, Any], words: str
) -> None:
    contents = [{"role": "user", "parts": [{"text": "Hi"}]}, {"role": "model", "parts": [part]}]
    reply = await http.post(VERTEX, json=vertex("changed", contents=contents))
    assert (reply.status_code, reply.json()["error"]["status"]) == (400, "INVALID_ARGUMENT")
    assert words in reply.json()["error"]["message"]


async def test_vertex_tells_the_delay_of_a_rate_limit_in_the_body(http: httpx.AsyncClient) -> None:
    await http.post("/admin/faults", json={"kind": "rate_limit", "seconds": 7, "match": "vertex limit"})
    reply = await http.post(VERTEX, json=vertex("vertex limit"))
    assert reply.status_code == 429
    assert "retry-after" not in reply.headers
    assert reply.json()["error"]["details"][0]["retryDelay"] == "7s"


async def test_wrong_requests_are_refused_on_each_wire(http: httpx.AsyncClient) -> None:
    missing = VERTEX.replace(GEMINI, "gemini-nobody-has")
    asked = [
        ("/v1/chat/completions", {"model": MODEL, "stream": True}, 400),
        ("/v1/chat/completions", chat("x", stream=False), 400),
        ("/v1/chat/completions", chat("x", model="nobody"), 404),
        (VERTEX, {}, 400),
        (VERTEX.removesuffix("?alt=sse"), vertex("x"), 400),
        (VERTEX, vertex("x", contents=[{"role": "tool", "parts": [{"text": "x"}]}]), 400),
        (missing, vertex("x"), 404),
    ]
    replies = [(await http.post(path, json=body)).status_code for path, body, _ in asked]
    assert replies == [status for *_, status in asked]


async def test_a_request_with_a_schema_gets_the_draft_of_its_brief_or_nothing_in_every_field(
    http: httpx.AsyncClient,
) -> None:
    form = {"text": {"format": {"type": "json_schema", "name": "r", "schema": SCHEMA, "strict": True}}}
    texts = []
    for document in ({"question": "q", "agent": "triage", "draft": {"measure": "cost"}}, {"other": 1}):
        body = {"model": MODEL, "input": json.dumps(document), **form}
        texts.append((await http.post("/v1/responses", json=body)).json()["output"][0]["content"][0]["text"])
    assert [json.loads(text) for text in texts] == [{"measure": "cost"}, {"measure": None, "top": None}]


async def test_a_script_is_used_up_in_its_order_by_structured_requests_only(http: httpx.AsyncClient) -> None:
    for reply in ({"measure": "first"}, "no JSON"):
        added = await http.post("/admin/script", json={"match": "scripted-1", "reply": reply, "agent": "triage"})
        assert added.status_code == 200
    form = {"text": {"format": {"type": "json_schema", "name": "r", "schema": SCHEMA, "strict": True}}}
    document = {"question": "scripted-1", "agent": "triage", "draft": {"measure": "own"}}
    plain = {"model": MODEL, "input": brief("scripted-1", suggested_calls=[])}
    assert "first" not in (await http.post("/v1/responses", json=plain)).text
    texts = []
    for _ in range(3):
        body = {"model": MODEL, "input": json.dumps(document), **form}
        texts.append((await http.post("/v1/responses", json=body)).json()["output"][0]["content"][0]["text"])
    assert texts == ['{"measure":"first"}', "no JSON", '{"measure":"own"}']


async def test_clearing_one_user_s_scripts_leaves_the_others_and_wrong_ones_are_refused(
    http: httpx.AsyncClient,
) -> None:
    for match in ("mine-9", "theirs-9"):
        await http.post("/admin/script", json={"match": match, "reply": {}})
    left = (await http.delete("/admin/script", params={"match": "mine-9"})).json()
    assert [script["match"] for script in left if script["match"].endswith("-9")] == ["theirs-9"]
    await http.delete("/admin/script", params={"match": "theirs-9"})
    assert (await http.post("/admin/script", json={"match": "x"})).status_code == 400


async def test_the_official_clients_can_be_used_plainly(server_url: str) -> None:
    async with AsyncOpenAI(base_url=f"{server_url}/v1", api_key="local") as openai:
        stream = await openai.chat.completions.create(
            model=MODEL, messages=[{"role": "user", "content": "What is prompt caching?"}], stream=True
        )
        said = "".join([chunk.choices[0].delta.content or "" async for chunk in stream if chunk.choices])
    credentials = Credentials(token="local")  # type: ignore[no-untyped-call]
    options = HttpOptions(base_url=server_url)
    google = Client(vertexai=True, project="p", location="global", credentials=credentials, http_options=options)
    chunks = await google.aio.models.generate_content_stream(
        model=GEMINI, contents="What is prompt caching?", config=GenerateContentConfig(max_output_tokens=400)
    )
    written = "".join([chunk.text or "" async for chunk in chunks])
    await google.aio.aclose()
    assert said == written
    assert said.startswith("Prompt caching means that the provider keeps")
