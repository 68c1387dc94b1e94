"""Bounds against archives that unpack to far more than they are."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from common.errors import ErrorCode
from common.spend.logs.fields.errors import ImportFailed

MAX_RATIO = 250
"""Bytes out for each byte in. Logs pack 5 to 50 times; deflate can reach 1,032, zstd far more."""
PARQUET_RATIO = 10_000
"""The same for Parquet, which stores a text that comes in every row once."""
FREE_BYTES = 64 * 1024 * 1024
"""Bytes that may come out whatever the ratio: small files of equal rows pack well."""
MAX_UNPACKED = 64 * 1024**3
"""Bytes that may come out of an archive at all."""


@dataclass(slots=True)
class Meter:
    """`read`: bytes of the customer's file itself so far."""

    read: int = 0

    def counted(self, blocks: Iterable[bytes]) -> Iterator[bytes]:
        """The same blocks, counted as they pass."""
        for block in blocks:
            self.read += len(block)
            yield block


@dataclass(slots=True)
class Budget:
    """What one layer of packing may give: bounded by its size, and by its ratio to the file itself."""

    meter: Meter
    ratio: int = MAX_RATIO
    made: int = 0

    def spent(self, blocks: Iterable[bytes]) -> Iterator[bytes]:
        """The same blocks; raises ImportFailed before the one that is too much."""
        for block in blocks:
            self.made += len(block)
            if self.made > MAX_UNPACKED:
                raise _too_much(f"it unpacks to more than {MAX_UNPACKED // 1024**3} GB")
            if self.made > FREE_BYTES and self.made > self.ratio * self.meter.read:
                packed, plain = f"{self.meter.read:,} bytes", f"{self.made // 1024**2:,} MB"
                raise _too_much(f"{packed} of it unpack to over {plain}, more than {self.ratio:,} times as much")
            yield block


def _too_much(excess: str) -> ImportFailed:
    reason = f"{excess}, as no usage log does. Unpack it and upload the CSV or JSON lines inside."
    return ImportFailed(ErrorCode.UNREADABLE_FILE, reason=reason)
