"""`python -m tests.bench.spend.parts [FILE]`: what a step decodes of a rollup, in bytes and milliseconds.

Without a file: the sample data twice, 30 days apart, which are 57,000 requests.
"""

import gzip
import statistics
import sys
import time
from collections.abc import Collection
from datetime import datetime, timedelta
from pathlib import Path

from rich import box
from rich.console import Console
from rich.table import Table

from common.assistant.context import LOADED_FIRST
from common.spend import Importer, Rollup
from common.spend.rollup.parts import Part
from common.spend.rollup.shards import Shard
from data import sample_path

_RUNS = 9
_APART = timedelta(days=30)


def main(path: Path | None) -> None:
    """Import, pack, and load part by part."""
    importer = Importer()
    importer.feed(path.read_bytes() if path else _twice())
    importer.finish()
    batch = importer.take()
    shards = batch.rollup.shards()
    shown = Table("", "bytes", "ms", title=f"{batch.rows:,} requests, {len(shards)} shards", box=box.SIMPLE_HEAD)
    for name, parts in {
        **{f"part {part}": {Part.NAMES, part} for part in Part},
        "measuring question": LOADED_FIRST | {Part.NAMES},
        "plan": LOADED_FIRST | {Part.NAMES, Part.REPEATS},
        "plan over several datasets": LOADED_FIRST | {Part.NAMES, Part.REPEATS, Part.DUPLICATES},
    }.items():
        shown.add_row(name, f"{_size(shards, parts):,}", f"{_load_ms(shards, parts):.1f}")
    Console().print(shown)


def _size(shards: list[Shard], parts: Collection[Part]) -> int:
    return sum(len(blob) for shard in shards for name, blob in shard.items() if name in parts)


def _load_ms(shards: list[Shard], parts: Collection[Part]) -> float:
    """The median, in computing time, so that a busy machine does not count."""
    times = []
    for _ in range(_RUNS):
        began = time.process_time()
        Rollup.from_shards(shards, parts)
        times.append((time.process_time() - began) * 1000)
    return statistics.median(times)


def _twice() -> bytes:
    """The sample, and before it the same under other ids: a row whose id was there already would not count."""
    head, *lines = gzip.decompress(sample_path().read_bytes()).decode().splitlines()
    earlier = []
    for line in lines:
        at, request, rest = line.split(",", 2)
        earlier.append(f"{(datetime.fromisoformat(at) - _APART).isoformat()},{request}-earlier,{rest}")
    return "\n".join([head, *earlier, *lines, ""]).encode()


if __name__ == "__main__":
    main(Path(sys.argv[1]) if sys.argv[1:] else None)
