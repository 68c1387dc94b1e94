"""Dead letters: published at least once, exactly where a run failed by our fault; listed and asked again."""

import asyncio
import json
import subprocess
import sys
import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import grpc.aio
import pytest
from google.api_core.exceptions import GoogleAPICallError
from google.cloud import firestore
from google.pubsub_v1 import PublisherClient, SubscriberClient
from google.pubsub_v1.services.publisher.transports import PublisherGrpcTransport
from google.pubsub_v1.services.subscriber.transports import SubscriberGrpcTransport

from cli.ask.client import ApexClient
from cli.ask.turn import TurnOutcome, ask
from cli.dead_letters.subscription import Subscription, WaitingDeadLetter
from common.contract.answer import Answer
from common.environment.isolated import IsolatedEnvironment
from common.environment.settings import Settings, load_settings
from common.runs.dead_letters import publish_dead_letters
from common.runs.end import end_run
from common.runs.end_reasons import EndReason, RunFailedError
from common.runs.ending import Ending
from common.runs.ports import Ports
from common.store import paths
from emulators.platform.addresses import child_environment
from emulators.platform.api import Stack
from emulators.platform.layout import REPOSITORY
from emulators.platform.provision import create_dead_letters
from tests.support.faults import clear_model_faults, inject_model_fault
from tests.support.invariants import check_run
from tests.support.protocol import DiedError, accept, document, dying, state_of

FAILURES = [reason for reason in EndReason if reason not in {EndReason.ANSWERED, EndReason.STOPPED}]
WITHIN_S = 30.0


@dataclass(frozen=True)
class Place:
    """A database and a project of Pub/Sub of their own, which no other upkeep sees."""

    ports: Ports
    settings: Settings

    async def end(self, uid: str, ending: Ending) -> str:
        """A run of `uid` that ended so."""
        accepted = await accept(self.ports, uid, f"request-{uuid.uuid4().hex}")
        await end_run(self.ports.db, await state_of(self.ports, accepted.run_id), ending)
        return accepted.run_id

    async def publish(self, ports: Ports | None = None) -> int:
        """Publish what is unpublished, as upkeep does."""
        return await publish_dead_letters((ports or self.ports).db, self.settings)

    def waiting(self) -> list[WaitingDeadLetter]:
        """What the subscription holds; it stays there."""
        with Subscription(self.settings) as subscription:
            return subscription.take()

    def create_topic(self) -> None:
        """The topic and its subscription."""
        assert self.settings.pubsub_emulator
        with grpc.insecure_channel(self.settings.pubsub_emulator) as channel:
            publisher = PublisherClient(transport=PublisherGrpcTransport(channel=channel))
            subscriber = SubscriberClient(transport=SubscriberGrpcTransport(channel=channel))
            create_dead_letters(publisher, subscriber, self.settings)


@pytest.fixture
def place(ports: Ports) -> Place:
    """Without a topic yet."""
    project = f"{ports.db.project}-{uuid.uuid4().hex[:8]}"
    settings = replace(load_settings(IsolatedEnvironment.of_process(), "upkeep"), project=project)
    return Place(replace(ports, db=firestore.AsyncClient(project=project)), settings)


async def test_a_dead_letter_is_published_exactly_where_a_run_failed_by_our_fault(place: Place, uid: str) -> None:
    place.create_topic()
    failed = {reason: await place.end(uid, Ending(error=RunFailedError(reason))) for reason in FAILURES}
    await place.end(uid, Ending())
    await place.end(uid, Ending(answer=Answer(text="A."), summary="Done."))
    assert await place.publish() == len(FAILURES) - 1
    dead_letters = {one.dead_letter.run_id: one.dead_letter for one in place.waiting()}
    expected = {run: reason for reason, run in failed.items() if reason is not EndReason.DATA_GONE}
    assert {run: each.reason for run, each in dead_letters.items()} == expected
    assert {each.uid for each in dead_letters.values()} == {uid}
    assert await place.publish() == 0


async def test_a_dead_letter_holds_nothing_that_its_user_wrote(place: Place, uid: str) -> None:
    place.create_topic()
    run_id = await place.end(uid, Ending(error=RunFailedError(EndReason.MONEY)))
    question = (await state_of(place.ports, run_id)).question
    await place.publish()
    (waiting,) = place.waiting()
    assert question
    assert question not in waiting.dead_letter.model_dump_json()
    assert question not in repr(await document(place.ports, paths.dead_letter(run_id)))


async def test_a_dead_letter_that_could_not_be_published_is_published_later(place: Place, uid: str) -> None:
    run_id = await place.end(uid, Ending(error=RunFailedError(EndReason.ATTEMPTS)))
    with pytest.raises(GoogleAPICallError):
        await place.publish()
    assert (await document(place.ports, paths.dead_letter(run_id)))["published_at"] is None
    place.create_topic()
    assert await place.publish() == 1
    assert [one.dead_letter.run_id for one in place.waiting()] == [run_id]


async def test_a_dead_letter_of_a_later_version_is_left_to_it_and_holds_up_no_other(place: Place, uid: str) -> None:
    place.create_topic()
    later, ours = [await place.end(uid, Ending(error=RunFailedError(EndReason.ATTEMPTS))) for _ in range(2)]
    dead_letter = place.ports.db.document(paths.dead_letter(later))
    await dead_letter.update({"reason": "of_a_later_version"})
    assert await place.publish() == 1
    assert [one.dead_letter.run_id for one in place.waiting()] == [ours]
    assert (await document(place.ports, paths.dead_letter(later)))["published_at"] is None
    await dead_letter.delete()


async def test_a_dead_letter_whose_mark_was_lost_is_published_again_and_listed_once(place: Place, uid: str) -> None:
    place.create_topic()
    run_id = await place.end(uid, Ending(error=RunFailedError(EndReason.ATTEMPTS)))
    with pytest.raises(DiedError):
        await place.publish(dying(place.ports, commits=0))
    assert await place.publish() == 1
    (waiting,) = place.waiting()
    assert waiting.dead_letter.run_id == run_id
    assert len(waiting.ack_ids) == 2


# From the terminal


@pytest.fixture
def customer(guest: ApexClient, tmp_path: Path) -> ApexClient:
    """A guest with a bill of 1.00 USD."""
    log = tmp_path / "usage.csv"
    row = "2026-11-01T00:00:00Z,gpt-4o,100000,75000"
    log.write_text(f"timestamp,model,input_tokens,output_tokens\n{row}\n", encoding="utf-8")
    guest.upload(log)
    return guest


def command(*arguments: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(  # noqa: S603 - our own program
        (sys.executable, "-m", "cli", "dead-letters", *arguments),
        cwd=REPOSITORY,
        env=child_environment({}),
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=60,
        check=False,
    )


def listed() -> dict[str, dict[str, Any]]:
    """The dead letters of the test stack, by run."""
    done = command("list", "--json", "--env", "test")
    assert done.returncode == 0, done.stderr
    return {dead_letter["run_id"]: dead_letter for dead_letter in json.loads(done.stdout)}


def failed_run(stack: Stack, customer: ApexClient, tag: str) -> TurnOutcome:
    """A question that failed because the model was away, once its dead letter is listed; the model is back then."""
    inject_model_fault(stack, "server_error", match=tag, times=100)
    outcome = ask(customer, f"How do I cut this bill by 20 %? {tag}")
    assert outcome.status == "failed"
    clear_model_faults(stack, tag)
    give_up = time.monotonic() + WITHIN_S
    while outcome.run_id not in listed():
        assert time.monotonic() < give_up, "its dead letter was not published"
    return outcome


def test_a_replayed_run_is_answered_rightly_and_a_second_replay_is_the_same_run(
    stack: Stack, customer: ApexClient, tag: str
) -> None:
    failed = failed_run(stack, customer, tag)
    dead_letter = listed()[failed.run_id]
    assert (dead_letter["uid"], dead_letter["thread_id"]) == (customer.uid, failed.thread_id)
    assert dead_letter["reason"] == "model_unavailable"
    first = command("replay", failed.run_id, "--env", "test")
    assert first.returncode == 0, first.stderr
    run_id = first.stdout.split("run ")[1].split(",")[0]
    with customer.watch(run_id) as watch:
        events = [arrived.event for arrived in watch.events(30)]
    check_run(events)
    assert "1.00 USD" in events[-1]["answer"]["text"]
    assert failed.run_id not in listed()
    second = command("replay", failed.run_id, "--env", "test")
    assert (second.returncode, second.stdout) == (0, first.stdout.replace("running", "completed"))
    thread = customer.firestore.document(f"users/{customer.uid}/threads/{failed.thread_id}").get().to_dict()
    assert thread is not None
    assert thread["answered"] == [run_id]


def test_all_dead_letters_are_replayed_at_once(
    stack: Stack, new_guest: Callable[[], ApexClient], tag: str, tmp_path: Path
) -> None:
    log = tmp_path / "usage.csv"
    log.write_text("timestamp,model,input_tokens,output_tokens\n2026-11-01T00:00:00Z,gpt-4o,1000,100\n")
    guests = [new_guest() for _ in range(2)]
    for guest in guests:
        guest.upload(log)
    runs = [failed_run(stack, guest, tag).run_id for guest in guests]
    done = command("replay", "--all", "--env", "test")
    assert all(f"{run} was asked again" in done.stdout for run in runs)
    assert not listed().keys() & set(runs)


def test_a_dead_letter_of_a_deleted_conversation_is_dropped_and_says_so(
    stack: Stack, customer: ApexClient, tag: str
) -> None:
    failed = failed_run(stack, customer, tag)
    customer.http("DELETE", f"/api/threads/{failed.thread_id}").raise_for_status()
    done = command("replay", failed.run_id, "--env", "test")
    assert done.returncode == 0
    assert f"{failed.run_id} cannot be asked again: its user deleted" in done.stdout
    assert failed.run_id not in listed()
    assert customer.run(failed.run_id) is None


def test_a_dead_letter_of_deleted_data_is_dropped_and_says_so(stack: Stack, customer: ApexClient, tag: str) -> None:
    failed = failed_run(stack, customer, tag)
    (dataset,) = customer.firestore.document(f"users/{customer.uid}").get().get("datasets")
    customer.http("DELETE", f"/api/uploads/{dataset}").raise_for_status()
    done = command("replay", failed.run_id, "--env", "test")
    assert "its user deleted the conversation or the data" in done.stdout
    assert failed.run_id not in listed()


def test_a_dead_letter_that_its_users_limit_refuses_is_kept(stack: Stack, customer: ApexClient, tag: str) -> None:
    failed = failed_run(stack, customer, tag)
    user = firestore.Client(project=stack.project).document(f"users/{customer.uid}")
    (month,) = user.get().get("quota")
    user.update({f"quota.`{month}`": 10**6})
    done = command("replay", failed.run_id, "--env", "test")
    assert done.returncode == 1
    assert "its dead letter is kept: You have used all" in done.stderr
    assert failed.run_id in listed()


def test_an_unknown_run_is_reported(stack: Stack) -> None:
    done = command("replay", "0" * 32, "--env", stack.environment)
    assert (done.returncode, done.stdout) == (1, "")
    assert f"There is no dead letter of {'0' * 32}." in done.stderr


@pytest.mark.parametrize("arguments", [("replay",), ("replay", "no-run"), ("replay", "0" * 32, "--all"), ()])
def test_wrong_use_is_refused_with_the_usage(arguments: tuple[str, ...]) -> None:
    done = command(*arguments)
    assert done.returncode == 2
    assert "usage: python -m cli dead-letters" in done.stderr


def test_the_table_shows_whole_ids(stack: Stack, customer: ApexClient, tag: str) -> None:
    failed = failed_run(stack, customer, tag)
    table = command("list", "--env", "test").stdout
    (line,) = [line for line in table.splitlines() if failed.run_id in line]
    for word in (customer.uid, failed.thread_id, "model_unavailable", "5"):
        assert word in line.split()


async def test_an_empty_subscription_is_no_error(stack: Stack, place: Place) -> None:
    place.create_topic()
    variables = stack.function_variables() | {"GOOGLE_CLOUD_PROJECT": place.settings.project}
    program = (sys.executable, "-m", "cli.dead_letters.program", "list")
    process = await asyncio.create_subprocess_exec(
        *program, env=child_environment(variables), cwd=REPOSITORY, stdout=subprocess.PIPE
    )
    output, _ = await process.communicate()
    assert output.decode() == "No dead letters.\n"
