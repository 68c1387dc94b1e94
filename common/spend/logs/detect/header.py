"""Where the header of a table is: below titles, comments and blank lines, as reports of consoles have them."""

from common.spend.logs.detect.sniff import before_header, delimiter_of
from common.spend.logs.fields.columns import find_fields
from common.spend.logs.fields.flattened import plain_names
from common.spend.logs.formats import find_format
from common.spend.logs.rows.csv_table import parse_lines

_MOST_LINES = 40
"""Above a header."""


def header_start(text: str) -> int:
    """Characters above a table's header: that of its first line that is no title, comment or blank.

    A line is a header where its names are those of a known format, or of a usage log. Without any, the first is.
    """
    first = place = before_header(text)
    for _ in range(_MOST_LINES):
        end = text.find("\n", place)
        if end < 0:
            break
        if _is_header(text[place:end]):
            return place
        place = end + 1
    return first


def _is_header(line: str) -> bool:
    cells = next((row for _, row in parse_lines(line.rstrip("\r"), delimiter_of(line)) if isinstance(row, list)), [])
    names = [cell.strip() for cell in cells]
    if len(names) < 2:  # noqa: PLR2004 - of a table
        return False
    fields = find_fields(plain_names(names))
    return {"ts", "output"} <= fields.keys() or find_format([dict.fromkeys(names, "")]) is not None


def lines_above(text: str) -> int:
    """Those that hold something, of the lines above the header, but for Excel's line on delimiters."""
    return sum(bool(line.strip(" \r,;\t")) for line in text[before_header(text) : header_start(text)].split("\n"))
