"""What a file is, from its first bytes: refused when it is no text, no UTF-8 or no log of requests."""

import codecs
import re
from typing import Literal

from common.errors import ErrorCode
from common.spend.logs.fields.errors import ImportFailed

Kind = Literal["csv", "jsonl", "json"]
"""jsonl: one object per line; json: any other text of JSON."""

_MAGIC: tuple[tuple[bytes, str], ...] = (
    (b"\x1f\x8b", "it is a gzip archive. Unpack it and upload the CSV or JSON lines inside."),
    (b"PAR1", "it is a Parquet file. Export it as CSV or JSON lines."),
    (b"%PDF", "it is a PDF document. Export the usage log itself as CSV or JSON lines."),
    (b"\xd0\xcf\x11\xe0", "it is an old Excel workbook. Save the sheet as CSV (UTF-8)."),
    (b"SQLite format 3", "it is an SQLite database. Export the table as CSV."),
    (b"BZh", "it is a bzip2 archive. Unpack it first."),
    (b"\x28\xb5\x2f\xfd", "it is a zstd archive. Unpack it first."),
    (b"\xfd7zXZ", "it is an xz archive. Unpack it first."),
    (b"7z\xbc\xaf", "it is a 7-Zip archive. Unpack it first."),
    (b"Obj\x01", "it is an Avro file. Export it as CSV or JSON lines."),
    (b"ARROW1", "it is an Arrow file. Export it as CSV or JSON lines."),
    (b"\x89PNG", "it is a picture (PNG)."),
    (b"\xff\xd8\xff", "it is a picture (JPEG)."),
)
WORKBOOK = "it is an Excel workbook (xlsx). Save the sheet as CSV (UTF-8)."
_ZIP = b"PK\x03\x04"
_MAX_BROKEN = 0.05
"""Share of the first lines that may be broken: more of them are no accident."""
_BEYOND = re.compile(rb"[\x80-\xff]+")
_UNDEFINED = frozenset(b"\x81\x8d\x8f\x90\x9d")
"""Bytes that Windows-1252 has no letter for."""
_WESTERN_RUN = 2
"""Letters beyond ASCII one after the other; other scripts have words of them."""
_UTF16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
_DELIMITERS = ",;\t|"
_BEFORE_HEADER = re.compile(r'[\r\n]*(?:"?sep=."?[\r\n]+)?', re.IGNORECASE)


def check_bytes(sample: bytes) -> None:
    """Raise ImportFailed for anything but UTF-8 text."""
    if sample.startswith(_UTF16) or looks_utf16(sample):
        raise ImportFailed(ErrorCode.NOT_UTF8, encoding="UTF-16")
    for magic, reason in _MAGIC:
        if sample.startswith(magic):
            raise ImportFailed(ErrorCode.UNREADABLE_FILE, reason=reason)
    if sample.startswith(_ZIP):
        raise ImportFailed(ErrorCode.UNREADABLE_FILE, reason=_zip_reason(sample))
    _check_text(sample)


def _check_text(sample: bytes) -> None:
    """A few broken lines are rejected one by one; a broken header, or many lines, are another kind of file."""
    lines = sample.split(b"\n")
    with_zeros = [b"\0" in line for line in lines]
    if with_zeros[0] or sum(with_zeros) > _MAX_BROKEN * len(lines):
        raise ImportFailed(ErrorCode.UNREADABLE_FILE, reason="it holds binary data, not text.")
    try:
        codecs.getincrementaldecoder("utf-8")().decode(sample)  # an incomplete last character is no error here
    except UnicodeDecodeError as error:
        broken = [not _is_utf8(line) for line in lines[:-1]]
        if error.start <= len(lines[0]) or sum(broken) > _MAX_BROKEN * len(lines):
            raise ImportFailed(ErrorCode.NOT_UTF8, encoding="another encoding", byte=error.start) from error


def _is_utf8(line: bytes) -> bool:
    try:
        line.decode()
    except UnicodeDecodeError:
        return False
    return True


def looks_western(sample: bytes) -> bool:
    """Windows-1252, as Excel saves CSV in Western Europe: single letters beyond ASCII, and none of them UTF-8's."""
    if b"\0" in sample or sample.isascii() or _is_utf8(sample[: sample.rfind(b"\n") + 1] or sample):
        return False
    found = _BEYOND.findall(sample)
    return all(len(run) <= _WESTERN_RUN and _UNDEFINED.isdisjoint(run) for run in found)


def looks_utf16(sample: bytes) -> bool:
    """ASCII text in UTF-16 without a mark: every other byte of the beginning is zero."""
    head = sample[:64]
    zeros = not any(head[1::2]) or not any(head[::2])
    return len(head) >= 8 and zeros and any(head)  # noqa: PLR2004 - four characters


def _zip_reason(sample: bytes) -> str:
    if b"xl/" in sample or b"[Content_Types].xml" in sample:
        return WORKBOOK
    return "it is a ZIP archive. Unpack it and upload the CSV or JSON lines inside."


def holds_json(text: str) -> bool:
    """True for a text that begins as JSON; raises ImportFailed for a web page."""
    head = text.lstrip()
    if head[:15].lower().startswith(("<!doctype", "<html", "<?xml")):
        raise ImportFailed(ErrorCode.UNKNOWN_FORMAT, reason="it is a web page or an XML document.")
    if head.startswith(("[", "{")):
        return True
    if "\n" not in text and "\r" in head.rstrip("\r"):
        reason = "its lines end with a carriage return only, as on old Macs. Save it as CSV (UTF-8) anew."
        raise ImportFailed(ErrorCode.UNREADABLE_FILE, reason=reason)
    return False


def before_header(text: str) -> int:
    """Characters of the empty lines, and of Excel's line `sep=;`, before a CSV's header."""
    found = _BEFORE_HEADER.match(text)
    return found.end() if found else 0


def delimiter_of(header: str) -> str:
    """The delimiter that occurs most often in a header line, quoted parts aside; a comma when there is none."""
    outside = "".join(part for place, part in enumerate(header.split('"')) if place % 2 == 0)
    return max(_DELIMITERS, key=outside.count)
