import io
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from cli.ask.client import UploadedDataset
from cli.ask.errors import ClientError
from cli.ask.json_lines import JsonLines
from cli.ask.tests.samples import QUESTION, RUN, completed, events
from cli.ask.upload import LogPiece


@pytest.fixture
def out() -> io.StringIO:
    return io.StringIO()


@pytest.fixture
def view(out: io.StringIO) -> JsonLines:
    return JsonLines(out, notes=io.StringIO())


def lines(out: io.StringIO) -> list[dict[str, Any]]:
    return [json.loads(line) for line in out.getvalue().splitlines()]


def test_only_results_are_lines(view: JsonLines, out: io.StringIO) -> None:
    view.note("Starting Apex")
    view.working("3 of 8 services are ready")
    view.uploading(Path("log.csv"), LogPiece(b"", 1, 1))
    view.question(QUESTION)
    view.close()
    assert out.getvalue() == ""


def test_a_data_set_says_how_many_rows_were_taken_and_refused(view: JsonLines, out: io.StringIO) -> None:
    view.dataset(UploadedDataset(dataset_id="d", name="kosten-für-märz.csv", rows=19366, rejects=2))
    assert lines(out) == [
        {"type": "dataset", "dataset_id": "d", "name": "kosten-für-märz.csv", "rows": 19366, "rejects": 2}
    ]


def test_events_keep_all_their_fields(view: JsonLines, out: io.StringIO) -> None:
    for event in events():
        view.event(event)
    assert lines(out) == events()


def test_an_answer_has_the_fields_of_the_contract(view: JsonLines, out: io.StringIO) -> None:
    view.outcome(completed())
    (line,) = lines(out)
    assert list(line) == [
        *("type", "thread_id", "run_id", "status", "text", "reading", "choices", "blocks", "figures"),
        *("recommendations", "cost_usd", "used", "timings"),
    ]
    assert (line["type"], line["run_id"], line["status"]) == ("answer", RUN, "completed")
    assert line["figures"] == [{"text": "$96.79", "value": 96.79, "unit": "usd", "source": 3}]
    assert line["timings"] == {"accepted_ms": 8.1, "first_event_ms": 13.4, "completed_ms": 2345.6}


def test_a_failed_run_gives_its_error_and_an_answer_line_with_its_status(view: JsonLines, out: io.StringIO) -> None:
    error = ClientError("model_unavailable", "Ask again.", http_status=503, support_id="S-1")
    view.outcome(replace(completed(), status="failed", answer=None, error=error))
    first, second = lines(out)
    assert first == {
        "type": "error",
        "code": "model_unavailable",
        "message": "Ask again.",
        "http_status": 503,
        "support_id": "S-1",
    }
    assert (second["type"], second["status"], second["text"], second["figures"]) == ("answer", "failed", "", [])
