"""What a dataset's document lists is bounded, however many parts it came in."""

from common.datasets.chunk_commits import rejects_document, with_notes
from common.spend import Reject


def test_notes_are_kept_once_bounded_in_number_and_length() -> None:
    notes: list[str] = []
    for part in range(1_000):
        notes = with_notes(notes, ("Cached tokens are part of the input.", f"{part} rows repeated " + "x" * 2_000))
    assert notes[0] == "Cached tokens are part of the input."
    assert len(notes) == len(set(notes)) == 20
    assert max(map(len, notes)) == 500


def test_rejects_are_stored_with_line_and_reason() -> None:
    assert rejects_document([Reject(3, "no time")])["rejects"] == [{"line": 3, "reason": "no time"}]
