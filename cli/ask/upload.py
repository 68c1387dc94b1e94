"""Reads a usage file for upload: the logs in it, in pieces of bounded size, whatever the container."""

import gzip
from collections.abc import Generator, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import BinaryIO

from cli.ask.errors import WrongUseError
from common.errors import ErrorCode
from common.spend.logs import BrokenOffError, ImportFailed
from common.spend.logs.containers.unpack import PIECE_BYTES, open_usage


@dataclass(frozen=True)
class LogPiece:
    """The next `data` of a log; `position` of the `size` bytes of the file itself have been read."""

    data: bytes
    position: int
    size: int

    def compressed(self) -> bytes:
        """The body of a chunk; fast rather than small, as the server's parsing dominates."""
        return gzip.compress(self.data, compresslevel=1, mtime=0)


@dataclass(frozen=True)
class UsageLog:
    """A log in a file: its name, its size in bytes if it is not packed, and its content."""

    name: str
    size: int | None
    pieces: Iterator[LogPiece]


def check(path: Path) -> None:
    """Raise WrongUseError unless `path` is a file with content that can be read."""
    try:
        for log in logs(path, limit=1):
            for _ in log.pieces:
                return
    except BrokenOffError as error:
        raise unreadable(path, error) from error


def logs(path: Path, limit: int = PIECE_BYTES) -> Generator[UsageLog, None, None]:
    """The logs in `path`, each to be read before the next; pieces have up to `limit` bytes.

    Raises WrongUseError when it cannot be read, BrokenOffError where it is truncated: what came before is valid.
    """
    if not path.exists():
        raise _unreadable(path, "there is no such file.")
    if not path.is_file():
        raise _unreadable(path, "it is not a file.")
    try:
        with path.open("rb") as raw:
            size = path.stat().st_size
            for file in open_usage(raw, limit):
                name = f"{path.name}/{file.name}" if file.name else path.name
                yield UsageLog(name, size if file.plain else None, _pieces(path, raw, file.pieces, size))
    except OSError as error:
        raise _unreadable(path, f"{error}.") from error
    except BrokenOffError:
        raise
    except ImportFailed as error:
        raise unreadable(path, error) from error


def _pieces(path: Path, raw: BinaryIO, pieces: Iterator[bytes], size: int) -> Iterator[LogPiece]:
    empty = True
    try:
        for piece in pieces:
            empty = False
            yield LogPiece(piece, raw.tell(), size)
    except OSError as error:
        raise _unreadable(path, f"{error}.") from error
    except BrokenOffError:
        raise
    except ImportFailed as error:
        raise unreadable(path, error) from error
    if empty:
        raise _unreadable(path, "it is empty.")


def rest(path: Path, pieces: Iterator[LogPiece], *, skip: int) -> Iterator[LogPiece]:
    """What follows the first `skip` bytes, which were sent before; raises WrongUseError when there are fewer."""
    for piece in pieces:
        data, skip = piece.data[skip:], max(0, skip - len(piece.data))
        if data:
            yield replace(piece, data=data)
    if skip:
        raise _unreadable(path, "it is shorter than what was sent of it before.")


def unreadable(path: Path, error: ImportFailed) -> WrongUseError:
    """`error` as the command reports it."""
    return _unreadable(path, str(error.details["reason"]))


def _unreadable(path: Path, reason: str) -> WrongUseError:
    return WrongUseError.of(ErrorCode.UNREADABLE_FILE, reason=f"{path}: {reason}")
