"""A customer's file as it comes, packed or not, to the plain UTF-8 text that the importer reads. Memory is bounded.

Gzip, zstd, ZIP, Parquet and UTF-16 or UTF-32 are known by their first bytes: names lie. What is none of these passes
as it is, and the importer judges it.
"""

import io
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from tempfile import TemporaryFile
from typing import BinaryIO, cast

from common.errors import ErrorCode
from common.spend.logs.containers.encodings import encoding_of, utf8
from common.spend.logs.containers.inflate import STEP, gunzip, unzstd
from common.spend.logs.containers.limits import PARQUET_RATIO, Budget, Meter
from common.spend.logs.containers.parquet import json_lines
from common.spend.logs.containers.zip import members_of
from common.spend.logs.fields.errors import BrokenOffError, ImportFailed

PIECE_BYTES = 4 * 1024 * 1024
MAX_LAYERS = 3
"""Packings around one another: a .csv.gz in a ZIP has two."""
_HEAD = 64
_GZIP, _ZSTD, _ZIP, _PARQUET = b"\x1f\x8b", b"\x28\xb5\x2f\xfd", b"PK\x03\x04", b"PAR1"
_EMPTY_ZIP = b"PK\x05\x06"


@dataclass(frozen=True, slots=True)
class UsageFile:
    """One log: its path in the archive, empty outside of one, and its text in pieces, all full but the last."""

    name: str
    pieces: Iterator[bytes]
    plain: bool = False
    """The text is the file itself, byte for byte."""


@dataclass(frozen=True, slots=True)
class _Layer:
    """One layer of packing: its bytes, and the file itself where these are all of it."""

    name: str
    blocks: Iterator[bytes]
    meter: Meter
    depth: int = 0
    file: BinaryIO | None = None


def open_usage(source: Path | BinaryIO | Iterable[bytes], limit: int = PIECE_BYTES) -> Iterator[UsageFile]:
    """The logs in a file, each to be read before the next; `limit`: bytes of a piece.

    The pieces raise BrokenOffError where a file is cut off: everything before it is good. They raise ImportFailed for a
    damaged file, a bomb or an unknown packing: all of that file must be discarded.
    """
    if isinstance(source, Path):
        with source.open("rb") as opened:
            yield from open_usage(opened, limit)
        return
    meter = Meter()
    if isinstance(source, io.IOBase):
        file = cast("BinaryIO", source)
        layer = _Layer("", meter.counted(_blocks(file)), meter, file=file if file.seekable() else None)
    else:
        layer = _Layer("", meter.counted(source), meter)
    yield from _opened(layer, limit)


def _opened(layer: _Layer, limit: int) -> Iterator[UsageFile]:
    """Take one packing off, then go on with the content."""
    head, blocks = _peeked(layer.blocks)
    if head.startswith((_GZIP, _ZSTD)):
        inner = gunzip(blocks) if head.startswith(_GZIP) else unzstd(blocks)
        yield from _opened(_inside(layer, layer.name, Budget(layer.meter).spent(inner)), limit)
    elif head.startswith((_ZIP, _EMPTY_ZIP)):
        with _seekable(layer, blocks) as file:
            budget = Budget(layer.meter)
            for name, inner in members_of(file):
                path = f"{layer.name}/{name}" if layer.name else name
                yield from _opened(_inside(layer, path, budget.spent(inner)), limit)
    elif head.startswith(_PARQUET):
        with _seekable(layer, blocks) as file:
            yield UsageFile(layer.name, _regrouped(Budget(layer.meter, PARQUET_RATIO).spent(json_lines(file)), limit))
    else:
        codec, mark = encoding_of(head)
        plain = layer.depth == 0 and (codec, mark) == ("utf-8", 0)
        yield UsageFile(layer.name, _regrouped(utf8(blocks, codec, mark), limit), plain)


def _inside(layer: _Layer, name: str, blocks: Iterator[bytes]) -> _Layer:
    if layer.depth == MAX_LAYERS:
        reason = f"it is packed more than {MAX_LAYERS} times over. Unpack it and upload the CSV or JSON lines inside."
        raise ImportFailed(ErrorCode.UNREADABLE_FILE, reason=reason)
    return _Layer(name, blocks, layer.meter, layer.depth + 1)


def _blocks(file: BinaryIO) -> Iterator[bytes]:
    while block := file.read(STEP):
        yield block


def _peeked(blocks: Iterator[bytes]) -> tuple[bytes, Iterator[bytes]]:
    """The first bytes, and all of them."""
    head = b""
    while len(head) < _HEAD and (block := next(blocks, None)) is not None:
        head += block
    return head, chain([head], blocks)


@contextmanager
def _seekable(layer: _Layer, blocks: Iterator[bytes]) -> Iterator[BinaryIO]:
    """For formats that are read from the end (ZIP, Parquet): the file itself, or a copy on disk."""
    if layer.file is not None:
        layer.meter.read = layer.file.seek(0, io.SEEK_END)
        layer.file.seek(0)
        yield layer.file
        return
    broken: BrokenOffError | None = None
    with TemporaryFile() as copy:
        try:
            copy.writelines(blocks)
        except BrokenOffError as error:
            broken = error
        copy.seek(0)
        yield copy
    if broken is not None:
        raise broken


def _regrouped(blocks: Iterator[bytes], limit: int) -> Iterator[bytes]:
    """Pieces of `limit` bytes; before a break, without the line that it goes through: its last figure may be cut."""
    held, lines = bytearray(), False
    try:
        for block in blocks:
            held += block
            while len(held) > limit:  # the last piece is held until it is known how the file ends
                piece = bytes(held[:limit])
                del held[:limit]
                lines = lines or b"\n" in piece
                yield piece
    except BrokenOffError:
        if lines or b"\n" in held:  # else it is one JSON array, whose items break nowhere but at their own end
            del held[held.rfind(b"\n") + 1 :]
        if held:
            yield bytes(held)
        raise
    if held:
        yield bytes(held)
