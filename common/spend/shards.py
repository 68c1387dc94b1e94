"""Records to compressed blobs below a size, and back."""

import gc
import json
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

VERSION = 3
_CHUNK = 4_000_000  # uncompressed characters that a blob is first tried with


def _blob(lines: list[str]) -> bytes:
    return zlib.compress(f"[{VERSION},{','.join(lines)}]".encode(), 6)


def _split(lines: list[str], limit_bytes: int) -> list[bytes]:
    blob = _blob(lines)
    if len(blob) <= limit_bytes:
        return [blob]
    if len(lines) == 1:
        raise ValueError(f"one record alone needs {len(blob):,} bytes; the limit of {limit_bytes:,} is too small")
    middle = len(lines) // 2
    return [*_split(lines[:middle], limit_bytes), *_split(lines[middle:], limit_bytes)]


def pack(records: list[list[Any]], limit_bytes: int) -> list[bytes]:
    """Blobs of at most `limit_bytes`; raises ValueError when one record alone is larger."""
    blobs: list[bytes] = []
    lines: list[str] = []
    size = 0
    for record in records:
        line = json.dumps(record, separators=(",", ":"), ensure_ascii=False)
        if size + len(line) > _CHUNK and lines:
            blobs += _split(lines, limit_bytes)
            lines, size = [], 0
        lines.append(line)
        size += len(line)
    return blobs + _split(lines, limit_bytes) if lines else blobs


@contextmanager
def collection_paused() -> Iterator[None]:
    """Without garbage collection: tens of thousands of small lists at once make it scan everything again and again.

    Loading is 2.5 times as fast so, and makes no cycles. Of pauses that overlap, the first one ends them all.
    """
    running = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if running:
            gc.enable()


def unpack(blob: bytes) -> list[list[Any]]:
    """The records of a blob, of this version or an earlier one; raises ValueError for anything else."""
    try:
        version, *records = json.loads(zlib.decompress(blob))
    except (zlib.error, ValueError) as error:
        raise ValueError("this is not a shard of a rollup") from error
    if version == 1:
        return [_of_version_1(record) for record in records]
    if version not in (2, VERSION):  # 2 had no users by day
        raise ValueError(f"this shard has version {version}; this code reads version {VERSION}. Import the file again")
    return list(records)


def _of_version_1(record: list[Any]) -> list[Any]:
    """A record as it was before requests had tiers, sums and scores: a flag told batch from the rest."""
    kind = record[0]
    if kind not in ("c", "d"):
        return record
    flag = 6 if kind == "c" else 7
    tiered = [*record[:flag], "batch" if record[flag] else "standard", *record[flag + 1 :]]
    if kind == "d":
        return tiered
    requests, tokens, unpriced = record[8], sum(record[9:15]), record[19]
    return [*tiered, 0, tokens if unpriced == requests else 0, 0, 0]
