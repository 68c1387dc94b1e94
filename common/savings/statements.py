"""The statement of a month: the ledger's rows, and the fee of the tier that its user had at the end of it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from google.cloud import firestore
from google.cloud.firestore_v1.base_query import FieldFilter

from common.accounts.tiers import tier_at, tier_changes
from common.core.vocabulary import TierName
from common.savings.ledger_rows import row_in
from common.spend.ledger import LedgerRow, Statement, statement
from common.store import paths
from common.store.client import RPC_S, Document, fields, read_all

_DECEMBER = 12


@dataclass(frozen=True, kw_only=True)
class TitledStatement:
    """A statement, with what its user calls each recommendation: opportunity id to (id of its document, title)."""

    statement: Statement
    names: Mapping[str, tuple[str, str]]


async def statement_of(db: firestore.AsyncClient, uid: str, month: str) -> TitledStatement:
    """The statement of a UTC month ("2026-11"); of zeros for one without rows, or a user without a document."""
    query = db.collection(paths.ledger(uid)).where(filter=FieldFilter("month", "==", month))
    stored = {row.id: fields(row) async for row in query.stream(timeout=RPC_S)}
    tier = await _tier(db, uid, end_of(month))
    rows = [row_in(name, document) for name, document in stored.items()]
    names = _names(rows, stored)
    return TitledStatement(statement=statement(rows, month, tier, await _verified(db, uid, names)), names=names)


async def _verified(db: firestore.AsyncClient, uid: str, names: Mapping[str, tuple[str, str]]) -> set[str]:
    """The opportunities whose effect was found to be more than chance."""
    documents = {opportunity: paths.recommendation(uid, stored) for opportunity, (stored, _) in names.items()}
    snapshots = await read_all(db, list(documents.values())) if documents else []
    status = {snapshot.reference.path: (snapshot.to_dict() or {}).get("status") for snapshot in snapshots}
    return {opportunity for opportunity, path in documents.items() if status[path] == "verified"}


async def _tier(db: firestore.AsyncClient, uid: str, moment: datetime) -> TierName:
    (user,) = await read_all(db, [paths.user(uid)])
    current: TierName = (user.to_dict() or {"tier": "free"})["tier"]
    return tier_at(moment, current, await tier_changes(db, uid))


def end_of(month: str) -> datetime:
    """The first moment after a month."""
    year, number = int(month[:4]), int(month[5:])
    return datetime(year + number // _DECEMBER, number % _DECEMBER + 1, 1, tzinfo=UTC)


def _names(rows: list[LedgerRow], stored: dict[str, Document]) -> dict[str, tuple[str, str]]:
    return {
        row.recommendation: (stored[row.id]["recommendation_id"], stored[row.id]["title"])
        for row in rows
        if row.recommendation is not None
    }
