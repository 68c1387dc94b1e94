"""What the `ask` command shows, in two forms: JSON lines for programs, a live view for people."""

from pathlib import Path
from typing import Any, Protocol

from cli.ask.client import UploadedDataset
from cli.ask.errors import ClientError
from cli.ask.turn import TurnOutcome
from cli.ask.upload import LogPiece


class View(Protocol):
    """Called in the order of events, from one thread."""

    def note(self, text: str) -> None:
        """Information for a person."""

    def working(self, text: str) -> None:
        """What the client waits for; called several times a second while there is something left to do."""

    def uploading(self, path: Path, piece: LogPiece) -> None:
        """The server accepted a piece of a file."""

    def dataset(self, dataset: UploadedDataset) -> None:
        """A dataset is ready."""

    def question(self, text: str) -> None:
        """A question is about to be posted."""

    def event(self, event: dict[str, Any]) -> None:
        """An event of the run, as it arrived."""

    def outcome(self, outcome: TurnOutcome) -> None:
        """The run ended; an answer, or why there is none."""

    def error(self, error: ClientError) -> None:
        """Something was refused or failed."""

    def close(self) -> None:
        """Nothing more comes."""
