"""The merge of a guest into an account, commit by commit: what dies is taken up, what is large is moved in pieces."""

import asyncio
import time
from datetime import timedelta
from typing import Any

import pytest

from common.accounts.users import ensure_user
from common.contract.answer import Answer
from common.core.clock import now_utc
from common.core.user import UserContext
from common.datasets.ingest import IngestionService
from common.errors import ApexError, ErrorCode
from common.guests.merge import UPLOAD_IDLE, GuestMerge, MergeResult
from common.runs.advance import finish_step
from common.runs.ports import Ports
from common.runs.step import StepResult
from common.runs.threads import delete_thread, rename_thread
from common.store import paths
from common.store.bulk import BulkWriter
from tests.support.datasets import add_dataset
from tests.support.documents import stored
from tests.support.protocol import DiedError, Worker, accept, claim, document, dying, state_of, user_of

DONE = StepResult(summary="done", answer=Answer(text="done"))


@pytest.fixture
def account(uid: str) -> UserContext:
    """The account that the guest `uid` signs in to."""
    return UserContext(uid=f"account-of-{uid}", email="ann@example.com", guest=False)


def merge_of(ports: Ports, uid: str, account: UserContext) -> GuestMerge:
    return GuestMerge(ports.db, account=account, guest=user_of(uid), now=now_utc())


async def fill(ports: Ports, uid: str) -> str:
    """Two answered turns in one thread, one dataset; returns the last run."""
    run = ""
    thread = None
    for number in range(2):
        accepted = await accept(ports, uid, f"request-{number}", thread=thread)
        run, thread = accepted.run_id, accepted.thread_id
        worker = Worker(ports, await claim(ports, run))
        await worker.say("a thought")
        await finish_step(ports, worker.writer, worker.memory, DONE)
    await add_dataset(ports, uid, "ready")
    return run


async def theirs(ports: Ports, uid: str) -> dict[str, Any]:
    """What is stored under a user, by path below it; claims, which expire, aside."""
    found = await stored(ports, paths.user(uid))
    return {path.split("/", 2)[-1]: fields for path, fields in found.items() if "/claims/" not in path}


@pytest.mark.parametrize("commits", range(9))
async def test_a_merge_that_died_is_finished_by_a_repeat(
    ports: Ports, uid: str, account: UserContext, commits: int
) -> None:
    run = await fill(ports, uid)
    before = await theirs(ports, uid)
    with pytest.raises(DiedError):
        await merge_of(dying(ports, commits=commits), uid, account).run()
    assert await merge_of(ports, uid, account).run() == MergeResult(threads=1, datasets=1)
    after = await theirs(ports, account.uid)
    del before[uid], after[account.uid]
    assert after == before
    user = await document(ports, paths.user(account.uid))
    assert (user["quota"], user["datasets"], user["open_runs"]) == ({now_utc().strftime("%Y-%m"): 2}, ["d1"], [])
    assert await theirs(ports, uid) == {}
    assert (await state_of(ports, run)).user == account


async def test_while_a_merge_is_under_way_the_guest_begins_nothing_and_learns_why(
    ports: Ports, uid: str, account: UserContext
) -> None:
    await fill(ports, uid)
    with pytest.raises(DiedError):
        await merge_of(dying(ports, commits=2), uid, account).run()
    with pytest.raises(ApexError) as refusal:
        await accept(ports, uid, "late-request")
    assert refusal.value.code is ErrorCode.GUEST_MOVING


async def test_while_a_merge_is_under_way_the_guest_changes_and_deletes_nothing(
    ports: Ports, uid: str, account: UserContext
) -> None:
    run = await fill(ports, uid)
    thread = (await state_of(ports, run)).thread_id
    with pytest.raises(DiedError):
        await merge_of(dying(ports, commits=2), uid, account).run()
    before = await theirs(ports, uid)
    for attempt in (
        rename_thread(ports.db, uid=uid, thread_id=thread, title="renamed"),
        delete_thread(ports.db, uid=uid, thread_id=thread),
        IngestionService(ports.db, user_of(uid)).delete("d1"),
    ):
        with pytest.raises(ApexError) as refusal:
            await attempt
        assert refusal.value.code is ErrorCode.GUEST_MOVING
    assert await theirs(ports, uid) == before


async def test_what_the_account_did_in_a_moved_thread_survives_a_repeat(
    ports: Ports, uid: str, account: UserContext
) -> None:
    run = await fill(ports, uid)
    thread = (await state_of(ports, run)).thread_id
    with pytest.raises(DiedError):
        await merge_of(dying(ports, commits=7), uid, account).run()
    moved = ports.db.document(paths.thread(account.uid, thread))
    await moved.update({"title": "renamed"})
    await merge_of(ports, uid, account).run()
    assert (await moved.get()).get("title") == "renamed"


async def test_two_merges_at_once_charge_the_account_once(ports: Ports, uid: str, account: UserContext) -> None:
    await fill(ports, uid)
    await asyncio.gather(*(merge_of(ports, uid, account).run() for _ in range(2)))
    assert list((await document(ports, paths.user(account.uid)))["quota"].values()) == [2]  # type: ignore[attr-defined]  # Firestore's map
    assert await theirs(ports, uid) == {}


async def test_a_turn_beside_the_merge_is_refused_or_moved(ports: Ports, uid: str, account: UserContext) -> None:
    await fill(ports, uid)
    merged, turn = await asyncio.gather(
        merge_of(ports, uid, account).run(), accept(ports, uid, "late-request"), return_exceptions=True
    )
    codes = [result.code for result in (merged, turn) if isinstance(result, ApexError)]
    assert codes in ([ErrorCode.GUEST_BUSY], [ErrorCode.GUEST_MOVING])


async def test_an_abandoned_upload_is_not_waited_for_and_not_kept(ports: Ports, uid: str, account: UserContext) -> None:
    await ensure_user(ports.db, user_of(uid))
    await add_dataset(ports, uid, "receiving")
    with pytest.raises(ApexError) as refusal:
        await merge_of(ports, uid, account).run()
    assert refusal.value.code is ErrorCode.GUEST_BUSY
    later = now_utc() + UPLOAD_IDLE + timedelta(seconds=5)
    moved = await GuestMerge(ports.db, account=account, guest=user_of(uid), now=later).run()
    assert moved == MergeResult(threads=0, datasets=0)
    assert await stored(ports, paths.user(uid), paths.import_state(uid, "d1")) == {}


async def test_a_guest_goes_to_one_account_only(ports: Ports, uid: str, account: UserContext) -> None:
    await fill(ports, uid)
    with pytest.raises(DiedError):
        await merge_of(dying(ports, commits=2), uid, account).run()
    other = UserContext(uid=f"other-{uid}", email="bob@example.com", guest=False)
    with pytest.raises(ApexError) as refusal:
        await merge_of(ports, uid, other).run()
    assert refusal.value.code is ErrorCode.INVALID_REQUEST
    assert await theirs(ports, other.uid) == {}


async def test_ten_thousand_events_and_shards_that_need_several_batches_are_moved(
    ports: Ports, uid: str, account: UserContext
) -> None:
    run = await fill(ports, uid)
    bulk, began = BulkWriter(ports.db), time.monotonic()
    for seq in range(100, 10_100):
        await bulk.set(paths.events(uid, run, seq), {"v": 1, "first_seq": seq, "events": [{"seq": seq}]})
    for shard in range(8):
        await bulk.set(paths.rollup(uid, "d1", f"{shard:06d}-1"), {"v": 1, "blob": bytes(500_000)})
    await bulk.flush()
    floor_s = time.monotonic() - began
    assert await merge_of(ports, uid, account).run() == MergeResult(threads=1, datasets=1)
    assert time.monotonic() - began < 10 * floor_s  # it reads, writes and deletes what was only written before
    events = ports.db.collection(f"{paths.run(account.uid, run)}/events")
    assert len([found async for found in events.select(["__name__"]).stream()]) > 10_000
    assert await ports.db.collection(f"{paths.run(uid, run)}/events").limit(1).get() == []
