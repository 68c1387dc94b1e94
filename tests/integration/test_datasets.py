"""Deleting a dataset beside others who do the same."""

import asyncio

import pytest

from common.accounts.users import ensure_user
from common.datasets.datasets import delete_dataset
from common.errors import ApexError, ErrorCode
from common.runs.ports import Ports
from common.store import paths
from tests.support.datasets import add_dataset
from tests.support.documents import stored
from tests.support.protocol import document, refusing, user_of


async def test_deletions_at_once_all_succeed_and_leave_nothing(ports: Ports, uid: str) -> None:
    for _ in range(10):
        await ensure_user(ports.db, user_of(uid))
        await add_dataset(ports, uid, "ready")
        await asyncio.gather(*(_late(ports, uid, ms) for ms in range(0, 30, 3)))
        assert await stored(ports, paths.dataset(uid, "d1"), paths.import_state(uid, "d1")) == {}
        assert (await document(ports, paths.user(uid)))["datasets"] == []


async def test_a_deletion_passes_contention_and_gives_up_when_it_does_not_end(ports: Ports, uid: str) -> None:
    await ensure_user(ports.db, user_of(uid))
    await add_dataset(ports, uid, "ready")
    with pytest.raises(ApexError) as refused:
        await delete_dataset(refusing(ports, refusals=100).db, uid=uid, dataset_id="d1")
    assert refused.value.code is ErrorCode.BUSY
    assert (await document(ports, paths.dataset(uid, "d1")))["status"] == "ready"
    assert await delete_dataset(refusing(ports, refusals=2).db, uid=uid, dataset_id="d1")
    assert await stored(ports, paths.dataset(uid, "d1")) == {}


async def _late(ports: Ports, uid: str, ms: int) -> None:
    await asyncio.sleep(ms / 1000)
    await delete_dataset(ports.db, uid=uid, dataset_id="d1")
