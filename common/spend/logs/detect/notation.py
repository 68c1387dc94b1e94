"""How a table writes its dates and numbers, settled for the file as a whole by what its cells can mean."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from common.errors import ErrorCode
from common.spend.logs.fields.columns import FieldName
from common.spend.logs.fields.errors import ImportFailed
from common.spend.logs.fields.notation import Mark, Notation, Order, date_parts, decimal_of, serial_days

_REALS: tuple[FieldName, ...] = ("cost", "latency", "ttft", "quality")
_COUNTS: tuple[FieldName, ...] = (
    "input", "uncached", "output", "cached", "write", "write_5m", "write_1h", "reasoning", "total", "requests",
)  # fmt: skip
_MOST_MONTHS = 12
_MOST_YEARS = 3
"""That a log spans; numbers with more values are days."""
_BY_PROGRAMS = ",|"
"""Delimiters between which programs write; between others, Excel does where decimals have commas."""
_ZEROS = re.compile(r".*[.,]000\D*")
Rows = Sequence[Sequence[str]]


@dataclass(frozen=True, slots=True)
class Declared:
    """What the customer says of the file."""

    order: Order | Literal[""] = ""
    decimal: Mark | Literal[""] = ""
    because: str = "as you said"
    """What settles the order, to follow a colon."""
    usual: Order | Literal[""] = ""
    """How the source writes dates, where no date of the file tells."""


NOTHING_DECLARED = Declared()


class OpenDates(ImportFailed):
    """Nothing in the sample says whether the month or the day comes first; `columns` are those of the dates, between
    `delimiter`.
    """

    def __init__(self, columns: tuple[int, ...], delimiter: str, **details: object) -> None:
        self.columns, self.delimiter = columns, delimiter
        super().__init__(ErrorCode.NOTATION_OPEN, **details)


def notation_of(
    header: Sequence[str], rows: Rows, places: Mapping[FieldName, int], delimiter: str, declared: Declared
) -> tuple[Notation, tuple[str, ...]]:
    """How the cells of some rows are written, and the notes on it; `places`: the columns of the fields.

    Raises ImportFailed where they can be read in two ways.
    """
    dates, said = _dates(header, rows, places.get("ts", -1), delimiter, declared)
    decimal, note = _decimal(header, rows, places, delimiter, declared)
    numbers = _number_columns(header, rows, places) if decimal else ()
    return replace(dates, decimal=decimal, numbers=numbers), (*said, *note)


def _number_columns(header: Sequence[str], rows: Rows, places: Mapping[FieldName, int]) -> tuple[int, ...]:
    """Those of numbers by their field, and others in which a sample holds nothing else: a format may read them, too."""
    numbers = {places[name] for name in (*_REALS, *_COUNTS) if name in places}
    taken = set(places.values())
    others = [column for column in range(len(header)) if column not in taken and _holds_numbers(rows, column)]
    return tuple(sorted(numbers.union(others)))


def _holds_numbers(rows: Rows, column: int) -> bool:
    cells = [row[column] for row in rows if row[column].strip()]
    return any(map(decimal_of, cells)) and all(cell.strip().isdigit() or decimal_of(cell) for cell in cells)


def orders_in(rows: Iterable[Sequence[str]], columns: Sequence[int]) -> dict[Order, str]:
    """The orders that dates with a day above 12 show, each with the first such date."""
    found: dict[Order, str] = {}
    for row in rows:
        for column in columns:
            parts = date_parts(row[column]) if column < len(row) else None
            if parts and (parts[0] > _MOST_MONTHS) != (parts[1] > _MOST_MONTHS):
                found.setdefault("dmy" if parts[0] > _MOST_MONTHS else "mdy", row[column].strip())
    return found


def first_order(rows: Iterable[Sequence[str]], columns: Sequence[int]) -> tuple[Order, str] | None:
    """What the first date with a day above 12 shows, and why."""
    found = next((orders for row in rows if (orders := orders_in([row], columns))), {})
    return next(((order, settled_by(example)) for order, example in found.items()), None)


def settled_by(example: str) -> str:
    """Why an order holds that a date shows."""
    return f"{example} can be nothing else"


def _dates(
    header: Sequence[str], rows: Rows, time: int, delimiter: str, declared: Declared
) -> tuple[Notation, tuple[str, ...]]:
    if _holds_serials(rows, time):
        note = f"The numbers of {header[time]} were read as Excel's days since 1899-12-30."
        return Notation(order="serial", times=(time,)), (note,)
    columns = tuple(column for column in range(len(header)) if _holds_dates(rows, column, whole_years=column != time))
    if not columns:
        return Notation(), ()
    order, why = (
        (declared.order, declared.because)
        if declared.order
        else _order(header, rows, columns, delimiter, declared.usual)
    )
    words = "month/day/year" if order == "mdy" else "day/month/year"
    names = ", ".join(header[column] for column in columns)
    return Notation(order=order, times=columns), (f"The dates in {names} were read as {words}: {why}.",)


def _order(
    header: Sequence[str], rows: Rows, columns: tuple[int, ...], delimiter: str, usual: Order | Literal[""]
) -> tuple[Order, str]:
    found = orders_in(rows, columns)
    shown = header[columns[0]]
    dates = [parts for row in rows for column in columns if (parts := date_parts(row[column]))]
    if len({year for *_, year in dates if len(year) == 2}) > _MOST_YEARS:  # noqa: PLR2004 - of two digits
        reason = f"the dates in {shown} have no year of four digits, and their first number may be the year."
        raise ImportFailed(ErrorCode.NOTATION_OPEN, reason=reason, ask="dates", option="--dates mdy or --dates dmy")
    if len(found) > 1:
        reason = f"{shown} has dates with the month first ({found['mdy']}) and with the day first ({found['dmy']})."
        raise ImportFailed(ErrorCode.NOTATION_OPEN, reason=reason, ask="dates", option="--dates mdy or --dates dmy")
    if found:
        order, example = next(iter(found.items()))
        return order, settled_by(example)
    if all(mark == "." for _, _, mark, _ in dates):
        return "dmy", "with dots the day comes first"
    if usual:
        return usual, "its source writes them so"
    example = next(row[column].strip() for row in rows for column in columns if date_parts(row[column]))
    reason = f"the dates in {shown} can be month/day or day/month, such as {example}: no day is above 12."
    raise OpenDates(columns, delimiter, reason=reason, ask="dates", option="--dates mdy or --dates dmy")


def _holds_dates(rows: Rows, column: int, *, whole_years: bool) -> bool:
    cells = [row[column] for row in rows if row[column].strip()]
    dates = [parts for cell in cells if (parts := date_parts(cell)) and (len(parts[3]) > 2 or not whole_years)]  # noqa: PLR2004 - of two digits
    return 2 * len(dates) > len(cells)


def _holds_serials(rows: Rows, time: int) -> bool:
    cells = [row[time] for row in rows if row[time].strip()] if time >= 0 else []
    return bool(cells) and all(serial_days(cell) is not None for cell in cells)


def _decimal(
    header: Sequence[str], rows: Rows, places: Mapping[FieldName, int], delimiter: str, declared: Declared
) -> tuple[Mark | Literal[""], tuple[str, ...]]:
    if declared.decimal:
        return declared.decimal, ()
    reals, counts = (_cells(rows, [places[n] for n in names if n in places]) for names in (_REALS, _COUNTS))
    shown: dict[Mark, str] = {}
    for _, cell in (*reals, *counts):
        mark = decimal_of(cell)
        if mark and mark != "open":
            shown.setdefault(mark, cell)
    whole: dict[Mark, str] = {_of_count(cell): cell for _, cell in counts if _is_of_thousands(cell)}
    for evidence in (shown, whole):
        if len(evidence) == 1:
            decimal, cell = next(iter(evidence.items()))
            return decimal, _decimal_note(decimal, cell)
        if evidence:
            return "", ()
    for column, cell in reals:
        if decimal_of(cell) == "open" and ("," in cell or delimiter not in _BY_PROGRAMS):
            raise _open_numbers(header[column], cell)
    return "", ()


def _cells(rows: Rows, columns: Sequence[int]) -> list[tuple[int, str]]:
    return [(column, row[column]) for column in columns for row in rows]


def _is_of_thousands(cell: str) -> bool:
    """Of a count: it is whole, so that its only mark, with three digits behind it, stands between thousands; 12.000 may
    be 12.
    """
    return decimal_of(cell) == "open" and not _ZEROS.fullmatch(cell)


def _of_count(cell: str) -> Mark:
    return "point" if "," in cell else "comma"


def _decimal_note(mark: Mark, cell: str) -> tuple[str, ...]:
    return (f"Numbers were read with a decimal comma, as {cell.strip()} shows.",) if mark == "comma" else ()


def _open_numbers(column: str, cell: str) -> ImportFailed:
    shown = cell.strip()
    reason = (
        f"{column} has numbers that can be of thousands or of decimals, such as {shown}, and no other number tells."
    )
    option = "--decimal point or --decimal comma"
    return ImportFailed(ErrorCode.NOTATION_OPEN, reason=reason, ask="decimal", option=option)
