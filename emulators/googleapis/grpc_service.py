"""A gRPC service from a table of plain functions over Google's generated message types."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any, NoReturn

import grpc

Rpc = tuple[Any, Callable[[Any], Any]]
"""Request message type, and the function that answers it; None becomes google.protobuf.Empty."""


class ApiError(Exception):
    """An error as the caller sees it: a gRPC status code and Google's text for it."""

    def __init__(self, code: grpc.StatusCode, message: str) -> None:
        self.code = code
        self.message = message
        super().__init__(message)


def refuse(message: str) -> NoReturn:
    """Raise INVALID_ARGUMENT."""
    raise ApiError(grpc.StatusCode.INVALID_ARGUMENT, message)


def not_emulated(what: str) -> NoReturn:
    """Raise UNIMPLEMENTED: what is not emulated is never ignored silently."""
    raise ApiError(grpc.StatusCode.UNIMPLEMENTED, f"The local emulator does not support {what}.")


def service(name: str, rpcs: Mapping[str, Rpc]) -> "grpc.GenericRpcHandler[Any, Any]":
    """The handler of the gRPC service `name`; methods that are not in `rpcs` answer UNIMPLEMENTED."""
    return grpc.method_handlers_generic_handler(
        name,
        {
            method: grpc.unary_unary_rpc_method_handler(
                _unary(answer), request_deserializer=request.deserialize, response_serializer=_serialize
            )
            for method, (request, answer) in rpcs.items()
        },
    )


def _unary(answer: Callable[[Any], Any]) -> Callable[[Any, grpc.aio.ServicerContext[Any, Any]], Awaitable[Any]]:
    async def call(request: Any, context: grpc.aio.ServicerContext[Any, Any]) -> Any:
        try:
            return answer(request)
        except ApiError as error:
            return await context.abort(error.code, error.message)

    return call


def _serialize(response: Any) -> bytes:
    return b"" if response is None else bytes(type(response).serialize(response))
