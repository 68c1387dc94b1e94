"""`analyze --evaluation FILE`: what the customer evaluated decides on swaps."""

import json
from pathlib import Path

import pytest

from common.spend.cli.main import main

LOG = "timestamp,model,prompt_tokens,completion_tokens,feature\n" + "".join(
    f"2026-11-{day:02}T10:00:00Z,gpt-4o,100000,10000,tickets\n" for day in range(1, 20)
)
SWAP = "right_sizing:tickets:gpt-4o:gpt-4o-mini"


@pytest.fixture
def files(tmp_path: Path) -> tuple[str, str]:
    """A log, and an evaluation in which the smaller model fails at one prompt in three."""
    log, evaluation = tmp_path / "log.csv", tmp_path / "judged.csv"
    log.write_text(LOG, encoding="utf-8")
    lines = ["true,true"] * 200 + ["true,false"] * 100
    evaluation.write_text("\n".join(["gpt-4o,gpt-4o-mini", *lines]), encoding="utf-8")
    return str(log), str(evaluation)


def test_a_refuted_swap_is_reported_and_not_planned(files: tuple[str, str], capsys: pytest.CaptureFixture[str]) -> None:
    log, evaluation = files
    assert main(["analyze", log, "--target", "90%", "--json"]) == 0
    before = json.loads(capsys.readouterr().out)
    assert main(["analyze", log, "--target", "90%", "--evaluation", evaluation, "--json"]) == 0
    after = json.loads(capsys.readouterr().out)
    assert after["evaluations"] == [{"name": "judged.csv", "models": ["gpt-4o", "gpt-4o-mini"], "prompts": 300}]
    verdicts = [{item["id"]: item["quality"] for item in found["opportunities"]}[SWAP] for found in (before, after)]
    assert verdicts == ["needs_evaluation", "against"]
    assert SWAP not in {step["id"] for step in after["plan"]["steps"]}


def test_the_report_says_why_it_is_not_advisable(files: tuple[str, str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["analyze", files[0], "--evaluation", files[1]]) == 0
    report = " ".join(capsys.readouterr().out.split())
    assert "Not advisable: Move tickets from gpt-4o to gpt-4o-mini." in report
    assert "gpt-4o has 100.0 % right and gpt-4o-mini 66.7 %" in report


def test_an_evaluation_that_cannot_be_read_is_refused(
    files: tuple[str, str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["analyze", files[0], "--evaluation", files[0]]) == 1
    assert "no columns of two known models" in capsys.readouterr().err
