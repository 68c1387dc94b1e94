"""A server of one's own behind the port: any that speaks OpenAI's Chat Completions (Ollama, vLLM, llama.cpp)."""

from collections.abc import AsyncGenerator
from contextlib import aclosing
from typing import TYPE_CHECKING, Any

from common.llm.chat_reply import ChatStream, chat_messages, chat_tools, response_format
from common.llm.openai_errors import client_failure, status_failure
from common.llm.openai_model import OnText
from common.llm.patience import Patience
from common.llm.port import LanguageModel, ModelReply, ModelRequest, ModelUnavailableError

if TYPE_CHECKING:
    from openai import AsyncOpenAI, AsyncStream
    from openai.types.chat import ChatCompletionChunk


class ChatCompletionsModel(LanguageModel):
    """A model behind Chat Completions. It retains nothing of a call: share one per process."""

    def __init__(self, *, client: "AsyncOpenAI", model: str, timeout_s: float) -> None:
        """`timeout_s` bounds a whole reply, half of it the wait for each chunk."""
        self._client = client
        self._model = model
        self._patience = Patience.of(timeout_s)

    async def respond(self, request: ModelRequest, on_text: OnText) -> ModelReply:
        """Stream one reply; raises as the port documents. Cancelling closes the stream."""
        patience = self._patience.with_request(request)
        return (await patience.reply(self._stream(request, patience, on_text))).reply(request)

    async def close(self) -> None:
        """Close the connections to the server."""
        await self._client.close()

    async def _stream(self, request: ModelRequest, patience: Patience, on_text: OnText) -> ChatStream:
        stream = ChatStream(self._model)
        async with aclosing(self._chunks(request, patience)) as chunks:
            async for chunk in chunks:
                for text in stream.take(chunk):
                    await on_text(text)
        return stream

    async def _chunks(self, request: ModelRequest, patience: Patience) -> AsyncGenerator["ChatCompletionChunk", None]:
        """The stream's chunks; every failure of client, connection or stream becomes an error of the port."""
        from openai import APIError, APIStatusError  # noqa: PLC0415 - cold start: loaded by now

        try:
            async with await patience.event(self._open(request)) as stream:
                while chunk := await patience.event(_next(stream)):
                    yield chunk
        except APIStatusError as error:
            raise status_failure(error) from error
        except APIError as error:
            raise client_failure(error) from error

    async def _open(self, request: ModelRequest) -> "AsyncStream[ChatCompletionChunk]":
        """`max_tokens`, not its successor: the older name is the one that all these servers know."""
        body: dict[str, Any] = {"messages": chat_messages(request.instructions, request.items)}
        if request.tools:
            body["tools"] = chat_tools(request.tools)
        if request.schema:
            body["response_format"] = response_format(request.schema)
        return await self._client.chat.completions.create(
            model=self._model,
            messages=[],
            max_tokens=request.max_output_tokens,
            stream=True,
            stream_options={"include_usage": True},
            extra_body=body,
        )


async def _next(stream: "AsyncStream[ChatCompletionChunk]") -> "ChatCompletionChunk | None":
    try:
        return await anext(stream, None)
    except ValueError as error:
        raise ModelUnavailableError(f"The model's stream cannot be read: {error}") from error
