"""Bytes in any pieces to rows with their line numbers. Only an unfinished line is kept between two feeds."""

from collections.abc import Callable, Iterator
from operator import itemgetter
from typing import Any

from common.errors import ErrorCode
from common.spend.logs.detect.format_reader import FormatReader
from common.spend.logs.detect.layout import Layout
from common.spend.logs.fields.columns import FIELDS, LONGEST_NAME
from common.spend.logs.fields.errors import BadRowError, ImportFailed, NoRequestError
from common.spend.logs.fields.objects import fields_of, flat, parse_object
from common.spend.logs.fields.reading import ColumnReading
from common.spend.logs.formats import Memory, Record, format_named
from common.spend.logs.rows.build_row import MODEL, TS
from common.spend.logs.rows.csv_table import Cells, parse_lines, parse_table
from common.spend.logs.rows.envelopes import is_call, of_text, unwrapped
from common.spend.logs.rows.json_documents import MAX_RECORD as MAX_JSON
from common.spend.logs.rows.json_documents import DocumentParser, holds_broken, whole_characters
from common.spend.logs.rows.no_requests import NAMELESS, NO_CALLS, TOTALS, is_total
from common.spend.logs.rows.object_reading import object_reading

MAX_RECORD = 200_000
"""Bytes of one row of a CSV; longer ones are rejected."""
_MAX_SHAPES = 4096
"""Sets of keys of JSON rows that are remembered."""

Row = tuple[tuple[Any, ...], ColumnReading] | BadRowError
"""The values of a row with how to read them, or why not."""
Read = tuple[int, Row]
"""(line in the file from 1; the record of a JSON document), and the row; one record may hold several rows."""


Counted = Callable[[bytes], tuple[int, list[int]] | None]
_LONG = 65_536
"""Bytes of an unfinished JSON record from which on it is waited for."""
_PATIENCE = 262_144
_WORTH, _LEAST = 65_536, 16_384
"""Bytes of a block that is offered as a whole, and of the smallest part of it that is offered again."""


class RecordReader:
    """`tail` is the unfinished line, `line` the number of lines (records) before it, `skipping`: within a long row.

    `left_out` counts records that are no requests; `document` is the state of a JSON document's parser, `memory` what
    the format remembers of earlier records. `counted` takes whole lines away where it can, and says how many they are
    and which (from 0) must be read here; None: all. `enough`: bytes from which on a long record that was not complete
    is looked at again.
    """

    def __init__(
        self,
        layout: Layout,
        tail: bytes,
        line: int,
        *,
        skipping: bool,
        document: dict[str, Any] | None = None,
        memory: Memory | None = None,
        enough: int = 0,
        counted: Counted | None = None,
    ) -> None:
        self._layout = layout
        self._counted = counted
        self._worthwhile = _PATIENCE
        """Bytes that may still be offered in vain."""
        self._columns = len(layout.header)
        self._names = frozenset(layout.header)
        self._longest = MAX_RECORD if layout.kind == "csv" else MAX_JSON
        self.document = DocumentParser(layout.path, document)
        self.left_out = 0
        self.enough = enough
        known = format_named(layout.format) if layout.format else None
        self._format = FormatReader(known, layout.reading, layout.mapping, memory) if known else None
        self.tail = tail
        self.line = line
        self.skipping = skipping
        self._rewrites = False
        """Whether cells of the text at hand may be written in another notation than ours."""
        self._pick = itemgetter(*layout.places) if layout.places else None
        self._shapes: dict[tuple[str, ...], tuple[tuple[str | None, ...], ColumnReading]] = {}

    @property
    def memory(self) -> Memory:
        """Of the records before, JSON-ready; {} where the format needs none."""
        return self._format.memory if self._format else {}

    def feed(self, data: bytes, *, final: bool = False) -> Iterator[Read]:
        """The rows that are complete now; with `final` the last line needs no newline."""
        self.tail += data
        if self._layout.kind == "json":
            yield from self._document(final=final)
            return
        if self.skipping and not self._skip(final=final):
            return
        end = len(self.tail) if final else self.tail.rfind(b"\n") + 1
        block, self.tail = self.tail[:end], self.tail[end:]
        if self._counted is not None and len(block) >= _WORTH:
            after, self.tail = self.tail, b""
            yield from self._block(block, self._counted, final=final)
            self.tail += after
        elif block:
            yield from self._read(block, final=final)
        if len(self.tail) > self._longest:
            yield from self._give_up()

    def _block(self, block: bytes, counted: Counted, *, final: bool) -> Iterator[Read]:
        """What `counted` leaves of whole lines; where it takes none, it may take a half."""
        taken = counted(block) if len(block) >= _LEAST else None
        if taken is not None:
            self._worthwhile += len(block)
            count, left = taken
            lines = block.split(b"\n") if left else []
            for place in left:
                yield from self._line(lines[place], self.line + place + 1)
            self.line += count
            return
        middle = block.find(b"\n", len(block) // 2) + 1
        if len(block) < _LEAST or middle in (0, len(block)) or self._counted is None:
            self._worthwhile -= len(block)
            self._counted = self._counted if self._worthwhile > 0 else None
            yield from self._read(block, final=final)
            return
        yield from self._block(block[:middle], counted, final=False)
        held, self.tail = self.tail, b""
        if not held:
            yield from self._block(block[middle:], counted, final=final)
        else:  # a row whose quoted cell is still open
            yield from self._read(held + block[middle:], final=final)

    def _read(self, block: bytes, *, final: bool) -> Iterator[Read]:
        """Row by row."""
        text = block.decode("utf-8", "surrogateescape")
        yield from self._table(text, final=final) if self._layout.kind == "csv" else self._lines(text)

    def _line(self, line: bytes, number: int) -> Iterator[Read]:
        text = line.decode("utf-8", "surrogateescape")
        if self._layout.kind == "jsonl":
            yield from ((number, row) for row in self._object_line(text))
            return
        self._rewrites = self._layout.notation.concerns(text, self._layout.delimiter)
        for _, cells in parse_lines(text, self._layout.delimiter):
            for row in self._rows_in(cells, suspicious=holds_broken(text)):
                yield number, row

    def _skip(self, *, final: bool) -> bool:
        """Leave the rest of a long row; False while its end is not there."""
        end = self.tail.find(b"\n") + 1
        self.tail = self.tail[end:] if end else b""
        if end or final:
            self.skipping = False
            self.line += 1
        return bool(end)

    def _give_up(self) -> Iterator[Read]:
        """Reject the unfinished row at the front of the tail."""
        yield self.line + 1, self._too_long()
        end = self.tail.find(b"\n") + 1
        self.skipping = not end
        self.line += 1 if end else 0
        rest, self.tail = self.tail[end:] if end else b"", b""
        if rest:
            yield from self.feed(rest)

    def _too_long(self) -> BadRowError:
        return BadRowError(f"the row is longer than {self._longest:,} bytes")

    def _lines(self, text: str) -> Iterator[Read]:
        """Of JSON lines."""
        lines = text.split("\n")
        if not lines[-1]:
            lines.pop()
        for number, line in enumerate(lines, self.line + 1):
            if line.strip():
                for row in self._object_line(line):
                    yield number, row
        self.line += len(lines)

    def _object_line(self, line: str) -> Iterator[Row]:
        if len(line) > self._longest:
            yield self._too_long()
        elif holds_broken(line):
            yield BadRowError("the line is not UTF-8")
        else:
            is_text = self._layout.wrapped and not line.lstrip().startswith("{")
            try:
                yield from self._rows_of(of_text(line) if is_text else parse_object(line))
            except BadRowError as error:
                yield error

    def _document(self, *, final: bool) -> Iterator[Read]:
        """Of any other JSON, record by record.

        A long record that is not complete is not looked at again before a quarter of it has come: in small pieces it
        would be read from its start with each of them.
        """
        before = len(self.tail)
        if before < self.enough and not final:
            return
        text, cut = whole_characters(self.tail)
        for record in self.document.parse(text, final=final):
            self.line += 1
            for row in [record] if isinstance(record, BadRowError) else self._rows_of(record):
                yield self.line, row
        self.tail = self.document.rest.encode("utf-8", "surrogateescape") + cut
        waits = len(self.tail) == before > _LONG
        self.enough = min(before + before // 4, MAX_JSON + 1) if waits else 0

    def _rows_of(self, record: Record) -> Iterator[Row]:
        """The rows of one record."""
        if self._layout.wrapped:
            try:
                record = unwrapped(record)
            except BadRowError as error:
                yield error
                return
            if not is_call(record, self._layout.mapping):
                yield NoRequestError(NO_CALLS)
                return
        if self._format is None:
            yield self._of_object(record)
            return
        count = 0
        try:
            for row in self._format.rows(record):
                count += 1
                if row is None:
                    self.left_out += 1
                else:
                    yield row
        except BadRowError as error:
            yield error
            return
        self.left_out += not count

    def _of_object(self, row: Record) -> Row:
        found = flat(row, paths=bool(self._layout.mapping))
        keys = tuple(found)
        shape = self._shapes.get(keys)
        if shape is None:
            fields = fields_of(found, self._layout.mapping)
            if len(self._shapes) >= _MAX_SHAPES:
                self._shapes.clear()
            shape = self._shapes[keys] = (tuple(map(fields.get, FIELDS)), object_reading(self._layout.reading, fields))
        return tuple(map(found.get, shape[0])), shape[1]  # type: ignore[arg-type]  # None is no key, so it gives None

    def _table(self, text: str, *, final: bool) -> Iterator[Read]:
        """Of CSV."""
        first, suspicious = self.line, holds_broken(text)
        self._rewrites = self._layout.notation.concerns(text, self._layout.delimiter)
        for offset, cells in parse_table(text, self._layout.delimiter):
            number = first + offset + 1
            if cells is None:
                yield from self._open_quote(text, offset, final=final)
                return
            for row in self._rows_in(cells, suspicious=suspicious):
                yield number, row
        self.line = first + text.count("\n") + (not text.endswith("\n"))

    def _fault(self, cells: list[str]) -> BadRowError | None:
        if len(cells) != self._columns and is_total(next(filter(None, cells), "")):
            return NoRequestError(TOTALS)
        if len(cells) != self._columns:
            return BadRowError(f"the row has {len(cells)} columns, the header has {self._columns}")
        return BadRowError("the line is not UTF-8") if any(map(holds_broken, cells)) else None

    def _rows_in(self, cells: Cells, *, suspicious: bool) -> Iterator[Row]:
        """The rows of one line: one, unless the format knows records that hold several."""
        if isinstance(cells, BadRowError):
            yield cells
            return
        if (suspicious or len(cells) != self._columns) and (fault := self._fault(cells)):
            yield fault
            return
        if cells[0] in self._names:
            self._check_order(cells)
        if self._rewrites:
            self._layout.notation.make_plain(cells)
        if self._pick is not None:
            cells.append("")
            values = self._pick(cells)
            kind = None if values[TS] else self._kind_without_time(cells, values)
            yield NoRequestError(kind) if kind else (values, self._layout.reading)
        elif is_total(next(filter(None, cells), "")):
            yield NoRequestError(TOTALS)
        else:
            yield from self._rows_of(dict(zip(self._layout.header, cells, strict=True)))

    def _check_order(self, cells: list[str]) -> None:
        """Raise ImportFailed for the header again with its columns in another order: the rows after it would be read
        by the wrong names.
        """
        again = tuple(cell.strip()[:LONGEST_NAME] for cell in cells)
        if again != self._layout.header and sorted(again) == sorted(self._layout.header):
            reason = (
                f"its header comes again with the columns in another order: {', '.join(again)}. Split the file there, "
                "so that each part begins with its own header."
            )
            raise ImportFailed(ErrorCode.UNKNOWN_FORMAT, reason=reason)

    def _kind_without_time(self, cells: list[str], values: tuple[str, ...]) -> str | None:
        """Of a line of a table; None for a request that is broken."""
        if any(map(is_total, cells)):
            return TOTALS
        return NAMELESS if any(cells) and not values[MODEL] and "model" in self._layout.reading.names else None

    def _open_quote(self, text: str, offset: int, *, final: bool) -> Iterator[Read]:
        """A quoted cell is open at the end of the block: wait for its end, or give its line up."""
        lines = text.split("\n")
        before, rest = lines[:offset], "\n".join(lines[offset:]).encode("utf-8", "surrogateescape")
        self.line += len(before)
        if not final and len(rest) + len(self.tail) <= self._longest:
            self.tail = rest + self.tail
            return
        text = "\n".join(lines[offset:])
        for place, cells in parse_lines(text, self._layout.delimiter):
            for row in self._rows_in(cells, suspicious=holds_broken(text)):
                yield self.line + place + 1, row
        self.line += text.count("\n") + (not text.endswith("\n"))
