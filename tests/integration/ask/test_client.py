import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import jwt
import pytest
from google.api_core.exceptions import PermissionDenied

from cli.ask.client import ApexClient
from cli.ask.errors import ClientError
from cli.ask.turn import ask
from emulators.platform.api import Stack

LOG = "timestamp,model,input_tokens,output_tokens\n2026-05-01T10:00:00Z,gpt-4o,1000,100\n"


def test_the_same_name_is_the_same_user_and_a_guest_is_a_new_one(
    stack: Stack, new_guest: Callable[[], ApexClient]
) -> None:
    with ApexClient.sign_in_as(stack, "ann") as first, ApexClient.sign_in_as(stack, "ann") as second:
        assert first.uid == second.uid
    assert new_guest().uid != new_guest().uid


def test_rules_hold_for_reads_queries_and_listeners(new_guest: Callable[[], ApexClient]) -> None:
    owner, other = new_guest(), new_guest()
    outcome = ask(owner, "Hello")
    own = f"users/{owner.uid}/runs/{outcome.run_id}"
    assert owner.firestore.document(own).get().exists
    with pytest.raises(PermissionDenied):
        other.firestore.document(own).get()
    with pytest.raises(PermissionDenied):
        other.firestore.collection(f"{own}/events").get()
    with pytest.raises(PermissionDenied):
        owner.firestore.document(own).update({"status": "queued"})
    foreign = ApexClient(other.stack, replace(other.session, uid=owner.uid))
    with pytest.raises(ClientError) as refused, foreign.watch(outcome.run_id):
        pass
    foreign.close()
    assert (refused.value.code, refused.value.http_status) == ("forbidden", 403)


def test_a_turn_is_followed_from_its_first_event_to_its_answer(guest: ApexClient) -> None:
    seen: list[int] = []
    outcome = ask(guest, "Hello", on_event=lambda event: seen.append(event["seq"]))
    assert outcome.status == "completed"
    assert seen == list(range(len(outcome.events)))
    message = guest.message(outcome.thread_id, outcome.run_id)
    assert message is not None
    assert outcome.answer is not None
    assert message["text"] == outcome.answer["text"] != ""
    timings = outcome.timings
    assert timings.first_event_ms is not None
    assert timings.completed_ms is not None
    assert 0 < timings.first_event_ms <= timings.completed_ms


def test_an_expired_token_gives_a_typed_error(guest: ApexClient) -> None:
    claims = jwt.decode(guest.session.token, options={"verify_signature": False})
    past = int(time.time()) - 10
    token = jwt.encode({**claims, "exp": past, "iat": past - 3600}, "", algorithm="none")
    with ApexClient(guest.stack, replace(guest.session, token=token)) as late, pytest.raises(ClientError) as refused:
        late.post_turn("Hello")
    assert (refused.value.code, refused.value.http_status) == ("unauthenticated", 401)


def test_a_token_that_runs_out_while_a_run_is_followed_ends_the_wait(guest: ApexClient) -> None:
    with (
        ApexClient(guest.stack, replace(guest.session, expires_at=time.time() + 0.3)) as late,
        late.watch(late.run_id("never-posted")) as watch,
        pytest.raises(ClientError) as ended,
    ):
        next(watch.events())
    assert ended.value.code == "unauthenticated"


def test_a_run_that_says_nothing_is_given_up(guest: ApexClient) -> None:
    with guest.watch(guest.run_id("never-posted")) as watch, pytest.raises(ClientError) as ended:
        next(watch.events(silence_s=0.3))
    assert ended.value.code == "no_events"


def test_an_upload_in_many_chunks_counts_every_row(guest: ApexClient, tmp_path: Path) -> None:
    header, row = LOG.splitlines()
    path = tmp_path / "log.csv"
    path.write_text("\n".join([header, *[row] * 200_000]), encoding="utf-8")
    positions: list[int] = []
    dataset = guest.upload(path, on_progress=lambda piece: positions.append(piece.position))
    assert (dataset.rows, dataset.rejects) == (200_000, 0)
    assert len(positions) > 1
    assert positions[-1] == path.stat().st_size


def test_many_guests_ask_at_once_from_threads(new_guest: Callable[[], ApexClient]) -> None:
    guests = [new_guest() for _ in range(10)]
    with ThreadPoolExecutor(len(guests)) as pool:
        outcomes = list(pool.map(lambda client: ask(client, "Hello"), guests))
    assert [outcome.status for outcome in outcomes] == ["completed"] * len(guests)
    assert len({outcome.run_id for outcome in outcomes}) == len(guests)
