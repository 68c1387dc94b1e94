"""UTF-16 and UTF-32 to UTF-8; a broken place stays broken, so that its row is rejected."""

import codecs
from collections.abc import Iterator

from common.spend.logs.detect.sniff import looks_utf16

_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),  # before UTF-16: its mark begins alike
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_BROKEN = "\udc81"  # becomes a byte that neither UTF-8 nor Windows-1252 has alone


def encoding_of(head: bytes) -> tuple[str, int]:
    """(codec, length of the mark) by a file's first bytes; what is neither marked nor looks like UTF-16 is UTF-8."""
    for mark, codec in _MARKS:
        if head.startswith(mark):
            return codec, len(mark)
    if looks_utf16(head):
        return ("utf-16-be" if head[0] == 0 else "utf-16-le"), 0
    return "utf-8", 0


def utf8(blocks: Iterator[bytes], codec: str, mark: int) -> Iterator[bytes]:
    """The text behind its mark as UTF-8. What is UTF-8 already passes as it is: the importer checks it row by row."""
    decoder = None if codec == "utf-8" else codecs.getincrementaldecoder(codec)(_HANDLER)
    for block in blocks:
        dropped, mark = min(mark, len(block)), max(0, mark - len(block))
        rest = block[dropped:]
        yield rest if decoder is None else decoder.decode(rest).encode("utf-8", "surrogateescape")
    if decoder is not None:
        yield decoder.decode(b"", final=True).encode("utf-8", "surrogateescape")


def _marked(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeDecodeError):
        raise error
    return _BROKEN, error.end


_HANDLER = "apex.broken"
codecs.register_error(_HANDLER, _marked)
