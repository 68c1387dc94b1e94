"""Files to one rollup, with what is to be said of each."""

from collections import deque
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path

from common.errors import SPECS
from common.spend.cli.date_order import order_in_all
from common.spend.cli.dedup import NOT_KEPT, EarlierFiles
from common.spend.cli.file_options import FileOptions
from common.spend.logs import ImportBatch, Importer
from common.spend.logs.containers.unpack import UsageFile, open_usage
from common.spend.logs.detect.notation import OpenDates
from common.spend.logs.fields.errors import BrokenOffError
from common.spend.logs.overlap.split import UNFINISHED
from common.spend.model import Reject
from common.spend.prices import PriceBook
from common.spend.rollup.rollup import Rollup
from common.spend.semantics import Condition, Period

_PIECE_BYTES = 16 * 1024 * 1024
"""Larger pieces are counted faster, and need more memory: 300 MB for these."""


@dataclass(frozen=True, slots=True)
class FileFindings:
    """One log. `broken`: why it could be read in part only, None where all was read."""

    name: str
    format: str
    rows: int
    shared: int
    """Of the rows, how many a file before this one has too; they are counted there."""
    rejected: int
    rejects: tuple[Reject, ...]
    """The first hundred."""
    unread_usd: float
    """What the rejected rows cost, as far as they say so in USD."""
    duplicates: int
    notes: tuple[str, ...]
    broken: str | None


@dataclass(frozen=True, slots=True)
class LogFindings:
    """All logs together."""

    files: tuple[FileFindings, ...]
    rollup: Rollup
    book: PriceBook
    where: tuple[Condition, ...] = ()
    """Of which requests the rollup is; (): of all in its time span."""
    period: Period | None = None
    """As it was asked for."""


def read_files(paths: Sequence[Path], options: FileOptions, book: PriceBook) -> LogFindings:
    """Read all logs in `paths`. Raises ImportFailed where nothing of a file is usable, OSError where there is none."""
    reader = _Reader(options, book)
    files, rollup = [], Rollup(book)
    for path in paths:
        for place, log in enumerate(open_usage(path, _PIECE_BYTES)):
            one_of_several = len(paths) > 1 or bool(log.name)
            found, part = reader.compare(path, place, log) if one_of_several else reader.alone(path, log)
            files.append(found)
            rollup = rollup.merge(part)
    return LogFindings(tuple(files), rollup, book)


class _Reader:
    """Reads the logs of one command, one after the other."""

    def __init__(self, options: FileOptions, book: PriceBook) -> None:
        self._options, self._book = options, book
        self._declared = options.declared
        """And what the file at hand settles."""
        self._earlier = EarlierFiles()

    def _importer(self, *, hashed: bool = False, codes: bytes = b"") -> Importer:
        given = self._options
        return Importer(
            given.model,
            mapping=given.mapping,
            wanted=given.wanted,
            declared=self._declared,
            book=self._book,
            hashed=hashed,
            codes=codes,
        )

    def alone(self, path: Path, log: UsageFile) -> tuple[FileFindings, Rollup]:
        """All rows."""
        found, batch = self._read(path, 0, log, path.name)
        return found, batch.rollup

    def compare(self, path: Path, place: int, log: UsageFile) -> tuple[FileFindings, Rollup]:
        """The rows that no log before has. Where some are shared, it is read again: rows are not kept."""
        name = f"{path.name}/{log.name}" if log.name else path.name
        found, batch = self._read(path, place, log, name, hashed=True)
        if batch.hashes is None:
            raise LookupError("the importer tells no hashes")
        split = self._earlier.split(batch.hashes)
        notes = [*found.notes, *self._earlier.notes_on(split)]
        if split is not None and "aggregated" in batch.rollup.has:
            notes.append(UNFINISHED)
        if not self._earlier.keep(name, batch.hashes):
            notes.append(NOT_KEPT)
        rollup = batch.rollup if split is None else self._read_again(path, place, name, split.codes)
        shared = sum(split.rows.values()) if split else 0
        return replace(found, shared=shared, notes=tuple(notes)), rollup

    def _read(
        self, path: Path, place: int, log: UsageFile, name: str, *, hashed: bool = False
    ) -> tuple[FileFindings, ImportBatch]:
        """A log; where its beginning leaves the order of its dates open, the first date that tells it settles it."""
        self._declared = self._options.declared
        try:
            return _read(log, name, self._importer(hashed=hashed))
        except OpenDates as error:
            deque(log.pieces, maxlen=0)  # an archive goes on behind it
            with _log_at(path, place) as again:
                order = order_in_all(again.pieces, error)
            if order is None:
                raise
            self._declared = replace(self._options.declared, order=order[0], because=order[1])
        with _log_at(path, place) as again:
            return _read(again, name, self._importer(hashed=hashed))

    def _read_again(self, path: Path, place: int, name: str, codes: bytes) -> Rollup:
        """The rows of part 0 of the log at a place."""
        with _log_at(path, place) as log:
            return _read(log, name, self._importer(codes=codes))[1].rollup


@contextmanager
def _log_at(path: Path, place: int) -> Iterator[UsageFile]:
    """The log at a place; an archive has to be read up to there."""
    logs = open_usage(path, _PIECE_BYTES)
    for before in islice(logs, place):
        deque(before.pieces, maxlen=0)
    yield next(logs)


def _read(log: UsageFile, name: str, importer: Importer) -> tuple[FileFindings, ImportBatch]:
    broken = None
    try:
        for piece in log.pieces:
            importer.feed(piece)
    except BrokenOffError as error:
        importer.finish()
        batch = importer.take()
        located = error.after(batch.rows)
        broken = SPECS[located.code].message.format(**located.details)
    else:
        importer.finish()
        batch = importer.take()
    found = FileFindings(
        name=name,
        format=batch.format_name,
        rows=batch.rows,
        shared=0,
        rejected=batch.rejected,
        rejects=batch.rejects,
        unread_usd=batch.unread_usd,
        duplicates=batch.duplicates,
        notes=batch.notes,
        broken=broken,
    )
    return found, batch
