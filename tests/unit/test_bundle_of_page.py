"""What the page makes of an archive of session logs is what the importer reads."""

from pathlib import Path

from common.spend.tests.builders import imported

_BUNDLE = Path(__file__).parents[2] / "frontend" / "src" / "data" / "fixtures" / "sessions.bundle"


def test_the_stream_that_the_page_sends_for_an_archive_is_read_file_by_file() -> None:
    batch = imported(_BUNDLE.read_bytes())
    assert (batch.rows, batch.rejected) == (3, 0)
    assert "2 files were read as one log." in batch.notes
    assert any(note.startswith("README.md was left out") for note in batch.notes)
