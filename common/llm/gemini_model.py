"""Gemini on Vertex AI behind the port: `streamGenerateContent`, through the official client.

The client retries nothing: the run's queue does. The SDK takes half a second to import, so it is loaded when the model
is first opened, not with this module.
"""

from collections.abc import AsyncGenerator
from contextlib import aclosing
from contextvars import ContextVar
from typing import TYPE_CHECKING, cast

from common.errors import ConfigurationError
from common.llm.gemini_errors import api_failure, credentials_failure
from common.llm.gemini_reply import GeminiStream
from common.llm.gemini_request import configuration, contents
from common.llm.openai_model import OnText
from common.llm.patience import Patience
from common.llm.port import LanguageModel, ModelReply, ModelRequest, ModelUnavailableError

if TYPE_CHECKING:
    from google.auth.credentials import Credentials
    from google.genai import Client
    from google.genai.types import GenerateContentResponse
    from httpx2 import AsyncClient, Response

_SCOPE = "https://www.googleapis.com/auth/cloud-platform"
_API_VERSION = "v1beta1"
"""The SDK's own choice for Vertex AI, said here so that no variable of the environment changes it."""

_RESPONSES: ContextVar[list["Response"]] = ContextVar("responses of a call to Gemini")
"""The SDK closes no response that is not read to its end, so each call closes its own."""


def open_gemini_model(
    *, base_url: str | None, project: str, location: str, model: str, timeout_s: float
) -> "GeminiModel":
    """Open the model of `project` in `location`; `base_url` is the address of a local server (None: Vertex AI's own).

    Authenticates as the service account that the process runs as (Application Default Credentials), never by a key.
    Imports the SDK, which takes 0.6 s the first time: call it off the event loop. Raises ConfigurationError without
    credentials.
    """
    from google.genai import Client  # noqa: PLC0415 - cold start: only steps need the SDK
    from google.genai.types import HttpOptions  # noqa: PLC0415
    from httpx2 import AsyncClient  # noqa: PLC0415

    # Ours, so that the kind of its errors is no choice of the SDK or of the environment.
    http = AsyncClient(event_hooks={"response": [_remember]})
    options = HttpOptions(base_url=base_url or _vertex_url(location), api_version=_API_VERSION, httpx_async_client=http)
    client = Client(
        vertexai=True,
        project=project,
        location=location,
        credentials=_account() if base_url is None else _nobody(),
        http_options=options,
    )
    return GeminiModel(client=client, http=http, model=model, timeout_s=timeout_s)


class GeminiModel(LanguageModel):
    """A Gemini model on Vertex AI. It retains nothing of a call: share one per process."""

    def __init__(self, *, client: "Client", http: "AsyncClient", model: str, timeout_s: float) -> None:
        """`timeout_s` bounds a whole reply, half of it the wait for each chunk."""
        self._client = client
        self._http = http
        self._model = model
        self._patience = Patience.of(timeout_s)

    async def respond(self, request: ModelRequest, on_text: OnText) -> ModelReply:
        """Stream one reply; raises as the port documents. Cancelling closes the stream."""
        patience = self._patience.with_request(request)
        return (await patience.reply(self._stream(request, patience, on_text))).reply(request)

    async def close(self) -> None:
        """Close the connections to the provider."""
        await self._http.aclose()
        self._client.close()

    async def _stream(self, request: ModelRequest, patience: Patience, on_text: OnText) -> GeminiStream:
        """Read the stream to its end, which keeps the connection usable for the next call."""
        stream = GeminiStream(self._model)
        async with aclosing(self._chunks(request, patience)) as chunks:
            async for chunk in chunks:
                for text in stream.take(chunk):
                    await on_text(text)
        return stream

    async def _chunks(
        self, request: ModelRequest, patience: Patience
    ) -> AsyncGenerator["GenerateContentResponse", None]:
        """The stream's chunks; every failure of client, connection or stream becomes an error of the port."""
        from google.auth.exceptions import GoogleAuthError  # noqa: PLC0415 - cold start: loaded by now
        from google.genai.errors import APIError, UnknownApiResponseError  # noqa: PLC0415
        from httpx2 import HTTPError  # noqa: PLC0415

        responses: list[Response] = []
        _RESPONSES.set(responses)
        try:
            async with aclosing(await self._open(request)) as chunks:
                while chunk := await patience.event(anext(chunks, None)):
                    yield chunk
        except APIError as error:
            raise api_failure(error) from error
        except GoogleAuthError as error:
            raise credentials_failure(error) from error
        except HTTPError as error:
            raise ModelUnavailableError(f"The connection to the model provider failed: {error!r}") from error
        except UnknownApiResponseError as error:
            raise ModelUnavailableError(f"The model's stream cannot be read: {error}") from error
        finally:
            for response in responses:
                await response.aclose()

    async def _open(self, request: ModelRequest) -> AsyncGenerator["GenerateContentResponse", None]:
        """Nothing is sent before the first chunk is awaited."""
        from google.genai.types import Content, GenerateContentConfig  # noqa: PLC0415 - cold start: loaded by now

        stream = await self._client.aio.models.generate_content_stream(
            model=self._model,
            contents=[Content.model_validate(content) for content in contents(request.items)],
            config=GenerateContentConfig.model_validate(configuration(request)),
        )
        return cast("AsyncGenerator[GenerateContentResponse, None]", stream)


async def _remember(response: "Response") -> None:
    _RESPONSES.get().append(response)


def _vertex_url(location: str) -> str:
    """Source: Google's list of endpoints of Vertex AI."""
    host = "aiplatform.googleapis.com" if location == "global" else f"{location}-aiplatform.googleapis.com"
    return f"https://{host}/"


def _account() -> "Credentials":
    import google.auth  # noqa: PLC0415
    from google.auth.exceptions import DefaultCredentialsError  # noqa: PLC0415

    try:
        credentials, _ = google.auth.default(scopes=[_SCOPE])
    except DefaultCredentialsError as error:
        raise ConfigurationError(
            f"Vertex AI needs the credentials of a service account with the role roles/aiplatform.user: {error}"
        ) from error
    return credentials


def _nobody() -> "Credentials":
    """The token for a local server, which checks none."""
    from google.oauth2.credentials import Credentials  # noqa: PLC0415

    return Credentials(token="local")  # type: ignore[no-untyped-call]  # noqa: S106 - no secret
