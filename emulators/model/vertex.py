"""Vertex AI's `streamGenerateContent` with `alt=sse`: its request read into ours, and a reply as its chunks.

Source: Vertex AI's reference of `models.streamGenerateContent`, and Gemini's guide to thought signatures.
"""

import base64
import json
from collections.abc import Iterable, Iterator
from typing import Any

from common.environment.profiles import ModelProvider
from emulators.model.decision import DraftCall
from emulators.model.request import WireError, WireName, WireRequest, compact, digest_of, json_body, served_models
from emulators.model.wire import WireReply, first_half, pieces

VERTEX_PATH = "/v1beta1/projects/{project}/locations/{location}/publishers/google/models/{model}:streamGenerateContent"
_STATUSES = {
    400: "INVALID_ARGUMENT",
    401: "UNAUTHENTICATED",
    404: "NOT_FOUND",
    429: "RESOURCE_EXHAUSTED",
    500: "INTERNAL",
}
"""Google's canonical names of the HTTP statuses that this server answers."""


def read_vertex_request(raw: bytes, seed: int, model: str) -> WireRequest:
    """Validate a body; raises WireError 400 (unusable body, a signature left out) or 404 (unknown model)."""
    body = json_body(raw)
    if model not in served_models(ModelProvider.VERTEX):
        raise WireError(404, f"Publisher Model `{model}` was not found.")
    contents = body.get("contents")
    if not isinstance(contents, list) or not contents:
        raise WireError(400, "at least one contents field is required")
    _require_signatures(contents)
    form = body.get("generationConfig") or {}
    return WireRequest(
        wire=WireName.VERTEX,
        body=body,
        model=model,
        instructions="".join(_texts(body.get("systemInstruction") or {})),
        items=tuple(item for content in contents for item in _items(content)),
        tools=tuple(_functions(body.get("tools") or ())),
        schema=form.get("responseJsonSchema"),
        stream=True,
        max_output_tokens=form.get("maxOutputTokens"),
        digest=digest_of(body, seed),
    )


def stream_of(reply: WireReply) -> list[bytes]:
    """The whole stream."""
    return [_encode(chunk) for chunk in _chunks(reply)]


def broken_halfway(reply: WireReply) -> list[bytes]:
    """The stream interrupted by an error."""
    error = error_of(WireError(500, "An internal error has occurred."))
    return [_encode(chunk) for chunk in (*first_half(list(_chunks(reply))), error)]


def error_of(error: WireError) -> dict[str, Any]:
    """The body that Vertex answers a refused request with; a delay stands in it, not in a header."""
    info = {"@type": "type.googleapis.com/google.rpc.RetryInfo", "retryDelay": f"{error.retry_after_s or 0:g}s"}
    details = {} if error.retry_after_s is None else {"details": [info]}
    return {"error": {"code": error.status, "message": str(error), "status": _STATUSES[error.status], **details}}


def _require_signatures(contents: list[dict[str, Any]]) -> None:
    """The first call of each reply has to come back with the signature that it was given."""
    for content in contents:
        calls = [part for part in content.get("parts") or () if "functionCall" in part]
        if calls and not calls[0].get("thoughtSignature"):
            name = calls[0]["functionCall"].get("name")
            raise WireError(400, f"Function call `{name}` is missing a thought_signature in functionCall parts.")


def _items(content: dict[str, Any]) -> Iterator[dict[str, Any]]:
    role = {"user": "user", "model": "assistant"}.get(content.get("role", "user"))
    if role is None:
        raise WireError(400, "Please use a valid role: user, model.")
    for part in content.get("parts") or ():
        if call := part.get("functionCall"):
            if "id" in call:
                raise WireError(400, "Unknown name id at contents.parts.function_call: cannot find field.")
            arguments = compact(call.get("args") or {})
            yield {"type": "function_call", "call_id": call["name"], "name": call["name"], "arguments": arguments}
        elif result := part.get("functionResponse"):
            output = compact(result.get("response") or {})
            yield {"type": "function_call_output", "call_id": result["name"], "output": output}
        elif part.get("text"):
            yield {"type": "message", "role": role, "content": part["text"]}


def _functions(tools: Iterable[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """The SDK sends `parameters_json_schema`; the API takes both spellings."""
    for tool in tools:
        yield from ({"type": "function", **function} for function in tool.get("functionDeclarations") or ())


def _texts(content: dict[str, Any]) -> Iterator[str]:
    yield from (str(part.get("text", "")) for part in content.get("parts") or ())


def _chunks(reply: WireReply) -> Iterator[dict[str, Any]]:
    """Pieces of the text, all calls in one chunk, and the reason to finish with the usage."""
    draft = reply.fitting
    if draft.refused:
        yield _last(reply, "SAFETY")
        return
    for words in pieces(draft.text):
        yield _chunk(reply, [{"text": words}])
    broken = [call for call in draft.calls if not _is_json(call)]
    if broken:
        yield _last(reply, "MALFORMED_FUNCTION_CALL", finishMessage=f"Malformed function call: {broken[0].tool}(")
        return
    if draft.calls:
        yield _chunk(reply, list(_call_parts(reply)))
    yield _last(reply, "MAX_TOKENS" if reply.incomplete else "STOP")


def _call_parts(reply: WireReply) -> Iterator[dict[str, Any]]:
    signature = base64.b64encode(bytes.fromhex(reply.request.digest)).decode()
    for index, call in enumerate(reply.fitting.calls):
        first = {} if index else {"thoughtSignature": signature}
        yield {"functionCall": {"name": call.tool, "args": json.loads(call.arguments)}, **first}


def _is_json(call: DraftCall) -> bool:
    try:
        json.loads(call.arguments)
    except ValueError:
        return False
    return True


def _chunk(reply: WireReply, parts: list[dict[str, Any]]) -> dict[str, Any]:
    candidate = {"content": {"role": "model", "parts": parts}}
    usage = {"trafficType": "ON_DEMAND"}  # counts come with the last chunk
    common = {"modelVersion": reply.request.model, "responseId": reply.request.digest[:22]}
    return {"candidates": [candidate], "usageMetadata": usage, **common}


def _last(reply: WireReply, reason: str, **more: str) -> dict[str, Any]:
    usage = reply.usage
    counts = {
        "promptTokenCount": usage.input_tokens,
        "candidatesTokenCount": usage.output_tokens,
        "totalTokenCount": usage.input_tokens + usage.output_tokens,
        **({"cachedContentTokenCount": usage.cached_tokens} if usage.cached_tokens else {}),
    }
    chunk = _chunk(reply, [{"text": ""}])
    return {
        **chunk,
        "candidates": [{**chunk["candidates"][0], "finishReason": reason, **more}],
        "usageMetadata": {**counts, **chunk["usageMetadata"]},
    }


def _encode(chunk: dict[str, Any]) -> bytes:
    return f"data: {compact(chunk)}\r\n\r\n".encode()
