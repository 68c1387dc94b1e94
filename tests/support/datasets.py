"""Datasets as the usage function stores them, without a file."""

from common.runs.ports import Ports
from common.store import paths
from common.store.bulk import BulkWriter


async def add_dataset(ports: Ports, uid: str, status: str) -> None:
    """The dataset `d1` with one shard, of a user who is there."""
    bulk = BulkWriter(ports.db)
    await bulk.set(paths.dataset(uid, "d1"), {"v": 1, "status": status, "rows": 1})
    await bulk.set(paths.rollup(uid, "d1", "000000-0"), {"v": 1, "blob": b"blob"})
    await bulk.set(paths.import_state(uid, "d1"), {"v": 1, "state": b"half a line"})
    await bulk.flush()
    if status == "ready":
        await ports.db.document(paths.user(uid)).update({"datasets": ["d1"]})
