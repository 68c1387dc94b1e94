"""Every way in which a provider can fail, and the port's error for it."""

import time
from typing import Any

import httpx
import pytest
from openai import APIConnectionError, APIStatusError, AsyncOpenAI

from common.errors import ConfigurationError
from common.llm.openai_model import OpenAIModel, open_openai_model
from common.llm.port import ModelMisbehavedError, ModelRejectedError, ModelRequest, ModelUnavailableError
from tests.unit.llm.conftest import CALL, MODEL, ask, brief, request

EVIDENCE = [{"findings": ["This sentence is long enough for a stream of several deltas, each of a few words."]}]


async def switch_on(admin: httpx.AsyncClient, kind: str, match: str, **more: Any) -> None:
    (await admin.post("/faults", json={"kind": kind, "match": match, **more})).raise_for_status()


async def test_a_rate_limit_is_unavailable_with_the_provider_s_delay(
    model: OpenAIModel, admin: httpx.AsyncClient
) -> None:
    await switch_on(admin, "rate_limit", "fail 429", seconds=7)
    with pytest.raises(ModelUnavailableError, match="429") as failure:
        await ask(model, request("fail 429"))
    assert failure.value.retry_after_s == 7.0
    assert isinstance(failure.value.__cause__, APIStatusError)


async def test_a_server_error_is_unavailable_and_not_tried_again(model: OpenAIModel, admin: httpx.AsyncClient) -> None:
    await switch_on(admin, "server_error", "fail 500")
    with pytest.raises(ModelUnavailableError, match="500") as failure:
        await ask(model, request("fail 500"))
    assert failure.value.retry_after_s is None
    report = (await admin.get("/requests", params={"match": "fail 500"})).json()
    assert report["endings"] == {"refused": 1}


async def test_a_cut_stream_is_unavailable_after_what_came_was_shown(
    model: OpenAIModel, admin: httpx.AsyncClient
) -> None:
    await switch_on(admin, "cut_stream", "fail cut")
    deltas: list[str] = []

    async def on_text(delta: str) -> None:
        deltas.append(delta)

    with pytest.raises(ModelUnavailableError, match="connection") as failure:
        await model.respond(request("fail cut", evidence=EVIDENCE), on_text)
    assert isinstance(failure.value.__cause__, APIConnectionError)
    assert deltas


@pytest.mark.parametrize("kind", ["failed", "error_event"])
async def test_a_failure_reported_in_the_stream_is_unavailable(
    model: OpenAIModel, admin: httpx.AsyncClient, kind: str
) -> None:
    await switch_on(admin, kind, f"fail {kind}")
    with pytest.raises(ModelUnavailableError, match="server_error"):
        await ask(model, request(f"fail {kind}", evidence=EVIDENCE))


async def test_a_silent_stream_is_given_up_before_the_whole_time_is_over(
    server_url: str, admin: httpx.AsyncClient
) -> None:
    hasty = open_openai_model(base_url=f"{server_url}/v1", api_key="local", model=MODEL, timeout_s=0.6)
    await switch_on(admin, "silence", "fail silent", seconds=5)
    with pytest.raises(ModelUnavailableError, match=r"silent for 0.3 s") as failure:  # not: "longer than 0.6 s"
        await ask(hasty, request("fail silent", evidence=EVIDENCE))
    assert isinstance(failure.value.__cause__, TimeoutError)
    await hasty.close()


async def test_a_slow_reply_ends_at_the_timeout_although_events_keep_coming(
    server_url: str, admin: httpx.AsyncClient
) -> None:
    hasty = open_openai_model(base_url=f"{server_url}/v1", api_key="local", model=MODEL, timeout_s=0.6)
    await switch_on(admin, "slow", "fail slow", seconds=2)
    with pytest.raises(ModelUnavailableError, match=r"longer than 0.6 s"):
        await ask(hasty, request("fail slow", evidence=EVIDENCE))
    await hasty.close()


async def test_a_slow_reply_within_the_timeout_is_a_good_one(model: OpenAIModel, admin: httpx.AsyncClient) -> None:
    await switch_on(admin, "slow", "just slow", seconds=0.4)
    began = time.monotonic()
    reply, _ = await ask(model, request("just slow", evidence=EVIDENCE))
    assert reply.text == EVIDENCE[0]["findings"][0]
    assert time.monotonic() - began > 0.35


async def test_an_unreachable_provider_is_unavailable() -> None:
    nowhere = open_openai_model(base_url="http://127.0.0.1:9/v1", api_key="local", model=MODEL, timeout_s=2)
    with pytest.raises(ModelUnavailableError, match="connection") as failure:
        await ask(nowhere, request("nowhere"))
    assert isinstance(failure.value.__cause__, APIConnectionError)
    await nowhere.close()


async def test_a_model_that_does_not_exist_is_rejected(server_url: str) -> None:
    wrong = open_openai_model(base_url=f"{server_url}/v1", api_key="local", model="gpt-nobody-has", timeout_s=2)
    with pytest.raises(ModelRejectedError, match="404") as failure:
        await ask(wrong, request("no such model"))
    assert isinstance(failure.value.__cause__, APIStatusError)
    await wrong.close()


async def test_a_refused_key_is_rejected(server_url: str) -> None:
    wrong = {"Authorization": "Basic nobody"}
    client = AsyncOpenAI(base_url=f"{server_url}/v1", api_key="local", max_retries=0, default_headers=wrong)
    with pytest.raises(ModelRejectedError, match="401"):
        await ask(OpenAIModel(client=client, model=MODEL, timeout_s=2), request("wrong key"))
    await client.close()


@pytest.mark.parametrize("key", ["", "hush\n", "hu sh", "hüsh"])
def test_a_key_that_cannot_be_sent_stops_the_start_and_is_not_shown(key: str) -> None:
    with pytest.raises(ConfigurationError, match="API key") as failure:
        open_openai_model(base_url=None, api_key=key, model=MODEL, timeout_s=2)
    assert "hu" not in str(failure.value)


async def test_a_request_that_the_provider_cannot_use_is_rejected(model: OpenAIModel) -> None:
    with pytest.raises(ModelRejectedError, match="400"):
        await ask(model, request("bad", write="poem"))


@pytest.mark.parametrize(
    ("kind", "words"),
    [
        ("bad_json", "arguments of costs are not valid JSON"),
        ("unknown_tool", "There is no tool 'consult_oracle'. Call one of: costs."),
        ("empty", "The reply is empty"),
    ],
)
async def test_an_unusable_reply_is_misbehaviour_in_words_for_the_model_and_with_its_cost(
    model: OpenAIModel, admin: httpx.AsyncClient, kind: str, words: str
) -> None:
    await switch_on(admin, kind, f"misbehave {kind}")
    with pytest.raises(ModelMisbehavedError, match=words) as failure:
        await ask(model, request(f"misbehave {kind}", suggested_calls=[CALL]))
    assert failure.value.usage is not None
    assert failure.value.usage.input_tokens > 0


async def test_a_reply_cut_short_by_its_limit_is_misbehaviour(model: OpenAIModel) -> None:
    items = (brief("too long", evidence=EVIDENCE),)
    with pytest.raises(ModelMisbehavedError, match="max_output_tokens") as failure:
        await ask(model, ModelRequest(instructions="", items=items, max_output_tokens=4))
    assert failure.value.usage is not None
    assert failure.value.usage.output_tokens == 4


async def test_a_call_that_was_offered_only_earlier_is_misbehaviour(
    model: OpenAIModel, admin: httpx.AsyncClient
) -> None:
    await switch_on(admin, "unknown_tool", "nothing offered")
    with pytest.raises(ModelMisbehavedError, match="There is no tool"):
        await ask(model, request("nothing offered", evidence=EVIDENCE))


async def test_a_made_up_number_comes_through_once_and_not_after_the_correction(
    model: OpenAIModel, admin: httpx.AsyncClient
) -> None:
    await switch_on(admin, "made_up_number", "invented")
    sent = request("invented", evidence=EVIDENCE)
    first, _ = await ask(model, sent)
    assert first.text == f"{EVIDENCE[0]['findings'][0]} All in all that is 48,613.27 USD, or 37.94 % of the total."
    correction = {"role": "user", "content": '{"correct": "...", "unsupported": ["48,613.27 USD", "37.94 %"]}'}
    items = (*sent.items, *first.items, correction)
    second, _ = await ask(model, ModelRequest(instructions=sent.instructions, items=items))
    assert second.text == EVIDENCE[0]["findings"][0]


async def test_after_a_failure_the_next_call_works(model: OpenAIModel, admin: httpx.AsyncClient) -> None:
    await switch_on(admin, "cut_stream", "then fine")
    with pytest.raises(ModelUnavailableError):
        await ask(model, request("then fine", evidence=EVIDENCE))
    reply, _ = await ask(model, request("then fine", evidence=EVIDENCE))
    assert reply.text == EVIDENCE[0]["findings"][0]
