from pathlib import Path

import pytest

from tests.checks.structure import arrows_up, circles, main, measures, page_arrows, python_arrows, rooms

REPOSITORY = Path(__file__).parents[3]


def test_the_arrows_up_are_the_fewest_that_open_every_circle() -> None:
    ring = {"a": {"b"}, "b": {"c"}, "c": {"a"}}
    assert (len(circles(ring)), arrows_up(ring)) == (1, 1)
    assert arrows_up({**ring, "b": {"c", "a"}}) == 1
    assert arrows_up({"a": {"b", "c"}, "b": {"a", "c"}, "c": {"a", "b"}}) == 3
    assert arrows_up({"a": {"b"}, "b": {"a"}, "c": {"d"}, "d": {"c"}}) == 2
    assert arrows_up({"a": {"b", "c"}, "b": {"c"}, "c": set()}) == 0


def test_a_module_beside_rooms_is_a_room_of_its_own() -> None:
    arrows = {"p.model": {"p.low.x"}, "p.low.x": {"p.low.y"}, "p.low.y": set()}
    assert rooms(arrows, ".") == {"p.model": {"p.low"}, "p.low": set()}


def test_imports_of_python_are_arrows_also_those_on_use(tmp_path: Path) -> None:
    for path, text in (
        ("common/low/a.py", "def f():\n    from common.high import b\n    return b\n"),
        ("common/high/b.py", "from common.low.a import f\n"),
        ("common/low/tests/test_a.py", "from common.high import b\n"),
    ):
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text(text, encoding="utf-8")
    assert python_arrows(tmp_path) == {"common.low.a": {"common.high.b"}, "common.high.b": {"common.low.a"}}


def test_imports_of_the_page_are_arrows(tmp_path: Path) -> None:
    for path, text in (
        ("app/App.tsx", "import './app.css';\nimport { a } from '../ui/a';\nconst b = () => import('../chat/b');\n"),
        ("ui/a.ts", "export const a = 1;\n"),
        ("chat/b.tsx", "import { render } from 'preact';\n"),
    ):
        (tmp_path / "frontend/src" / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "frontend/src" / path).write_text(text, encoding="utf-8")
    arrows = page_arrows(tmp_path)
    assert arrows["frontend/src/app/App.tsx"] == {"frontend/src/ui/a.ts", "frontend/src/chat/b.tsx"}


def test_this_project_has_no_arrow_up_and_no_circle() -> None:
    found = {name: value for name, value in measures(REPOSITORY).items() if "back up" in name or "circles" in name}
    assert len(found) == 6
    assert set(found.values()) == {0}


def test_the_measures_are_printed_with_the_retired_words(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "common").mkdir()
    (tmp_path / "common/a.py").write_text("told = 1\n", encoding="utf-8")
    assert main([str(tmp_path)]) == 0
    measured = {line[:32].strip(): line[32:].strip() for line in capsys.readouterr().out.splitlines()}
    assert (measured["Python: circles of rooms"], measured["retired words"]) == ("0", "1")
