"""What is to be said of the logs that were read, in few lines: a folder of a thousand files is one source."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import groupby

from common.spend.cli.read_files import FileFindings, LogFindings, UnreadFile
from common.spend.model import Reject

_MOST_APART = 5
"""Files of a folder or archive that are shown one by one; of more, all together."""
_MOST_UNREAD = 5
"""Files that are no logs, by name."""
_VARYING = re.compile(
    r"\d[\d,.]*|(?<= are in ).*(?= too,)|(?<= is in ).*(?= too,)|\b(?:record|row|value)s?\b|\b(?:is|are|was|were)\b"
)
"""What differs between notes of the same kind."""


@dataclass(frozen=True, slots=True)
class PlacedNote:
    """A note and what it is of: a file, and how many more such notes there are."""

    place: str
    text: str


@dataclass(frozen=True, slots=True)
class LogSource:
    """A log, or the logs of a folder or archive. `rejects`: the first ones, each with its file."""

    name: str
    files: int
    formats: tuple[str, ...]
    rows: int
    rejected: int
    rejects: tuple[tuple[str, Reject], ...]
    notes: tuple[PlacedNote, ...]
    unread: tuple[str, ...]


def sources_of(findings: LogFindings) -> Iterator[LogSource]:
    """In the order of reading."""
    for source, found in groupby(findings.files, key=lambda file: file.source):
        files = list(found)
        unread = tuple(_unread([file for file in findings.unread if source and file.source == source]))
        if not source or len(files) <= _MOST_APART:
            last = len(files) - 1
            yield from (_source(file.name, [file], unread if n == last else ()) for n, file in enumerate(files))
        else:
            yield _source(source, files, unread)


def _source(name: str, files: list[FileFindings], unread: tuple[str, ...]) -> LogSource:
    return LogSource(
        name=name,
        files=len(files),
        formats=tuple(dict.fromkeys(file.format for file in files)),
        rows=sum(file.rows for file in files),
        rejected=sum(file.rejected for file in files),
        rejects=tuple((file.name, reject) for file in files for reject in file.rejects),
        notes=tuple(_notes(files)),
        unread=unread,
    )


def _notes(files: Iterable[FileFindings]) -> Iterator[PlacedNote]:
    """Each kind once, as the first file has it."""
    kinds: dict[str, list[tuple[str, str]]] = {}
    for name, note in ((file.name, note) for file in files for note in file.notes):
        kinds.setdefault(_VARYING.sub("", note), []).append((name, note))
    for (name, note), *others in kinds.values():
        yield PlacedNote(f"{name} (and {len(others):,} more like it)" if others else name, note)


def _unread(files: list[UnreadFile]) -> Iterator[str]:
    yield from (f"{file.name} was left out: {file.reason}" for file in files[:_MOST_UNREAD])
    if len(files) > _MOST_UNREAD:
        yield f"{len(files) - _MOST_UNREAD:,} more files were left out; --json names them."
