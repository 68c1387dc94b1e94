"""What a row is measured by beside its tokens. The count can do without: a cell that is not understood costs itself."""

from collections.abc import Callable
from typing import Any

from common.spend.logs.fields import values as v
from common.spend.logs.fields.columns import FIELDS
from common.spend.logs.fields.currencies import parted
from common.spend.logs.fields.errors import BadRowError
from common.spend.logs.fields.reading import ColumnReading
from common.spend.logs.rows.row_notes import RowNotes

COST, CURRENCY = FIELDS.index("cost"), FIELDS.index("currency")
_LATENCY, _TTFT, _QUALITY = FIELDS.index("latency"), FIELDS.index("ttft"), FIELDS.index("quality")
_EMPTY = (None, "")

Measures = tuple[float | None, float | None, float | None]
"""Cost in the row's currency, negative for a credit; latency, and time to the first token, in ms."""


def with_currency(row: tuple[Any, ...], reading: ColumnReading) -> tuple[Any, ...]:
    """With the currency in a field of its own, where the cost's cell or the name of its column says it."""
    cost, code = row[COST], reading.cost_currency
    if cost.__class__ is str and cost and not (cost[0].isdigit() and cost[-1].isdigit()):
        cost, code = parted(cost) or (cost, code)
    if not code or cost in _EMPTY or (row[CURRENCY] not in _EMPTY and str(row[CURRENCY]).strip().upper() != code):
        return row
    return (*row[:COST], cost, *row[COST + 1 : CURRENCY], code, *row[CURRENCY + 1 :])


def read_measures(row: tuple[Any, ...], reading: ColumnReading, notes: RowNotes | None) -> Measures:
    """None for what the row does not have, or has in a form that is not understood, for a cost also of its currency; a
    bill is nothing without its cost, so there that raises BadRowError.
    """
    if reading.billed and row[COST] not in _EMPTY:
        v.money(row[COST], reading.labels[COST])
    cost = _cost(row, reading, notes)
    if row[CURRENCY] not in _EMPTY and cost is not None and not _has_currency(row, reading, notes):
        cost = None
    return (
        cost,
        _read(row[_LATENCY], reading.labels[_LATENCY], v.amount, reading.latency_scale, notes),
        _read(row[_TTFT], reading.labels[_TTFT], v.amount, reading.ttft_scale, notes),
    )


def currency_of(row: tuple[Any, ...]) -> str:
    """Of the cost; USD where the row has none that is understood, and so no cost."""
    try:
        return v.currency(row[CURRENCY]) if row[CURRENCY] not in _EMPTY else "USD"
    except BadRowError:
        return "USD"


def _has_currency(row: tuple[Any, ...], reading: ColumnReading, notes: RowNotes | None) -> bool:
    try:
        v.currency(row[CURRENCY])
    except BadRowError as error:
        if reading.billed:
            raise
        if notes is not None:
            notes.drop(reading.labels[COST], str(error))
        return False
    return True


def _cost(row: tuple[Any, ...], reading: ColumnReading, notes: RowNotes | None) -> float | None:
    return _read(row[COST], reading.labels[COST], v.money, reading.cost_scale, notes)


def read_quality(row: tuple[Any, ...], reading: ColumnReading, notes: RowNotes | None) -> float | None:
    """The customer's score."""
    return _read(row[_QUALITY], reading.labels[_QUALITY], v.score, 1.0, notes)


def unread_usd(row: tuple[Any, ...], reading: ColumnReading) -> float:
    """The cost of a rejected row; 0 where it has none that is understood, or one in another currency."""
    row = with_currency(row, reading)
    cost = _cost(row, reading, None)
    return cost or 0.0 if row[CURRENCY] in (*_EMPTY, "USD", "usd") else 0.0


def _read(
    value: Any, name: str, read: Callable[[Any, str], float], scale: float, notes: RowNotes | None
) -> float | None:
    if value is None or value == "":
        return None
    try:
        return read(value, name) * scale
    except BadRowError as error:
        if notes is not None and v.is_blank_word(value):
            notes.blank(name, value)
        elif notes is not None:
            notes.drop(name, str(error))
        return None
