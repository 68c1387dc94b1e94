"""Reading a usage file for upload: in pieces of bounded size, a gzip file decompressed on the way."""

import gzip
import io
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from common.errors import ErrorCode
from emulators.ask.errors import WrongUseError

PIECE_BYTES = 4 * 1024 * 1024
"""Uncompressed bytes of a chunk: even if they do not compress, the chunk stays below the server's 8 MiB."""
_GZIP_MAGIC = b"\x1f\x8b"


@dataclass(frozen=True)
class Piece:
    """The next `data` of the file's content; `position` of `size` bytes of the file itself were read so far."""

    data: bytes
    position: int
    size: int

    def compressed(self) -> bytes:
        """The body of a chunk; fast rather than small, as the server's parsing takes the time."""
        return gzip.compress(self.data, compresslevel=1, mtime=0)


def plain_size(path: Path) -> int | None:
    """Bytes of the content, so that the server can refuse a large file early; None when that takes unpacking."""
    with path.open("rb") as raw:
        return None if _is_packed(raw) else path.stat().st_size


def check(path: Path) -> None:
    """Raise WrongUseError unless `path` is a file with content that can be read."""
    for _ in pieces(path, limit=1):
        return


def pieces(path: Path, limit: int = PIECE_BYTES, skip: int = 0) -> Iterator[Piece]:
    """Yield the content of `path` in pieces of up to `limit` bytes; raises WrongUseError when it cannot be read.

    `skip` bytes of the content were sent before; a file that has fewer is another one, and is refused.
    """
    if not path.exists():
        raise _unreadable(path, "there is no such file")
    if not path.is_file():
        raise _unreadable(path, "it is not a file")
    try:
        with path.open("rb") as raw:
            yield from _pieces(path, raw, limit, skip)
    except (OSError, EOFError, zlib.error) as error:
        raise _unreadable(path, f"{error}") from error


def _pieces(path: Path, raw: BinaryIO, limit: int, skip: int) -> Iterator[Piece]:
    packed = _is_packed(raw)
    size = raw.seek(0, io.SEEK_END)
    raw.seek(0)
    content: BinaryIO | gzip.GzipFile = gzip.GzipFile(fileobj=raw) if packed else raw
    if skip > content.seek(skip) or (not packed and skip > size):
        raise _unreadable(path, "it is shorter than what was sent of it before")
    data = content.read(limit)
    if not data and not skip:
        raise _unreadable(path, "it is empty")
    while data:
        yield Piece(data, raw.tell(), size)
        data = content.read(limit)


def _is_packed(raw: BinaryIO) -> bool:
    return raw.read(len(_GZIP_MAGIC)) == _GZIP_MAGIC


def _unreadable(path: Path, reason: str) -> WrongUseError:
    return WrongUseError.known(ErrorCode.UNREADABLE_FILE, reason=f"{path}: {reason}.")
