"""The logs that were read, for people."""

from rich.console import Console
from rich.markup import escape

from common.spend.cli.log_sources import LogSource, sources_of
from common.spend.cli.read_files import LogFindings

_REJECTS_SHOWN = 5


def show_files(console: Console, findings: LogFindings) -> None:
    """Each log, folder or archive with its notes."""
    for source in sources_of(findings):
        _show(console, source)


def _show(console: Console, source: LogSource) -> None:
    rejected = f", {source.rejected:,} rejected" if source.rejected else ""
    rows = "1 row" if source.rows == 1 else f"{source.rows:,} rows"
    files = f"{source.files:,} files, " if source.files > 1 else ""
    formats = ", ".join(source.formats)
    console.print(f"[bold]{escape(source.name)}[/]  {files}{formats}: {rows}{rejected}", soft_wrap=True)
    for note in source.notes:
        place = "" if source.files == 1 else f"{note.place}: "
        console.print(f"  {escape(place + note.text)}", style="dim", soft_wrap=True)
    for text in source.unread:
        console.print(f"  {escape(text)}", style="yellow", soft_wrap=True)
    for place, reject in source.rejects[:_REJECTS_SHOWN]:
        within = "" if source.files == 1 else f"{place}, "
        text = f"  {within}line {reject.line}: {reject.reason}"
        console.print(text, style="yellow", markup=False, soft_wrap=True)
    if source.rejected > _REJECTS_SHOWN:
        console.print(f"  ... and {source.rejected - _REJECTS_SHOWN:,} more", style="yellow")
