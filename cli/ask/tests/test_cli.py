import json
from pathlib import Path
from typing import Any

import pytest

from cli.ask.cli import main


def refused(argv: list[str], capsys: pytest.CaptureFixture[str]) -> dict[str, Any]:
    """The one line of a wrong use, which exits with 2 before anything is started."""
    assert main(["--json", *argv]) == 2
    (line,) = capsys.readouterr().out.splitlines()
    found: dict[str, Any] = json.loads(line)
    assert found["type"] == "error"
    assert found["http_status"] is None
    return found


def test_a_question_is_needed(capsys: pytest.CaptureFixture[str]) -> None:
    error = refused([], capsys)
    assert error["code"] == "wrong_use"
    assert "usage: python -m cli ask" in error["message"]


@pytest.mark.parametrize("argv", [["--env", "production", "q"], ["--colour", "q"], ["--user", "a b/c", "q"]])
def test_what_the_command_does_not_know_is_refused(argv: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert refused(argv, capsys)["code"] == "wrong_use"


def test_an_unreadable_file_is_refused_by_name(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    error = refused(["--usage", str(tmp_path / "absent.csv"), "q"], capsys)
    assert error["code"] == "unreadable_file"
    assert "absent.csv" in error["message"]


def test_a_question_that_is_not_utf8_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    assert refused([b"caf\xe9".decode(errors="surrogateescape")], capsys)["code"] == "not_utf8"


def test_people_get_the_same_error_in_words(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    assert main(["--usage", str(tmp_path), "q"]) == 2
    words = " ".join(capsys.readouterr().out.split())
    assert words.startswith("✗ The file cannot be read:")
    assert words.endswith("it is not a file.")
