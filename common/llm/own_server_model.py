"""A server of one's own, in development: by the Responses API where it has one, else by Chat Completions."""

import asyncio
from dataclasses import replace
from http import HTTPStatus
from typing import TYPE_CHECKING

from common.llm.chat_completions_model import ChatCompletionsModel
from common.llm.openai_errors import client_failure, status_failure
from common.llm.openai_model import OnText, OpenAIModel, open_openai_client
from common.llm.patience import Patience
from common.llm.port import LanguageModel, ModelMisbehavedError, ModelReply, ModelRequest

if TYPE_CHECKING:
    from openai import AsyncOpenAI

_NO_KEY = "local"
_LACKING = (HTTPStatus.NOT_FOUND, HTTPStatus.METHOD_NOT_ALLOWED, HTTPStatus.NOT_IMPLEMENTED)
_NOT_READY = (HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.SERVICE_UNAVAILABLE)
"""As llama.cpp answers while it loads its model."""


def open_own_server_model(*, base_url: str, model: str, timeout_s: float) -> "OwnServerModel":
    """Open the model at `base_url`, which ends in /v1 as a rule. No key of a provider is sent there.

    Imports the SDK, which takes 0.6 s the first time: call it off the event loop.
    """
    client = open_openai_client(base_url=base_url, api_key=_NO_KEY, timeout_s=timeout_s)
    _ = client.responses, client.chat.completions  # the SDK imports its resources on first touch
    return OwnServerModel(client=client, model=model, timeout_s=timeout_s)


class OwnServerModel(LanguageModel):
    """Asks the server once what it speaks, at the first call: it may start after us. Its replies cost nothing."""

    def __init__(self, *, client: "AsyncOpenAI", model: str, timeout_s: float) -> None:
        self._client = client
        self._responses = OpenAIModel(client=client, model=model, timeout_s=timeout_s)
        self._chat = ChatCompletionsModel(client=client, model=model, timeout_s=timeout_s)
        self._patience = Patience.of(timeout_s)
        self._spoken: LanguageModel | None = None
        self._asking = asyncio.Lock()

    async def respond(self, request: ModelRequest, on_text: OnText) -> ModelReply:
        """Stream one reply; raises as the port documents."""
        async with self._asking:
            if self._spoken is None:
                self._spoken = await self._patience.with_request(request).event(self._find_out())
        try:
            reply = await self._spoken.respond(request, on_text)
        except ModelMisbehavedError as error:
            error.usage = error.usage and replace(error.usage, free=True)
            raise
        return replace(reply, usage=replace(reply.usage, free=True))

    async def close(self) -> None:
        """Close the connections to the server."""
        await self._client.close()

    async def _find_out(self) -> LanguageModel:
        """An empty request is refused for what it is, or, without the Responses API, for where it was sent."""
        from openai import APIError, APIStatusError  # noqa: PLC0415 - cold start: loaded by now

        try:
            await self._client.post("/responses", cast_to=object, body={})
        except APIStatusError as error:
            if error.status_code in _NOT_READY:
                raise status_failure(error) from error
            return self._chat if error.status_code in _LACKING else self._responses
        except APIError as error:
            raise client_failure(error) from error
        return self._responses
