"""Records to shards below a size, each part of a rollup in blobs of its own, and back.

A reader skips parts and kinds of records that it does not know, so that a later version may add some under the same
number; a number that it does not know it refuses.
"""

import gc
import json
import zlib
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from common.spend.rollup.parts import ALL_PARTS, PART_OF, Part

VERSION = 4
_CHUNK = 4_000_000  # uncompressed characters that a blob is first tried with

Shard = Mapping[str, bytes]
"""What is stored together: a blob for each part that has records in it, by the part's name."""

ALL_IN_ONE = "whole"
"""In place of a part's name: a blob with all parts, as versions 1 to 3 wrote them."""

_PARTS_OF_VERSION_3 = (Part.NAMES, Part.CELLS, Part.HOURS, Part.USERS, Part.SKETCHES, Part.REPEATS, Part.DUPLICATES)


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


def pack(records: Iterable[list[Any]], limit_bytes: int) -> list[Shard]:
    """Shards of at most `limit_bytes`; raises ValueError when one record alone is larger."""
    by_part: dict[Part, list[list[Any]]] = defaultdict(list)
    for record in records:
        by_part[PART_OF[record[0]]].append(record)
    shards: list[dict[str, bytes]] = []
    for part in sorted(by_part, key=list(Part).index):
        for blob in _blobs(by_part[part], limit_bytes):
            room = limit_bytes - len(blob)
            fitting = next((shard for shard in shards if part not in shard and size_of(shard) <= room), None)
            if fitting is None:
                shards.append({part: blob})
            else:
                fitting[part] = blob
    return [*shards]


def size_of(shard: Shard) -> int:
    """Bytes of its blobs."""
    return sum(map(len, shard.values()))


def _blobs(records: Iterable[list[Any]], limit_bytes: int) -> Iterator[bytes]:
    lines: list[str] = []
    size = 0
    for record in records:
        line = json.dumps(record, separators=(",", ":"), ensure_ascii=False)
        if size + len(line) > _CHUNK and lines:
            yield from _split(lines, limit_bytes)
            lines, size = [], 0
        lines.append(line)
        size += len(line)
    yield from _split(lines, limit_bytes)


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


def unpack(shard: Shard, parts: Collection[Part] = ALL_PARTS) -> Iterator[list[Any]]:
    """The records of some parts, of this version or an earlier one; raises ValueError for anything else."""
    for name, blob in shard.items():
        if name == ALL_IN_ONE or name in parts:
            yield from (record for record in _records(blob) if PART_OF.get(record[0]) in parts)


def _records(blob: bytes) -> list[list[Any]]:
    records: list[list[Any]]
    try:
        version, *records = json.loads(zlib.decompress(blob))
    except (zlib.error, ValueError) as error:
        raise ValueError("this is not a shard of a rollup") from error
    if version == VERSION:
        return records
    if version not in (1, 2, 3):
        raise ValueError(f"this shard has version {version}; this code reads version {VERSION}. Import the file again")
    if version == 1:
        records = [_of_version_1(record) for record in records]
    if version < 3:  # noqa: PLR2004 - a version is its own name
        records = [new for record in records for new in _of_version_2(record)]
    return [["p", *_PARTS_OF_VERSION_3], *records]


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
