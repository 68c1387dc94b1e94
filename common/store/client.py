"""The Firestore client of a function process, and the few read forms that everybody uses."""

from collections.abc import Sequence
from datetime import datetime
from functools import cache
from typing import Any, Final, TypeAlias

from google.api_core.datetime_helpers import DatetimeWithNanoseconds
from google.cloud import firestore
from google.protobuf.timestamp_pb2 import Timestamp

SCHEMA_VERSION: Final = 2
"""Stored as `v` in every document and task payload."""

RPC_S = 10.0
"""The longest wait for a read or a commit. Firestore's client would wait 60 to 300 s for an answer that got lost."""

Document = dict[str, Any]
Snapshot: TypeAlias = "firestore.DocumentSnapshot[firestore.AsyncDocumentReference]"


@cache
def firestore_client(project: str) -> firestore.AsyncClient:
    """One warm client per process; it holds connections, never user state."""
    return firestore.AsyncClient(project=project)


async def read_all(
    db: firestore.AsyncClient, paths: Sequence[str], only: Sequence[str] | None = None
) -> list[Snapshot]:
    """Read documents in one RPC, in the order of `paths`; absent ones have `exists` False. `only`: of their fields."""
    answers = db.get_all([db.document(path) for path in paths], field_paths=only, timeout=RPC_S)
    found = {snapshot.reference.path: snapshot async for snapshot in answers}
    return [found[path] for path in paths]


def fields(snapshot: Snapshot) -> Document:
    """The fields of an existing document; raises LookupError naming an absent one."""
    document = snapshot.to_dict()
    if document is None:
        raise LookupError(f"{snapshot.reference.path} does not exist")
    return document


def updated(snapshot: Snapshot) -> datetime:
    """The update time of an existing document, for a precondition."""
    time = snapshot.update_time
    if isinstance(time, Timestamp):  # so it comes from a query over a collection group
        return DatetimeWithNanoseconds.from_timestamp_pb(time)  # type: ignore[no-any-return,no-untyped-call]  # google.api_core
    if not isinstance(time, datetime):  # None on an absent document
        raise LookupError(f"{snapshot.reference.path} does not exist")  # noqa: TRY004 - absence, not a wrong type
    return time
