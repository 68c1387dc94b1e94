"""The order of dates in a file that can be read as often as need be: any of its lines may settle it."""

from collections.abc import Iterable, Iterator

from common.spend.logs.detect.notation import OpenDates, first_order
from common.spend.logs.fields.notation import Order
from common.spend.logs.rows.csv_table import parse_lines


def order_in_all(pieces: Iterable[bytes], dates: OpenDates) -> tuple[Order, str] | None:
    """What the first date with a day above 12 shows, and why; None without one."""
    rows = (row for text in _lines(pieces) for _, row in parse_lines(text, dates.delimiter) if isinstance(row, list))
    return first_order(rows, dates.columns)


def _lines(pieces: Iterable[bytes]) -> Iterator[str]:
    """In blocks of whole lines."""
    rest = b""
    for piece in pieces:
        block, newline, rest_of = (rest + piece).rpartition(b"\n")
        yield (block + newline).decode("utf-8", "replace")
        rest = rest_of
    yield rest.decode("utf-8", "replace")
