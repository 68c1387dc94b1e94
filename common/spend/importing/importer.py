"""The importer: bytes of a usage log in any cuts, rollups out. Memory is bounded, and so is the state between parts."""

import base64
import json
import zlib
from collections import OrderedDict
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from common.errors import ErrorCode
from common.spend.bounds import hash64
from common.spend.importing.detect import before_header, check_bytes, kind_of
from common.spend.importing.failures import BadRowError, ImportFailed
from common.spend.importing.layout import Layout, csv_layout, json_layout
from common.spend.importing.objects import parse_object
from common.spend.importing.prefixes import PrefixTracker
from common.spend.importing.reader import MAX_RECORD, Read, RecordReader
from common.spend.importing.rows import Reading, build_row
from common.spend.model import Reject, UsageRow
from common.spend.prices.names import known_model
from common.spend.rollup import Rollup

SNIFF = 65_536
"""Bytes that a file's layout is found out from, where they hold a line."""
MAX_REJECTS = 100
"""Rejects that a batch tells one by one; all are counted."""
MAX_IDS = 30_000
"""Request ids that are remembered; one that comes again later than that is counted again."""
_CLOCKS_DIFFER = timedelta(days=1)
"""Times without a zone may be ahead of UTC, and clocks go wrong."""
_BOM = b"\xef\xbb\xbf"


@dataclass(frozen=True, slots=True)
class ImportBatch:
    """What was read since the last `take`. `notes` tell the customer how the file was read."""

    rollup: Rollup
    rows: int
    rejected: int
    rejects: tuple[Reject, ...]
    duplicates: int
    """Rows left out because their request id came before."""
    notes: tuple[str, ...]


class Importer:
    """Feed a file's bytes in any cuts, then finish; take what is ready at any time, and `state` to go on elsewhere.

    The state does not hold what was not taken: store what `take` and `state` give at one moment together. `model` is
    for rows that name none. Everything raises ImportFailed when the file as a whole cannot be read.
    """

    def __init__(self, model: str | None = None, state: bytes | None = None) -> None:
        saved: dict[str, Any] = json.loads(zlib.decompress(state)) if state else {}
        self._model: str | None = saved.get("model", model)
        if self._model is not None and known_model(self._model) is None:
            raise ImportFailed(ErrorCode.UNKNOWN_MODEL, model=self._model)
        self._sniffed = base64.b64decode(saved.get("sniffed", ""))
        self._reader: RecordReader | None = None
        self._layout: Layout | None = None
        self._prefixes = PrefixTracker(**saved.get("prefixes", {"blocks": [], "sessions": []}))
        self._ids: OrderedDict[int, None] = OrderedDict.fromkeys(saved.get("ids", ()))
        self._rows_before: int = saved.get("rows", 0)
        self._first_reject: str = saved.get("first_reject", "")
        self._begin_batch()
        if "layout" in saved:
            self._restore(saved)

    def feed(self, data: bytes) -> None:
        """Read more of the file."""
        if self._reader is not None:
            self._count(self._reader, data, final=False)
            return
        self._sniffed += data
        if len(self._sniffed) >= _sample_size(self._sniffed):
            self._start(final=False)

    def finish(self) -> None:
        """The file is at its end; raises ImportFailed when no row could be used."""
        if self._reader is None:
            self._start(final=True)
        if self._reader is not None:
            self._count(self._reader, b"", final=True)
        if not self._rows_before + self._rows:
            reason = self._first_reject or "it has a header, but no rows."
            raise ImportFailed(ErrorCode.NO_USABLE_ROWS, reason=reason)

    def take(self) -> ImportBatch:
        """What was read since the last call; the importer goes on with an empty rollup."""
        batch = ImportBatch(
            self._rollup,
            self._rows,
            self._rejected,
            tuple(self._rejects),
            self._duplicates,
            (*self._notes, *self._duplicate_note(), *self._future_note()),
        )
        self._rows_before += self._rows
        self._begin_batch()
        return batch

    def state(self) -> bytes:
        """Everything that another process needs to go on, below 900 kB."""
        saved: dict[str, Any] = {
            "model": self._model,
            "sniffed": base64.b64encode(self._sniffed).decode(),
            "prefixes": self._prefixes.as_json(),
            "ids": list(self._ids),
            "rows": self._rows_before + self._rows,
            "first_reject": self._first_reject,
        }
        if self._reader is not None and self._layout is not None:
            saved |= {
                "layout": asdict(self._layout),
                "tail": base64.b64encode(self._reader.tail).decode(),
                "line": self._reader.line,
                "skipping": self._reader.skipping,
            }
        return zlib.compress(json.dumps(saved).encode(), 6)

    def _restore(self, saved: dict[str, Any]) -> None:
        layout = saved["layout"]
        told = layout.pop("reading")
        reading = Reading(**told | {"labels": tuple(told["labels"])})
        places, notes = tuple(layout.pop("places")), tuple(layout.pop("notes"))
        self._layout = Layout(reading=reading, places=places, notes=notes, **layout)
        tail = base64.b64decode(saved["tail"])
        self._reader = RecordReader(self._layout, tail, saved["line"], skipping=saved["skipping"])
        self._mark_told()

    def _begin_batch(self) -> None:
        self._rollup = Rollup.empty()
        self._rows = self._rejected = self._duplicates = 0
        self._future, self._soon = False, datetime.now(UTC) + _CLOCKS_DIFFER
        self._rejects: list[Reject] = []
        self._notes: tuple[str, ...] = ()
        self._mark_told()

    def _mark_told(self) -> None:
        """A status column tells something even where every request went well."""
        if self._layout is not None and "status" in self._layout.reading.names:
            self._rollup.has.add("status")

    def _start(self, *, final: bool) -> None:
        """Find out the layout from the first bytes, then read them."""
        data = self._sniffed.removeprefix(_BOM)
        size = _sample_size(data)
        sample = data[:size]
        check_bytes(sample)
        text = sample.decode("utf-8", "ignore")
        if not text.strip():
            raise ImportFailed(ErrorCode.NO_USABLE_ROWS, reason="it is empty.")
        if not final or len(data) > size:
            text = text[: text.rfind("\n") + 1] or text
        header_lines = self._find_layout(text)
        lines = data.split(b"\n", header_lines)
        rest = lines[-1] if len(lines) > header_lines else b""
        if self._layout is not None:
            self._reader = RecordReader(self._layout, b"", header_lines, skipping=False)
            self._notes = self._layout.notes
            self._mark_told()
            self._sniffed = b""
            self._count(self._reader, rest, final=False)

    def _find_layout(self, text: str) -> int:
        """Set the layout; returns the number of lines before the first row."""
        kind = kind_of(text)
        if kind == "csv":
            before = before_header(text)
            self._layout = csv_layout(text[before:], self._model)
            return text[:before].count("\n") + 1
        rows = _array_sample(text) if kind == "json" else _lines_sample(text)
        if not rows:
            raise ImportFailed(ErrorCode.UNKNOWN_FORMAT, reason="it is JSON, but no list of JSON objects.")
        self._layout = json_layout(kind, rows, self._model)
        return 0

    def _count(self, reader: RecordReader, data: bytes, *, final: bool) -> None:
        for read in reader.feed(data, final=final):
            try:
                self._count_row(read)
            except BadRowError as error:
                self._reject(read[0], str(error))

    def _count_row(self, read: Read) -> None:
        found = read[1]
        if isinstance(found, BadRowError):
            raise found
        row = build_row(*found, self._prefixes)
        if row.request_id is not None and not self._is_new(row):
            return
        self._rollup.add(row)
        self._rows += 1
        self._future = self._future or row.ts > self._soon

    def _is_new(self, row: UsageRow) -> bool:
        key = hash64(row.request_id or "")
        if key in self._ids:
            self._duplicates += 1
            return False
        self._ids[key] = None
        if len(self._ids) > MAX_IDS:
            self._ids.popitem(last=False)
        return True

    def _duplicate_note(self) -> tuple[str, ...]:
        if not self._duplicates:
            return ()
        rows = "1 row" if self._duplicates == 1 else f"{self._duplicates:,} rows"
        return (f"{rows} repeated a request id that came before and were counted once.",)

    def _future_note(self) -> tuple[str, ...]:
        """The same words for every part of a file, so that they are told once."""
        if not self._future or self._layout is None:
            return ()
        column = self._layout.reading.names["ts"]
        return (f"Rows dated later than tomorrow ({column}) were counted all the same. Check the dates of the log.",)

    def _reject(self, line: int, reason: str) -> None:
        self._rejected += 1
        if not self._first_reject:
            self._first_reject = f"every row was rejected, the first in line {line}: {reason}."
        if len(self._rejects) < MAX_REJECTS:
            self._rejects.append(Reject(line, reason))


def _sample_size(data: bytes) -> int:
    """Bytes that tell the layout: more where the first row is longer, as one with a prompt may be."""
    return SNIFF if b"\n" in data[:SNIFF] else MAX_RECORD


def _lines_sample(text: str) -> list[dict[str, Any]]:
    rows = []
    for line in text.split("\n"):
        try:
            rows.append(parse_object(line))
        except BadRowError:
            continue
    return rows


def _array_sample(text: str) -> list[dict[str, Any]]:
    decoder = json.JSONDecoder()
    rows: list[dict[str, Any]] = []
    place = text.index("[") + 1
    while True:
        while place < len(text) and text[place] in " \r\n\t,":
            place += 1
        try:
            item, place = decoder.raw_decode(text, place)
        except (ValueError, RecursionError):
            return rows
        if isinstance(item, dict):
            rows.append(item)
