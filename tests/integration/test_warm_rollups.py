"""Rollups that are kept decoded: the same is not decoded again, and what changed is."""

import pytest

from common.datasets.datasets import delete_dataset
from common.datasets.ingest import IngestionService
from common.datasets.warm_rollups import WarmRollups
from common.runs.ports import Ports
from common.spend import Rollup
from common.spend.rollup.cells import N
from common.spend.rollup.parts import Part
from tests.support.protocol import user_of

_PARTS = frozenset({Part.CELLS, Part.HOURS})
_HEADER = b"timestamp,model,input_tokens,output_tokens\n"
_ROW = b"2026-11-01T00:00:00Z,gpt-4o,100,10\n"


def _requests(rollup: Rollup | None) -> int:
    return 0 if rollup is None else sum(counts[N] for counts in rollup.cells.values())


async def _upload(ports: Ports, uid: str, name: str, rows: int = 1) -> str:
    service = IngestionService(ports.db, user_of(uid))
    dataset = await service.begin(client_request_id=f"upload-{name}", name=f"{name}.csv", model=None)
    await service.receive(dataset, number=0, piece=_HEADER + _ROW * rows)
    await service.complete(dataset, chunks=1)
    return dataset


async def test_the_same_data_are_decoded_once(ports: Ports, uid: str) -> None:
    dataset, warm = await _upload(ports, uid, "a"), WarmRollups()
    first = await warm.read(ports.db, uid, [dataset], _PARTS)
    assert first is not None
    assert await warm.read(ports.db, uid, [dataset], _PARTS) is first
    other = await warm.read(ports.db, uid, [dataset], _PARTS | {Part.USERS})
    assert other is not first


async def test_what_is_deleted_and_what_is_of_others_is_not_found(ports: Ports, uid: str) -> None:
    dataset, warm = await _upload(ports, uid, "a"), WarmRollups()
    assert await warm.read(ports.db, uid, [dataset], _PARTS) is not None
    assert await warm.read(ports.db, f"other-{uid}", [dataset], _PARTS) is None
    await delete_dataset(ports.db, uid=uid, dataset_id=dataset)
    assert await warm.read(ports.db, uid, [dataset], _PARTS) is None


async def test_what_was_asked_about_least_recently_goes_first(ports: Ports, uid: str) -> None:
    datasets = [await _upload(ports, uid, name) for name in "abc"]
    small = WarmRollups(most_bytes=700)
    first = await small.read(ports.db, uid, [datasets[0]], _PARTS)
    assert await small.read(ports.db, uid, [datasets[0]], _PARTS) is first
    for dataset in datasets[1:]:
        await small.read(ports.db, uid, [dataset], _PARTS)
    assert await small.read(ports.db, uid, [datasets[0]], _PARTS) is not first


@pytest.mark.parametrize("most_bytes", [0, 1])
async def test_a_rollup_that_has_no_room_is_read_all_the_same(ports: Ports, uid: str, most_bytes: int) -> None:
    dataset = await _upload(ports, uid, "a")
    found = await WarmRollups(most_bytes=most_bytes).read(ports.db, uid, [dataset], _PARTS)
    assert _requests(found) == 1
