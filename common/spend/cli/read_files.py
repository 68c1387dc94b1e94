"""Files to one rollup, with what is to be said of each."""

from collections import deque
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path

from common.errors import SPECS, ErrorCode
from common.spend.cli.date_order import order_in_all
from common.spend.cli.dedup import NOT_KEPT, EarlierFiles
from common.spend.cli.file_options import FileOptions
from common.spend.logs import ImportBatch, Importer
from common.spend.logs.containers.folder import files_below
from common.spend.logs.containers.unpack import UsageFile, open_usage
from common.spend.logs.detect.notation import OpenDates
from common.spend.logs.fields.errors import BrokenOffError, ImportFailed
from common.spend.logs.overlap.split import UNFINISHED
from common.spend.model import Reject
from common.spend.prices import PriceBook
from common.spend.rollup.rollup import Rollup
from common.spend.semantics import Condition, Period

_MOST_PARTS = 64
"""Rollups that are merged at a time: one by one, a folder of thousands of files would take minutes."""
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
    source: str = ""
    """The folder or archive that it is in; "" for a file by itself."""


@dataclass(frozen=True, slots=True)
class UnreadFile:
    """A file of a folder or archive that is no log, and why."""

    name: str
    reason: str
    source: str


@dataclass(frozen=True, slots=True)
class LogFindings:
    """All logs together."""

    files: tuple[FileFindings, ...]
    rollup: Rollup
    book: PriceBook
    unread: tuple[UnreadFile, ...] = ()
    where: tuple[Condition, ...] = ()
    """Of which requests the rollup is; (): of all in its time span."""
    period: Period | None = None
    """As it was asked for."""


def read_files(paths: Sequence[Path], options: FileOptions, book: PriceBook) -> LogFindings:
    """Read all logs in `paths`: files, archives and folders.

    Raises ImportFailed where nothing of a path is usable, OSError where there is none.
    """
    reader = _Reader(options, book)
    for path in paths:
        if path.is_dir():
            reader.read_folder(path)
        else:
            reader.read_file(path, alone=len(paths) == 1)
    return LogFindings(tuple(reader.files), reader.rollup(), book, tuple(reader.unread))


class _NoLogError(ImportFailed):
    """A file came whole, and the importer refused it: those beside it in a folder or archive may be logs."""


@contextmanager
def _judged() -> Iterator[None]:
    try:
        yield
    except OpenDates:
        raise  # the rest of the file may settle it
    except ImportFailed as error:
        raise _NoLogError(error.code, **error.details) from error


class _Reader:
    """Reads the logs of one command, one after the other."""

    def __init__(self, options: FileOptions, book: PriceBook) -> None:
        self._options, self._book = options, book
        self._declared = options.declared
        """And what the file at hand settles."""
        self._earlier = EarlierFiles()
        self._parts = [Rollup(book)]
        self.files: list[FileFindings] = []
        self.unread: list[UnreadFile] = []

    def rollup(self) -> Rollup:
        """Of all rows read so far."""
        first, *others = self._parts
        self._parts = [first.merge_all(others)] if others else [first]
        return self._parts[0]

    def read_folder(self, folder: Path) -> None:
        """All logs below a folder; what is none is named, unless there is no other file."""
        source, before, failed = folder.resolve().name, len(self.files), len(self.unread)
        paths = list(files_below(folder))
        for path in paths:
            name = f"{source}/{path.relative_to(folder).as_posix()}"
            try:
                self._read_logs(path, name, source)
            except ImportFailed as error:
                self._leave(name, error, source)
        if not paths:
            raise ImportFailed(ErrorCode.NO_USABLE_ROWS, reason=f"{folder} is a folder without files.")
        self._check_read(source, before, failed)

    def read_file(self, path: Path, *, alone: bool) -> None:
        """The log in a file, or all logs in an archive."""
        before, failed = len(self.files), len(self.unread)
        self._read_logs(path, path.name, "", alone=alone)
        self._check_read(path.name, before, failed)

    def _read_logs(self, path: Path, name: str, source: str, *, alone: bool = False) -> None:
        for place, log in enumerate(open_usage(path, _PIECE_BYTES)):
            full, within = (f"{name}/{log.name}", source or name) if log.name else (name, source)
            try:
                if alone and not log.name:
                    self._count_all(path, log, name)
                else:
                    self._compare(path, place, log, full, within)
            except _NoLogError as error:
                if not within:
                    raise
                deque(log.pieces, maxlen=0)
                self._leave(full, error, within)

    def _leave(self, name: str, error: ImportFailed, source: str) -> None:
        reason = SPECS[error.code].message.format(**error.details)
        self.unread.append(UnreadFile(name, reason, source))

    def _check_read(self, source: str, files: int, unread: int) -> None:
        """Raise ImportFailed where a folder or archive has no log; the counts are those before it."""
        if len(self.files) > files:
            return
        first, *others = self.unread[unread:]
        many = f"none of the {len(others) + 1:,} files in {source} is a usage log. The first" if others else "it holds"
        raise ImportFailed(ErrorCode.NO_USABLE_ROWS, reason=f"{many} {first.name}: {first.reason}")

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

    def _count_all(self, path: Path, log: UsageFile, name: str) -> None:
        """All rows."""
        found, batch = self._read(path, 0, log, name)
        self._count(found, batch.rollup)

    def _count(self, file: FileFindings, rollup: Rollup) -> None:
        self.files.append(file)
        self._parts.append(rollup)
        if len(self._parts) > _MOST_PARTS:
            self.rollup()

    def _compare(self, path: Path, place: int, log: UsageFile, name: str, source: str) -> None:
        """The rows that no log before has. Where some are shared, it is read again: rows are not kept."""
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
        self._count(replace(found, shared=shared, notes=tuple(notes), source=source), rollup)

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
                raise _NoLogError(error.code, **error.details) from error
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
    cut = _fed(importer, log)
    with _judged():
        importer.finish()
    batch = importer.take()
    located = cut.after(batch.rows) if cut else None
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
        broken=SPECS[located.code].message.format(**located.details) if located else None,
    )
    return found, batch


def _fed(importer: Importer, log: UsageFile) -> BrokenOffError | None:
    """Feed a log; where it is cut off, the error that says so."""
    try:
        for piece in log.pieces:
            with _judged():
                importer.feed(piece)
    except BrokenOffError as error:
        return error
    return None
