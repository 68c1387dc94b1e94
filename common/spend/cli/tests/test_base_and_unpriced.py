"""A saving stands beside what it is a share of, and a cost that is not known is nowhere 0."""

import json
import re
from pathlib import Path
from typing import Any

import pytest

from common.spend.cli import main

HEAD = "timestamp,model,prompt_tokens,completion_tokens,feature,status\n"
PRICED = "2026-11-01T10:00:00Z,gpt-4o,100000,1000,chat,ok\n"
"""0.25 and 0.01 USD."""
UNPRICED = "2026-11-02T10:00:00Z,acme-llm-7b,100000,1000,chat,{status}\n"


def _log(tmp_path: Path, *lines: str) -> Path:
    path = tmp_path / "log.csv"
    path.write_text(HEAD + "".join(lines), encoding="utf-8")
    return path


def _document(capsys: pytest.CaptureFixture[str], path: Path) -> dict[str, Any]:
    assert main(["analyze", str(path), "--json"]) == 0
    found: dict[str, Any] = json.loads(capsys.readouterr().out)
    return found


def test_each_saving_carries_what_it_is_a_share_of(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    path = _log(tmp_path, PRICED * 4, UNPRICED.format(status="ok"))
    found = _document(capsys, path)
    base = found["savings_base"]
    assert base["usd"] == pytest.approx(4 * 0.26)
    assert (base["requests"], base["unpriced_requests"]) == (4, 1)
    assert (base["first"], base["last"], base["scope"]) == ("2026-11-01", "2026-11-02", "all requests of the data")
    assert found["opportunities"]
    assert found["plan"]["steps"]
    for item in found["opportunities"]:
        assert item["base"] == base
        assert item["savings_pct"] == pytest.approx(100 * item["savings_usd"] / base["usd"])
        assert item["touched_usd"] == pytest.approx(4 * 0.26)
    assert [step["base"] for step in found["plan"]["steps"]] == [base] * len(found["plan"]["steps"])
    assert found["plan"]["base"] == base
    assert main(["analyze", str(path)]) == 0
    shown = " ".join(capsys.readouterr().out.split())
    words = "of 1.04 USD, the cost of 4 requests (all requests of the data, 2026-11-01 to 2026-11-02)"
    assert shown.count(words) == 2
    assert "1 more have no price" in shown


def test_a_condition_is_said_of_the_base(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    path = _log(tmp_path, PRICED * 4, PRICED.replace("chat", "search"))
    assert main(["analyze", str(path), "--json", "--where", "feature=chat"]) == 0
    base = json.loads(capsys.readouterr().out)["savings_base"]
    assert base["usd"] == pytest.approx(4 * 0.26)
    assert "conditions" in base["scope"]


def test_what_has_no_price_is_nowhere_zero(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    path = _log(tmp_path, *(UNPRICED.format(status=status) for status in ("ok", "timeout")))
    found = _document(capsys, path)
    assert (found["totals"]["cost_usd"], found["totals"]["failed_cost_usd"]) == (None, None)
    assert found["totals"]["unpriced_requests"] == 2
    for by in ("model", "feature", "day", "hour", "provider", "status"):
        assert {line["cost_usd"] for line in found[f"by_{by}"]} == {None}, by
    assert {found["plan"][name] for name in ("baseline_usd", "today_usd", "after_usd", "savings_usd")} == {None}
    assert found["savings_base"]["usd"] is None
    assert main(["analyze", str(path)]) == 0
    shown = capsys.readouterr().out
    assert not re.search(r"\b0(\.0+)? USD", shown)
    assert "Not priced" in shown


def test_fees_and_what_has_no_price_are_said(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    head = "timestamp,model,prompt_tokens,completion_tokens,input_audio_tokens,web_search_requests\n"
    path = tmp_path / "log.csv"
    path.write_text(head + "2026-11-01T10:00:00Z,gpt-4o,100000,1000,40000,3\n", encoding="utf-8")
    found = _document(capsys, path)
    assert found["totals"]["charges"] == [
        {"kind": "audio_input", "units": 40_000, "cost_usd": 0.0, "unpriced_units": 40_000},
        {"kind": "web_search", "units": 3, "cost_usd": 0.03, "unpriced_units": 0},
    ]
    assert found["totals"]["cost_usd"] == pytest.approx(0.15 + 0.01 + 0.03)
    assert main(["analyze", str(path)]) == 0
    shown = " ".join(capsys.readouterr().out.split())
    assert "0.0300 USD of it for 3 web searches." in shown or "0.030000 USD of it for 3 web searches." in shown
    assert "Not in these figures, as no price is known: 40,000 audio input tokens." in shown
