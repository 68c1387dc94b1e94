"""Uploads that overlap: a row that several files have counts once in a question on them, and in each file by itself."""

import asyncio
from collections.abc import Sequence

import pytest

from common.contract.documents import DatasetDocument
from common.core.clock import now_utc
from common.core.user import UserContext
from common.datasets.ingest import IngestionService
from common.datasets.row_index import index_of
from common.guests.merge import GuestMerge
from common.runs.ports import Ports
from common.spend import totals
from common.spend.logs.overlap.split import UNFINISHED
from common.store import paths
from common.store.client import read_all
from functions.step.workspace import FirestoreWorkspace
from tests.support.documents import stored
from tests.support.protocol import DiedError, document, dying, lossy, user_of

WITH_IDS = "timestamp,model,input_tokens,output_tokens,request_id"
PLAIN = "timestamp,model,input_tokens,output_tokens,feature"
BY_DAY = "start_time,model,input_tokens,output_tokens,num_requests"
EQUAL = 2_000
"""Rows of a first part, all of one moment: enough to know the format from there on."""


def row(header: str, day: int) -> str:
    """The request of a day, which has a thousand tokens and as many as days."""
    last = {WITH_IDS: f"req_{day}", PLAIN: "chat", BY_DAY: "40"}[header]
    return f"2026-10-{day:02}T00:00:00Z,gpt-4o,{1_000 + day},{day},{last}\n"


def file(days: Sequence[int], header: str = PLAIN) -> bytes:
    return f"{header}\n{''.join(row(header, day) for day in days)}".encode()


async def upload(ports: Ports, uid: str, name: str, *parts: bytes) -> str:
    service = IngestionService(ports.db, user_of(uid))
    dataset = await service.begin(client_request_id=f"upload-{name}", name=name, model=None)
    for number, part in enumerate(parts):
        await service.receive(dataset, number=number, piece=part)
    await service.complete(dataset, chunks=len(parts))
    return dataset


async def days_in(ports: Ports, uid: str, *datasets: str) -> int:
    """Output tokens of a question: the sum of the days of its rows."""
    return totals(await FirestoreWorkspace(ports.db, uid).rollup(datasets)).output_tokens


async def dataset_document(ports: Ports, uid: str, dataset: str) -> DatasetDocument:
    return DatasetDocument.model_validate(await document(ports, paths.dataset(uid, dataset)))


async def blobs(ports: Ports, uid: str) -> set[str]:
    """The paths of all blobs of row hashes, which are those that the index lists."""
    (snapshot,) = await read_all(ports.db, [paths.row_index(uid)])
    listed = {
        paths.row_hashes(uid, dataset, kept.name) for dataset, all_of in index_of(snapshot).items() for kept in all_of
    }
    assert {path for path in await stored(ports, paths.user(uid)) if paths.ROW_HASHES in path} == listed
    return listed


@pytest.mark.parametrize("header", [WITH_IDS, PLAIN, BY_DAY])
async def test_shared_rows_count_once_together_and_in_each_file_alone(ports: Ports, uid: str, header: str) -> None:
    october = await upload(ports, uid, "october.csv", file(range(1, 26), header))
    later = await upload(ports, uid, "later.csv", file(range(16, 31), header))
    assert await days_in(ports, uid, october, later) == sum(range(1, 31))
    assert await days_in(ports, uid, october) == sum(range(1, 26))
    assert await days_in(ports, uid, later) == sum(range(16, 31))
    note = "10 rows of this file were in october.csv already. They count once when both are asked about."
    assert (await dataset_document(ports, uid, later)).notes[0] == note
    assert note not in (await dataset_document(ports, uid, october)).notes
    assert (UNFINISHED in (await dataset_document(ports, uid, later)).notes) == (header == BY_DAY)
    infos = await FirestoreWorkspace(ports.db, uid).datasets((october, later))
    assert [(info.rows, info.shared) for info in infos] == [(25, 0), (15, 10)]
    await IngestionService(ports.db, user_of(uid)).delete(october)
    assert await days_in(ports, uid, october, later) == sum(range(16, 31))
    assert len(await blobs(ports, uid)) == 1


async def test_the_same_file_again_changes_no_total_and_equal_requests_stay_as_many(ports: Ports, uid: str) -> None:
    days = [1, 1, 1, 2]
    datasets = [await upload(ports, uid, f"{number}.csv", file(days)) for number in range(3)]
    more = await upload(ports, uid, "more.csv", file([*days, 1, 3]))
    assert await days_in(ports, uid, *datasets) == 5
    assert await days_in(ports, uid, *datasets[1:], more) == 9
    assert await days_in(ports, uid, more) == 9
    last = await dataset_document(ports, uid, datasets[2])
    assert [note.partition(" were")[0] for note in last.notes] == ["All 4 rows of this file"] * 2
    (shared,) = last.shared or []
    assert (set(shared.also_in), shared.rows) == (set(datasets[:2]), 4)
    assert last.shards == []


async def test_parts_sent_twice_and_replies_that_are_lost_count_rows_and_hashes_once(ports: Ports, uid: str) -> None:
    first = file([1] * EQUAL)
    await upload(ports, uid, "before.csv", file([1] * (EQUAL + 1) + [2]))
    services = [IngestionService(db, user_of(uid)) for db in (lossy(ports, losses=1, after=1).db, ports.db, ports.db)]
    dataset = await services[1].begin(client_request_id="upload-twice", name="twice.csv", model=None)
    for number, piece in enumerate((first, row(PLAIN, 1).encode() * 2, row(PLAIN, 2).encode())):
        await asyncio.gather(*(service.receive(dataset, number=number, piece=piece) for service in services))
    await services[1].complete(dataset, chunks=3)
    twice = await dataset_document(ports, uid, dataset)
    assert twice.rows == EQUAL + 3
    assert [part.rows for part in twice.shared or ()] == [EQUAL + 2]
    await blobs(ports, uid)
    again = await upload(ports, uid, "again.csv", file([1] * (EQUAL + 3)))
    assert await days_in(ports, uid, dataset) == EQUAL + 4
    assert await days_in(ports, uid, dataset, again) == EQUAL + 5


async def test_a_part_that_died_before_its_commit_left_nothing_that_counts(ports: Ports, uid: str) -> None:
    service = IngestionService(ports.db, user_of(uid))
    dataset = await service.begin(client_request_id="upload-dying", name="dying.csv", model=None)
    first = file([1] * EQUAL)
    with pytest.raises(DiedError):
        await IngestionService(dying(ports, commits=1).db, user_of(uid)).receive(dataset, number=0, piece=first)
    other = await upload(ports, uid, "other.csv", file([1, 2]))
    assert (await dataset_document(ports, uid, other)).shared is None
    await service.receive(dataset, number=0, piece=first)
    await service.complete(dataset, chunks=1)
    assert await days_in(ports, uid, dataset, other) == EQUAL + 2
    await service.delete(dataset)
    assert len(await blobs(ports, uid)) == 1


async def test_uploads_at_once_see_one_another(ports: Ports, uid: str) -> None:
    head = file([1] * EQUAL)

    async def one(name: str, days: Sequence[int]) -> str:
        return await upload(ports, uid, name, head, *(row(PLAIN, day).encode() for day in days))

    datasets = await asyncio.gather(one("a.csv", (2, 3, 4)), one("b.csv", (4, 3, 2)), one("c.csv", (3, 4, 5)))
    assert await days_in(ports, uid, *datasets) == EQUAL + 2 + 3 + 4 + 5
    assert [await days_in(ports, uid, each) - EQUAL for each in datasets] == [9, 9, 12]
    assert await days_in(ports, uid, *datasets[:2]) == EQUAL + 9
    await blobs(ports, uid)


async def test_what_a_guest_uploaded_is_known_to_the_account_and_deleted_from_the_guest(ports: Ports, uid: str) -> None:
    account = UserContext(uid=f"account-of-{uid}", email="ann@example.com", guest=False)
    kept = await upload(ports, account.uid, "kept.csv", file([30]))
    moved = await upload(ports, uid, "moved.csv", file(range(1, 20)))
    await GuestMerge(ports.db, account=account, guest=user_of(uid), now=now_utc()).run()
    later = await upload(ports, account.uid, "later.csv", file(range(10, 31)))
    assert await days_in(ports, account.uid, kept, moved, later) == sum(range(1, 31))
    assert len(await blobs(ports, account.uid)) == 3
    assert await stored(ports, paths.user(uid), paths.row_index(uid)) == {}


async def test_rows_of_an_upload_that_failed_are_held_by_nobody(ports: Ports, uid: str) -> None:
    head = file([1] * EQUAL)
    service = IngestionService(ports.db, user_of(uid))
    given_up = await service.begin(client_request_id="upload-given-up", name="given-up.csv", model=None)
    await service.receive(given_up, number=0, piece=head)
    dataset = await upload(ports, uid, "whole.csv", head)
    assert await days_in(ports, uid, given_up, dataset) == EQUAL
    await service.delete(given_up)
    assert await days_in(ports, uid, given_up, dataset) == EQUAL
