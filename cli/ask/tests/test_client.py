"""What the client makes by itself."""

from cli.ask.client import new_request_id
from functions.chat.requests import TurnRequest


def test_no_request_id_that_the_client_makes_is_ever_refused() -> None:
    ids = {new_request_id() for _ in range(20_000)}
    assert len(ids) == 20_000
    for request_id in ids:
        TurnRequest(client_request_id=request_id, message="hello")
