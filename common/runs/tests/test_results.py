"""No outcome of a commit and no transition is thrown away: it would be neither stored nor decided on."""

import ast
from pathlib import Path

import pytest

from common.runs import transitions

ROOT = Path(transitions.__file__).parents[2]
SOURCES = [
    path
    for folder in ("common/runs", "functions", "cli")
    for path in sorted((ROOT / folder).rglob("*.py"))
    if "tests" not in path.parts
]


def matters(called: ast.expr, imported: set[str]) -> bool:
    """Whether the result of what is called must be used: a transition, or the outcome of a commit."""
    if isinstance(called, ast.Attribute):
        of_module = isinstance(called.value, ast.Name) and called.value.id == "transitions"
        return of_module or called.attr in {"then", "onto"}
    return isinstance(called, ast.Name) and called.id in {"fenced_commit", "transition", *imported}


def discarded(source: str) -> list[int]:
    """Lines of statements that are only such a call, perhaps awaited."""
    nodes = list(ast.walk(ast.parse(source)))
    homes = [node for node in nodes if isinstance(node, ast.ImportFrom) and node.module == transitions.__name__]
    imported = {alias.asname or alias.name for home in homes for alias in home.names}
    statements = [node for node in nodes if isinstance(node, ast.Expr)]
    values = [node.value.value if isinstance(node.value, ast.Await) else node.value for node in statements]
    return [value.lineno for value in values if isinstance(value, ast.Call) and matters(value.func, imported)]


def test_no_transition_and_no_outcome_of_a_commit_is_thrown_away() -> None:
    assert [(path.name, lines) for path in SOURCES if (lines := discarded(path.read_text(encoding="utf-8")))] == []


@pytest.mark.parametrize(
    "statement",
    [
        "await fenced_commit(db, transition)",
        "transitions.end(state, ending, now)",
        "transition(before, after, now=now)",
        "staged.then(ended)",
    ],
)
def test_a_result_that_is_thrown_away_is_found(statement: str) -> None:
    assert discarded(f"async def work():\n    {statement}\n") == [2]
    assert discarded(f"async def work():\n    outcome = {statement}\n") == []


def test_a_transition_that_was_imported_by_name_is_found_when_it_is_thrown_away() -> None:
    assert discarded("from common.runs.transitions import claim\nclaim(state, profile, now)\n") == [2]
    assert discarded("async def claim(): ...\nawait claim()\n") == []
