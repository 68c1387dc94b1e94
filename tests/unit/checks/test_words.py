from pathlib import Path

import pytest

from tests.checks.words import hits, retired


def retired_in(tree: Path, path: str, text: str) -> list[str]:
    """The retired words of one file in an otherwise empty project."""
    file = tree / path
    file.parent.mkdir(parents=True)
    file.write_text(text, encoding="utf-8")
    return [hit.word for hit in hits(tree, retired())]


@pytest.mark.parametrize(
    ("path", "text", "word"),
    [
        ("common/a.py", "told = 1\n", "told"),
        ("common/a.py", "def read(rows_told):\n    return rows_told\n", "rows_told"),
        ("common/a.py", "for letter in 'abc':\n    print(letter)\n", "letter"),
        ("frontend/src/chat/a.ts", "const sendAnew = 1;\n", "sendAnew"),
        ("frontend/src/ui/A.tsx", "export function A() { return <b>{told}</b>; }\n", "told"),
    ],
)
def test_a_retired_word_is_found_in_every_name(tmp_path: Path, path: str, text: str, word: str) -> None:
    assert word in retired_in(tmp_path, path, text)


@pytest.mark.parametrize(
    "text",
    ["class Parsed:\n    pass\n", "def found():\n    pass\n", "def f(asked):\n    pass\n", "class A:\n    kept: int\n"],
)
def test_a_participle_names_nothing_that_is_declared(tmp_path: Path, text: str) -> None:
    assert len(retired_in(tmp_path, "common/a.py", text)) == 1


def test_a_module_is_named_by_a_noun(tmp_path: Path) -> None:
    assert retired_in(tmp_path, "common/told.py", "") == ["told"]


@pytest.mark.parametrize(
    ("path", "text", "word"),
    [
        ("common/a.py", "# it needs not come again\n", "needs not"),
        ("common/a.py", '"""A row\nof no use."""\n', "of no use"),
        ("docs/a.md", "The data\nset is deleted.\n", "data\nset"),
        ("frontend/src/ui/a.ts", "/** What the reader is told. */\n", "is told"),
    ],
)
def test_house_dialect_is_found_in_prose_though_a_line_ends_in_it(
    tmp_path: Path, path: str, text: str, word: str
) -> None:
    assert retired_in(tmp_path, path, text) == [word]


@pytest.mark.parametrize(
    "text",
    ["dead_letters = 1\n", "DATA_GONE = 'data_gone'\n", "def f():\n    found = 1\n    return found\n", "toldya = 1\n"],
)
def test_words_of_the_field_and_short_lived_names_stay(tmp_path: Path, text: str) -> None:
    assert retired_in(tmp_path, "common/a.py", text) == []


def test_a_hit_tells_its_line_and_what_to_say(tmp_path: Path) -> None:
    (tmp_path / "common").mkdir()
    (tmp_path / "common" / "a.py").write_text("a = 1\n# one\n# it is gone on with\n", encoding="utf-8")
    (hit,) = hits(tmp_path, retired())
    assert str(hit) == "common/a.py:3: 'gone on with' is retired; say resumed"
