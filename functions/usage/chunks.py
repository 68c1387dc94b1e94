"""Chunks as they travel: gzip, with bounds on both sides."""

import zlib

from common.errors import ApexError, ErrorCode

CHUNK_BYTES = 8 * 1024 * 1024
"""Compressed bytes of one chunk."""

PIECE_BYTES = 32 * 1024 * 1024
"""Uncompressed bytes of one chunk; what a zip bomb meets."""

DATASET_BYTES = 512 * 1024 * 1024
"""Uncompressed bytes of one data set."""

_GZIP = 31  # zlib's wbits for a gzip header


def decompress(compressed: bytes) -> bytes:
    """The piece of the file in a chunk; raises ApexError when it is no gzip, cut off, or larger than PIECE_BYTES."""
    stream = zlib.decompressobj(wbits=_GZIP)
    try:
        piece = stream.decompress(compressed, PIECE_BYTES + 1)
    except zlib.error as error:
        raise ApexError(ErrorCode.UNREADABLE_FILE, reason="this part of the upload is not gzip data.") from error
    if len(piece) > PIECE_BYTES:
        raise ApexError(ErrorCode.CHUNK_TOO_LARGE, limit=PIECE_BYTES)
    if not stream.eof:
        raise ApexError(ErrorCode.UNREADABLE_FILE, reason="this part of the upload was cut off; send it again.")
    return piece
