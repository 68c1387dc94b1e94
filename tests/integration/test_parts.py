"""Stored parts of rollups: a question fetches those that it reads, and old and new shards answer together."""

import asyncio
import json
import zlib
from collections.abc import Collection

import pytest

from common.datasets import shard_files
from common.datasets.chunk_commits import new_dataset
from common.datasets.datasets import missing_parts, read_shards
from common.datasets.ingest import IngestionService
from common.datasets.stored_shards import shard_document, shard_in
from common.runs.ports import Ports
from common.spend import Importer, Rollup, totals
from common.spend.rollup.parts import ALL_PARTS, PART_OF, Part
from common.store import paths
from functions.step.workspace import FirestoreWorkspace
from tests.support.protocol import user_of

HEADER = b"timestamp,model,input_tokens,output_tokens,feature,user,prompt_hash,latency_ms\n"
_LATER = {Part.CHARGES, Part.TRAFFIC, Part.USER_FEATURES, Part.DAY_SKETCHES, Part.MINUTES, Part.PROMPTS}
"""What shards of version 3 have not."""
_CELLS = frozenset({Part.NAMES, Part.CELLS})


def log(day: int) -> bytes:
    """Requests of a day, each prompt twice."""
    requests = (
        f"2026-11-{day:02}T00:{n:02}:00Z,gpt-4o,{100 + n},10,f{n // 2 % 3},u{n % 7},p{n // 2},{900 + n}"
        for n in range(60)
    )
    return "".join(f"{request}\n" for request in requests).encode()


def rollup_from(file: bytes) -> Rollup:
    """Of a file that comes at once."""
    importer = Importer()
    importer.feed(file)
    importer.finish()
    return importer.take().rollup


def rollup_of(*days: int) -> Rollup:
    """Of the logs of some days."""
    return rollup_from(HEADER + b"".join(map(log, days)))


def whole_document(rollup: Rollup) -> dict[str, object]:
    """A shard as version 3 stored it."""
    records = [record for record in rollup.records() if record[0] != "p" and PART_OF[record[0]] not in _LATER]
    return {"v": 2, "blob": zlib.compress(json.dumps([3, *records]).encode())}


async def add_dataset(ports: Ports, uid: str, name: str, parts: Collection[Part]) -> str:
    """A dataset of one day in the form of this version, of which only some parts were counted."""
    (shard,) = Rollup.from_shards(rollup_of(1).shards(), parts).shards()
    dataset = new_dataset(name, None) | {"status": "ready", "shards": ["000000-0"]}
    await ports.db.document(paths.dataset(uid, name)).set(dataset)
    await ports.db.document(paths.rollup(uid, name, "000000-0")).set(shard_document(shard))
    return name


async def test_what_a_question_does_not_read_is_not_fetched(ports: Ports, uid: str) -> None:
    dataset = await add_dataset(ports, uid, "new", ALL_PARTS)
    (whole,) = await read_shards(ports.db, uid, (dataset,)) or []
    (cells,) = await read_shards(ports.db, uid, (dataset,), (Part.CELLS,)) or []
    assert whole.keys() == ALL_PARTS - {Part.CHARGES}  # of which this log has none
    assert cells == {part: whole[part] for part in _CELLS}


async def test_parts_that_several_callers_load_at_once_end_up_in_one_rollup(ports: Ports, uid: str) -> None:
    dataset = await add_dataset(ports, uid, "new", ALL_PARTS)
    workspace = FirestoreWorkspace(ports.db, uid)
    await asyncio.gather(*(workspace.rollup((dataset,), frozenset({part})) for part in Part))
    loaded = await workspace.rollup((dataset,), frozenset({Part.CELLS}))
    assert list(loaded.records()) == list(rollup_of(1).records())


async def test_a_part_is_missing_of_the_dataset_that_was_stored_without_it(ports: Ports, uid: str) -> None:
    new, old = await add_dataset(ports, uid, "new", ALL_PARTS), await add_dataset(ports, uid, "old", _CELLS)
    assert await missing_parts(ports.db, uid, (new, old), {Part.CELLS, Part.HOURS}) == {old: {Part.HOURS}}
    assert await missing_parts(ports.db, uid, (new, old), _CELLS) == {}
    both = await FirestoreWorkspace(ports.db, uid).rollup((new, old))
    assert both.parts == _CELLS
    assert sum(cell[0] for cell in both.cells.values()) == 2 * 60


async def test_an_upload_that_an_earlier_version_began_has_the_parts_that_it_counted(ports: Ports, uid: str) -> None:
    service = IngestionService(ports.db, user_of(uid))
    dataset = await service.begin(client_request_id="upload", name="a.csv", model=None)
    await service.receive(dataset, number=0, piece=HEADER + log(1) * 2_000)
    stored = ports.db.document(paths.dataset(uid, dataset))
    (name,) = (await stored.get()).get("shards")
    shard = ports.db.document(paths.rollup(uid, dataset, name))
    before = Rollup.from_shards([shard_in(await shard.get())])
    await shard.set(whole_document(before))
    await service.receive(dataset, number=1, piece=log(2))
    await service.complete(dataset, chunks=2)
    assert await missing_parts(ports.db, uid, (dataset,), ALL_PARTS) == {dataset: _LATER}
    rollup = await FirestoreWorkspace(ports.db, uid).rollup((dataset,))
    assert totals(rollup).requests == 60 * 2_001
    expected = Rollup.from_shards(before.merge(rollup_of(2)).shards(), ALL_PARTS - _LATER)
    assert list(rollup.records()) == list(expected.records())


async def test_a_plan_over_one_file_of_several_pieces_reads_no_firsts_of_prompts(
    ports: Ports, uid: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shard_files, "OPEN_BYTES", 0)  # as large pieces have shards of their own
    service = IngestionService(ports.db, user_of(uid))
    dataset = await service.begin(client_request_id="upload", name="a.csv", model=None)
    await service.receive(dataset, number=0, piece=HEADER + b"".join(map(log, range(1, 29))))
    for number in (1, 2):
        await service.receive(dataset, number=number, piece=log(number) * 50)
    await service.complete(dataset, chunks=3)
    rollup = await FirestoreWorkspace(ports.db, uid).rollup((dataset,), frozenset({Part.REPEATS}))
    pieces = HEADER + b"".join(map(log, range(1, 29))) + log(1) * 50 + log(2) * 50
    assert len(list(rollup.repeats.repeats())) > 100
    assert sorted(rollup.repeats.repeats()) == sorted(rollup_from(pieces).repeats.repeats())
