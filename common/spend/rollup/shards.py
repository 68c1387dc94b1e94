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

    Loading is then 2.5 times as fast, and makes no cycles. Of pauses that overlap, the first one ends them all.
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
        return [new for record in records for new in _of_version_2(_of_version_1(record))]
    if version == 2:  # noqa: PLR2004 - a version is its own name
        return [new for record in records for new in _of_version_2(record)]
    if version != VERSION:
        raise ValueError(f"this shard has version {version}; this code reads version {VERSION}. Import the file again")
    return list(records)


def _of_version_2(record: list[Any]) -> Iterator[list[Any]]:
    """A record as it was before scores had squares, caches an hour's life, and repeats a first request.

    Without squares the spread of scores is not known, so they do not count. An hour's reuse was at least that of 5
    minutes. The mean of equal requests stands for the first one.
    """
    if record[0] == "c":
        prefix, seen = record[15:17]
        yield [*record[:-2], 0, 0, 0, prefix, seen, record[8] if seen else 0, record[8] if seen else 0]
    elif record[0] == "d":
        entry, key, counts = record[1], record[2:9], [*record[9:], record[16]]
        first = [count // counts[0] for count in counts]
        yield ["d", entry, 0, *key, *first]
        if counts[0] > 1:
            yield ["r", entry, *key, *map(int.__sub__, counts, first)]
    else:
        yield record


def _of_version_1(record: list[Any]) -> list[Any]:
    """A record as it was before requests had tiers, sums and scores: a flag marked batch."""
    kind = record[0]
    if kind not in ("c", "d"):
        return record
    flag = 6 if kind == "c" else 7
    tiered = [*record[:flag], "batch" if record[flag] else "standard", *record[flag + 1 :]]
    if kind == "d":
        return tiered
    requests, tokens, unpriced = record[8], sum(record[9:15]), record[19]
    return [*tiered, 0, tokens if unpriced == requests else 0, 0, 0]
