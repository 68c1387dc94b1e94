"""The view for programs: every line of standard output is one JSON object."""

import json
from dataclasses import asdict
from pathlib import Path
from typing import Any, TextIO

from cli.ask.client import UploadedDataset
from cli.ask.errors import ClientError
from cli.ask.turn import TurnOutcome
from cli.ask.upload import LogPiece

_FIRST = ("type", "run_id", "seq", "agent")
_NO_ANSWER: dict[str, Any] = {
    "text": "",
    "reading": None,
    "choices": [],
    "blocks": [],
    "figures": [],
    "recommendations": [],
    "cost_usd": 0.0,
    "used": None,
}


class JsonLines:
    """Writes to `out`, flushing each line; what only people need goes to `notes`."""

    def __init__(self, out: TextIO, notes: TextIO) -> None:
        self._out = out
        self._notes = notes

    def note(self, text: str) -> None:
        """To the notes, as it is not a result."""
        self._notes.write(f"{text}\n")
        self._notes.flush()

    def working(self, text: str) -> None:
        """Progress is not a result."""

    def uploading(self, path: Path, piece: LogPiece) -> None:
        """Progress is not a result."""

    def dataset(self, dataset: UploadedDataset) -> None:
        """`{"type": "dataset", "dataset_id", "name", "rows", "rejects"}`."""
        self._write({"type": "dataset", **asdict(dataset)})

    def question(self, text: str) -> None:
        """The caller knows its questions."""

    def event(self, event: dict[str, Any]) -> None:
        """The event with all its fields, the identifying ones first (Firestore keeps no order)."""
        self._write({**{name: event[name] for name in _FIRST}, **event})

    def outcome(self, outcome: TurnOutcome) -> None:
        """The error, if the run failed, then `{"type": "answer", ...}` with the run's status."""
        if outcome.error is not None:
            self.error(outcome.error)
        self._write(
            {
                "type": "answer",
                "thread_id": outcome.thread_id,
                "run_id": outcome.run_id,
                "status": outcome.status,
                **{name: (outcome.answer or {}).get(name, empty) for name, empty in _NO_ANSWER.items()},
                "timings": asdict(outcome.timings),
            }
        )

    def error(self, error: ClientError) -> None:
        """`{"type": "error", "code", "message", "http_status", "support_id"}`."""
        self._write(
            {
                "type": "error",
                "code": error.code,
                "message": error.message,
                "http_status": error.http_status,
                "support_id": error.support_id,
            }
        )

    def close(self) -> None:
        """Every line has been written already."""

    def _write(self, line: dict[str, Any]) -> None:
        self._out.write(f"{json.dumps(line, ensure_ascii=False)}\n")
        self._out.flush()
