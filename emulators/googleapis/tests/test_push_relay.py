"""A push of the Pub/Sub emulator passes through with the token that production's Pub/Sub would add."""

import socket
from pathlib import Path

import pytest

from emulators.googleapis.push_relay import PushRelay
from emulators.googleapis.tests.emulator import PROJECT, Emulator
from emulators.googleapis.tests.target import Answer, Target

PUSHER = f"pusher@{PROJECT}.iam.gserviceaccount.com"
BODY = b'{"message": {"messageId": "1"}}'


async def test_a_push_is_forwarded_with_the_token_of_its_account(tmp_path: Path, target: Target, path: str) -> None:
    emulator = await Emulator.start(tmp_path, ("--push", f"usage={target.url}{path},{PUSHER}"))
    target.answers[path] = [Answer(status=503), Answer(status=200)]
    answers = [await emulator.http.post("/push/usage", content=BODY) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [503, 200]
    call = (await target.wait_for(path, 2))[0]
    assert call.body == BODY
    token = call.headers["authorization"].removeprefix("Bearer ")
    assert (await emulator.claims(token, f"{target.url}{path}"))["email"] == PUSHER
    assert (await emulator.http.post("/push/unknown", content=BODY)).status_code == 404
    await emulator.stop()


async def test_a_push_that_nobody_answers_is_to_be_redelivered(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]
    emulator = await Emulator.start(tmp_path, ("--push", f"usage=http://127.0.0.1:{port}/x,{PUSHER}"))
    assert (await emulator.http.post("/push/usage", content=BODY)).status_code == 502
    await emulator.stop()


@pytest.mark.parametrize("text", ["usage", "usage=x,a@b", "usage=http://x", "=http://x,a@b"])
def test_an_incomplete_relay_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="is not name=URL,email"):
        PushRelay.parse(text)
