"""Unpack gzip and zstd streams in steps of bounded size."""

import sys
import zlib
from collections.abc import Iterator

from common.errors import ErrorCode
from common.spend.logs.fields.errors import BrokenOffError, ImportFailed

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd  # Python's own module came with 3.14

__all__ = ["STEP", "damaged", "gunzip", "unzstd", "zstd"]

STEP = 1024 * 1024
"""Bytes that are unpacked at a time."""
_GZIP = 31  # zlib's wbits for a gzip header
_WINDOW = {int(zstd.DecompressionParameter.window_log_max): 27}
"""128 MiB, the zstd tool's own default (RFC 8878 asks for 8 MiB at least)."""
_LONGEST = 120
"""Of what a library says: it may quote the archive."""


def gunzip(blocks: Iterator[bytes]) -> Iterator[bytes]:
    """All members of a gzip file (RFC 1952); zeros after them are padding. Raises BrokenOffError and ImportFailed."""
    stream, members, made = zlib.decompressobj(wbits=_GZIP), 0, 0
    begun = False
    for block in blocks:
        rest = block
        while rest:
            if members and not begun:
                rest = rest.lstrip(b"\0")
            begun = begun or bool(rest)
            try:
                step = stream.decompress(rest, STEP)
            except zlib.error as error:
                raise _broken_gzip(error, follows=bool(members) and not made) from error
            made += len(step)
            yield step
            rest = stream.unused_data if stream.eof else stream.unconsumed_tail
            if stream.eof:
                stream, members, made, begun = zlib.decompressobj(wbits=_GZIP), members + 1, 0, False
    if begun:
        yield stream.flush()
        raise BrokenOffError("it is a gzip archive that is cut off")


def unzstd(blocks: Iterator[bytes]) -> Iterator[bytes]:
    """All frames of a zstd file (RFC 8878). Raises BrokenOffError and ImportFailed."""
    stream, begun = zstd.ZstdDecompressor(options=_WINDOW), False
    for block in blocks:
        rest = block
        while rest or (begun and not stream.needs_input):
            begun = True
            try:
                yield stream.decompress(rest, STEP)
            except zstd.ZstdError as error:
                raise damaged("zstd", error) from error
            rest = b""
            if stream.eof:
                rest, stream, begun = stream.unused_data, zstd.ZstdDecompressor(options=_WINDOW), False
    if begun:
        raise BrokenOffError("it is a zstd archive that is cut off")


def damaged(kind: str, error: Exception) -> ImportFailed:
    """Some of the output may be wrong: all of it must be discarded."""
    said = str(error)[:_LONGEST]
    reason = f"it is a {kind} archive that is damaged ({said}). Copy or download it again."
    return ImportFailed(ErrorCode.UNREADABLE_FILE, reason=reason)


def _broken_gzip(error: zlib.error, *, follows: bool) -> ImportFailed:
    """What was checked by its member's checksum is good, whatever `follows` it."""
    if follows:
        return BrokenOffError("it is a gzip archive, followed by bytes that do not belong to it")
    return damaged("gzip", error)
