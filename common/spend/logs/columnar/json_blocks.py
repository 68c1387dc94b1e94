"""A block of JSON lines to typed columns; a value that no type holds is null, its row left to the row reader."""

from collections.abc import Iterator, Mapping
from typing import NamedTuple

import polars as pl

from common.spend.logs.columnar.block_parser import NUMBERS, REALS, LabelTypes
from common.spend.logs.detect.layout import Layout
from common.spend.logs.fields.columns import ALIASES, FieldName, plain
from common.spend.logs.fields.currencies import cost_with_currency
from common.spend.logs.fields.objects import CONTAINERS, CONTENT, MAX_DEPTH, fields_of
from common.spend.logs.fields.reading import ColumnReading
from common.spend.logs.fields.statuses import is_flag
from common.spend.logs.rows.build_row import STATUS
from common.spend.logs.rows.json_documents import MAX_RECORD
from common.spend.logs.rows.object_reading import object_reading

_SURROGATES = (b"\\ud", b"\\uD")
"""Half a character, which polars reads as another one."""
_COLON, _BEFORE_COLON, _NULLS = b'":', (b'" :', b'"\t:'), (b'":null', b'": null')
"""After a key. As often as there are keys: only a text can hold more of them, and no more nulls than colons."""
_TEXTS = (pl.String, pl.Int64)
"""Types of names and times that are read as the row reader reads them."""
_NEEDED: frozenset[FieldName] = frozenset({"ts", "output"})
_UNCOUNTED: frozenset[FieldName] = frozenset({"tags"})
_CACHE: tuple[FieldName, ...] = ("cached", "write")


class _Column(NamedTuple):
    """Where a value stands in the rows of a block."""

    path: tuple[str, ...]
    dtype: pl.DataType

    def expr(self) -> pl.Expr:
        """Its values."""
        column = pl.col(self.path[0])
        for name in self.path[1:]:
            column = column.struct.field(name)
        return column


class JsonBlockParser:
    """Reads blocks of one file. `countable`: fields that can be counted by columns."""

    def __init__(self, layout: Layout, countable: frozenset[FieldName]) -> None:
        self._layout = layout
        self._countable = countable
        self._schema: Mapping[str, pl.DataType] | None = None
        """Of the blocks so far: to read by it takes half the time."""

    def parse(self, block: bytes, label_types: LabelTypes) -> pl.DataFrame | None:
        """As BlockParser's; None when the rows must be read one by one."""
        frame = None
        if not ((b"\\" in block and any(half in block for half in _SURROGATES)) or _has_long_line(block)):
            frame = self._by_schema(block) if self._schema else None
            frame = _read(block) if frame is None else frame
        if frame is None or frame.height != block.count(b"\n") + (not block.endswith(b"\n")):
            return None
        self._schema = frame.schema
        columns: dict[str, list[_Column]] = {}
        for column in _nodes(frame.schema, ()):
            if _is_value(column):
                columns.setdefault(plain(column.path[-1]), []).append(column)
        fields = fields_of(dict.fromkeys(columns))
        if cost_with_currency(columns.keys(), ALIASES["cost"]) or is_flag(fields.get("cached", "")):
            return None
        if not (_NEEDED <= fields.keys() <= self._countable and self._is_read_alike(fields)):
            return None
        used = {field: columns[name] for field, name in fields.items() if field not in _UNCOUNTED}
        if not all(len(found) == 1 and _is_readable(field, found[0].dtype) for field, found in used.items()):
            return None
        return self._by_field(frame, {field: found[0] for field, found in used.items()}, columns, label_types)

    def _by_schema(self, block: bytes) -> pl.DataFrame | None:
        """None for a block that may hold more than the schema has, as polars passes over that."""
        frame = _read(block, self._schema)
        if frame is None or any(blank in block for blank in _BEFORE_COLON):
            return None
        read = frame.select(each.expr().count().alias(str(n)) for n, each in enumerate(_nodes(frame.schema, ())))
        nulls = sum(block.count(null) for null in _NULLS) if b"null" in block else 0
        return frame if sum(read.row(0)) + nulls == block.count(_COLON) else None

    def _is_read_alike(self, fields: Mapping[FieldName, str]) -> bool:
        """Whether all rows are read as the file is."""
        readings = [object_reading(self._layout.reading, each) for each in _without_cache(fields)]
        return all(_decisive(each) == _decisive(self._layout.reading) for each in readings)

    def _by_field(
        self,
        frame: pl.DataFrame,
        used: Mapping[FieldName, _Column],
        columns: Mapping[str, list[_Column]],
        label_types: LabelTypes,
    ) -> pl.DataFrame:
        found, odd = [], [pl.lit(False)]  # noqa: FBT003 - a literal of a column
        for field, column in used.items():
            value = column.expr()
            odd.append(value.is_null() & pl.any_horizontal(_others(field, column, columns)))
            if field in NUMBERS | REALS:
                number = value.cast(pl.Int64() if field in NUMBERS else pl.Float64(), strict=False)
                odd.append(_is_odd_number(value, number, column.dtype))
                found.append(number.alias(field))
            else:
                text = value.cast(pl.String())
                odd.append(_is_no_text(text) if column.dtype == pl.String else pl.lit(False))  # noqa: FBT003 - as above
                found.append((text.cast(label_types[field]) if field in label_types else text).alias(field))
        return frame.select(*found, pl.any_horizontal(odd).fill_null(value=False).alias("odd"))


def _read(block: bytes, schema: Mapping[str, pl.DataType] | None = None) -> pl.DataFrame | None:
    """None where some line is no JSON object, or a name has values of several kinds: the row reader tells which."""
    try:
        return pl.read_ndjson(block, schema=schema, infer_schema_length=None)
    except pl.exceptions.PolarsError:
        return None


def _nodes(schema: Mapping[str, pl.DataType], path: tuple[str, ...]) -> Iterator[_Column]:
    """All that has a key, objects before what is in them."""
    for key, dtype in schema.items():
        yield _Column((*path, key), dtype)
        if isinstance(dtype, pl.Struct):
            yield from _nodes(pl.Schema(dtype), (*path, key))


def _is_value(column: _Column) -> bool:
    """Whether it is one of a row's values, as `flat` has them."""
    *outer, name = map(plain, column.path)
    if len(outer) > MAX_DEPTH or not all(each in CONTAINERS for each in outer):
        return False
    is_container = isinstance(column.dtype, pl.Struct) and name in CONTAINERS
    return not is_container and column.dtype != pl.Null and name not in CONTENT


def _has_long_line(block: bytes) -> bool:
    """Whether a line may be longer than the row reader takes."""
    half = MAX_RECORD // 2
    return any(block.find(b"\n", start, start + half) < 0 for start in range(0, len(block) - half, half))


def _is_readable(field: FieldName, dtype: pl.DataType) -> bool:
    if field in NUMBERS | REALS:
        return dtype in (*_TEXTS, pl.Float64)
    return dtype in _TEXTS


def _without_cache(fields: Mapping[FieldName, str]) -> Iterator[dict[FieldName, str]]:
    """The fields of rows that have some of them: the names of cached tokens say how they are counted."""
    for left_out in ((), _CACHE[:1], _CACHE[1:]):
        some = {field: name for field, name in fields.items() if field not in left_out}
        if not fields.keys().isdisjoint(_CACHE) and some.keys().isdisjoint(_CACHE):
            continue
        yield some


def _decisive(reading: ColumnReading) -> tuple[object, ...]:
    """What the names of a row's keys decide."""
    return reading.cached_outside, reading.cached_sides, reading.reasoning_outside, reading.labels[STATUS]


def _others(field: FieldName, column: _Column, columns: Mapping[str, list[_Column]]) -> list[pl.Expr]:
    """Whether a row without the field's first name has it under another."""
    own = plain(column.path[-1])
    names = [name for name in ALIASES[field] if name != own and name in columns]
    return [each.expr().is_not_null() for name in names for each in columns[name]] or [pl.lit(False)]  # noqa: FBT003


def _is_odd_number(value: pl.Expr, number: pl.Expr, dtype: pl.DataType) -> pl.Expr:
    """Whether the row reader must judge it."""
    if dtype == pl.String:
        return number.is_null() & value.is_not_null() & (value != "")
    return (number != value) | (number.is_null() & value.is_not_null())


def _is_no_text(text: pl.Expr) -> pl.Expr:
    """Whether it stands for a truth value, an object or a list among texts."""
    return text.is_in(["true", "false"]) | text.str.starts_with("{") | text.str.starts_with("[")
