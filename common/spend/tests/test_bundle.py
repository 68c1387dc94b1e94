"""Several logs in one stream: each by its own format, each request once, what is no log named."""

import json
from collections.abc import Iterable

import pytest

from common.errors import ErrorCode
from common.spend import ImportBatch, Importer, ImportFailed, Rollup
from common.spend.logs.bundle import MARK, WITHOUT_IDS
from common.spend.logs.detect.discover import SNIFF
from common.spend.tests.builders import imported
from common.spend.tests.formats.fixtures import fixture

_CLAUDE, _CODEX = fixture("claude_code/claude_code.jsonl"), fixture("codex/codex.jsonl")
_FORK = fixture("codex/codex_fork.jsonl")
_FILES = {"p/a.jsonl": _CLAUDE, "s/parent.jsonl": _CODEX, "s/fork.jsonl": _FORK}


def _bundle(files: Iterable[tuple[str, bytes]]) -> bytes:
    headers = ((json.dumps({"name": name, "bytes": len(content)}).encode(), content) for name, content in files)
    return b"".join(MARK + header + b"\n" + content for header, content in headers)


def _in_pieces(data: bytes, size: int) -> tuple[Rollup, int, list[str]]:
    """The rollup, records left out, and notes, where each piece is read by another process."""
    importer, rollup, left_out = Importer(), Rollup(), 0
    notes: list[str] = []
    for start in range(0, len(data), size):
        importer.feed(data[start : start + size])
        batch = importer.take()
        rollup, left_out = rollup.merge(batch.rollup), left_out + batch.left_out
        notes += batch.notes
        importer = Importer(state=importer.state())
    importer.finish()
    batch = importer.take()
    return rollup.merge(batch.rollup), left_out + batch.left_out, list(dict.fromkeys([*notes, *batch.notes]))


def _alone(*logs: bytes) -> Rollup:
    batches: list[ImportBatch] = [imported(log) for log in logs]
    rollup = Rollup()
    for batch in batches:
        rollup = rollup.merge(batch.rollup)
    return rollup


def test_each_file_is_read_by_its_own_format() -> None:
    batch = imported(_bundle(_FILES.items()))
    assert list(batch.rollup.records()) == list(_alone(*_FILES.values()).records())
    assert (batch.rows, batch.rejected) == (5, 0)
    assert batch.notes[:2] == ("Read as: Claude Code session log.", "Read as: Codex CLI session log.")
    assert "3 files were read as one log." in batch.notes
    assert "21 records were left out" in " ".join(batch.notes)


@pytest.mark.parametrize("size", [1, 700, 4_444])
def test_where_the_stream_is_cut_changes_nothing(size: int) -> None:
    data = _bundle(_FILES.items())
    whole = imported(data)
    rollup, left_out, notes = _in_pieces(data, size)
    assert list(rollup.records()) == list(whole.rollup.records())
    assert left_out == whole.left_out
    assert set(notes) == set(whole.notes)


def test_long_files_are_read_on_where_a_batch_ended() -> None:
    long = _CLAUDE + b"\n" * 3 * SNIFF + _CLAUDE.replace(b"msg_1", b"msg_2")
    data = _bundle([("long.jsonl", long), ("b.jsonl", _CODEX)])
    rollup, left_out, notes = _in_pieces(data, 10_000)
    assert list(rollup.records()) == list(_alone(long, _CODEX).records())
    assert left_out == imported(data).left_out
    assert [note for note in notes if "lines that are no answers" in note] == [
        "4 records were left out: lines that are no answers of a model (questions, tool results, summaries)."
    ]


def test_a_file_that_is_no_log_is_named_once_however_long_it_is() -> None:
    data = _bundle([("odd", b"# Notes\n" + b"and more\n" * 40_000), ("a.jsonl", _CLAUDE)])
    notes = _in_pieces(data, 100_000)[2]
    assert len([note for note in notes if "odd was left out" in note]) == 1
    assert "1 file was read as one log." in notes


def test_a_request_that_several_files_have_counts_once() -> None:
    batch = imported(_bundle([*_FILES.items(), ("copy.jsonl", _CLAUDE), ("copy2.jsonl", _CODEX)]))
    assert list(batch.rollup.records()) == list(_alone(*_FILES.values()).records())
    assert batch.rows == 5


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"# Notes\n", "its columns are: # Notes"),
        (b"\x89PNG\r\n\x00\x1c{\n\x1c{}\n", "it is a picture (PNG)"),
        (b"timestamp,model,prompt_tokens,completion_tokens\n2026-11-01T10:00:00Z,gpt-4o,9,9\n", WITHOUT_IDS),
        (fixture("codex/codex_exec.jsonl"), "does not say which model was used"),
        (fixture("cursor/cursor.csv"), WITHOUT_IDS),
    ],
)
def test_a_file_that_cannot_be_one_of_several_is_named_and_the_others_are_read(content: bytes, words: str) -> None:
    batch = imported(_bundle([("p/a.jsonl", _CLAUDE), ("odd", content + b" " * SNIFF), ("s/b.jsonl", _CODEX)]))
    assert list(batch.rollup.records()) == list(_alone(_CLAUDE, _CODEX).records())
    (note,) = [each for each in batch.notes if each.startswith("odd was left out: ")]
    assert words in note
    assert "2 files were read as one log." in batch.notes


def test_of_many_files_that_are_no_logs_the_first_ones_are_named() -> None:
    batch = imported(_bundle([("a.jsonl", _CLAUDE), *((f"{n}.txt", b"hello\n") for n in range(12))]))
    assert sum("was left out: The file is not" in note for note in batch.notes) == 5
    assert "7 more files were left out." in batch.notes


def test_files_that_were_not_sent_are_named() -> None:
    batch = imported(_bundle([("a.jsonl", _CLAUDE)]) + MARK + b'{"name": "logo.png", "bytes": 0, "sent": false}\n')
    assert any(note.startswith("logo.png was left out: ") and "was not sent" in note for note in batch.notes)
    assert "1 file was read as one log." in batch.notes


def test_rejected_rows_are_named_with_their_file() -> None:
    batch = imported(_bundle([("a.jsonl", _CLAUDE), ("s/b.jsonl", _CODEX + b'{"broken\n')]))
    (reject,) = batch.rejects
    assert reject.reason.startswith("in s/b.jsonl: the line is not valid JSON")


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (_bundle([("a.jsonl", _CLAUDE)])[:-1], "it ends within a.jsonl"),
        (_bundle([("a.jsonl", _CLAUDE)]) + b"no mark\n", "the line before a file is missing"),
        (MARK + b'{"name": "a"}\n', "not of the form that is agreed"),
        (MARK + b"x" * 5_000, "the line before a file is missing"),
    ],
)
def test_a_broken_stream_is_refused(data: bytes, words: str) -> None:
    with pytest.raises(ImportFailed) as failed:
        imported(data)
    assert failed.value.code is ErrorCode.UNREADABLE_FILE
    assert words in str(failed.value.details["reason"])


def test_where_no_file_holds_a_request_the_reason_is_said() -> None:
    with pytest.raises(ImportFailed) as failed:
        imported(_bundle([("one.txt", b"hello\n"), ("two.txt", b"hello\n")]))
    assert failed.value.code is ErrorCode.NO_USABLE_ROWS
    assert "none of its 2 files holds a request. The first that is none is one.txt: " in str(failed.value.details)
