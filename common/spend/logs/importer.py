"""The importer: usage log bytes in any pieces, rollups out. Memory is bounded, and so is the state between parts."""

import base64
import json
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from common.errors import ErrorCode
from common.spend.logs.bundle import MARK, Bundle
from common.spend.logs.detect.discover import BOM, MOST_SNIFFED, SNIFF, find_layout, format_title, lines_before_rows
from common.spend.logs.detect.layout import Layout
from common.spend.logs.detect.notation import NOTHING_DECLARED, Declared
from common.spend.logs.detect.sniff import looks_western
from common.spend.logs.fields.errors import BadRowError, ImportFailed, NoRequestError
from common.spend.logs.fields.notation import restored_notation
from common.spend.logs.fields.reading import restored_reading
from common.spend.logs.formats import GENERIC, format_named
from common.spend.logs.overlap.tally import OverlapTally
from common.spend.logs.reader import Counted, Read, RecordReader
from common.spend.logs.rows.build_row import build_row
from common.spend.logs.rows.measures import unread_usd
from common.spend.logs.rows.prefixes import PrefixTracker
from common.spend.logs.rows.price_notes import tier_notes
from common.spend.logs.rows.repeats import FORGOTTEN, MOST_WAITING, STORED_ROWS, Repeats
from common.spend.logs.rows.row_notes import RowNotes
from common.spend.model import Reject
from common.spend.prices.book import LIST_PRICES, PriceBook
from common.spend.prices.names import known_model
from common.spend.rollup.limits import LIMITS, RollupLimits
from common.spend.rollup.rollup import Rollup

if TYPE_CHECKING:
    import polars as pl

    from common.spend.logs.columnar import FrameCounter

MAX_REJECTS = 100
"""Rejects that a batch lists; all are counted."""
_VERSION, _BUNDLE_VERSION = 2, 3
"""Of the state, and of that of several files in one stream. Version 1, which does not say so, is read, too."""
WESTERN = "cp1252"
_WESTERN_NOTE = "The file is not UTF-8: it was read as Windows-1252, as Excel saves CSV in Western Europe."
_CLOCKS_DIFFER = timedelta(days=1)
"""Times without a zone may be ahead of UTC, and clocks go wrong."""


@dataclass(frozen=True, slots=True)
class ImportBatch:
    """The rows read since the last `take`. `notes` say to the customer how the file was read."""

    rollup: Rollup
    """Of all rows; of those of part 0 where the importer has `codes`."""
    rows: int
    rejected: int
    rejects: tuple[Reject, ...]
    duplicates: int
    """Rows left out because their request id came before."""
    notes: tuple[str, ...]
    format: str = ""
    """The title of the known format that was detected; "" for any other log."""
    format_name: str = GENERIC
    """Its name in common/spend/logs/formats."""
    left_out: int = 0
    """Records that are no requests, such as a log's spans or a user's own lines."""
    parts: tuple[Rollup, ...] = ()
    """Of the rows of part 1, 2 and so on."""
    unread_usd: float = 0.0
    """Costs of rejected rows, as far as they are in USD."""
    hashes: "pl.Series | None" = None
    """Of the rows in their order, where they were asked for."""


class Importer:
    """Feed a file's bytes in any pieces, then finish; take what is ready at any time, and `state` to resume elsewhere.

    The state does not hold what was not taken: store what `take` and `state` give at one moment together. `model` is
    for rows that name none; `mapping`, field -> column ("" for none), goes before what the importer finds itself, see
    `propose_mapping`, and so do the name of the format that is `wanted` and what is `declared` of dates and numbers,
    which the state does not hold, nor the book.
    `hashed`: batches have row hashes; `codes`: the part of each row until the first `take` (overlap/matcher.py).
    Everything raises ImportFailed when the file as a whole cannot be read.
    """

    def __init__(
        self,
        model: str | None = None,
        state: bytes | None = None,
        mapping: Mapping[str, str] | None = None,
        *,
        wanted: str = "",
        declared: Declared = NOTHING_DECLARED,
        book: PriceBook = LIST_PRICES,
        hashed: bool = False,
        codes: bytes = b"",
        limits: RollupLimits = LIMITS,
    ) -> None:
        self._book = book
        self._limits = limits
        self._hashed = hashed
        self._wanted, self._declared = wanted, declared
        saved: dict[str, Any] = _read_state(state) if state else {}
        self._model: str | None = saved.get("model", model)
        if self._model is not None and known_model(self._model) is None:
            raise ImportFailed(ErrorCode.UNKNOWN_MODEL, model=self._model)
        self._mapping: dict[str, str] = saved.get("mapping", dict(mapping or {}))
        self._sniffed = bytearray(base64.b64decode(saved.get("sniffed", "")))
        self._tried: int = saved.get("tried", 0)
        """Bytes of the start that did not show the layout; trying at each small piece would take ever longer."""
        self._encoding: str = saved.get("encoding", "")
        """"": UTF-8."""
        self._reader: RecordReader | None = None
        self._layout: Layout | None = None
        self._counter: FrameCounter | None = None
        self._bundle = Bundle(saved["bundle"]) if saved.get("bundle") else None
        self._prefixes = PrefixTracker(**saved.get("starts", {}))
        self._repeats = Repeats(saved.get("ids", ""), saved.get("waiting", ()), forgot=saved.get("forgot", False))
        self._rows_before: int = saved.get("rows", 0)
        self._first_reject: str = saved.get("first_reject", "")
        self._begin_batch(codes)
        if "layout" in saved:
            self._restore(saved)

    def feed(self, data: bytes) -> None:
        """Read more of the file, or of several in one stream (bundle.py)."""
        if self._reader is None and not self._sniffed and data.startswith(MARK) and self._bundle is None:
            self._bundle = Bundle()
        if self._bundle is None:
            self._feed(data)
            return
        for piece in self._bundle.cut(data):
            self._feed_piece(self._bundle, piece)

    def _feed_piece(self, bundle: Bundle, piece: bytes | None) -> None:
        """Of one file of several, None at its end; one that is no log is left out."""
        try:
            if piece is None:
                self._end_file(bundle)
            elif not bundle.refused:
                self._feed(piece)
        except ImportFailed as error:
            bundle.leave(error)
            self._sniffed = bytearray()

    def _end_file(self, bundle: Bundle) -> None:
        if not bundle.refused:
            self._read_to_end()
        if self._counter is not None:
            self._counter.flush()
        self._left_out += self._count_left_out(bundle)
        self._reader, self._layout, self._counter, self._tried, self._encoding = None, None, None, 0, ""

    def _count_left_out(self, bundle: Bundle) -> int:
        """Records of the file that is read, since the last call or the beginning of the batch."""
        if self._layout is None or self._reader is None:
            return 0
        bundle.leave_records(self._layout.format, self._reader.left_out)
        return self._reader.left_out

    def _feed(self, data: bytes) -> None:
        data = self._as_utf8(data)
        if self._reader is not None:
            self._count(self._reader, data, final=False)
            return
        self._sniffed += data
        if len(self._sniffed) >= max(SNIFF, min(self._tried + self._tried // 4, MOST_SNIFFED)):
            self._tried = len(self._sniffed)
            self._start(final=False)

    def _as_utf8(self, data: bytes) -> bytes:
        return data.decode(WESTERN, "replace").encode() if self._encoding else data

    def finish(self) -> None:
        """The file is at its end; raises ImportFailed when no row could be used."""
        if self._bundle is None:
            self._read_to_end()
        else:
            self._bundle.check_end()
            self._notes += tuple(self._bundle.notes())
        self._count_waiting(0)
        if not self._rows_before + self._tally.rows:
            reason = self._first_reject or self._nothing()
            raise ImportFailed(ErrorCode.NO_USABLE_ROWS, reason=reason)

    def _read_to_end(self) -> None:
        if self._reader is None:
            self._start(final=True)
        if self._reader is not None:
            self._count(self._reader, b"", final=True)

    def _nothing(self) -> str:
        """Why there is no row, where none was rejected."""
        if self._bundle is not None:
            return self._bundle.nothing()
        if self._layout is not None and self._layout.format:
            known = format_named(self._layout.format)
            return f"it looks like {known.title}, but holds only {known.others}."
        return "it has a header, but no rows."

    def take(self) -> ImportBatch:
        """The rows read since the last call; the importer continues with an empty rollup."""
        self._count_waiting(STORED_ROWS)
        if self._counter is not None:
            self._counter.flush()
        if self._bundle is not None:
            self._count_left_out(self._bundle)
        tally = self._tally
        batch = ImportBatch(
            tally.rollups[0],
            tally.rows,
            self._rejected,
            tuple(self._rejects),
            self._duplicates,
            (*self._notes, *self._counted_notes(), *self._future_note()),
            format_title(self._layout) if self._layout else "",
            (self._layout.format if self._layout else "") or GENERIC,
            self._left_out + (self._reader.left_out if self._reader else 0) + self._row_notes.left_out.total(),
            tuple(tally.rollups[1:]),
            self._row_notes.unread_usd,
            tally.hashes() if tally.hashed else None,
        )
        self._rows_before += tally.rows
        self._begin_batch()
        return batch

    def state(self) -> bytes:
        """Everything that another process needs to resume: below 900 kB, and of JSON the unfinished record, compressed
        (of at most 4 MB; of 16 MB before the first one is complete).
        """
        saved: dict[str, Any] = {
            "version": _BUNDLE_VERSION if self._bundle else _VERSION,
            "model": self._model,
            "mapping": self._mapping,
            "sniffed": base64.b64encode(self._sniffed).decode(),
            "tried": self._tried,
            "encoding": self._encoding,
            "starts": self._prefixes.as_json(),
            **self._repeats.as_json(),
            "rows": self._rows_before + self._tally.rows,
            "first_reject": self._first_reject,
            "bundle": self._bundle.as_json() if self._bundle else None,
        }
        if self._reader is not None and self._layout is not None:
            saved |= {
                "layout": asdict(self._layout),
                "tail": base64.b64encode(self._reader.tail).decode(),
                "line": self._reader.line,
                "skipping": self._reader.skipping,
                "cutter": self._reader.document.state(),
                "memory": self._reader.memory,
                "enough": self._reader.enough,
            }
        return zlib.compress(json.dumps(saved).encode(), 6)

    def _restore(self, saved: dict[str, Any]) -> None:
        layout = saved["layout"]
        columns = layout.pop("reading")
        reading, missing = restored_reading(columns)
        layout["places"] += [-1] * (missing if layout["places"] else 0)
        lists = {name: tuple(layout.pop(name)) for name in ("places", "notes", "header", "path")}
        notation = restored_notation(layout.pop("notation", {}))
        self._layout = Layout(**layout | lists, reading=reading, notation=notation)
        tail = base64.b64decode(saved["tail"])
        self._reader = RecordReader(
            self._layout,
            tail,
            saved["line"],
            skipping=saved["skipping"],
            document=saved["cutter"],
            memory=saved.get("memory"),
            enough=saved.get("enough", 0),
            counted=self._frames(self._layout),
        )
        self._mark_present()

    def _begin_batch(self, codes: bytes = b"") -> None:
        self._tally = OverlapTally(self._book, hashed=self._hashed, codes=codes, limits=self._limits)
        self._rejected = self._duplicates = self._left_out = 0
        self._rejects: list[Reject] = []
        self._row_notes = RowNotes()
        self._notes: tuple[str, ...] = ()
        if self._reader is not None:
            self._reader.left_out = 0
        self._mark_present()

    def _mark_present(self) -> None:
        """A status column counts as present even where every request succeeded."""
        if self._layout is not None and "status" in self._layout.reading.names:
            for rollup in self._tally.rollups:
                rollup.has.add("status")

    def _start(self, *, final: bool) -> None:
        """Detect the layout from the first bytes, then read them; wait for more when they do not suffice."""
        if not self._encoding and looks_western(bytes(self._sniffed[:SNIFF])):
            self._encoding = WESTERN
            self._sniffed = bytearray(self._as_utf8(bytes(self._sniffed)))
        data = bytes(self._sniffed).removeprefix(BOM)
        layout = find_layout(
            data, self._model, self._mapping, final=final, wanted=self._wanted, declared=self._declared
        )
        if layout is None:
            return
        if self._bundle is not None:
            self._bundle.check_format(layout.format)
        header_lines = lines_before_rows(data) if layout.kind == "csv" else 0
        lines = data.split(b"\n", header_lines)
        self._layout = layout
        self._reader = RecordReader(layout, b"", header_lines, skipping=False, counted=self._frames(layout))
        encoding = (_WESTERN_NOTE,) if self._encoding else ()
        self._notes = tuple(dict.fromkeys((*self._notes, *encoding, *layout.notes)))
        self._mark_present()
        self._sniffed = bytearray()
        self._count(self._reader, lines[-1] if len(lines) > header_lines else b"", final=False)

    def _frames(self, layout: Layout) -> Counted | None:
        """Counts whole columns of a plain request log."""
        if layout.kind == "json" or layout.format or layout.wrapped or not layout.notation.is_plain:
            return None
        from common.spend.logs.columnar import FrameCounter  # noqa: PLC0415 - 0.15 s of a cold start, for imports only

        if not FrameCounter.fits(layout):
            return None
        counter = self._counter = FrameCounter(layout)

        def count(block: bytes) -> tuple[int, list[int]] | None:
            return counter.count(block, self._tally)

        return count

    def _count(self, reader: RecordReader, data: bytes, *, final: bool) -> None:
        for read in reader.feed(data, final=final):
            try:
                self._count_row(read)
            except NoRequestError as error:
                self._row_notes.left_out[str(error)] += 1
            except BadRowError as error:
                self._reject(read, str(error))

    def _count_row(self, read: Read) -> None:
        found = read[1]
        if isinstance(found, BadRowError):
            raise found
        row = build_row(*found, self._prefixes, self._row_notes)
        if row.request_id is None:
            self._tally.add(row)
            return
        self._duplicates += not self._repeats.add(row)
        self._count_waiting(MOST_WAITING)

    def _count_waiting(self, most: int) -> None:
        for row in self._repeats.release(most):
            self._tally.add(row)

    def _counted_notes(self) -> Iterator[str]:
        if self._duplicates:
            rows = "1 row" if self._duplicates == 1 else f"{self._duplicates:,} rows"
            yield f"{rows} repeated a request id that came before and were counted once."
        if self._repeats.forgot:
            yield FORGOTTEN
        alone = self._bundle is None
        if alone and self._reader is not None and self._layout is not None and self._reader.left_out:
            count = self._reader.left_out
            records = "1 record was" if count == 1 else f"{count:,} records were"
            yield f"{records} left out: {format_named(self._layout.format).others}."
        yield from self._row_notes.texts()
        yield from tier_notes(self._tally.rollups, self._book)
        for currency in sorted({currency for rollup in self._tally.rollups for currency in rollup.other_money}):
            yield f"Costs in {currency} are not added to the figures in USD; no exchange rate is assumed."

    def _future_note(self) -> tuple[str, ...]:
        """The same words for every part of a file, so that they are shown once."""
        last = max((rollup.last for rollup in self._tally.rollups if rollup.last), default=None)
        if self._layout is None or last is None or last <= datetime.now(UTC) + _CLOCKS_DIFFER:
            return ()
        column = self._layout.reading.names["ts"]
        return (f"Rows dated later than tomorrow ({column}) were counted all the same. Check the dates of the log.",)

    def _reject(self, read: Read, reason: str) -> None:
        line, found = read
        self._rejected += 1
        reason = f"in {self._bundle.file}: {reason}" if self._bundle else reason
        if not isinstance(found, BadRowError):
            self._row_notes.unread_usd += unread_usd(*found)
        if not self._first_reject:
            self._first_reject = f"every row was rejected, the first in line {line}: {reason}."
        if len(self._rejects) < MAX_REJECTS:
            self._rejects.append(Reject(line, reason))


def _read_state(state: bytes) -> dict[str, Any]:
    saved: dict[str, Any] = json.loads(zlib.decompress(state))
    if saved.get("version", 1) > _BUNDLE_VERSION:
        reason = "its upload went on with another version of Apex. Upload it again from the beginning."
        raise ImportFailed(ErrorCode.UNREADABLE_FILE, reason=reason)
    return saved
