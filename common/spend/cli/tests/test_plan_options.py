"""Target and limits on the command line: the plan keeps them, and what cannot be meant is wrong use."""

import json
from pathlib import Path
from typing import Any

import pytest

from common.core.vocabulary import LEVELS
from common.spend.cli import main
from data import sample_path

LOG = (
    "timestamp,model,prompt_tokens,completion_tokens,feature,latency_ms\n"
    + "".join(f"2026-11-02T09:{minute:02}:00Z,gpt-4o,100000,1000,chat,900\n" for minute in range(3))
    + "".join(f"2026-11-02T10:{minute:02}:00Z,gpt-4o-mini,1000,100,chat,300\n" for minute in range(20))
)
"""20 requests on gpt-4o-mini: the least that prove a latency."""


@pytest.fixture
def log(tmp_path: Path) -> Path:
    path = tmp_path / "log.csv"
    path.write_text(LOG, encoding="utf-8")
    return path


def analyzed(capsys: pytest.CaptureFixture[str], path: Path, *arguments: str) -> dict[str, Any]:
    assert main(["analyze", str(path), "--json", *arguments]) == 0
    found: dict[str, Any] = json.loads(capsys.readouterr().out)
    return found


def test_the_document_has_every_opportunity_and_the_plan_that_meets_the_target(
    capsys: pytest.CaptureFixture[str],
) -> None:
    found = analyzed(capsys, sample_path(), "--target", "30%", "--growth", "30%", "--max-latency", "support-chat=800")
    plan, known = found["plan"], {item["id"]: item for item in found["opportunities"]}
    assert plan["target_met"]
    assert plan["savings_pct"] >= 30
    assert plan["savings_usd"] == pytest.approx(sum(step["savings_usd"] for step in plan["steps"]))
    assert plan["baseline_usd"] == pytest.approx(1.3 * plan["today_usd"])
    assert all(step["id"] in known for step in plan["steps"])
    for item in known.values():
        assert item["kind"]
        assert item["savings_usd"] > 0
        assert item["requests"] > 0
        assert item["input_tokens"] > 0 or item["kind"] in ("output_trimming", "reasoning_effort")
        assert item["low_usd"] <= item["savings_usd"] <= item["high_usd"]
        assert {item["risk"], item["confidence"], item["effort"]} <= set(LEVELS)
        assert item["risk"] != "low" or item["to_model"] is None


def test_what_is_excluded_and_too_much_effort_are_in_no_plan(capsys: pytest.CaptureFixture[str], log: Path) -> None:
    free = analyzed(capsys, log, "--target", "90")
    limits = ("--exclude-model", "gpt-4.1-nano", "--exclude-provider", "Vertex AI", "--max-effort", "low")
    kept = analyzed(capsys, log, "--target", "99.5%", *limits)
    assert free["plan"]["target_met"]
    models = [str(item["to_model"]) for item in kept["opportunities"]]
    assert models
    assert not [name for name in models if name == "gpt-4.1-nano" or name.startswith("gemini")]
    assert {step["effort"] for step in kept["plan"]["steps"]} == {"low"}
    assert not kept["plan"]["target_met"]
    assert "could be saved" in kept["plan"]["binding"] or "the data" in kept["plan"]["binding"]


def test_a_speed_is_proven_by_the_latencies_in_the_data_or_said_not_to_be(
    capsys: pytest.CaptureFixture[str], log: Path
) -> None:
    (proven,) = analyzed(capsys, log, "--faster", "2x")["plan"]["speeds"]
    assert (proven["feature"], proven["proven"], proven["missing"]) == ("chat", True, "")
    assert proven["after_ms"] <= proven["limit_ms"]
    (open_,) = analyzed(capsys, log, "--faster", "chat=4")["plan"]["speeds"]
    assert not open_["proven"]
    assert "on a sample of chat" in open_["missing"]


def test_a_contract_prices_both_sides_of_savings_and_plan(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, log: Path
) -> None:
    contract = tmp_path / "contract.json"
    contract.write_text('{"discounts": [{"provider": "openai", "percent": 50}]}', encoding="utf-8")
    listed, halved = analyzed(capsys, log), analyzed(capsys, log, "--contract", str(contract))
    assert halved["plan"]["baseline_usd"] == pytest.approx(listed["plan"]["baseline_usd"] / 2)
    known = {item["id"]: item["savings_usd"] for item in listed["opportunities"]}
    within = [item for item in halved["opportunities"] if item["to_model"] == "gpt-4.1-mini"]
    assert within
    assert all(item["savings_usd"] == pytest.approx(known[item["id"]] / 2) for item in within)


def test_the_report_shows_savings_and_the_plan_in_80_columns(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, log: Path
) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    assert main(["analyze", str(log), "--target", "99.9%", "--growth", "30%", "--faster", "2"]) == 0
    shown = capsys.readouterr().out
    heading = "Plan  99.9 % cheaper: out of reach"
    assert all(words in shown for words in ("Savings", heading, "gpt-4o-mini", "█", "What binds:", "growth", "p95"))
    assert max(map(len, shown[shown.index("Savings") :].splitlines())) <= 80


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("--target", "130%"), "above 0 and at most 100 %"),
        (("--target", "much"), "not a percentage such as 30%"),
        (("--growth=-100%",), "cannot shrink by 100 %"),
        (("--max-latency", "800"), "such as chat=800"),
        (("--max-latency", "chat=fast"), "such as chat=800"),
        (("--faster", "0.5"), "more than 1 times as fast"),
        (("--max-effort", "none"), "invalid choice"),
        (("--exclude-model", "gpt-99"), "no price is known for the model 'gpt-99'"),
        (("--exclude-provider", "nobody"), "no provider is known by the name 'nobody'"),
    ],
)
def test_what_cannot_be_meant_is_wrong_use(
    capsys: pytest.CaptureFixture[str], arguments: tuple[str, ...], words: str
) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["analyze", "log.csv", *arguments])
    assert ended.value.code == 2
    assert words in capsys.readouterr().err


def test_a_limit_on_a_feature_that_the_data_do_not_have_is_wrong_use_and_names_those_they_have(
    capsys: pytest.CaptureFixture[str], log: Path
) -> None:
    assert main(["analyze", str(log), "--max-latency", "chatt=800"]) == 2
    assert capsys.readouterr() == ("", "The data have no feature 'chatt'; they have: chat.\n")
