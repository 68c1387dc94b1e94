"""The view for people: events as they happen, then the answer. Append-only, with one moving line on a terminal."""

from pathlib import Path
from typing import Any

from rich.console import Console
from rich.progress import BarColumn, Progress, SpinnerColumn, TaskID, TextColumn, TimeElapsedColumn
from rich.rule import Rule
from rich.text import Text

from cli.ask.client import UploadedDataset
from cli.ask.errors import ClientError
from cli.ask.render import answer, duration, hanging, indented, quantity, spoken
from cli.ask.turn import Timings, TurnOutcome
from cli.ask.upload import LogPiece

_NAME = 30
"""Characters of a file name beside the upload's bar."""
_MARKS = {"completed": ("✓", "green"), "failed": ("✗", "red"), "cancelled": ("–", "yellow")}  # noqa: RUF001 - a dash


class LiveView:
    """Writes to `console`, with at most one moving line; holds what the current question needs."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._moving: Progress | None = None
        self._task: TaskID | None = None
        self._upload: Path | None = None
        self._tools: dict[int, str] = {}
        self._first_at = 0
        self._tool_reported = False
        """Whether a tool of the current agent has reported; the agent's own result would only repeat it."""

    def note(self, text: str) -> None:
        """A dim line that stays."""
        self._still()
        self._console.print(indented(Text(text, style="dim")))

    def working(self, text: str) -> None:
        """The moving line: a spinner, what it waits for and the elapsed time."""
        if self._moving is not None and self._task is not None:
            self._moving.update(self._task, description=text)
        else:
            self._spin(text)

    def uploading(self, path: Path, piece: LogPiece) -> None:
        """A bar over the file's bytes."""
        if self._upload != path:
            self._upload = path
            bar = Progress(
                _MARGIN,
                *_WORDS[:1],
                BarColumn(bar_width=18, complete_style="cyan", finished_style="cyan"),
                TextColumn("[progress.percentage]{task.percentage:>3.0f} %"),
                *_WORDS[1:],
                console=self._console,
                transient=True,
            )
            self._move(bar, f"Uploading {_short(path.name)}", piece.size)
        if self._moving is not None and self._task is not None:
            self._moving.update(self._task, completed=piece.position)

    def dataset(self, dataset: UploadedDataset) -> None:
        """One line: what was counted, and what was not."""
        self._still()
        rejects = f", {dataset.rejects:,} could not be used" if dataset.rejects else ""
        self._console.print(indented(hanging("✓", f"{dataset.name}: {dataset.rows:,} requests{rejects}", "", "green")))

    def question(self, text: str) -> None:
        """The question, and a spinner until the first event."""
        self._still()
        self._tools.clear()
        self._first_at = 0
        self._console.print()
        self._console.print(indented(hanging("?", text, "bold", "bold cyan")))
        self._spin("Sending")

    def event(self, event: dict[str, Any]) -> None:
        """An agent's activity, in the customer's words."""
        self._first_at = self._first_at or event["at"]
        show = {
            "agent_started": self._agent_started,
            "agent_thinking": self._agent_thinking,
            "tool_executing": self._tool_executing,
            "tool_completed": self._tool_completed,
            "agent_completed": self._agent_completed,
        }.get(event["type"])
        if show is not None:
            show(event)

    def outcome(self, outcome: TurnOutcome) -> None:
        """The answer with its sources, cost and timings."""
        self._still()
        self._console.print()
        if outcome.error is not None:
            self.error(outcome.error)
        elif outcome.answer is None:
            self._console.print(indented(Text("Stopped.", style="yellow")))
        else:
            self._console.print(Rule(style="dim", characters="─"))
            self._console.print()
            for part in answer(outcome.answer, self._tools):
                self._console.print(part)
        self._console.print()
        self._console.print(indented(Text(_closing(outcome), style="dim")))

    def error(self, error: ClientError) -> None:
        """The problem and what to do about it, with the support id if there is one."""
        self._still()
        support = f" (support id {error.support_id})" if error.support_id else ""
        self._console.print(indented(hanging("✗", f"{error.message}{support}", "", "red")))

    def close(self) -> None:
        """Remove the moving line."""
        self._still()

    def _agent_started(self, event: dict[str, Any]) -> None:
        self._tool_reported = False
        name = event["agent"].capitalize()
        since = duration(event["at"] - self._first_at)
        line = Text.assemble(("●", "cyan"), " ", (name, "bold"), (f"  +{since}", "dim"))
        self._still()
        self._console.print()
        self._console.print(indented(line))
        self._spin(f"{name} is at work")

    def _agent_thinking(self, event: dict[str, Any]) -> None:
        self._tell("·", event["thought"], "dim")

    def _tool_executing(self, event: dict[str, Any]) -> None:
        self._tell("→", f"{spoken(event['tool'])}: {event['purpose']}", "", "cyan")

    def _tool_completed(self, event: dict[str, Any]) -> None:
        self._tool_reported = True
        self._tools[event["seq"]] = f"{spoken(event['tool'])}, by {event['agent']}"
        mark, style = _MARKS[event["status"]]
        self._tell(mark, event["result_summary"], "", style)

    def _agent_completed(self, event: dict[str, Any]) -> None:
        if not event["final"] and not self._tool_reported:
            self._tell("✓", event["result"], "", "green")

    def _tell(self, mark: str, text: str, style: str, mark_style: str = "") -> None:
        self._console.print(indented(indented(hanging(mark, text, style, mark_style))))

    def _spin(self, what: str) -> None:
        self._move(
            Progress(_MARGIN, SpinnerColumn(style="cyan"), *_WORDS, console=self._console, transient=True), what, None
        )

    def _move(self, line: Progress, description: str, total: float | None) -> None:
        self._still()
        if not self._console.is_terminal:
            return
        self._moving = line
        self._task = line.add_task(description, total=total)
        line.start()

    def _still(self) -> None:
        if self._moving is not None:
            self._moving.stop()
        self._moving = self._task = self._upload = None


_MARGIN = TextColumn(" ")
_WORDS = (TextColumn("{task.description}", style="dim"), TimeElapsedColumn())


def _short(name: str) -> str:
    return name if len(name) <= _NAME else f"{name[: _NAME - 1]}…"


def _closing(outcome: TurnOutcome) -> str:
    cost = quantity((outcome.answer or {}).get("cost_usd", 0.0), "usd")
    parts = [f"{name} {duration(ms)}" for name, ms in _timings(outcome.timings) if ms is not None]
    return " · ".join([*parts, f"model cost {cost}"])


def _timings(timings: Timings) -> list[tuple[str, float | None]]:
    return [
        ("accepted in", timings.accepted_ms),
        ("first event in", timings.first_event_ms),
        ("done in", timings.completed_ms),
    ]
