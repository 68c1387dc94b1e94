"""Records of a known format to values in the order of FIELDS, and how those are read."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from common.errors import ErrorCode
from common.spend.logs.detect import inference
from common.spend.logs.detect.mapping import checked_fields
from common.spend.logs.detect.sides import settle_sides, side_note
from common.spend.logs.detect.unread import unread_note
from common.spend.logs.fields.columns import FIELDS, FieldName
from common.spend.logs.fields.errors import BadRowError, ImportFailed
from common.spend.logs.fields.objects import Values, flat
from common.spend.logs.fields.reading import ColumnReading, labels_of
from common.spend.logs.formats import OVERRIDES, Format, Memory, OverrideName, Record
from common.spend.logs.rows.build_row import LATENCY, MODEL, TS

_BLANK = (None, "")
_SIDES: dict[OverrideName, str] = {"cached_outside": "cached_sides", "reasoning_outside": "reasoning_sides"}
"""What other rows say counts for none that says itself."""
_AGGREGATED = (
    "The rows are sums of requests: costs are estimates at base rates (no long-context rates unless the report tells "
    "them), and how single requests spread is not known."
)


class FormatReader:
    """One file's records of one format; `mapping` is field -> plain column name, `memory` of the records before."""

    def __init__(
        self,
        source_format: Format,
        base: ColumnReading,
        mapping: Mapping[FieldName, str],
        memory: Memory | None = None,
    ) -> None:
        self.memory: Memory = {} if memory is None else memory
        self._read = source_format.reader(self.memory)
        self._base = base
        self._mapping = mapping
        self._readings: dict[tuple[Any, ...], ColumnReading] = {}

    def rows(self, record: Record) -> Iterator[tuple[Values, ColumnReading] | None]:
        """The rows of a record, None for a part that is no request; nothing when none is. Raises BadRowError."""
        for fields in self._read(record):
            if not fields:
                yield None
                continue
            values: Mapping[str, Any] = fields
            if self._mapping:
                columns = flat(record, paths=True)
                values = {**fields, **{name: columns.get(column) for name, column in self._mapping.items()}}
            yield tuple(map(values.get, FIELDS)), self._reading(tuple(map(values.get, OVERRIDES)))

    def _reading(self, overrides: tuple[Any, ...]) -> ColumnReading:
        reading = self._readings.get(overrides)
        if reading is None:
            changes: dict[str, Any] = {
                name: value for name, value in zip(OVERRIDES, overrides, strict=True) if value is not None
            }
            changes |= {sides: {} for name, sides in _SIDES.items() if name in changes}
            reading = self._readings[overrides] = replace(self._base, **changes) if changes else self._base
        return reading


def format_reading(
    source_format: Format, records: list[Record], model: str | None, mapping: Mapping[str, str]
) -> tuple[ColumnReading, tuple[str, ...]]:
    """How a file of a known format is read, and the notes on it; raises ImportFailed when it cannot be."""
    columns = checked_fields(mapping)
    base = ColumnReading(
        names=dict(source_format.labels),
        labels=labels_of(dict(source_format.labels)),
        cached_outside=bool(source_format.cached_outside),
        reasoning_outside=bool(source_format.reasoning_outside),
        latency_scale=source_format.latency_scale or 1.0,
        ttft_scale=source_format.ttft_scale or 1.0,
        cost_scale=source_format.cost_scale,
        model=model,
        grain=source_format.grain,
        billed=source_format.billed,
    )
    reader = FormatReader(source_format, base, columns)
    rows = list(_sample(reader, records))
    _check(source_format, base, [values for values, _ in rows])
    reading, notes = _settle(source_format, base, rows)
    fixed = [source_format.note] if source_format.note else []
    fixed += [_AGGREGATED] if source_format.grain != "request" and not source_format.billed else []
    unread = unread_note(records, lambda record: list(_values(FormatReader(source_format, base, columns), record)))
    return reading, (f"Read as: {source_format.title}.", *fixed, *notes, *unread)


def _values(reader: FormatReader, record: Record) -> Iterator[Values]:
    yield from (row[0] for row in reader.rows(record) if row is not None)


def _sample(reader: FormatReader, records: list[Record]) -> Iterator[tuple[Values, ColumnReading]]:
    for record in records:
        try:
            yield from (row for row in reader.rows(record) if row is not None)
        except BadRowError:
            continue


def _check(source_format: Format, reading: ColumnReading, rows: list[Values]) -> None:
    """Raise ImportFailed when there are rows, and none has a time, or none a model."""
    if rows and all(row[TS] in _BLANK for row in rows):
        example = '"timestamp": "2026-11-22T10:15:00Z"'
        note = f" {source_format.note}" if source_format.note else ""
        reason = (
            f"it looks like {source_format.title}, but no row has a time. Log one in each, for example {example}.{note}"
        )
        raise ImportFailed(ErrorCode.UNKNOWN_FORMAT, reason=reason)
    if rows and reading.model is None and all(row[MODEL] in _BLANK for row in rows):
        raise ImportFailed(ErrorCode.MODEL_NEEDED, columns=list(source_format.labels.values()))


def _settle(
    source_format: Format, reading: ColumnReading, rows: list[tuple[Values, ColumnReading]]
) -> tuple[ColumnReading, tuple[str, ...]]:
    """Decide by the data what the format leaves open and the rows themselves do not say."""
    notes: list[str] = []
    if source_format.latency_scale is None:
        open_ones = [row[LATENCY] for row, own in rows if own is reading]
        if any(value not in _BLANK for value in open_ones):
            factor, note = inference.time_scale(source_format.labels["latency"], open_ones)
            reading = replace(reading, latency_scale=factor)
            notes += [note] if note else []
    if source_format.ttft_scale is None:
        reading = replace(reading, ttft_scale=reading.latency_scale)
    said = [values for values, own in rows if own.cached_outside == reading.cached_outside]
    reading = settle_sides(reading, said, fit=source_format.cached_outside is None)
    if source_format.cached_outside is None or any(
        side != reading.cached_outside for side in reading.cached_sides.values()
    ):
        notes += [note] if (note := side_note(reading, said)) else []
    return reading, tuple(notes)
