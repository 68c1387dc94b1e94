"""A request, in the form that all wires are read into, and the body of `POST /v1/responses`."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from hashlib import sha256
from typing import Any

from common.environment.profiles import MODELS, ModelProvider


class WireName(StrEnum):
    """The protocols that the local model speaks."""

    RESPONSES = "responses"
    CHAT = "chat"
    VERTEX = "vertex"


def served_models(provider: ModelProvider) -> tuple[str, ...]:
    """The models that our environments may use; any other name is a 404, as at the provider."""
    return tuple(sorted({MODELS[provider].triage, MODELS[provider].others}))


SERVED_MODELS = served_models(ModelProvider.OPENAI)


class WireError(Exception):
    """A refusal in the provider's error form; `retry_after_s` becomes the Retry-After header."""

    def __init__(
        self, status: int, message: str, *, code: str | None = None, retry_after_s: float | None = None
    ) -> None:
        self.status = status
        self.code = code
        self.retry_after_s = retry_after_s
        super().__init__(message)

    def as_json(self) -> dict[str, Any]:
        """The body that the provider answers a refused request with."""
        kind = "server_error" if self.status >= 500 else "invalid_request_error"  # noqa: PLR2004 - HTTP
        return {"error": {"message": str(self), "type": kind, "param": None, "code": self.code}}


@dataclass(frozen=True, kw_only=True)
class WireRequest:
    """A valid request; `items`, `tools` and `schema` as in the Responses form, whichever the wire.

    `body`: as received, parts of it are echoed; `digest`: the source of every id in the reply.
    """

    wire: WireName
    body: dict[str, Any]
    model: str
    instructions: str
    items: tuple[dict[str, Any], ...]
    tools: tuple[dict[str, Any], ...]
    schema: dict[str, Any] | None
    stream: bool
    max_output_tokens: int | None
    digest: str

    @property
    def tool_names(self) -> tuple[str, ...]:
        """Names of the functions offered, in their order."""
        return tuple(str(tool["name"]) for tool in self.tools if tool.get("type") == "function")

    @property
    def callable_names(self) -> tuple[str, ...]:
        """The `tool_names` that `tool_choice` permits."""
        return () if self.body.get("tool_choice") == "none" else self.tool_names

    @property
    def prefix(self) -> str:
        """Instructions and tools as received: the part of a request that providers cache."""
        return self.instructions + compact(list(self.tools))


def read_request(raw: bytes, seed: int) -> WireRequest:
    """Validate a body; raises WireError 400 (unusable body) or 404 (a model that no environment declares)."""
    body = json_body(raw)
    text_format = (body.get("text") or {}).get("format") or {}
    return WireRequest(
        wire=WireName.RESPONSES,
        body=body,
        model=served_model(body),
        instructions=str(body.get("instructions") or ""),
        items=_items(body.get("input")),
        tools=tuple(body.get("tools") or ()),
        schema=text_format.get("schema"),
        stream=bool(body.get("stream")),
        max_output_tokens=body.get("max_output_tokens"),
        digest=digest_of(body, seed),
    )


def served_model(body: Mapping[str, Any]) -> str:
    """The model that a body of OpenAI's wires names; raises WireError 400 or 404."""
    model = body.get("model")
    if not isinstance(model, str):
        raise WireError(400, "Missing required parameter: 'model'.", code="missing_required_parameter")
    if model not in SERVED_MODELS:
        raise WireError(404, f"The model '{model}' does not exist here.", code="model_not_found")
    return model


def digest_of(body: Mapping[str, Any], seed: int) -> str:
    """The same for the same body."""
    return sha256(f"{seed}|{compact(body)}".encode()).hexdigest()


def compact(value: object) -> str:
    """JSON without spaces, keys in their given order."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def json_body(raw: bytes) -> dict[str, Any]:
    """The body as a JSON object; raises WireError 400."""
    try:
        body = json.loads(raw)
    except ValueError as error:
        raise WireError(400, f"We could not parse the JSON body of your request: {error}") from error
    if not isinstance(body, dict):
        raise WireError(400, "The body of the request must be a JSON object.")
    return body


def _items(value: object) -> tuple[dict[str, Any], ...]:
    if isinstance(value, str):
        return ({"type": "message", "role": "user", "content": value},)
    if isinstance(value, list) and all(isinstance(item, dict) for item in value):
        return tuple(value)
    raise WireError(400, "Missing or invalid parameter: 'input' must be a string or a list of items.")
