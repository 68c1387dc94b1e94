"""The fuzz run can be repeated by its seed, and finds what takes too much."""

import random
import subprocess
import sys
from hashlib import sha256
from pathlib import Path

import pytest

from tests.campaigns.fuzz import player
from tests.campaigns.fuzz.__main__ import main, tell_failure
from tests.campaigns.fuzz.mutations import case

_CASES = 40


def test_a_seed_gives_the_same_cases_in_every_process() -> None:
    code = (
        "from hashlib import sha256; from tests.campaigns.fuzz.mutations import case\n"
        f"print(sha256(b''.join(case(3, n) for n in range({_CASES}))).hexdigest())"
    )
    output = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True).stdout  # noqa: S603
    assert output.strip() == sha256(b"".join(case(3, number) for number in range(_CASES))).hexdigest()
    assert case(3, 1) != case(4, 1)


def test_one_case_of_a_seed_can_be_played_again() -> None:
    assert main(["--seed", "7", "--case", "136"]) == 0


def _feed(data: bytes) -> None:
    """In many ways."""
    for seed in range(30):
        player.one(data, random.Random(seed))  # noqa: S311 - to be repeated, not to be secret


def test_a_case_that_takes_too_long_is_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    player.catch_slow()
    monkeypatch.setattr(player, "CASE_S", 0.01)
    with pytest.raises(player.TooSlowError):
        _feed(b"timestamp,model,prompt_tokens,completion_tokens\n" + b"2026-11-01,gpt-4o,1,1\n" * 20_000)


def test_a_case_that_takes_too_much_memory_is_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(player, "MEMORY", 0)
    with pytest.raises(MemoryError):
        _feed(b"timestamp,model\n" * 5_000_000)


def test_a_failure_tells_its_seed_and_keeps_its_input(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("tests.campaigns.fuzz.__main__.gettempdir", lambda: str(tmp_path))
    tell_failure(3, 5, -9)
    output = capsys.readouterr().err
    assert "Case 5 of seed 3 failed (ended by signal 9)" in output
    assert "python -m tests.campaigns.fuzz --seed 3 --case 5" in output
    (kept,) = tmp_path.iterdir()
    assert kept.read_bytes() == case(3, 5)
