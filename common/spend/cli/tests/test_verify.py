"""`python -m common.spend verify`, as a person or a script runs it."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from common.spend.cli import main

HEADER = "timestamp,model,prompt_tokens,completion_tokens,feature"
SWAP = "right_sizing:chat:gpt-4o:gpt-4o-mini"


def log_of(path: Path, days: range, month: str, models: tuple[str, ...]) -> Path:
    """One row for each model on each day."""
    lines = [f"2026-{month}-{day:02}T10:00:0{n}Z,{m},1000,100,chat" for day in days for n, m in enumerate(models)]
    path.write_text("\n".join([HEADER, *lines, ""]), encoding="utf-8")
    return path


@pytest.fixture
def before(tmp_path: Path) -> Path:
    return log_of(tmp_path / "before.csv", range(1, 15), "11", ("gpt-4o", "gpt-4o"))


@pytest.fixture
def after(tmp_path: Path) -> Path:
    return log_of(tmp_path / "after.csv", range(14, 19), "11", ("gpt-4o", "gpt-4o-mini"))


def run(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    command = (sys.executable, "-m", "common.spend", "verify", *map(str, arguments))
    return subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603 - this interpreter


def test_one_json_object_holds_what_was_saved_since_and_no_day_of_the_first_log(before: Path, after: Path) -> None:
    done = run(before, after, "--accept", SWAP, "--json")
    found = json.loads(done.stdout)
    assert (done.returncode, done.stderr) == (0, "")
    assert found["skipped_days"] == ["2026-11-14"]
    assert found["totals"]["saved_usd"] == pytest.approx(4 * (1000 * 2.35 + 100 * 9.4) / 1e6)
    assert [row["day"] for row in found["rows"] if row["recommendation"] == SWAP] == [
        "2026-11-15", "2026-11-16", "2026-11-17", "2026-11-18",
    ]  # fmt: skip
    assert (found["verified"], found["accepted"][0]["accepted"]) == ([SWAP], "2026-11-14")


def test_the_report_fits_80_columns_and_looks_for_every_opportunity(before: Path, after: Path) -> None:
    done = run(before, after)
    assert (done.returncode, done.stderr) == (0, "")
    for words in ("before.csv", "0.013160 USD saved, measured", "right_sizing:chat:gpt-4o", "left no trace"):
        assert words in done.stdout
    assert max(map(len, done.stdout.splitlines()[4:])) <= 80


def test_requests_without_a_price_are_said_to_be_in_no_figure(before: Path, tmp_path: Path) -> None:
    later = log_of(tmp_path / "later.csv", range(15, 19), "11", ("gpt-4o-mini", "acme-llm-7b"))
    unpriced = later.read_text(encoding="utf-8").count("acme-llm-7b")
    found = json.loads(run(before, later, "--accept", SWAP, "--json").stdout)
    assert (found["before"]["unpriced_requests"], found["after"]["unpriced_requests"]) == (0, unpriced)
    words = f"{unpriced} requests of After have no price and are in no figure."
    assert words in " ".join(run(before, later, "--accept", SWAP).stdout.split())


def test_a_contract_prices_both_logs(
    before: Path, after: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    contract = tmp_path / "contract.json"
    contract.write_text('{"discounts": [{"model": "gpt-4o", "percent": 50}]}', encoding="utf-8")
    assert main(["verify", str(before), str(after), "--accept", SWAP, "--contract", str(contract), "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["totals"]["counterfactual_usd"] == pytest.approx(8 * (1000 * 1.25 + 100 * 5) / 1e6)
    assert "+contract-" in found["prices"]["version"]


def test_both_logs_are_read_as_the_options_say(before: Path, after: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for log in (before, after):
        log.write_text(log.read_text(encoding="utf-8").replace("prompt_tokens", "sent"), encoding="utf-8")
    assert main(["verify", str(before), str(after), "--accept", SWAP, "--map", "sent=input", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["verified"] == [SWAP]


def test_an_opportunity_that_is_not_there_and_a_missing_file_are_reported(
    before: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["verify", str(before), str(before), "--accept", "batch:other"]) == 1
    assert "no opportunity batch:other. It has" in capsys.readouterr().err
    assert main(["verify", str(before), str(tmp_path / "nowhere.csv")]) == 1
    assert "nowhere.csv" in capsys.readouterr().err
