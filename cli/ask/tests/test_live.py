import io
from dataclasses import replace
from pathlib import Path

import pytest
from rich.console import Console

from cli.ask.client import UploadedDataset
from cli.ask.errors import ClientError
from cli.ask.live import LiveView
from cli.ask.render import answer, duration, quantity
from cli.ask.tests.samples import QUESTION, completed, events
from cli.ask.upload import LogPiece

WIDTH = 80


def shown(*, terminal: bool = False) -> str:
    out = io.StringIO()
    view = LiveView(Console(file=out, width=WIDTH, force_terminal=terminal, highlight=False))
    view.uploading(Path("log.csv"), LogPiece(b"", 1, 2))
    view.dataset(UploadedDataset(dataset_id="d", name="log.csv", rows=19366, rejects=2))
    view.question(QUESTION)
    for event in events():
        view.event(event)
    view.outcome(completed())
    view.close()
    return out.getvalue()


def test_every_part_of_a_turn_is_shown() -> None:
    text = shown()
    for part in (
        "log.csv: 19,366 requests, 2 could not be used",
        "How do I cut this bill",
        "● Data",
        "· Adding up the cost of each request.",
        "→ total cost: find what was spent",
        "✓ $96.79 for 19,366 requests",
        "You spent $96.79 on gpt-4o in this log.",
        "saves $40.00 (41.3 %) · effort low · risk medium",
        "accepted in 8 ms · first event in 13 ms · done in 2.3 s · model cost $0.0012",
    ):
        assert part in text


def test_each_figure_names_the_tool_that_found_it() -> None:
    (line,) = [line for line in shown().splitlines() if "by data" in line]
    assert line.split() == ["$96.79", "total", "cost,", "by", "data"]


def test_no_line_is_wider_than_the_screen() -> None:
    assert max(len(line) for line in shown().splitlines()) <= WIDTH


def test_what_is_no_terminal_gets_no_control_codes() -> None:
    assert "\x1b" not in shown()
    assert "\x1b" in shown(terminal=True)


def test_a_table_of_many_columns_loses_nothing() -> None:
    columns = ["Change", "Saves", "Share of the bill", "Requests", "Effort", "Quality risk", "Confidence"]
    row = ["Move all requests from gpt-4o to gemini-2.5-flash-lite", 92.92, 96.0, 19366.0, "medium", "high", "medium"]
    units = [None, "usd", "pct", "requests", None, None, None]
    block = {
        "type": "table",
        "title": "Savings",
        "columns": columns,
        "units": units,
        "rows": [{"cells": row}],
        "source": 0,
    }
    out = io.StringIO()
    for part in answer({"text": "", "blocks": [block]}, {}):
        Console(file=out, width=WIDTH).print(part)
    words = out.getvalue().split()
    for word in " ".join([*columns, str(row[0]), "$92.92", "96.0", "19,366"]).split():
        assert word in words


def test_how_the_question_was_read_stands_before_the_answer_and_choices_after_it() -> None:
    reading = {"text": "Cost of `chat`, last week", "unread": ["quokka"], "chips": [], "question": "{}"}
    choices = [{"id": "a", "label": "Cost by model", "question": "{}"}]
    out = io.StringIO()
    for part in answer({"text": "Which one?", "reading": reading, "choices": choices}, {}):
        Console(file=out, width=WIDTH).print(part)
    lines = [line.strip() for line in out.getvalue().splitlines() if line.strip()]
    assert lines == ["Cost of chat, last week", "Not used: quokka", "Which one?", "1. Cost by model"]


def test_a_chart_that_compares_shows_what_was_before() -> None:
    block = {"type": "chart", "title": "Cost", "unit": "usd", "labels": ["chat"], "values": [4.0], "comparison": [3.0]}
    out = io.StringIO()
    for part in answer({"text": "", "blocks": [block]}, {}):
        Console(file=out, width=WIDTH).print(part)
    assert "$4.00 (before $3.00)" in out.getvalue()


def test_an_error_is_shown_with_its_support_id() -> None:
    out = io.StringIO()
    error = ClientError("answer_failed", "The answer could not be finished.", http_status=500, support_id="S-77")
    LiveView(Console(file=out, width=WIDTH)).outcome(replace(completed(), status="failed", answer=None, error=error))
    assert "The answer could not be finished. (support id S-77)" in out.getvalue()


@pytest.mark.parametrize(
    ("value", "unit", "words"),
    [
        (96.79, "usd", "$96.79"),
        (0.00123, "usd", "$0.0012"),
        (0.0, "usd", "$0.00"),
        (-1234.5, "usd", "-$1,234.50"),
        (12.34, "pct", "12.3 %"),
        (19366.0, "requests", "19,366 requests"),
        (1.25, "ms", "1.2 ms"),
        (7.0, "count", "7"),
    ],
)
def test_quantities_are_written_in_their_unit(value: float, unit: str, words: str) -> None:
    assert quantity(value, unit) == words


def test_durations_change_to_seconds() -> None:
    assert (duration(13.4), duration(2345.6)) == ("13 ms", "2.3 s")
