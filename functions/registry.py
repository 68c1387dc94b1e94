"""All deployables, for what describes or checks them together; none of them imports this."""

from collections.abc import Iterator

from functions.account.app import FUNCTION as ACCOUNT
from functions.chat.app import FUNCTION as CHAT
from functions.http import Function, Route
from functions.step.app import FUNCTION as STEP
from functions.upkeep.app import FUNCTION as UPKEEP
from functions.usage.app import FUNCTION as USAGE

FUNCTIONS = (ACCOUNT, CHAT, STEP, UPKEEP, USAGE)


def client_routes() -> Iterator[tuple[Function, Route]]:
    """The routes that customers' browsers and programs call, each with its function."""
    return ((function, route) for function in FUNCTIONS for route in function.routes if route.auth.for_clients)
