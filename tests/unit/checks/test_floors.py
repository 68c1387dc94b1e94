"""`.importlinter` against a copy of the code in which imports are planted."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from emulators.platform.layout import REPOSITORY

PACKAGES = ("cli", "common", "data", "emulators", "functions", "tests")
PLANTED = [
    ("common.store.paths", "common.runs.state"),
    ("common.core.clock", "common.store.paths"),
    ("common.runs.ids", "common.datasets.datasets"),
    ("common.spend.model", "common.spend.prices.book"),
    ("common.spend.logs.formats.accessors", "common.spend.logs.rows.prefixes"),
    ("common.runs.tests.test_budgets", "common.assistant.tool"),
    ("common.core.user", "tests.support.documents"),
    ("functions.chat.app", "functions.usage.app"),
    ("emulators.model.decision", "common.runs.state"),
]
"""Arrows up, and imports between rooms of one floor: (from, to)."""


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> str:
    """What the linter says of this project's code with all that is planted, on one line."""
    tree = tmp_path_factory.mktemp("house")
    shutil.copy(REPOSITORY / ".importlinter", tree)
    for package in PACKAGES:
        shutil.copytree(REPOSITORY / package, tree / package, ignore=lambda _, names: _no_code(names))
    for source, target in PLANTED:
        with (tree / f"{source.replace('.', '/')}.py").open("a", encoding="utf-8") as file:
            file.write(f"\nimport {target}\n")
    (tree / "common" / "new_room.py").write_text("", encoding="utf-8")
    linter = Path(sys.executable).with_name("lint-imports")
    done = subprocess.run([linter, "--no-cache"], cwd=tree, capture_output=True, text=True, check=False)  # noqa: S603 - our own tool
    assert done.returncode == 1, done.stderr
    return " ".join(done.stdout.split())


def _no_code(names: list[str]) -> list[str]:
    return [name for name in names if "." in name and not name.endswith(".py")]


@pytest.mark.parametrize(("source", "target"), PLANTED, ids=[f"{source}->{target}" for source, target in PLANTED])
def test_an_arrow_up_and_a_sibling_are_refused(report: str, source: str, target: str) -> None:
    assert f"{source} -> {target} (l." in report


def test_a_room_that_no_floor_names_is_refused(report: str) -> None:
    assert "common.new_room" in report
