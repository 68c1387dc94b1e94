"""JSON in one unindexed bytes field: transcripts and tool results stay below Firestore's 1 MiB and its index limits."""

import json
import zlib
from typing import Any

from common.store.client import SCHEMA_VERSION, Document


def pack(value: Any) -> bytes:
    """Compressed UTF-8 JSON."""
    return zlib.compress(json.dumps(value, separators=(",", ":"), ensure_ascii=False).encode())


def unpack(blob: bytes) -> Any:
    """The value that was packed."""
    return json.loads(zlib.decompress(blob))


def blob_document(blob: bytes) -> Document:
    """A document that holds one blob, and that no client reads."""
    return {"v": SCHEMA_VERSION, "blob": blob}
