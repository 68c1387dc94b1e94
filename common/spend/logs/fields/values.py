"""From the texts and JSON values of logs to numbers, times and words. All raise BadRowError with the reason."""

import json
import math
import re
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any

from common.spend.logs.fields.errors import BadRowError, BlankCellError
from common.spend.logs.fields.notation import decimal_of, unmistakable_date
from common.spend.model import Grain, ServiceTier

MAX_TOKENS = 100_000_000
MOST_SUMMED = 10**15
"""Tokens or requests that one row may sum."""
_MAX_AMOUNT = 1e12
"""More USD, or ms, than any request can have."""
_FIRST_YEAR, _LAST_YEAR = 1970, 2100
_THOUSANDS = re.compile(r"\s*(?:[1-9]\d{0,2}(?:,\d{3})+|[1-9]\d?(?:,\d{2})+,\d{3})\s*")
"""Also as India groups: 1,23,456 (CLDR, locale en-IN)."""
_EITHER = re.compile(r"\s*[1-9]\d{0,2}\.000\s*")
_GROUPED = re.compile(r"\d{1,3}(,\d{3})*,\d{3}\.\d+|\d{1,3}(,\d{3}){2,}|[1-9]\d?(,\d{2})+,\d{3}(\.\d+)?")
_MONEY = re.compile(
    r"\s*(?P<bracket>\(?)(?P<sign>-?\s*(?:US\$|USD|\$)?\s*-?)(?P<digits>[\d.,]+)\s*(?:USD|\$)?\)?\s*", re.IGNORECASE
)
_NAME_LENGTH = 120
_MINUTES = re.compile(r"\d{1,2}:\d{2}\.\d+")
"""What Excel shows, and saves, of a time with milliseconds."""
FAST_MODE = "fast mode"
"""The word of readers for Anthropic's `speed: "fast"`; OpenAI's tier "fast" is its priority."""
_TIERS: dict[str, ServiceTier] = {
    **dict.fromkeys(("batch", "true", "1", "yes", "t", "y"), "batch"),
    **dict.fromkeys(("flex", "flex_discount"), "flex"),
    **dict.fromkeys(("priority", "priority_on_demand", "fast"), "priority"),
    FAST_MODE: "fast",
}
"""Words of OpenAI's, Anthropic's and others' service tiers, and of columns that flag a batch."""
_BLANK_WORDS = frozenset(
    {
        "", "#n/a", "#n/a n/a", "#na", "<na>", "n/a", "na", "nan", "none", "null", "(null)", "nil", r"\n", "-", "--",
        "\u2013", "\u2014",
    }
)  # fmt: skip
"""In lower case: what pandas writes and reads for no value (`na_values` of read_csv, pandas.pydata.org/docs), MySQL's
and PostgreSQL's \\N, SQL's and .NET's null, Excel's #N/A, and dashes of people.
"""
GRAINS: dict[str, Grain] = {"request": "request", "minute": "minute", "hour": "hour", "day": "day"}
_EXPONENT = re.compile(r"\s*[-+]?\d*\.?(?P<decimals>\d*)e\+?(?P<exponent>\d{1,4})\s*", re.IGNORECASE)
_CURRENCY = re.compile(r"[A-Z]{3}")
_UNITS = ((1e8, 1e3), (1e11, 1.0), (1e14, 1e3), (1e17, 1e6), (math.inf, 1e9))
"""Epoch numbers below a size, and their divisor to seconds."""


def shown(value: Any) -> str:
    """A value as a reason may quote it."""
    text = str(value)
    return repr(text if len(text) <= 30 else text[:27] + "...")  # noqa: PLR2004 - fits a line


def is_blank_word(value: Any) -> bool:
    """Whether a cell that is not empty stands for an empty one."""
    if isinstance(value, float):
        return math.isnan(value)
    return isinstance(value, str) and value.strip().lower() in _BLANK_WORDS


def count(value: Any, name: str, most: int = MAX_TOKENS) -> int:
    """A number of tokens (or requests), 0 to `most`; commas between thousands are understood.

    "12.000" could be 12 or 12,000 and is refused. Raises BlankCellError for a word that stands for an empty cell.
    """
    try:
        number = int(value)
    except (TypeError, ValueError, OverflowError):
        number = _whole_number(value, name)
    if number.__class__ is not value.__class__ and (
        isinstance(value, bool) or (isinstance(value, float) and number != value)
    ):
        raise BadRowError(f"{name} is {shown(value)}, not a whole number")
    if number < 0:
        raise BadRowError(f"{name} is negative ({shown(number)[1:-1]})")
    if number > most:
        whose = "request" if most == MAX_TOKENS else "bill"
        raise BadRowError(f"{name} is {shown(number)[1:-1]}, more than any {whose} can have")
    return number


def _whole_number(value: Any, name: str) -> int:
    if value is None or value == "":
        raise BadRowError(f"{name} is missing")
    if is_blank_word(value):
        raise BlankCellError(f"{name} is {shown(value)}, not a number")
    if isinstance(value, str):
        if _THOUSANDS.fullmatch(value):
            return int(value.replace(",", ""))
        if _EITHER.fullmatch(value):
            whole, thousands = value.split(".")[0].strip(), value.replace(".", ",").strip()
            raise BadRowError(f"{name} is {shown(value)}: that can be {whole} or {thousands}. Write it without the dot")
    number = real(value, name)
    if number != int(number):
        raise BadRowError(f"{name} is {shown(value)}, not a whole number")
    return int(number)


def real(value: Any, name: str) -> float:
    """A finite number; a decimal comma is understood. "1,234" could be 1.234 or 1,234 and is refused."""
    if isinstance(value, dict | list | bool):
        raise BadRowError(f"{name} is {shown(value)}, not a number")
    try:
        number = float(value)
    except OverflowError as error:
        raise BadRowError(f"{name} is {shown(value)}, not a number") from error
    except (TypeError, ValueError) as error:
        text = _plain_amount(str(value))
        if text.count(",") == 1 and "." not in text:
            if decimal_of(text) == "open":
                whole = text.replace(",", "")
                raise BadRowError(
                    f"{name} is {shown(value)}: that can be {text.replace(',', '.')} or {whole}"
                ) from error
            return real(text.replace(",", "."), name)
        if text != str(value):
            return real(text, name)
        raise BadRowError(f"{name} is {shown(value)}, not a number") from error
    if not math.isfinite(number):
        raise BadRowError(f"{name} is {shown(value)}, not a number")
    return number


def _plain_amount(text: str) -> str:
    """Without USD, commas between thousands, and the brackets that accountants set around what is negative."""
    match = _MONEY.fullmatch(text)
    if not match:
        return text.strip()
    digits = match["digits"].replace(",", "") if _GROUPED.fullmatch(match["digits"]) else match["digits"]
    return ("-" if match["bracket"] or "-" in match["sign"] else "") + digits


def money(value: Any, name: str) -> float:
    """An amount of either sign: credits and refunds are negative."""
    number = real(value, name)
    if abs(number) > _MAX_AMOUNT:
        raise BadRowError(f"{name} is {shown(value)}, more than any request can have")
    return number


def amount(value: Any, name: str) -> float:
    """A number >= 0 (money, time)."""
    number = real(value, name)
    if number < 0:
        raise BadRowError(f"{name} is negative ({shown(value)})")
    if number > _MAX_AMOUNT:
        raise BadRowError(f"{name} is {shown(value)}, more than any request can have")
    return number


def moment(value: Any) -> datetime:
    """A time in UTC: ISO 8601 with any number of decimals (no zone: UTC), another date that can be read one way only
    (2026/11/5, 5-Nov-26), or an epoch number in s, ms, us or ns.

    Small numbers are milliseconds since the start of a trace and land in January 1970.
    """
    if value is None or value == "":
        raise BadRowError("the timestamp is missing")
    if value.__class__ is str and not _counts_seconds(value):
        try:
            time = datetime.fromisoformat(value.strip())
        except ValueError:
            return _epoch(value)
        return _checked(time, value)
    return _epoch(value)


def _counts_seconds(text: str) -> bool:
    """Of digits only, but for a day without dashes: to fromisoformat 1790061000000 is a day of 1790."""
    return text.isdigit() and len(text) != len("20261122")


def _epoch(value: Any) -> datetime:
    if isinstance(value, str) and value.endswith(" UTC"):  # as BigQuery writes it
        return moment(value.removesuffix(" UTC"))
    try:
        number = float(value)
        if isinstance(value, str) and _is_rounded(value):
            raise BadRowError(f"the timestamp {shown(value)} is not a time: it was rounded, as spreadsheets do")
    except (TypeError, ValueError, OverflowError) as error:
        if isinstance(value, str) and _MINUTES.fullmatch(value.strip()):
            reason = (
                f"of the timestamp {shown(value)} a spreadsheet left the minutes only: save it with a format for dates"
            )
            raise BadRowError(reason) from error
        iso = unmistakable_date(value) if isinstance(value, str) else None
        if iso is not None:
            return _dated(iso, value)
        raise BadRowError(f"the timestamp {shown(value)} is not a time (use ISO 8601, 2026-11-22T10:15:00Z)") from error
    if not math.isfinite(number):
        raise BadRowError(f"the timestamp {shown(value)} is not a time")
    divisor = next(divisor for size, divisor in _UNITS if abs(number) < size)
    try:
        return _checked(datetime.fromtimestamp(number / divisor, UTC), value)
    except (ValueError, OverflowError, OSError) as error:
        raise BadRowError(f"the timestamp {shown(value)} is not a time") from error


def _is_rounded(text: str) -> bool:
    """Whether a number in exponents, such as 1.79006E+12, does not tell all its digits."""
    found = _EXPONENT.fullmatch(text)
    return found is not None and int(found["exponent"]) > len(found["decimals"])


def _dated(iso: str, value: str) -> datetime:
    try:
        return _checked(datetime.fromisoformat(iso), value)
    except ValueError as error:
        raise BadRowError(f"the timestamp {shown(value)} is not a time") from error


def _checked(time: datetime, value: Any) -> datetime:
    """In UTC. A time that is only a little ahead passes; the importer reports it."""
    if time.year >= _LAST_YEAR:
        raise BadRowError(f"the timestamp {shown(value)} is in the far future")
    if time.year < _FIRST_YEAR:
        raise BadRowError(f"the timestamp {shown(value)} is before 1970")
    return time.replace(tzinfo=UTC) if time.tzinfo is None else time.astimezone(UTC)


def word(value: Any) -> str | None:
    """A name (user, feature, session), cut to 120 characters; None when empty."""
    if value is None or value == "":
        return None
    text = value if value.__class__ is str else _json(value) if isinstance(value, dict | list) else written(value)
    return sound(text.strip()[:_NAME_LENGTH]) or None


def written(value: Any) -> str:
    """7.0 as 7: JSON knows one kind of number."""
    return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)


def sound(text: str) -> str:
    """Text that can be stored: half of an emoji, as JSON of programs that cut texts has it, becomes a question mark."""
    return text if text.isascii() else text.encode("utf-8", "replace").decode()


def tier(value: Any) -> ServiceTier:
    """How a request was served: a service tier, or a flag (true: batch); other words are the standard."""
    return _TIERS.get(str(value).strip().lower(), "standard")


def grain(value: Any) -> Grain:
    """What a row is of."""
    known = GRAINS.get(str(value))
    if known is None:
        raise BadRowError(f"the row sums {shown(value)}; a minute, an hour or a day is understood")
    return known


def currency(value: Any) -> str:
    """A code of three letters, upper case."""
    code = str(value).strip().upper()
    if not _CURRENCY.fullmatch(code):
        raise BadRowError(f"the currency {shown(value)} is no code of three letters")
    return code


def score(value: Any, name: str) -> float:
    """A quality score as it is; a thumb up (true) is 1."""
    return float(value) if isinstance(value, bool) else real(value, name)


def tags(value: Any) -> tuple[str, ...]:
    """A JSON list, or words parted by commas."""
    if not value:
        return ()
    found = value if isinstance(value, list) else str(value).strip("[]").replace('"', "").split(",")
    return tuple(text for tag in found if (text := word(tag)))


def content_hash(prompt: Any) -> str | None:
    """A hash of a prompt's text or messages; the content itself goes no further."""
    if prompt is None or prompt in ("", [], {}):
        return None
    text = prompt if isinstance(prompt, str) else _json(prompt)
    return sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:32]


def _json(value: Any) -> str:
    try:
        return json.dumps(value, sort_keys=True)
    except RecursionError as error:
        raise BadRowError("the line is JSON nested too deep") from error
