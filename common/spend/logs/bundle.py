"""Several logs in one stream, as the page sends a folder or archive of session logs: one dataset, each request once.

Before each file comes a line: MARK and JSON with its `name` and its length in `bytes`; for a file whose name is that of
no log it has `"sent": false`, and no content follows. What is no log is named and left out, and so is a log without
request ids: what it shares with the others could not be known.
"""

import base64
import json
from collections import Counter
from collections.abc import Iterator
from typing import Any

from common.errors import SPECS, ErrorCode
from common.spend.logs.fields.errors import ImportFailed
from common.spend.logs.formats import format_named

MARK = b"\x1c"
"""ASCII's file separator: no text begins with it."""
_LONGEST_LINE = 4_096
_LONGEST_NAME = 200
_MOST_NAMED = 5
"""Files that are left out, by name."""
_LONGEST_REASON = 300
WITHOUT_IDS = "it has no request ids, so what it shares with other files is not known. Upload it by itself."

_NOT_SENT = "by its name it is no log of JSON, so it was not sent."

Piece = bytes | None
"""Of the content of a file; None: it is at its end."""


class Bundle:
    """What is known of the stream so far. `file` is the name of the file that is read, `refused`: it is no log."""

    def __init__(self, saved: dict[str, Any] | None = None) -> None:
        state = saved or {}
        self.file: str = state.get("file", "")
        self.refused: bool = state.get("refused", False)
        self._missing: int = state.get("missing", 0)
        """Bytes of the file that are still to come."""
        self._line = base64.b64decode(state.get("line", ""))
        self._files: int = state.get("files", 0)
        self._unread: list[list[str]] = state.get("unread", [])
        """The first ones: name, reason."""
        self._unread_count: int = state.get("unread_count", 0)
        self._others: Counter[str] = Counter(state.get("others", {}))

    def as_json(self) -> dict[str, Any]:
        """What the constructor takes."""
        return {
            "file": self.file,
            "refused": self.refused,
            "missing": self._missing,
            "line": base64.b64encode(self._line).decode(),
            "files": self._files,
            "unread": self._unread,
            "unread_count": self._unread_count,
            "others": dict(self._others),
        }

    def cut(self, data: bytes) -> Iterator[Piece]:
        """Take the stream apart; `file` says which file a piece is of. Raises ImportFailed for a broken stream."""
        while data:
            if not self._missing:
                data = self._begin(data)
                continue
            piece, data = data[: self._missing], data[self._missing :]
            self._missing -= len(piece)
            yield piece
            if not self._missing:
                yield None

    def _begin(self, data: bytes) -> bytes:
        """Take in the line before a file, or a part of it; returns what follows."""
        line, end, rest = data.partition(b"\n")
        self._line += line + end
        if len(self._line) > _LONGEST_LINE or not self._line.startswith(MARK):
            raise _broken("the line before a file is missing")
        if end:
            self.file, self._missing, is_sent = _header(self._line[1:])
            self._line, self.refused = b"", False
            self._files += 1
            if not is_sent:
                self.leave(ImportFailed(ErrorCode.UNREADABLE_FILE, reason=_NOT_SENT))
        return rest

    def check_format(self, name: str) -> None:
        """Raise ImportFailed for a format without request ids."""
        if not name or "request_id" not in format_named(name).labels:
            raise ImportFailed(ErrorCode.UNREADABLE_FILE, reason=WITHOUT_IDS)

    def leave(self, error: ImportFailed) -> None:
        """The rest of this file is not read."""
        self.refused = True
        self._unread_count += 1
        if len(self._unread) < _MOST_NAMED:
            reason = SPECS[error.code].message.format(**error.details)
            self._unread.append([self.file, reason[:_LONGEST_REASON]])

    def leave_records(self, format_name: str, count: int) -> None:
        """Records of a file that are no requests."""
        self._others[format_named(format_name).others] += count

    def check_end(self) -> None:
        """Raise ImportFailed where the stream ends within a file."""
        if self._missing or self._line:
            raise _broken(f"it ends within {self.file or 'its first line'}")

    def nothing(self) -> str:
        """Why there is no request in any file."""
        first = f" The first that is none is {': '.join(self._unread[0])}" if self._unread else ""
        return f"none of its {self._files:,} files holds a request.{first}"

    def notes(self) -> Iterator[str]:
        """Of the whole stream, at its end."""
        read = self._files - self._unread_count
        yield "1 file was read as one log." if read == 1 else f"{read:,} files were read as one log."
        for others, count in self._others.items():
            if count:
                records = "1 record was" if count == 1 else f"{count:,} records were"
                yield f"{records} left out: {others}."
        for name, reason in self._unread:
            yield f"{name} was left out: {reason}"
        if self._unread_count > len(self._unread):
            yield f"{self._unread_count - len(self._unread):,} more files were left out."


def _header(line: bytes) -> tuple[str, int, bool]:
    """Name, bytes, and whether the file was sent."""
    try:
        header = json.loads(line)
        return str(header["name"])[:_LONGEST_NAME], int(header["bytes"]), header.get("sent") is not False
    except (ValueError, KeyError, TypeError) as error:
        raise _broken("the line before a file is not of the form that is agreed") from error


def _broken(what: str) -> ImportFailed:
    return ImportFailed(ErrorCode.UNREADABLE_FILE, reason=f"it is a bundle of files, and {what}. Upload it again.")
