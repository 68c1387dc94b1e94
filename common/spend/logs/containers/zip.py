"""The data files in a ZIP archive, one after the other; of one that is cut off, those before the cut."""

import struct
import zlib
from collections.abc import Iterator
from typing import BinaryIO
from zipfile import ZIP_DEFLATED, ZIP_STORED, BadZipFile, ZipFile, ZipInfo

from common.errors import ErrorCode
from common.spend.logs.containers.folder import is_junk
from common.spend.logs.containers.inflate import STEP, damaged
from common.spend.logs.detect.sniff import WORKBOOK
from common.spend.logs.fields.errors import BrokenOffError, ImportFailed

MAX_MEMBERS = 1_000
_CUT_OFF = "it is a ZIP archive that is cut off"
_WORKBOOK_PART = "[Content_Types].xml"
_READABLE = (ZIP_STORED, ZIP_DEFLATED)  # what Python unpacks in steps of bounded size
_FAULTS = (BadZipFile, EOFError, zlib.error, NotImplementedError, ValueError, OSError, struct.error)
_HEADER = struct.Struct("<4s5H3I2H")
_MAGIC = b"PK\x03\x04"
_ENCRYPTED, _SIZE_FOLLOWS = 1, 8

Member = tuple[str, Iterator[bytes]]
"""A name, and the content in blocks: to be read before the next member is asked for."""


def members_of(file: BinaryIO) -> Iterator[Member]:
    """The data files of a seekable archive; raises BrokenOffError and ImportFailed."""
    try:
        archive = ZipFile(file)
    except _FAULTS:  # no table of contents: it stands at the end
        yield from _before_the_cut(file)
        return
    with archive:
        names = [info for info in archive.infolist() if info.file_size and not is_junk(info.filename)]
        _check(names)
        for info in names:
            yield info.filename, _content(archive, info)


def _check(members: list[ZipInfo]) -> None:
    if any(info.filename == _WORKBOOK_PART for info in members):
        raise ImportFailed(ErrorCode.UNREADABLE_FILE, reason=WORKBOOK)
    if not members:
        raise _refused("no file with content in it")
    if len(members) > MAX_MEMBERS:
        raise _refused(f"{len(members):,} files in it; the limit is {MAX_MEMBERS:,}")
    for info in members:
        _check_packing(info.flag_bits, info.compress_type)


def _check_packing(flags: int, method: int) -> None:
    if flags & _ENCRYPTED:
        raise _refused("a password")
    if method not in _READABLE:
        raise _refused(f"a rare way of packing (method {method})")


def _content(archive: ZipFile, info: ZipInfo) -> Iterator[bytes]:
    try:
        with archive.open(info) as member:
            while block := member.read(STEP):
                yield block
    except _FAULTS as error:
        raise damaged("ZIP", error) from error


def _before_the_cut(file: BinaryIO) -> Iterator[Member]:
    """By the header in front of each member, as the table of contents is missing."""
    file.seek(0)
    while (header := file.read(_HEADER.size)).startswith(_MAGIC) and len(header) == _HEADER.size:
        _, _, flags, method, _, _, crc, size, _, name_length, extra_length = _HEADER.unpack(header)
        _check_packing(flags, method)
        name = file.read(name_length).decode("utf-8", "replace")
        file.seek(extra_length, 1)
        if name == _WORKBOOK_PART:
            raise ImportFailed(ErrorCode.UNREADABLE_FILE, reason=WORKBOOK)
        checksum = None if flags & _SIZE_FOLLOWS else crc
        content = _stored(file, size, checksum) if method == ZIP_STORED else _deflated(file, checksum)
        if is_junk(name) or name.endswith("/"):
            for _ in content:
                pass
        else:
            yield name, content
        _leave_descriptor(file, flags)
    raise BrokenOffError(_CUT_OFF)


def _stored(file: BinaryIO, size: int, crc: int | None) -> Iterator[bytes]:
    if crc is None:
        raise BrokenOffError(_CUT_OFF)  # no size: this member has no known end
    left, found = size, 0
    while left and (block := file.read(min(STEP, left))):
        left -= len(block)
        found = zlib.crc32(block, found)
        yield block
    _check_end(left == 0, found, crc)


def _deflated(file: BinaryIO, crc: int | None) -> Iterator[bytes]:
    stream, found = zlib.decompressobj(wbits=-zlib.MAX_WBITS), 0
    rest = b""
    while not stream.eof and (rest := stream.unconsumed_tail or file.read(STEP)):
        try:
            block = stream.decompress(rest, STEP)
        except zlib.error as error:
            raise damaged("ZIP", error) from error
        found = zlib.crc32(block, found)
        yield block
    _check_end(stream.eof, found, crc)
    file.seek(-len(stream.unused_data), 1)


def _check_end(complete: bool, actual: int, crc: int | None) -> None:  # noqa: FBT001 - read at two places above
    if not complete:
        raise BrokenOffError(_CUT_OFF)
    if crc is not None and actual != crc:
        raise damaged("ZIP", BadZipFile("wrong checksum"))


def _leave_descriptor(file: BinaryIO, flags: int) -> None:
    """Sizes that follow a member stand in 12, 16, 20 or 24 bytes; the next header shows which."""
    if not flags & _SIZE_FOLLOWS:
        return
    following = file.read(24 + len(_MAGIC))
    places = (12, 16, 20, 24)
    length = next((place for place in places if following[place:].startswith(_MAGIC)), len(following))
    file.seek(length - len(following), 1)


def _refused(what: str) -> ImportFailed:
    reason = f"it is a ZIP archive with {what}. Unpack it and upload the CSV or JSON lines inside."
    return ImportFailed(ErrorCode.UNREADABLE_FILE, reason=reason)
