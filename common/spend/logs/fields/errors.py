"""Why a file, or one row of it, cannot be imported."""

from typing import Self

from common.errors import ErrorCode


class ImportFailed(Exception):  # noqa: N818 - the name is the contract with the tools
    """The file as a whole cannot be imported; `details` fill the message template of `code`."""

    def __init__(self, code: ErrorCode, **details: object) -> None:
        self.code = code
        self.details = details
        super().__init__(f"{code.value}: {details}")


class BrokenOffError(ImportFailed):
    """The file can be read up to a place only. What was yielded before is good, and ends with a whole line.

    Who reads the file counts those rows as usual, finishes, and then raises `after(rows)`.
    """

    def __init__(self, what: str) -> None:
        self.what = what
        super().__init__(ErrorCode.UNREADABLE_FILE, reason=f"{what}. Get the whole file and upload it again.")

    def after(self, rows: int) -> Self:
        """The same error, with the number of rows that were read before the break."""
        extent = "1 row before that was" if rows == 1 else f"{rows:,} rows before that were"
        error = type(self)(f"{self.what}; {extent} read")
        error.__cause__ = self
        return error


class BadRowError(Exception):
    """One row cannot be counted; `str` is the reason, in the customer's words."""


class BlankCellError(BadRowError):
    """A count's cell has a word for nothing, such as N/A."""


class NoRequestError(BadRowError):
    """A row is no request, and nothing is lost without it; `str` says what it is."""
