"""How one file is read: detected from its beginning, fixed for the rest."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from common.errors import ErrorCode
from common.spend.logs.detect import inference
from common.spend.logs.detect.format_reader import format_reading
from common.spend.logs.detect.inside import all_inside, inner_records
from common.spend.logs.detect.mapping import checked_fields, corrected
from common.spend.logs.detect.notation import NOTHING_DECLARED, Declared, notation_of
from common.spend.logs.detect.request_ids import NOT_OF_REQUESTS, foreign_ids_note
from common.spend.logs.detect.sides import settle_sides, side_note
from common.spend.logs.detect.sniff import Kind, delimiter_of
from common.spend.logs.detect.unknown import is_bill, missing_of, unknown_log
from common.spend.logs.detect.unread import unread_note
from common.spend.logs.fields.columns import FIELDS, LONGEST_NAME, FieldName, cached_outside, find_fields, plain
from common.spend.logs.fields.currencies import currency_in
from common.spend.logs.fields.errors import ImportFailed
from common.spend.logs.fields.flattened import plain_names
from common.spend.logs.fields.notation import PLAIN, Notation
from common.spend.logs.fields.objects import Values, fields_of, flat, values_of, written_columns
from common.spend.logs.fields.reading import ColumnReading, labels_of
from common.spend.logs.formats import Format, OverrideName, Record, find_format
from common.spend.logs.formats.accessors import NOT_SPLIT
from common.spend.logs.rows.csv_table import parse_table
from common.spend.logs.rows.sides import sides_by_names

_BILL = (
    "The file has costs, and no column of tokens: the costs count as billed, and savings cannot be computed from them. "
    "A log of the requests with their tokens can tell more."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """`format` is the name of a known one, "" for any other log.

    Of a CSV, `header` has the names of the columns in their order and `places` the column of each field, -1 where there
    is none; of JSON, `path` leads to the records of a document. `mapping` is what the customer corrected.
    """

    kind: Kind
    reading: ColumnReading
    format: str = ""
    notes: tuple[str, ...] = ()
    delimiter: str = ","
    header: tuple[str, ...] = ()
    places: tuple[int, ...] = ()
    path: tuple[str, ...] = ()
    mapping: dict[FieldName, str] = field(default_factory=dict)
    notation: Notation = PLAIN
    """Of the dates and numbers of a CSV."""
    wrapped: bool = False
    """Whether the records are inside others (rows/envelopes.py): they are read one by one."""


def csv_layout(
    sample: str, model: str | None, mapping: Mapping[str, str], wanted: str = "", declared: Declared = NOTHING_DECLARED
) -> Layout:
    """Of a CSV whose first lines are `sample`, in the format `wanted` ("": what it looks like).

    Raises ImportFailed when it is no usage log, OpenDates where its dates can be read in two ways.
    """
    delimiter = delimiter_of(sample.lstrip("\r\n").split("\n", 1)[0])
    parsed = [row for _, row in parse_table(sample, delimiter)]
    if parsed and not isinstance(parsed[0], list):
        reason = "a quote in its first line, the header, is opened and never closed."
        raise ImportFailed(ErrorCode.UNKNOWN_FORMAT, reason=reason)
    rows = [row for row in parsed if isinstance(row, list)]
    header = [cell.strip()[:LONGEST_NAME] for cell in rows[0]] if rows else []
    whole = [row for row in rows[1:] if len(row) == len(header)]
    if inner_records(_records(header, whole), mapping):
        return _wrapped_csv(header, whole, delimiter, model, mapping, wanted=wanted, declared=declared)
    known = find_format(_records(header, whole), wanted)
    if known is not None:
        named = {field: header.index(name) for field, name in known.labels.items() if name in header}
        notation, said = notation_of(header, whole, named, delimiter, replace(declared, usual=known.dates))
        _make_plain(whole, notation)
        layout = _known_layout("csv", known, _records(header, whole), model, mapping)
        return replace(
            layout, delimiter=delimiter, header=tuple(header), notation=notation, notes=(*layout.notes, *said)
        )
    names = plain_names(header)
    fields = corrected(find_fields(names), mapping, names)
    written = {name: names[alias] for name, alias in fields.items()}
    bill = is_bill(written_columns(all_inside(_records(header, whole))), written)
    if not bill:
        _check(written, _records(header, whole), model)
    plains = [plain(name) for name in header]
    places = tuple(header.index(written[name]) if name in fields else -1 for name in FIELDS)
    used = {name: place for name, place in zip(FIELDS, places, strict=True) if place >= 0}
    notation, said = notation_of(header, whole, used, delimiter, declared)
    _make_plain(whole, notation)
    values = [tuple((*row, "")[place] for place in places) for row in whole]
    if note := foreign_ids_note(fields, mapping, values):
        layout = csv_layout(sample, model, {**mapping, **NOT_OF_REQUESTS}, wanted, declared)
        return replace(layout, notes=(*layout.notes, note))
    reading, notes = _decide(_reading_of(written, model, bill=bill), fields, values)
    notes += tuple(
        f"{written[name]} is the name of {plains.count(alias)} columns; the first of them was read."
        for name, alias in fields.items()
        if plains.count(alias) > 1
    )
    records = _records(header, whole)
    notes += unread_note(records, lambda record: [[record.get(written.get(name, "")) for name in FIELDS]])
    return Layout(
        kind="csv",
        reading=reading,
        notes=(*notes, *said),
        delimiter=delimiter,
        header=tuple(header),
        places=places,
        notation=notation,
    )


def _wrapped_csv(
    header: list[str],
    rows: list[list[str]],
    delimiter: str,
    model: str | None,
    mapping: Mapping[str, str],
    *,
    wanted: str,
    declared: Declared,
) -> Layout:
    """Of a table whose cells hold the records, as JSON text."""
    names = {plain(name): place for place, name in reversed(list(enumerate(header)))}
    used = {field: names[name] for field, name in find_fields(names).items()}
    notation, said = notation_of(header, rows, used, delimiter, declared)
    _make_plain(rows, notation)
    layout = json_layout("csv", (), _records(header, rows), model, mapping, wanted=wanted)
    return replace(layout, delimiter=delimiter, header=tuple(header), notation=notation, notes=(*layout.notes, *said))


def _records(header: list[str], rows: list[list[str]]) -> list[Record]:
    return [dict(zip(header, row, strict=True)) for row in rows] or [dict.fromkeys(header, "")]


def _make_plain(rows: list[list[str]], notation: Notation) -> None:
    for row in rows:
        notation.make_plain(row)


def json_layout(
    kind: Kind,
    path: tuple[str, ...],
    sample: Iterable[Record],
    model: str | None,
    mapping: Mapping[str, str],
    *,
    wanted: str = "",
) -> Layout:
    """As `csv_layout`, of JSON records."""
    records = list(sample)
    inside = inner_records(records, mapping)
    records = inside or records
    known = find_format(records, wanted)
    if known is not None:
        return replace(_known_layout(kind, known, records, model, mapping), path=path, wrapped=bool(inside))
    rows = [flat(record, paths=bool(mapping)) for record in records]
    keys = list(dict.fromkeys(key for row in rows for key in row))
    merged = corrected(find_fields(keys), mapping, {key: key for key in keys})
    bill = is_bill(written_columns(all_inside(records)), merged)
    if not bill:
        _check(merged, records, model)
    reading = _reading_of(merged, model, bill=bill)
    columns = checked_fields(mapping)
    values = [values_of(row, fields_of(row, columns)) for row in rows]
    if note := foreign_ids_note(merged, mapping, values):
        layout = json_layout(kind, path, records, model, {**mapping, **NOT_OF_REQUESTS}, wanted=wanted)
        return replace(layout, notes=(*layout.notes, note))
    reading, notes = _decide(reading, merged, values)
    notes += unread_note(
        records, lambda record: [values_of(found := flat(record, paths=bool(mapping)), fields_of(found, columns))]
    )
    return Layout(kind=kind, reading=reading, notes=notes, path=path, mapping=columns, wrapped=bool(inside))


def _reading_of(names: dict[FieldName, str], model: str | None, *, bill: bool) -> ColumnReading:
    """Before the data have their say."""
    reading = ColumnReading(
        names=names, labels=labels_of(names), model=model, cost_currency=currency_in(names.get("cost", ""))
    )
    if not bill:
        return reading
    stands_for = model or (None if "model" in names else NOT_SPLIT)
    return replace(reading, model=stands_for, billed=True, grain="day")


def _known_layout(
    kind: Kind, source_format: Format, records: list[Record], model: str | None, mapping: Mapping[str, str]
) -> Layout:
    reading, notes = format_reading(source_format, records, model, mapping)
    return Layout(kind=kind, format=source_format.name, reading=reading, notes=notes, mapping=checked_fields(mapping))


def _check(fields: Mapping[FieldName, str], records: list[Record], model: str | None) -> None:
    """Raise ImportFailed for a log without tokens, a time, or a model; `fields`: field -> its name. What is inside the
    records is proposed, too, as a mapping may name it.
    """
    missing = missing_of(fields, model)
    if set(missing) - {"model"}:
        inside = all_inside(records)
        if inside != records:
            fields = find_fields({name for record in inside for name in flat(record)})
        raise unknown_log(written_columns(inside), fields, model)
    if missing:
        raise ImportFailed(ErrorCode.MODEL_NEEDED, columns=list(fields.values()))


def _decide(
    reading: ColumnReading, fields: Mapping[FieldName, str], rows: list[Values]
) -> tuple[ColumnReading, tuple[str, ...]]:
    """Decide by the data what the names leave open; the notes say how."""
    notes = [_BILL] if reading.billed else []
    scales: tuple[tuple[FieldName, OverrideName], ...] = (("latency", "latency_scale"), ("ttft", "ttft_scale"))
    for name, scale in scales:
        if name in fields:
            factor, note = inference.time_scale(reading.names[name], [row[FIELDS.index(name)] for row in rows])
            reading = replace(reading, **{scale: factor})  # type: ignore[arg-type]  # both fields are floats
            notes += [note] if note else []
    outside = cached_outside(fields)
    thoughts = reading.names.get("reasoning") == "thoughtstokencount"
    reading = replace(reading, reasoning_outside=thoughts, cached_outside=bool(outside))
    reading = settle_sides(reading, rows, by_names=sides_by_names(outside=outside), fit=outside is None)
    if outside is None or any(side != outside for side in reading.cached_sides.values()):
        notes += [note] if (note := side_note(reading, rows)) else []
    if inference.sums_requests(rows):
        grain = inference.grain_by_times(rows)
        reading = replace(reading, grain=grain)
        notes.append(
            f"Each row is the sum of a {grain}'s requests (column {reading.names['requests']}): costs are estimates at "
            "base rates, and how single requests spread is not known."
        )
    return reading, tuple(notes)
