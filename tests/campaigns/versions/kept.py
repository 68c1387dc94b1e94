"""Documents of Firestore as text and back: a snapshot that is kept, and put under another user as often as needed."""

import base64
import json
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from google.cloud import firestore

from common.store.client import Document

FOLDER = Path(__file__).parent
_TIME, _BYTES = "__time__", "__bytes__"


def encode(documents: dict[str, Document]) -> str:
    """JSON with what JSON lacks: times (UTC) and bytes, each as an object with one name of its own."""
    return json.dumps(documents, default=_encode, indent=1, sort_keys=True)


def decode(text: str) -> dict[str, Document]:
    """The documents of `encode`, by path."""
    found: dict[str, Document] = json.loads(text, object_hook=_decode)
    return found


def moved(documents: dict[str, Document], by: timedelta) -> dict[str, Document]:
    """The same, with every time later: budgets count from when a run began."""
    return {path: {name: _later(value, by) for name, value in fields.items()} for path, fields in documents.items()}


def _later(value: Any, by: timedelta) -> Any:
    return value + by if isinstance(value, datetime) else value


def kept(version: int) -> str:
    """The text of a version's snapshot (`python -m tests.campaigns.versions.capture` wrote it)."""
    return (FOLDER / f"v{version}.json").read_text(encoding="utf-8")


async def put(db: firestore.AsyncClient, documents: dict[str, Document]) -> None:
    """Write the documents as they were."""
    batch = db.batch()
    for path, document in documents.items():
        batch.set(db.document(path), document)
    await batch.commit()


def _encode(value: Any) -> dict[str, str]:
    if isinstance(value, datetime):
        return {_TIME: value.isoformat()}
    return {_BYTES: base64.b64encode(value).decode()}


def _decode(pairs: dict[str, Any]) -> Any:
    if _TIME in pairs:
        return datetime.fromisoformat(pairs[_TIME])
    return base64.b64decode(pairs[_BYTES]) if _BYTES in pairs else pairs
