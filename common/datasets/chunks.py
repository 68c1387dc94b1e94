"""Usage data as they travel: gzip or plain, with bounds on both sides."""

import gzip
import io
import zlib

from common.errors import ApexError, ErrorCode

CHUNK_BYTES = 8 * 1024 * 1024
"""Compressed bytes of one chunk."""

PIECE_BYTES = 32 * 1024 * 1024
"""Uncompressed bytes of one chunk; what a zip bomb meets."""

DATASET_BYTES = 16 * 1024 * 1024 * 1024
"""Uncompressed bytes of one dataset: 10 M rows of 1.7 kB. Nothing that is kept grows with them (decision 13)."""

_GZIP_MAGIC = b"\x1f\x8b"
_MIB = 1024 * 1024


def decompress(compressed: bytes) -> bytes:
    """The piece of the file in a chunk; raises ApexError when it is no gzip, cut off, or larger than PIECE_BYTES.

    An archive of several members, as `cat` makes them, is read to its end.
    """
    try:
        with gzip.GzipFile(fileobj=io.BytesIO(compressed)) as archive:
            piece = archive.read(PIECE_BYTES + 1)
    except EOFError as error:
        raise ApexError(
            ErrorCode.UNREADABLE_FILE, reason="this part of the upload was cut off; send it again."
        ) from error
    except (OSError, zlib.error) as error:
        raise ApexError(ErrorCode.UNREADABLE_FILE, reason="this part of the upload is not gzip data.") from error
    if len(piece) > PIECE_BYTES:
        raise ApexError(ErrorCode.CHUNK_TOO_LARGE, limit=PIECE_BYTES)
    return piece


def is_packed(body: bytes) -> bool:
    """Whether something is gzip data, by its first bytes: names and headers lie."""
    return body.startswith(_GZIP_MAGIC)


def human_size(size: int) -> str:
    """Bytes in words that a customer reads: '8 MiB', '16 GiB'."""
    return f"{size // (1024 * _MIB)} GiB" if size >= 1024 * _MIB else f"{size // _MIB} MiB"
