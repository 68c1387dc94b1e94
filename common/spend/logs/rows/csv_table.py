"""CSV text to rows of cells, in blocks of whole lines. A bad row is reported with its line and never stops the rest."""

import csv
import io
from collections.abc import Iterator

from common.spend.logs.fields.errors import BadRowError

MAX_ROW = 200_000
"""Characters of a row: a longer one has a quote that is never closed."""
_OPEN_QUOTE = "unexpected end of data"
_NEVER_CLOSED = "a quote is opened and never closed, or the row is too long"
_ZEROS = "the line holds zero bytes: it was damaged when it was written or copied"

Cells = list[str] | BadRowError

csv.field_size_limit(MAX_ROW)


class _Lines:
    """The lines of a text for one row after the other; a row that has grown too long gets no more of them."""

    def __init__(self, text: str) -> None:
        self.source = io.StringIO(text, newline="\n")
        self.row = self.end = 0
        """Where the current row begins, and where the text read of it ends."""

    def __iter__(self) -> "_Lines":
        return self

    def __next__(self) -> str:
        if self.end - self.row > MAX_ROW:
            raise StopIteration
        line = next(self.source)
        self.end += len(line)
        return line


def parse_table(text: str, delimiter: str) -> Iterator[tuple[int, Cells | None]]:
    """(line within the text from 0, its cells); a BadRowError for a row that is no CSV; None where a quoted cell is
    still open at the end of the text: what follows that line belongs to it.
    """
    lines, zeros, first = _Lines(text), "\0" in text, 0
    while lines.end < len(text):
        reader = csv.reader(lines, delimiter=delimiter, strict=True)
        number = first
        try:
            for row in reader:
                if row:
                    yield number, _checked(row) if zeros else row
                number = first + reader.line_num
                lines.row = lines.end
        except csv.Error as error:
            is_open = _OPEN_QUOTE in str(error)
            if is_open and lines.end == len(text) and lines.end - lines.row <= MAX_ROW:
                yield number, None
                return
            several = reader.line_num + first - number > 1
            yield number, BadRowError(_NEVER_CLOSED if several or is_open else f"the line is not valid CSV ({error})")
            rest = text[text.index("\n", lines.row) + 1 : lines.end] if several else ""
            yield from ((number + 1 + offset, cells) for offset, cells in parse_lines(rest, delimiter))
        first += reader.line_num
        lines.row = lines.end


def parse_lines(text: str, delimiter: str) -> Iterator[tuple[int, Cells]]:
    """Like `parse_table`, where quotes have to close on their line."""
    for offset, line in enumerate(io.StringIO(text, newline="\n")):
        try:
            row = next(csv.reader([line], delimiter=delimiter, strict=True), [])
        except csv.Error as error:
            words = _NEVER_CLOSED if _OPEN_QUOTE in str(error) else f"the line is not valid CSV ({error})"
            yield offset, BadRowError(words)
        else:
            if row:
                yield offset, _checked(row)


def _checked(row: list[str]) -> Cells:
    return BadRowError(_ZEROS) if any("\0" in cell for cell in row) else row
