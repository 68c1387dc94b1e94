"""A folder or archive of logs is one source: each file by its own format, each request once, and no log unnamed."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pytest

from common.spend.cli.tests.test_command import HEADER, LOG, analyzed, run
from common.spend.tests.formats.fixtures import FIXTURES

_CLAUDE, _CODEX = FIXTURES["claude_code/claude_code.jsonl"], FIXTURES["codex/codex.jsonl"]
_FORK = FIXTURES["codex/codex_fork.jsonl"]
_REQUEST = "2026-11-{:02}T10:00:00Z,gpt-4o,1000,100,chat,ann\n"


def _as_zip(folder: Path) -> Path:
    packed = folder.with_suffix(".zip")
    with ZipFile(packed, "w") as archive:
        for path in sorted(folder.rglob("*")):
            archive.write(path, path.relative_to(folder))
    return packed


def _as_it_is(folder: Path) -> Path:
    return folder


_SHAPES = pytest.mark.parametrize("shape", [_as_it_is, _as_zip])
Shape = Callable[[Path], Path]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Sessions of two tools, at several depths, and what systems leave beside them."""
    root = tmp_path / "sessions"
    for name, source in {"b/claude.jsonl": _CLAUDE, "a/codex.jsonl": _CODEX, "a/deep/er/fork.jsonl": _FORK}.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(source, path)
    for name in (".DS_Store", "a/._codex.jsonl", "__MACOSX/codex.jsonl", "b/Thumbs.db", ".cache/log.csv"):
        (root / name).parent.mkdir(exist_ok=True)
        (root / name).write_bytes(b"\0junk")
    (root / "b" / "empty.jsonl").touch()
    return root


def _names(document: dict[str, Any]) -> list[str]:
    return [file["name"].split("/", 1)[1] for file in document["files"]]


@_SHAPES
def test_files_at_any_depth_are_read_in_the_order_of_their_paths_each_by_its_format(folder: Path, shape: Shape) -> None:
    found = analyzed(shape(folder))
    assert sorted(_names(found)) == ["a/codex.jsonl", "a/deep/er/fork.jsonl", "b/claude.jsonl"]
    assert (found["format"], found["unread"]) == (["codex", "claude_code"], [])
    assert (found["totals"]["requests"], found["rows"]) == (5, 5)
    assert found["totals"]["cost_usd"] == pytest.approx(0.0175 + 0.0061 + 0.01863)


def test_the_order_of_a_folder_is_that_of_its_paths(folder: Path) -> None:
    assert _names(analyzed(folder)) == ["a/codex.jsonl", "a/deep/er/fork.jsonl", "b/claude.jsonl"]


@_SHAPES
def test_a_request_that_several_files_have_counts_once(folder: Path, shape: Shape) -> None:
    shutil.copy(_CLAUDE, folder / "z.jsonl")
    found = analyzed(shape(folder))
    assert (found["totals"]["requests"], found["shared"]) == (5, 1)


def test_what_one_folder_has_is_not_counted_again_in_the_next(folder: Path, tmp_path: Path) -> None:
    shutil.copytree(folder, tmp_path / "copy")
    found = analyzed(folder, tmp_path / "copy")
    assert (found["totals"]["requests"], found["shared"]) == (5, 5)


@_SHAPES
def test_a_file_that_is_no_log_is_named_and_the_others_are_read(folder: Path, shape: Shape) -> None:
    (folder / "b" / "README.md").write_text("# How to\n", encoding="utf-8")
    source = shape(folder)
    found = analyzed(source)
    assert found["totals"]["requests"] == 5
    ((file, reason),) = [tuple(each.values()) for each in found["unread"]]
    assert file == f"{source.name}/b/README.md"
    assert "its columns are: # How to" in reason
    assert f"{source.name}/b/README.md was left out: The file is not a usage log" in run(source).stdout


def test_a_file_of_a_folder_that_is_damaged_is_named_and_counts_nothing(folder: Path) -> None:
    (folder / "cut.zip").write_bytes(b"PK\x03\x04" + bytes(4))
    (folder / "bad.parquet").write_bytes(b"PAR1" + bytes(100))
    (folder / "log.csv").write_text(LOG, encoding="utf-8")
    found = analyzed(folder)
    assert [each["file"] for each in found["unread"]] == ["sessions/bad.parquet", "sessions/cut.zip"]
    assert found["totals"]["requests"] == 6


@_SHAPES
def test_where_no_file_is_a_log_the_whole_is_refused(tmp_path: Path, shape: Shape) -> None:
    root = tmp_path / "notes"
    root.mkdir()
    for name in ("one.txt", "two.txt"):
        (root / name).write_text("nothing here\n", encoding="utf-8")
    done = run(shape(root))
    assert (done.returncode, done.stdout) == (1, "")
    assert f"none of the 2 files in {shape(root).name} is a usage log. The first" in done.stderr
    assert "one.txt" in done.stderr


def test_a_folder_without_files_is_refused(tmp_path: Path) -> None:
    (tmp_path / ".hidden").write_text(LOG, encoding="utf-8")
    done = run(tmp_path)
    assert (done.returncode, done.stdout) == (1, "")
    assert f"{tmp_path} is a folder without files" in done.stderr


def test_many_files_are_shown_together_with_each_kind_of_note_once(tmp_path: Path) -> None:
    for day in range(1, 9):
        lines = [HEADER, _REQUEST.format(day).strip(), *["not a time,gpt-4o,1,1,chat,ann"] * (day == 3)]
        (tmp_path / f"{day}.csv").write_text("\n".join(lines), encoding="utf-8")
        (tmp_path / f"{day}.txt").write_text("no log\n", encoding="utf-8")
    (tmp_path / "9.csv").write_text(HEADER + "\n" + _REQUEST.format(1) + _REQUEST.format(2), encoding="utf-8")
    out = run(tmp_path).stdout
    name = tmp_path.name
    assert f"{name}  9 files, generic: 10 rows, 1 rejected" in out
    assert f"{name}/3.csv, line 3: the timestamp 'not a time'" in out
    assert f"{name}/9.csv (and 1 more like it): 1 row of this file is in {name}/1.csv too" in out
    assert out.count("is counted once") == 1
    assert out.count("was left out: ") == 5
    assert "3 more files were left out; --json names them." in out
    assert len(json.loads(run(tmp_path, "--json").stdout)["unread"]) == 8


def test_rows_are_found_again_among_more_files_than_are_compared_one_by_one(tmp_path: Path) -> None:
    for number in range(70):
        row = _REQUEST.format(1 + number % 28).replace("gpt-4o", "gpt-5").replace("1000", str(number))
        (tmp_path / f"{number:02}.csv").write_text(HEADER + "\n" + row, encoding="utf-8")
    shutil.copy(tmp_path / "40.csv", tmp_path / "80.csv")
    shutil.copy(tmp_path / "05.csv", tmp_path / "81.csv")
    found = analyzed(tmp_path)
    assert (found["totals"]["requests"], found["shared"]) == (70, 2)
    shared = {file["name"].split("/")[1]: file["notes"] for file in found["files"] if file["shared"]}
    assert shared == {
        "80.csv": [f"1 row of this file is in {tmp_path.name}/40.csv too, and is counted once."],
        "81.csv": [f"1 row of this file is in {tmp_path.name}/05.csv too, and is counted once."],
    }
