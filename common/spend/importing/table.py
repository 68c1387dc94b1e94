"""CSV text to rows of cells, in blocks of whole lines. A bad row is told with its line and never stops the rest."""

import csv
import io
from collections.abc import Iterator

from common.spend.importing.failures import BadRowError

_OPEN_QUOTE = "unexpected end of data"
_ZERO = BadRowError("the line holds zero bytes: it was damaged when it was written or copied")


def parse_table(text: str, delimiter: str) -> Iterator[tuple[int, list[str] | BadRowError | None]]:
    """(line within the text from 0, its cells); a BadRowError for a row that is no CSV; None where a quoted cell is
    still open at the end of the text: what follows that line belongs to it.
    """
    zeros = "\0" in text
    reader = csv.reader(io.StringIO(text, newline="\n"), delimiter=delimiter, strict=True)
    while True:
        line = reader.line_num
        try:
            for row in reader:
                if row:
                    yield line, _ZERO if zeros and any("\0" in cell for cell in row) else row
                line = reader.line_num
        except csv.Error as error:
            if _OPEN_QUOTE in str(error):
                yield line, None
                return
            yield line, BadRowError(f"the line is not valid CSV ({error})")
        else:
            return
