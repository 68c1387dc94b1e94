"""JSON in one unindexed bytes field: transcripts and tool results stay below Firestore's 1 MiB and its index limits."""

import json
import zlib
from typing import Any


def pack(value: Any) -> bytes:
    """Compressed UTF-8 JSON."""
    return zlib.compress(json.dumps(value, separators=(",", ":"), ensure_ascii=False).encode())


def unpack(blob: bytes) -> Any:
    """What `pack` was given."""
    return json.loads(zlib.decompress(blob))
