"""How a table writes its dates and numbers, as spreadsheets of a country do, and its cells in plain form.

Excel writes what it takes for a date as the country has it (11/24/2026 10:15, 24.11.2026 10:15, 11/5/26 9:05 AM), or
as a serial number of days since 1899-12-30, and numbers with commas or dots between thousands
(https://support.microsoft.com/office/format-a-date-the-way-you-want-8e10019e-d5d8-47a1-ba95-db95123d273e).
Kibana writes Nov 5, 2026 @ 10:00:00.123 (elastic.co/docs/explore-analyze/kibana/advanced-settings, dateFormat).
"""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal, get_args

Order = Literal["mdy", "dmy"]
"""Month before day, or day before month."""
Mark = Literal["comma", "point"]
"""What stands before the decimals."""
ORDERS: tuple[Order, ...] = get_args(Order)
MARKS: tuple[Mark, ...] = get_args(Mark)
SERIALS = range(40_000, 60_000)
"""Excel's days from 2009 to 2064."""
_TIME = (
    r"(?:,?(?: @)?[ T]+(?P<hour>\d{1,2}):(?P<minute>\d{2})(?::(?P<second>\d{2})(?:[.,](?P<part>\d+))?)?"
    r"\s*(?P<half>[AaPp]\.?[Mm]\.?)?\s*(?P<zone>Z|UTC|GMT|[+-]\d{2}:?\d{2})?)?"
)
_DATE = re.compile(rf"\s*(?P<one>\d{{1,2}})(?P<mark>[/.-])(?P<two>\d{{1,2}})(?P=mark)(?P<year>\d{{4}}|\d\d){_TIME}\s*")
_YEAR_FIRST = re.compile(rf"\s*(?P<year>\d{{4}})(?P<mark>[/.-])(?P<one>\d{{1,2}})(?P=mark)(?P<two>\d{{1,2}}){_TIME}\s*")
_DAY_NAME = r"\s*(?:[A-Za-z]{3,9},\s+)?"
_NAME_SECOND = re.compile(
    rf"{_DAY_NAME}(?P<two>\d{{1,2}})[ -](?P<name>[A-Za-z]{{3,9}})\.?,?[ -](?P<year>\d{{4}}|\d\d){_TIME}\s*"
)
_NAME_FIRST = re.compile(
    rf"{_DAY_NAME}(?P<name>[A-Za-z]{{3,9}})\.? (?P<two>\d{{1,2}})(?:st|nd|rd|th)?,? (?P<year>\d{{4}}){_TIME}\s*"
)
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_MOST_MONTHS = 12
_CENTURY = 2000
_GROUP = r"'\u2019 \u00a0\u202f"
_DIGITS = rf"\d(?:[\d.,{_GROUP}]*\d)?|[.,]\d+"
_RUN = re.compile(_DIGITS)
_SIGN = r"[A-Z]{0,2}[$€£₹¥₩₽₺₴₪₫₦₱]|zł|Kč|Ft"
_NUMBER = re.compile(
    rf"\s*[-+(]*\s*(?:[A-Z]{{2,3}}|{_SIGN})?\s*-?(?P<run>{_DIGITS})(?P<exponent>[eE][-+]?\d+)?"
    rf"\s*(?:[A-Z]{{3}}|{_SIGN})?\s*\)?\s*"
)
_GROUPERS = re.compile(rf"[{_GROUP}]")
_GROUPED = re.compile(rf"\d{{1,3}}(?:[{_GROUP}]\d{{3}})+(?:[.,]\d*)?")
_THOUSANDS = 3
_PLAIN: dict[Mark, re.Pattern[str]] = {
    "comma": re.compile(r"\d{1,3}(?:\.\d{3})+(?:,\d*)?|\d*(?:,\d*)?"),
    "point": re.compile(r"\d{1,3}(?:,\d{3})+(?:\.\d*)?|[1-9]\d?(?:,\d{2})+,\d{3}(?:\.\d*)?|\d*(?:\.\d*)?"),
}
_DECIMAL: dict[Mark, str] = {"comma": ",", "point": "."}
_EPOCH = datetime(1899, 12, 30)  # noqa: DTZ001 - a serial number has no zone


@dataclass(frozen=True, slots=True, kw_only=True)
class Notation:
    """Of one file; settled from its beginning, see detect/notation.py."""

    order: Order | Literal["", "serial"] = ""
    """Of dates in `times`; "serial": Excel's days."""
    decimal: Mark | Literal[""] = ""
    """"": each number says itself."""
    times: tuple[int, ...] = ()
    """Columns."""
    numbers: tuple[int, ...] = ()

    @property
    def is_plain(self) -> bool:
        """Whether numbers and dates that programs read are right as they stand."""
        return not self.order and self.decimal != "comma"

    def concerns(self, text: str, delimiter: str) -> bool:
        """Whether lines of the file may hold a cell to be made plain."""
        return not self.is_plain or (bool(self.decimal) and ('"' in text or (delimiter != "," and "," in text)))

    def make_plain(self, cells: list[str]) -> None:
        """Dates as ISO 8601, numbers with a decimal point. A cell that is written otherwise than the file's others gets
        words that say so, and is no time or number then.
        """
        for place in self.times if self.order else ():
            cells[place] = self._time(cells[place])
        for place in self.numbers if self.decimal else ():
            if not cells[place].isalnum():
                cells[place] = plain_number(cells[place], self.decimal)  # type: ignore[arg-type]  # it is settled here

    def _time(self, cell: str) -> str:
        if self.order == "serial":
            return _of_serial(cell)
        return plain_date(cell, self.order) if self.order else cell


PLAIN = Notation()
"""As programs write."""


def restored_notation(saved: dict[str, Any]) -> Notation:
    """A notation that was stored; {}: by a version that had none."""
    columns = {name: tuple(saved.get(name, ())) for name in ("times", "numbers")}
    return Notation(**saved | columns)


def date_parts(cell: str) -> tuple[int, int, str, str] | None:
    """The two numbers before the year, the mark between them, and the year as written; None for any other text."""
    found = _DATE.fullmatch(cell)
    return (int(found["one"]), int(found["two"]), found["mark"], found["year"]) if found else None


def plain_date(cell: str, order: Order) -> str:
    """ISO 8601 of a date with its year last; any other text as it is."""
    found = _DATE.fullmatch(cell)
    if not found:
        return cell
    month, day = (found["one"], found["two"]) if order == "mdy" else (found["two"], found["one"])
    if int(month) > _MOST_MONTHS:
        return f"{cell.strip()} (no month {month})"
    return _iso(found, int(month), int(day))


def unmistakable_date(cell: str) -> str | None:
    """ISO 8601 of a date with its year first (2026/11/5) or the month's English name (5-Nov-26, Nov 5, 2026); None for
    any other text.
    """
    found = _YEAR_FIRST.fullmatch(cell)
    if found:
        return _iso(found, int(found["one"]), int(found["two"]))
    found = _NAME_SECOND.fullmatch(cell) or _NAME_FIRST.fullmatch(cell)
    name = found["name"][:3].lower() if found else ""
    return _iso(found, _MONTHS.index(name) + 1, int(found["two"])) if found and name in _MONTHS else None


def _iso(match: re.Match[str], month: int, day: int) -> str:
    year = int(match["year"]) + (_CENTURY if len(match["year"]) == 2 else 0)  # noqa: PLR2004 - of two digits
    hour = int(match["hour"] or 0)
    if match["half"]:
        hour = hour % 12 + (12 if match["half"][0] in "pP" else 0)
    part = f".{match['part'][:6]}" if match["part"] else ""
    zone = "" if match["zone"] in (None, "UTC", "GMT") else match["zone"]
    return f"{year:04}-{month:02}-{day:02}T{hour:02}:{match['minute'] or '00'}:{match['second'] or '00'}{part}{zone}"


def _of_serial(cell: str) -> str:
    days = serial_days(cell)
    if days is None:
        return cell
    return (_EPOCH + timedelta(milliseconds=round(days * 86_400_000))).isoformat()


def serial_days(cell: str) -> float | None:
    """A number of days, with a decimal comma or point, among SERIALS; None for any other text."""
    try:
        days = float(cell.replace(",", "."))
    except ValueError:
        return None
    return days if SERIALS.start <= days < SERIALS.stop else None


def plain_number(cell: str, decimal: Mark) -> str:
    """Without marks between thousands and with a decimal point; with words where its marks stand otherwise."""
    found = _RUN.search(cell)
    if not found or (_GROUPERS.search(found[0]) and not _GROUPED.fullmatch(found[0])):
        return cell
    run = _GROUPERS.sub("", found[0])
    if not _PLAIN[decimal].fullmatch(run):
        return f"{cell.strip()} (no decimal {decimal})"
    other = "." if decimal == "comma" else ","
    plain = run.replace(other, "").replace(_DECIMAL[decimal], ".")
    return f"{cell[: found.start()]}{plain}{cell[found.end() :]}"


def decimal_of(cell: str) -> Mark | Literal["open"] | None:
    """What a number shows to be the decimal mark; "open": its only mark can stand between thousands; None: no mark."""
    found = _NUMBER.fullmatch(cell)
    run = _GROUPERS.sub("", found["run"]) if found else ""
    marks = [char for char in run if char in ".,"]
    if not found or not marks:
        return None
    last, named = marks[-1], {",": "comma", ".": "point"}
    if len(set(marks)) > 1:
        return named[last]  # type: ignore[return-value]  # both are marks
    if len(marks) > 1:
        return named["." if last == "," else ","]  # type: ignore[return-value]  # both are marks
    whole, part = run.split(last)
    grouped = 0 < len(whole) <= _THOUSANDS and whole[0] != "0" and len(part) == _THOUSANDS
    return "open" if grouped and not found["exponent"] else named[last]  # type: ignore[return-value]  # both are marks
