"""Rows of the ledger as they are stored, and what a recommendation's document says of its own."""

from collections.abc import Iterable
from dataclasses import fields as fields_of

from google.cloud import firestore

from common.contract.documents import LedgerDocument, MeasuredSavings
from common.core.clock import now_utc
from common.spend.ledger import LedgerRow, row_document, row_of
from common.spend.ledger.rows import TitledRow
from common.store import paths
from common.store.client import RPC_S, Document, fields

_NAMES = {field.name for field in fields_of(LedgerRow)} - {"id"}


def stored_row(row: LedgerRow, recommendation_id: str | None, title: str) -> Document:
    """The document of a row; its id is the row's."""
    return LedgerDocument(
        recommendation_id=recommendation_id,
        title=title,
        month=row.day[:7],
        verified_at=now_utc(),
        **{name: value for name, value in row_document(row).items() if name in _NAMES},
    ).stored()


def row_in(row_id: str, document: Document) -> LedgerRow:
    """The row of a document."""
    return row_of({"id": row_id, **{name: document[name] for name in _NAMES}})


def differs(before: Document | None, after: Document) -> bool:
    """True where a row says something new: what is verified again as it was is not written again."""
    return before is None or any(before[name] != after[name] for name in after if name != "verified_at")


def measured_savings(
    stored: Document | None, changes: Iterable[tuple[Document | None, Document]]
) -> MeasuredSavings | None:
    """The sum of measured rows after some of them have changed (before, after); None while none is measured.

    `stored`: the sum before, as a document holds it.
    """
    before_all = MeasuredSavings.model_validate(stored, extra="ignore") if stored else None
    days = [before_all.first_day, before_all.last_day] if before_all else []
    saved, count = (before_all.saved_usd, before_all.days) if before_all else (0.0, 0)
    for before, after in changes:
        for row, sign in ((before, -1), (after, 1)):
            if row is not None and row["basis"] == "measured":
                saved += sign * row["saved_usd"]
                count += sign
        if after["basis"] == "measured":
            days.append(after["day"])
    return MeasuredSavings(saved_usd=saved, days=count, first_day=min(days), last_day=max(days)) if count else None


async def read_ledger(db: firestore.AsyncClient, uid: str) -> tuple[TitledRow, ...]:
    """Every row of a user, with the title that its user knows the change by."""
    stored = [(row.id, fields(row)) async for row in db.collection(paths.ledger(uid)).stream(timeout=RPC_S)]
    return tuple(TitledRow(title=document["title"], row=row_in(name, document)) for name, document in stored)
