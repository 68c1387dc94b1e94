"""What the docs say of the repository: the files and folders that they name exist."""

import re
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).parents[2]
PAGES = sorted([REPOSITORY / "README.md", REPOSITORY / "data/README.md", *(REPOSITORY / "docs").rglob("*.md")])
_PATH = re.compile(r"`((?:cli|common|data|docs|emulators|frontend|functions|tests)/[\w./-]+)`")
_LINK = re.compile(r"\]\((?!https?:)([^)#]+)")


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_file_and_folder_that_a_page_names_exists(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    named = [REPOSITORY / path for path in _PATH.findall(text)]
    linked = [page.parent / link for link in _LINK.findall(text)]
    assert [str(path) for path in [*named, *linked] if not path.exists()] == []


def test_every_term_of_the_glossary_says_where_it_is_in_the_code() -> None:
    rows = [line for line in (REPOSITORY / "docs/glossary.md").read_text(encoding="utf-8").splitlines() if "|" in line]
    terms = [row for row in rows if not row.startswith(("| term", "|---"))]
    assert len(terms) > 40
    assert [row for row in terms if len(_PATH.findall(row)) != 1] == []
