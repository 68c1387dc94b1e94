"""OpenAI behind the port: Responses API, streamed, through the official client.

The client retries nothing: the run's queue does. The SDK takes half a second to import, so it is loaded when the model
is first opened, not with this module.
"""

from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import aclosing
from typing import TYPE_CHECKING, Any, cast

from common.errors import ConfigurationError
from common.llm.openai_errors import client_failure, status_failure, stream_failure
from common.llm.openai_reply import incomplete_reply, read_reply, text_format, tool_definitions
from common.llm.patience import Patience
from common.llm.port import LanguageModel, ModelReply, ModelRequest, ModelUnavailableError
from common.llm.reply import MESSAGE_BREAK

if TYPE_CHECKING:
    from openai import AsyncOpenAI, AsyncStream
    from openai.types.responses import Response, ResponseStreamEvent

OPENAI_URL = "https://api.openai.com/v1"
_CONNECT_S = 5.0
_LEAST_EFFORT = "none"
"""Source: OpenAI's guide to reasoning; models before gpt-5.1 refuse it."""

OnText = Callable[[str], Awaitable[None]]


def open_openai_model(*, base_url: str | None, api_key: str, model: str, timeout_s: float) -> "OpenAIModel":
    """Open the model at `base_url` (None: OpenAI's own address).

    Imports the SDK, which takes 0.6 s the first time: call it off the event loop. Raises ConfigurationError for a key
    that cannot be sent.
    """
    client = open_openai_client(base_url=base_url, api_key=api_key, timeout_s=timeout_s)
    _ = client.responses  # the SDK imports its resources on first touch
    return OpenAIModel(client=client, model=model, timeout_s=timeout_s, least_effort=_LEAST_EFFORT)


def open_openai_client(*, base_url: str | None, api_key: str, timeout_s: float) -> "AsyncOpenAI":
    """The official client, which retries nothing. Raises ConfigurationError for a key that cannot be sent: a request
    with it would fail with the key in the error's text.
    """
    if not api_key.isascii() or api_key.split() != [api_key]:
        raise ConfigurationError("The OpenAI API key is empty or holds spaces or line ends: store the secret again.")
    from openai import AsyncOpenAI, Omit, Timeout  # noqa: PLC0415 - cold start: only steps need the SDK

    return AsyncOpenAI(
        base_url=base_url or OPENAI_URL,
        api_key=api_key,
        max_retries=0,
        timeout=Timeout(timeout_s, connect=_CONNECT_S),
        # the SDK would take these two from the process environment
        default_headers=cast("dict[str, str]", {"OpenAI-Organization": Omit(), "OpenAI-Project": Omit()}),
    )


class OpenAIModel(LanguageModel):
    """A model at OpenAI, or at a server with the same wire. It retains nothing of a call: share one per process."""

    def __init__(
        self,
        *,
        client: "AsyncOpenAI",
        model: str,
        timeout_s: float,
        least_effort: str | None = None,
    ) -> None:
        """`timeout_s` bounds a whole reply, half of it the wait for each stream event.

        `least_effort`: the reasoning effort of replies in a schema; None: the server's own.
        """
        self._client = client
        self._model = model
        self._patience = Patience.of(timeout_s)
        self._least_effort = least_effort

    async def respond(self, request: ModelRequest, on_text: OnText) -> ModelReply:
        """Stream one reply; raises as the port documents. Cancelling closes the stream."""
        patience = self._patience.with_request(request)
        return read_reply(await patience.reply(self._stream(request, patience, on_text)), request)

    async def close(self) -> None:
        """Close the connections to the provider."""
        await self._client.close()

    async def _stream(self, request: ModelRequest, patience: Patience, on_text: OnText) -> "Response":
        """Read the stream to its end, which keeps the connection usable for the next call."""
        completed: Response | None = None
        speaking: str | None = None
        async with aclosing(self._events(request, patience)) as events:
            async for event in events:
                if event.type == "response.output_text.delta":
                    if speaking not in (None, event.item_id):
                        await on_text(MESSAGE_BREAK)
                    speaking = event.item_id
                    await on_text(event.delta)
                elif event.type == "response.completed":
                    completed = event.response
                else:
                    _raise_if_broken(event)
        if completed is None:
            raise ModelUnavailableError("The model's stream ended before its reply was complete.")
        return completed

    async def _events(self, request: ModelRequest, patience: Patience) -> AsyncGenerator["ResponseStreamEvent", None]:
        """The stream's events; every failure of client, connection or stream becomes an error of the port."""
        from openai import APIError, APIStatusError  # noqa: PLC0415 - cold start: loaded by now

        try:
            async with await patience.event(self._open(request)) as stream:
                while event := await patience.event(_next(stream)):
                    yield event
        except APIStatusError as error:
            raise status_failure(error) from error
        except APIError as error:
            raise client_failure(error) from error

    async def _open(self, request: ModelRequest) -> "AsyncStream[ResponseStreamEvent]":
        """Items, tools and schema are in wire form already; as `input`, `tools` and `text` the SDK would walk through
        each to convert it, for longer than all else that this process does for a call.
        """
        return await self._client.responses.create(
            model=self._model,
            instructions=request.instructions,
            max_output_tokens=request.max_output_tokens,
            store=False,
            stream=True,
            extra_body={"input": request.items, **self._options(request)},
        )

    def _options(self, request: ModelRequest) -> dict[str, Any]:
        options: dict[str, Any] = {}
        if request.tools:
            options |= {"tools": tool_definitions(request.tools), "parallel_tool_calls": True}
        if request.schema:
            options |= {"text": {"format": text_format(request.schema)}}
            options |= {"reasoning": {"effort": self._least_effort}} if self._least_effort else {}
        return options


async def _next(stream: "AsyncStream[ResponseStreamEvent]") -> "ResponseStreamEvent | None":
    try:
        return await anext(stream, None)
    except ValueError as error:
        raise ModelUnavailableError(f"The model's stream cannot be read: {error}") from error


def _raise_if_broken(event: "ResponseStreamEvent") -> None:
    if event.type == "response.incomplete":
        raise incomplete_reply(event.response)
    if event.type == "response.failed":
        error = event.response.error
        raise stream_failure(error.code if error else None, error.message if error else "no reason given")
    if event.type == "error":
        raise stream_failure(event.code, event.message)
