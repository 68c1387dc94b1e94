"""What a file holds, from its beginning: CSV, JSON lines, or a JSON document with its records somewhere inside."""

import json
import re
from collections.abc import Mapping
from dataclasses import replace

from common.errors import ErrorCode
from common.spend.logs.detect.header import header_start, lines_above
from common.spend.logs.detect.inside import inner_records
from common.spend.logs.detect.layout import Layout, csv_layout, json_layout
from common.spend.logs.detect.mapping import Proposal, corrected
from common.spend.logs.detect.notation import NOTHING_DECLARED, Declared, OpenDates, first_order
from common.spend.logs.detect.sniff import Kind, check_bytes, delimiter_of, holds_json
from common.spend.logs.detect.unknown import missing_of
from common.spend.logs.fields.columns import LONGEST_NAME, find_fields, plain
from common.spend.logs.fields.errors import BadRowError, ImportFailed
from common.spend.logs.fields.notation import Order
from common.spend.logs.fields.objects import flat, parse_object
from common.spend.logs.formats import Record, find_format, format_named
from common.spend.logs.rows.csv_table import MAX_ROW, parse_table
from common.spend.logs.rows.envelopes import of_text
from common.spend.logs.rows.json_documents import MAX_RECORD, DocumentParser, path_in

SNIFF = 65_536
"""Bytes that a file's layout is found out from, where they hold a whole record."""
MOST_SNIFFED = 4 * MAX_RECORD
"""Bytes among which the first whole record must be."""
MOST_OPEN = 1_048_576
"""Bytes among which a date must settle whether the day or the month comes first; they fit the state between parts."""
_TIME_FIRST = re.compile(r"\W*\d{4}-\d\d-\d\d")
_ENDS_IN_JSON = re.compile(r'[^{"]{1,400}\{".*\}\s*')
BOM = b"\xef\xbb\xbf"


def find_layout(
    data: bytes,
    model: str | None,
    mapping: Mapping[str, str],
    *,
    final: bool,
    wanted: str = "",
    declared: Declared = NOTHING_DECLARED,
) -> Layout | None:
    """How to read a file that begins with `data`, `final`: that is all of it; None when more is needed to decide.

    `wanted` is the name of its format, "" for what it looks like; `declared` is what the customer says of its dates and
    numbers.

    Raises ImportFailed when it is no usage log.
    """
    size = SNIFF if b"\n" in data[:SNIFF] else MAX_ROW
    check_bytes(data[:size])
    text = data[:size].decode("utf-8", "ignore")
    if not text.strip():
        raise ImportFailed(ErrorCode.NO_USABLE_ROWS, reason="it is empty.")
    if not holds_json(text):
        if not final and len(data) < size:
            return None
        whole = final and len(data) <= size
        lines = text if whole else text[: text.rfind("\n") + 1] or text
        return _of_lines(lines, model, mapping, wanted) or _of_table(
            data, lines, model, mapping, wanted=wanted, declared=declared, final=final
        )
    shape = _json_shape(text) or _json_shape(data[:MOST_SNIFFED].decode("utf-8", "ignore"))
    if shape is not None:
        return json_layout(*shape, model, mapping, wanted=wanted)
    if not final and len(data) < MOST_SNIFFED:
        return None
    raise ImportFailed(ErrorCode.UNKNOWN_FORMAT, reason="it is JSON, but no list of JSON objects.")


def _notes_above(text: str) -> tuple[str, ...]:
    count = lines_above(text)
    if not count:
        return ()
    return (("1 line" if count == 1 else f"{count} lines") + " above the header of the table were left out.",)


def _below(above: tuple[str, ...], layout: Layout) -> Layout:
    return replace(layout, notes=(*above, *layout.notes))


def _of_table(
    data: bytes,
    lines: str,
    model: str | None,
    mapping: Mapping[str, str],
    *,
    wanted: str,
    declared: Declared,
    final: bool,
) -> Layout | None:
    """Of a CSV that begins with `data`; `lines` are its first."""
    table, above = lines[header_start(lines) :], _notes_above(lines)
    try:
        return _below(above, csv_layout(table, model, mapping, wanted, declared))
    except OpenDates as error:
        order = _order_beyond(data[:MOST_OPEN], error, entire=final and len(data) <= MOST_OPEN)
        if order:
            declared = replace(declared, order=order[0], because=order[1])
            return _below(above, csv_layout(table, model, mapping, wanted, declared))
        if final or len(data) >= MOST_OPEN:
            raise
        return None


def _of_lines(text: str, model: str | None, mapping: Mapping[str, str], wanted: str) -> Layout | None:
    """Of lines of text that end in JSON; None for a table, whose first line is a header, and for any other text."""
    lines = [line for line in text.split("\n") if line.strip()]
    if (
        not lines
        or not _TIME_FIRST.match(lines[0])
        or 2 * sum(map(bool, map(_ENDS_IN_JSON.fullmatch, lines))) <= len(lines)
    ):
        return None
    inside = inner_records(list(map(of_text, lines)), mapping)
    return json_layout("jsonl", (), map(of_text, lines), model, mapping, wanted=wanted) if inside else None


def _order_beyond(data: bytes, dates: OpenDates, *, entire: bool) -> tuple[Order, str] | None:
    """Of dates behind the first rows."""
    text = data.decode("utf-8", "ignore")
    table = text[header_start(text) : len(text) if entire else text.rfind("\n") + 1]
    rows = (row for _, row in parse_table(table, dates.delimiter) if isinstance(row, list))
    return first_order(rows, dates.columns)


def lines_before_rows(data: bytes) -> int:
    """Lines of a CSV up to its header, this one included."""
    text = data[:SNIFF].decode("utf-8", "ignore")
    return text[: header_start(text)].count("\n") + 1


def propose_mapping(data: bytes, model: str | None = None) -> Proposal:
    """How a file that begins with `data` (64 KiB are enough) would be read; what can be corrected raises nothing.

    Raises ImportFailed for anything but text with a table or JSON objects.
    """
    data = data.removeprefix(BOM)
    check_bytes(data[:SNIFF])
    text = data.decode("utf-8", "ignore")
    records = first_records(text)
    records = inner_records(records, {}) or records
    known = find_format(records)
    if known is not None:
        columns = tuple(dict.fromkeys(key for record in records for key in record))
        notes = (known.note,) if known.note else ()
        return Proposal(known.title, columns, dict(known.labels), (), notes)
    names = {plain(key): key for record in records for key in (flat(record) if holds_json(text) else record)}
    fields = corrected(find_fields(names), {}, names)
    written = {field: names[name] for field, name in fields.items()}
    missing = missing_of(fields, model)
    return Proposal("", tuple(names.values()), written, missing, () if missing else _notes_on(data, model))


def _notes_on(data: bytes, model: str | None) -> tuple[str, ...]:
    """How a file is read; what has to be said of its dates and numbers first is no fault of its mapping."""
    try:
        layout = find_layout(data, model, {}, final=True)
    except ImportFailed as error:
        if error.code != ErrorCode.NOTATION_OPEN:
            raise
        return (str(error.details["reason"]),)
    return layout.notes if layout else ()


def format_title(layout: Layout) -> str:
    """The title of a layout's format, in the customer's words; "" for a log of no known format."""
    return format_named(layout.format).title if layout.format else ""


def first_records(text: str) -> list[Record]:
    """The records in a file's beginning, whatever it is a log of; raises ImportFailed for JSON without any."""
    if holds_json(text):
        shape = _json_shape(text)
        if shape is None:
            raise ImportFailed(ErrorCode.UNKNOWN_FORMAT, reason="it is JSON, but no list of JSON objects.")
        return shape[2]
    text = text[header_start(text) :]
    delimiter = delimiter_of(text.split("\n", 1)[0])
    rows = [row for _, row in parse_table(text, delimiter) if isinstance(row, list)]
    header = [cell.strip()[:LONGEST_NAME] for cell in rows[0]] if rows else []
    same = [row for row in rows[1:] if len(row) == len(header)]
    return [dict(zip(header, row, strict=True)) for row in same] or [dict.fromkeys(header, "")]


def _json_shape(text: str) -> tuple[Kind, tuple[str, ...], list[Record]] | None:
    """(jsonl or json, the path to the records of a document, the first records); None without a whole record."""
    kind, path = _kind(text.lstrip())
    if kind == "jsonl":
        records = _lines(text)
    else:
        records = [record for record in DocumentParser(path).parse(text, final=False) if isinstance(record, dict)]
    return (kind, path, records) if records else None


def _kind(head: str) -> tuple[Kind, tuple[str, ...]]:
    line = head.split("\n", 1)[0]
    opening = _object(head.lstrip("[ \r\n\t"))
    path = () if opening is not None and find_format([opening]) else path_in(head)
    if path or head.startswith("["):
        return "json", path
    one_line = _object(line) is not None or line.rstrip().endswith("}") or line == head
    return ("jsonl" if one_line or _lines(head) else "json"), ()


def _object(text: str) -> Record | None:
    """The object that a text begins with; None when it is cut off or broken."""
    try:
        found, _ = json.JSONDecoder().raw_decode(text)
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, dict) else None


def _lines(text: str) -> list[Record]:
    """The objects that have a line of their own."""
    found = []
    for line in text.split("\n"):
        if line.startswith("{"):
            try:
                found.append(parse_object(line))
            except BadRowError:
                continue
    return found
