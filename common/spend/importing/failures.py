"""Why a file, or one row of it, cannot be imported."""

from common.errors import ErrorCode


class ImportFailed(Exception):  # noqa: N818 - the name is the contract with the tools
    """The file as a whole cannot be imported; `details` fill the message template of `code`."""

    def __init__(self, code: ErrorCode, **details: object) -> None:
        self.code = code
        self.details = details
        super().__init__(f"{code.value}: {details}")


class BadRowError(Exception):
    """One row cannot be counted; `str` is the reason, in the customer's words."""
