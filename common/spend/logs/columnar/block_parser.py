"""A block of CSV lines to typed columns; a cell that no type holds is null, its row left to the row reader."""

from collections.abc import Mapping

import polars as pl

from common.spend.logs.detect.layout import Layout
from common.spend.logs.fields.columns import FIELDS, FieldName

NUMBERS: frozenset[FieldName] = frozenset(
    {"input", "uncached", "output", "cached", "write", "write_5m", "write_1h", "reasoning", "total"}
)  # fmt: skip
REALS: frozenset[FieldName] = frozenset({"cost", "latency", "ttft"})
_PREVIEW = 65_536
LabelTypes = Mapping[str, pl.DataType]


class BlockParser:
    """Reads blocks of one file; the first block shows which columns have empty cells."""

    def __init__(self, layout: Layout) -> None:
        self._layout = layout
        self._fields = {
            field: f"column_{place + 1}" for field, place in zip(FIELDS, layout.places, strict=True) if place >= 0
        }
        self._last = f"column_{len(layout.header)}"
        self._used = sorted({*self._fields.values(), self._last}, key=lambda name: int(name.removeprefix("column_")))
        self._sparse: frozenset[str] | None = None

    def parse(self, block: bytes, label_types: LabelTypes) -> pl.DataFrame | None:
        """The columns by field, those that `label_types` has in its types, and `odd`: rows for the row reader.

        None when the lines are no plain CSV.
        """
        if self._sparse is None:
            self._sparse = self._find_sparse(block[: block.find(b"\n", _PREVIEW) + 1 or len(block)])
        frame = self._read(block, self._sparse, label_types if block.isascii() else {})
        lines = block.count(b"\n") + (not block.endswith(b"\n"))
        if frame is None or frame.height != lines:
            return None
        return self._by_field(frame, block, label_types)

    def _find_sparse(self, preview: bytes) -> frozenset[str]:
        """Number columns with cells that are empty or no numbers."""
        frame = self._read(preview, frozenset(), {})
        numbers = [name for field, name in self._fields.items() if field in NUMBERS | REALS]
        if frame is None:
            return frozenset(numbers)
        return frozenset(name for name in numbers if frame[name].null_count())

    def _read(self, block: bytes, sparse: frozenset[str], label_types: LabelTypes) -> pl.DataFrame | None:
        """`label_types` only for plain ASCII: of a text that is not UTF-8, polars makes an empty name."""
        types: dict[str, pl.DataType] = {f"column_{n + 1}": pl.String() for n in range(len(self._layout.header))}
        for field, name in self._fields.items():
            if field in label_types:
                types[name] = label_types[field]
            elif name not in sparse:
                types[name] = pl.Int64() if field in NUMBERS else pl.Float64() if field in REALS else pl.String()
        try:
            return pl.read_csv(
                block,
                has_header=False,
                separator=self._layout.delimiter,
                schema=types,
                columns=self._used,
                ignore_errors=True,
            )
        except pl.exceptions.PolarsError:
            return None  # not one row per line, or not UTF-8: the reader tells what is wrong with which

    def _by_field(self, frame: pl.DataFrame, block: bytes, label_types: LabelTypes) -> pl.DataFrame:
        sparse = self._sparse or frozenset()
        columns, odd = [], [pl.lit(False)]  # noqa: FBT003 - a literal of a column
        for field, name in self._fields.items():
            column = pl.col(name)
            if field in NUMBERS | REALS:
                number = pl.Int64() if field in NUMBERS else pl.Float64()
                if name in sparse:
                    empty = column.is_null() | (column == "")
                    column = column.cast(number, strict=False)
                    odd.append(column.is_null() & ~empty)
                elif frame[name].null_count():
                    odd.append(column.is_null())
            columns.append(
                column.cast(label_types[field]).alias(field) if field in label_types else column.alias(field)
            )
        if frame[self._last].null_count() and self._may_be_short(frame, block):
            odd.append(pl.col(self._last).is_null())
        return frame.select(*columns, pl.any_horizontal(odd).alias("odd"))

    def _may_be_short(self, frame: pl.DataFrame, block: bytes) -> bool:
        """Whether some line may have fewer cells than the header; with quoted cells no count can decide."""
        delimiters = frame.height * (len(self._layout.header) - 1)
        return b'"' in block or block.count(self._layout.delimiter.encode()) != delimiters
