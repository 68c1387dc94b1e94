import json
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from cli.ask.client import ApexClient
from emulators.platform.addresses import child_environment
from emulators.platform.api import Stack
from emulators.platform.layout import REPOSITORY
from tests.support.faults import clear_model_faults, inject_model_fault

LOG = "timestamp,model,input_tokens,output_tokens\n2026-05-01T10:00:00Z,gpt-4o,1000000,0\nbroken\n"
COMMAND = (sys.executable, "-m", "cli", "ask", "--env", "test")


def lines(output: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in output.splitlines()]


def run(*arguments: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(  # noqa: S603 - our own command
        [*COMMAND, *arguments],
        cwd=REPOSITORY,
        env=child_environment({}),
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=60,
        check=False,
    )


@pytest.fixture
def log(stack: Stack, tmp_path: Path) -> str:
    """A small usage log, for a stack that runs already."""
    path = tmp_path / "log.csv"
    path.write_text(LOG, encoding="utf-8")
    assert stack.chat_url
    return str(path)


def test_a_question_and_its_follow_up_are_answered_in_one_thread(log: str) -> None:
    done = run("--json", "--usage", log, "What did I spend?", "And by model?")
    assert done.returncode == 0, done.stderr
    found = lines(done.stdout)
    assert found[0]["type"] == "dataset"
    assert (found[0]["rows"], found[0]["rejects"]) == (1, 1)
    first, second = [line for line in found if line["type"] == "answer"]
    assert first["thread_id"] == second["thread_id"]
    assert "completed" == first["status"] == second["status"]
    for answer in (first, second):
        events = [line for line in found if line.get("run_id") == answer["run_id"] and "seq" in line]
        assert [event["seq"] for event in events] == list(range(len(events)))
    assert 2.5 in [figure["value"] for figure in first["figures"]]


def test_what_the_server_refuses_is_a_typed_error_with_its_status(log: str) -> None:
    done = run("--json", "--usage", log, " ")
    assert done.returncode == 1
    error = lines(done.stdout)[-1]
    assert (error["type"], error["code"], error["http_status"]) == ("error", "empty_message", 400)
    assert error["support_id"]


def test_an_unknown_thread_is_refused(stack: Stack) -> None:
    assert stack.chat_url
    done = run("--json", "--thread", "0" * 32, "Hello")
    assert done.returncode == 1
    error = lines(done.stdout)[-1]
    assert (error["code"], error["http_status"]) == ("thread_not_found", 404)


def test_people_see_the_turn_without_control_codes_where_there_is_no_terminal(log: str) -> None:
    done = run("--usage", log, "What did I spend?")
    assert done.returncode == 0, done.stderr
    assert "\x1b" not in done.stdout
    assert "2.50 USD" in done.stdout
    assert "Where the figures come from" in done.stdout


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no SIGINT for another process")
def test_an_interrupt_stops_the_run_and_exits_with_130(stack: Stack, log: str) -> None:
    question = "What did I spend, slowly?"
    inject_model_fault(stack, "slow", match=question, times=9, seconds=8)
    asking = subprocess.Popen(  # noqa: S603 - our own command
        [*COMMAND, "--json", "--user", "interrupter", "--usage", log, question],
        cwd=REPOSITORY,
        env=child_environment({}),
        stdout=subprocess.PIPE,
        text=True,
        encoding="utf-8",
    )
    assert asking.stdout is not None
    while json.loads(asking.stdout.readline())["type"] != "agent_started":
        pass
    asking.send_signal(signal.SIGINT)
    rest, _ = asking.communicate(timeout=30)
    clear_model_faults(stack, question)
    assert asking.returncode == 130
    assert lines(rest)[-1]["status"] == "cancelled"
    with ApexClient.sign_in_as(stack, "interrupter") as client:
        document = client.run(lines(rest)[-1]["run_id"])
    assert document is not None
    assert document["status"] == "cancelled"
