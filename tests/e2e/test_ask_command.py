"""`python -m cli ask --json`: the contract that scripts and smoke tests rely on."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from common.contract.events import AGENT_ORDER
from data import sample_path
from tests.support.invariants import check_run

REPOSITORY = Path(__file__).parents[2]
TWO_DAYS = "timestamp,input_tokens,output_tokens\n" + "".join(
    f"2026-11-0{1 + n % 2}T10:{n:02}:00Z,{1000 + n},{100 + n}\n" for n in range(50)
)


def run_ask(*arguments: str) -> tuple[int, list[dict[str, Any]]]:
    """Exit code and JSON lines of the command."""
    done = subprocess.run(  # noqa: S603 - this interpreter, and arguments from the tests
        [sys.executable, "-m", "cli", "ask", "--json", "--env", "test", *arguments],
        cwd=REPOSITORY,
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=100,
        check=False,
    )
    return done.returncode, [json.loads(line) for line in done.stdout.splitlines()]


@pytest.mark.usefixtures("stack")
def test_one_question_on_a_log_without_models_gives_data_set_events_and_answer(tmp_path: Path) -> None:
    log = tmp_path / "log.csv"
    log.write_text(TWO_DAYS, encoding="utf-8")
    code, lines = run_ask("--usage", str(log), "--model", "gpt-4o", "What did I spend?")
    assert code == 0
    dataset, *events, answer = lines
    assert (dataset["type"], dataset["rows"], dataset["rejects"]) == ("dataset", 50, 0)
    check_run(events)
    assert answer["type"] == "answer"
    assert answer["status"] == "completed"
    expected = sum((1000 + n) * 2.5e-6 + (100 + n) * 10e-6 for n in range(50))
    assert pytest.approx(expected, abs=1e-9) in [figure["value"] for figure in answer["figures"]]
    assert set(answer["timings"]) == {"accepted_ms", "first_event_ms", "completed_ms"}


@pytest.mark.usefixtures("stack")
def test_the_sample_data_answer_and_a_follow_up_knows_the_answer_before() -> None:
    code, lines = run_ask("--usage", str(sample_path()), "How do I cut this bill by 20 %?", "Plan the first one.")
    assert code == 0
    answers = [line for line in lines if line["type"] == "answer"]
    assert len(answers) == 2
    assert answers[0]["thread_id"] == answers[1]["thread_id"]
    started = [line["agent"] for line in lines if line["type"] == "agent_started"]
    assert started == [*AGENT_ORDER, *AGENT_ORDER]
    first = answers[0]["recommendations"][0]
    assert [item["kind"] for item in answers[1]["recommendations"]] == [first["kind"]]


@pytest.mark.usefixtures("stack")
def test_a_log_that_names_no_model_is_refused_with_how_to_go_on(tmp_path: Path) -> None:
    log = tmp_path / "log.csv"
    log.write_text(TWO_DAYS, encoding="utf-8")
    code, lines = run_ask("--usage", str(log), "What did I spend?")
    assert code == 1
    assert (lines[-1]["type"], lines[-1]["code"], lines[-1]["http_status"]) == ("error", "model_needed", 422)
    assert lines[-1]["support_id"]


@pytest.mark.usefixtures("stack")
def test_wrong_use_exits_with_2_and_sends_nothing(tmp_path: Path) -> None:
    code, lines = run_ask("--usage", str(tmp_path / "missing.csv"), "What did I spend?")
    assert code == 2
    assert [line["type"] for line in lines] == ["error"]


@pytest.mark.usefixtures("stack")
def test_small_talk_is_answered_by_triage_alone() -> None:
    code, lines = run_ask("Hello!")
    assert code == 0
    assert [line["agent"] for line in lines if line["type"] == "agent_started"] == ["triage"]


@pytest.mark.usefixtures("stack")
def test_a_question_on_spend_without_data_is_answered_with_the_export_to_get() -> None:
    code, lines = run_ask("How do I cut my OpenAI bill by 30 %?")
    assert code == 0
    assert [line["agent"] for line in lines if line["type"] == "agent_started"] == ["triage", "data"]
    assert "export" in lines[-1]["text"].lower()
    assert "OpenAI" in lines[-1]["text"]
