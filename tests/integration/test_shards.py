"""Shards are merged as a dataset grows: nothing is lost, doubled or left behind, and readers beside it see a whole."""

import asyncio
import base64

import pytest

from common.accounts.api_keys import create_key
from common.accounts.users import ensure_user
from common.core.user import UserContext
from common.datasets import shard_files as shards
from common.datasets.datasets import delete_dataset
from common.datasets.ingest import IngestionService
from common.datasets.live import LiveService
from common.datasets.pubsub_message import PushEnvelope
from common.datasets.shard_files import LOOSE
from common.datasets.warm_rollups import WarmRollups
from common.runs.ports import Ports
from common.spend import Importer, Rollup, totals
from common.spend.rollup.parts import ALL_PARTS
from common.store import paths
from common.store.client import fields, read_all
from functions.step.workspace import FirestoreWorkspace
from tests.support.documents import stored
from tests.support.protocol import DiedError, dying, lossy, user_of

HEADER = b"timestamp,model,input_tokens,output_tokens,feature,user\n"
FIRST = HEADER + b"2026-11-01T00:00:00Z,gpt-4o,100,10,f,u\n" * 2_000
"""Enough to know the format: from then on each part is read as it comes."""
PARTS = 3 * LOOSE


def part(number: int) -> bytes:
    """Rows of one part, unlike those of the others."""
    rows = (f"2026-11-{1 + number % 28:02}T00:00:00Z,gpt-4o,{number + n},{n},f{number % 5},u{number}" for n in range(5))
    return "".join(f"{row}\n" for row in rows).encode()


@pytest.fixture(autouse=True)
def _every_part_has_a_shard(monkeypatch: pytest.MonkeyPatch) -> None:
    """As large parts have: none is small enough to be taken in by the last shard."""
    monkeypatch.setattr(shards, "OPEN_BYTES", 0)


async def begin(ports: Ports, uid: str) -> str:
    """An upload whose first part has come."""
    dataset = await IngestionService(ports.db, user_of(uid)).begin(client_request_id="upload", name="a.csv", model=None)
    await IngestionService(ports.db, user_of(uid)).receive(dataset, number=0, piece=FIRST)
    return dataset


async def listed(ports: Ports, uid: str, dataset: str) -> list[str]:
    """The shards of a dataset, which are all that lie under it."""
    (found,) = await read_all(ports.db, [paths.dataset(uid, dataset)])
    names: list[str] = fields(found)["shards"]
    lying = [shard.id async for shard in found.reference.collection(paths.ROLLUPS).list_documents()]
    assert sorted(names) == sorted(lying)
    return names


async def stored_rollup(ports: Ports, uid: str, dataset: str) -> Rollup:
    """The rollup that questions read."""
    return await FirestoreWorkspace(ports.db, uid).rollup((dataset,))


def expected_rollup(parts: int) -> Rollup:
    """The rollup of the same rows, read at once."""
    importer = Importer()
    importer.feed(FIRST + b"".join(part(number) for number in range(1, parts + 1)))
    importer.finish()
    return importer.take().rollup


async def test_a_dataset_of_many_parts_has_few_shards_and_every_row(ports: Ports, uid: str) -> None:
    dataset = await begin(ports, uid)
    service = IngestionService(ports.db, user_of(uid))
    most = 0
    for number in range(1, PARTS + 1):
        await service.receive(dataset, number=number, piece=part(number))
        most = max(most, len(await listed(ports, uid, dataset)))
    await service.complete(dataset, chunks=PARTS + 1)
    assert LOOSE <= most <= LOOSE + 1
    assert len(await listed(ports, uid, dataset)) == 1
    assert list((await stored_rollup(ports, uid, dataset)).records()) == list(expected_rollup(PARTS).records())


async def test_the_same_part_twice_at_once_is_merged_once_and_leaves_nothing_behind(ports: Ports, uid: str) -> None:
    dataset = await begin(ports, uid)
    for number in range(1, PARTS + 1):
        services = [IngestionService(ports.db, user_of(uid)) for _ in range(3)]
        replies = await asyncio.gather(*(one.receive(dataset, number=number, piece=part(number)) for one in services))
        assert {progress.rows for progress in replies} == {2_000 + 5 * number}
    await IngestionService(ports.db, user_of(uid)).complete(dataset, chunks=PARTS + 1)
    await listed(ports, uid, dataset)
    assert list((await stored_rollup(ports, uid, dataset)).records()) == list(expected_rollup(PARTS).records())


@pytest.mark.parametrize("after", [0, 1, 2])
async def test_a_merge_whose_reply_is_lost_counts_once(ports: Ports, uid: str, after: int) -> None:
    dataset = await begin(ports, uid)
    for number in range(1, LOOSE + 1):
        db = lossy(ports, losses=1, after=after).db if number == LOOSE else ports.db
        progress = await IngestionService(db, user_of(uid)).receive(dataset, number=number, piece=part(number))
        assert progress.rows == 2_000 + 5 * number
    assert len(await listed(ports, uid, dataset)) == 1
    await IngestionService(ports.db, user_of(uid)).complete(dataset, chunks=LOOSE + 1)
    assert list((await stored_rollup(ports, uid, dataset)).records()) == list(expected_rollup(LOOSE).records())


async def test_a_merge_that_died_half_way_is_done_by_the_next_try_and_deleted_with_the_dataset(
    ports: Ports, uid: str
) -> None:
    dataset = await begin(ports, uid)
    service = IngestionService(ports.db, user_of(uid))
    for number in range(1, LOOSE):
        await service.receive(dataset, number=number, piece=part(number))
    short_lived = IngestionService(dying(ports, commits=1).db, user_of(uid))
    with pytest.raises(DiedError):
        await short_lived.receive(dataset, number=LOOSE, piece=part(LOOSE))
    await service.receive(dataset, number=LOOSE, piece=part(LOOSE))
    await service.complete(dataset, chunks=LOOSE + 1)
    assert list((await stored_rollup(ports, uid, dataset)).records()) == list(expected_rollup(LOOSE).records())
    await delete_dataset(ports.db, uid=uid, dataset_id=dataset)
    assert await stored(ports, paths.dataset(uid, dataset)) == {}


async def test_a_question_beside_live_data_always_reads_whole_messages(ports: Ports, uid: str) -> None:
    owner = UserContext(uid=uid, email=None, guest=False)
    await ensure_user(ports.db, owner)
    attributes = {"user": uid, "key": (await create_key(ports.db, owner, name="live", live=True)).secret}
    await take(ports, attributes, 0)
    (dataset,) = [found.id async for found in ports.db.collection(paths.datasets(uid)).stream()]

    async def send() -> None:
        for number in range(1, 8 * LOOSE):
            await take(ports, attributes, number)

    sending, seen = asyncio.create_task(send()), []
    while not sending.done():
        seen.append(totals(await stored_rollup(ports, uid, dataset)).requests)
    await sending
    assert seen == sorted(seen)
    assert {count % 5 for count in seen} == {0}
    assert len(set(seen)) > 3
    assert totals(await stored_rollup(ports, uid, dataset)).requests == 5 * 8 * LOOSE


async def test_live_data_that_grew_are_not_answered_from_what_was_decoded_before(
    ports: Ports, uid: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shards, "OPEN_BYTES", 100_000)  # each message is taken in by the last shard
    owner, warm, seen = user_of(uid), WarmRollups(), []
    await ensure_user(ports.db, owner)
    attributes = {"user": uid, "key": (await create_key(ports.db, owner, name="live", live=True)).secret}
    for number in range(3):
        await take(ports, attributes, number)
        datasets = [found.id async for found in ports.db.collection(paths.datasets(uid)).stream()]
        rollup = await warm.read(ports.db, uid, datasets, ALL_PARTS)
        assert rollup is not None
        seen.append(totals(rollup).requests)
    assert seen == [5, 10, 15]


async def take(ports: Ports, attributes: dict[str, str], number: int) -> None:
    """Push one message with the rows of a part."""
    message = {
        "data": base64.b64encode(HEADER + part(number)),
        "attributes": attributes,
        "messageId": str(number),
        "publishTime": "2026-11-22T12:00:00Z",
    }
    envelope = PushEnvelope.model_validate({"message": message, "subscription": attributes["user"]})
    assert await LiveService(ports.db, envelope).take()
