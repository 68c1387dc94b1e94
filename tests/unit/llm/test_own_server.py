"""A developer's own server: by whichever of OpenAI's wires it speaks."""

from collections.abc import Iterator

import httpx
import pytest

from common.llm.own_server_model import open_own_server_model
from common.llm.port import ModelMisbehavedError, ModelRejectedError, ModelRequest, ModelUnavailableError
from emulators.model.tests.server_process import model_server
from tests.unit.llm.replay import replayed
from tests.unit.llm.wires import MODEL, READING, ask, brief

DRAFT = {"measure": "cost", "top": 3}


def reading(question: str) -> ModelRequest:
    items = (brief(question, write="reading", draft=DRAFT),)
    return ModelRequest(instructions="Read.", items=items, schema=READING, max_output_tokens=400, timeout_s=6)


@pytest.fixture(scope="module")
def chat_only_url() -> Iterator[str]:
    with model_server("--without-responses") as url:
        yield url


async def wires_of(url: str) -> list[str]:
    async with httpx.AsyncClient(base_url=url) as http:
        report = (await http.get("/admin/requests", params={"match": "own server"})).json()
    return [request["wire"] for request in report["requests"]]


async def test_a_server_with_the_responses_api_is_asked_by_it(server_url: str) -> None:
    model = open_own_server_model(base_url=f"{server_url}/v1", model=MODEL, timeout_s=5)
    reply, _ = await ask(model, reading("own server"))
    assert reply.text == '{"measure":"cost","top":3}'
    assert reply.usage.free
    assert await wires_of(server_url) == ["responses"]
    await model.close()


async def test_a_server_without_it_is_asked_by_chat_completions_and_tried_once_only(chat_only_url: str) -> None:
    model = open_own_server_model(base_url=f"{chat_only_url}/v1", model=MODEL, timeout_s=5)
    for _ in range(2):
        reply, _ = await ask(model, reading("own server"))
        assert reply.text == '{"measure":"cost","top":3}'
        assert reply.usage.free
    assert await wires_of(chat_only_url) == ["chat", "chat"]
    await model.close()


async def test_an_unusable_reply_costs_nothing_either(chat_only_url: str) -> None:
    async with httpx.AsyncClient(base_url=chat_only_url) as http:
        await http.post("/admin/faults", json={"kind": "refusal", "match": "own refusal"})
    model = open_own_server_model(base_url=f"{chat_only_url}/v1", model=MODEL, timeout_s=5)
    with pytest.raises(ModelMisbehavedError) as failure:
        await ask(model, reading("own refusal"))
    assert failure.value.usage is not None
    assert failure.value.usage.free
    await model.close()


async def test_a_server_that_is_not_up_yet_is_unavailable(unused_tcp_port: int) -> None:
    nowhere = open_own_server_model(base_url=f"http://127.0.0.1:{unused_tcp_port}/v1", model=MODEL, timeout_s=2)
    with pytest.raises(ModelUnavailableError, match="connection"):
        await ask(nowhere, reading("nobody"))
    await nowhere.close()


async def test_a_server_that_still_loads_its_model_is_unavailable() -> None:
    async with replayed(b"{}", status=503, media_type=b"application/json") as loading:
        model = open_own_server_model(base_url=loading.url, model=MODEL, timeout_s=2)
        with pytest.raises(ModelUnavailableError, match="503"):
            await ask(model, reading("loading"))
        await model.close()
    assert loading.bodies == [{}]


async def test_what_a_server_speaks_is_found_out_once() -> None:
    async with replayed(b"404 page not found", status=404, media_type=b"text/plain") as server:
        model = open_own_server_model(base_url=server.url, model=MODEL, timeout_s=2)
        for _ in range(2):
            with pytest.raises(ModelRejectedError, match="404"):
                await ask(model, reading("nothing there"))
        await model.close()
    assert [sorted(body)[:1] for body in server.bodies] == [[], ["max_tokens"], ["max_tokens"]]
