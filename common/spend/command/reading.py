"""Files to one rollup, with what is to be said of each."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from common.errors import SPECS
from common.spend.importing import Importer
from common.spend.importing.containers import UsageFile, open_usage
from common.spend.importing.failures import BrokenOffError
from common.spend.model import Reject
from common.spend.prices import PriceBook
from common.spend.rollup import Rollup

_PIECE_BYTES = 16 * 1024 * 1024
"""Larger pieces are counted faster, and need more memory: 300 MB for these."""


@dataclass(frozen=True, slots=True)
class FileFindings:
    """One log. `broken`: why it could be read to a place only, None for a whole one."""

    name: str
    format: str
    rows: int
    rejected: int
    rejects: tuple[Reject, ...]
    """The first hundred."""
    duplicates: int
    notes: tuple[str, ...]
    broken: str | None


@dataclass(frozen=True, slots=True)
class Findings:
    """All logs together."""

    files: tuple[FileFindings, ...]
    rollup: Rollup
    book: PriceBook


def read_files(paths: Sequence[Path], *, model: str | None, wanted: str, book: PriceBook) -> Findings:
    """Read all logs in `paths`. Raises ImportFailed where nothing of one can be used, OSError where none is."""
    files, rollup = [], Rollup(book)
    for path in paths:
        for log in open_usage(path, _PIECE_BYTES):
            name = f"{path.name}/{log.name}" if log.name else path.name
            found, part = _read(log, name, Importer(model, wanted=wanted, book=book))
            files.append(found)
            rollup = rollup.merge(part)
    return Findings(tuple(files), rollup, book)


def _read(log: UsageFile, name: str, importer: Importer) -> tuple[FileFindings, Rollup]:
    broken = None
    try:
        for piece in log.pieces:
            importer.feed(piece)
    except BrokenOffError as error:
        importer.finish()
        batch = importer.take()
        told = error.after(batch.rows)
        broken = SPECS[told.code].message.format(**told.details)
    else:
        importer.finish()
        batch = importer.take()
    found = FileFindings(
        name=name,
        format=batch.format_name,
        rows=batch.rows,
        rejected=batch.rejected,
        rejects=batch.rejects,
        duplicates=batch.duplicates,
        notes=batch.notes,
        broken=broken,
    )
    return found, batch.rollup
