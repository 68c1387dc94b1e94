"""Files of a checkout, and the identifiers and prose in them."""

import ast
import io
import re
import tokenize
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

_CODE = ("cli", "common", "data", "emulators", "frontend/src", "functions", "tests")
_PROSE = ("README.md", "docs", "data", "tests")
_WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+")
_SCRIPT = re.compile(
    r"(?P<comment>/\*.*?\*/|//[^\n]*)|(?P<text>'(?:\\.|[^'\\\n])*'|\"(?:\\.|[^\"\\\n])*\"|`(?:\\.|[^`\\])*`)"
    r"|(?P<name>[A-Za-z_$][\w$]*)",
    re.DOTALL,
)
_DECLARED = re.compile(r"\b(?:function|class|interface|type|enum|const|let)\s+([A-Za-z_$][\w$]*)")


@dataclass(frozen=True, slots=True)
class Place:
    """A name or a piece of prose, and where it stands; `line` counts from 1."""

    path: str
    line: int
    text: str


def python_files(root: Path) -> list[Path]:
    """All Python files of the project below `root`, in order."""
    return _files(root, "*.py")


def script_files(root: Path) -> list[Path]:
    """All TypeScript files of the page, in order, without the generated contract."""
    return [path for path in (*_files(root, "*.ts"), *_files(root, "*.tsx")) if path.name != "contract.ts"]


def _files(root: Path, pattern: str) -> list[Path]:
    return sorted(
        path for folder in _CODE for path in (root / folder).rglob(pattern) if "node_modules" not in path.parts
    )


def documents(root: Path) -> list[Path]:
    """All pages of documentation, in order."""
    pages = (
        page for name in _PROSE for page in ((root / name).rglob("*.md") if (root / name).is_dir() else [root / name])
    )
    return sorted(page for page in pages if page.is_file())


def words_of(name: str) -> list[str]:
    """The words that an identifier is made of, in lower case: `readRow_2` is read, row, 2."""
    return [word.lower() for word in _WORD.findall(name)]


def names(root: Path) -> Iterator[Place]:
    """Every identifier in code, as often as it stands there, and the name of each module."""
    for path in python_files(root):
        where = path.relative_to(root).as_posix()
        yield Place(where, 1, path.stem)
        for token in tokenize.generate_tokens(io.StringIO(path.read_text(encoding="utf-8")).readline):
            if token.type == tokenize.NAME:
                yield Place(where, token.start[0], token.string)
    for path in script_files(root):
        yield Place(path.relative_to(root).as_posix(), 1, path.stem)
        yield from _matches(path, root, "name")


def declared(root: Path) -> Iterator[Place]:
    """What code declares for others to read: modules, classes, functions, parameters, fields and globals."""
    for path in python_files(root):
        where = path.relative_to(root).as_posix()
        yield Place(where, 1, path.stem)
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            yield from (Place(where, line, name) for line, name in _declared_by(node))
    for path in script_files(root):
        where = path.relative_to(root).as_posix()
        yield Place(where, 1, path.stem.split(".")[0])
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
            if not line.startswith(" "):
                yield from (Place(where, number, name) for name in _DECLARED.findall(line))


def _declared_by(node: ast.AST) -> Iterator[tuple[int, str]]:
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        yield node.lineno, node.name
    if isinstance(node, ast.arg):
        yield node.lineno, node.arg
    if isinstance(node, ast.Module | ast.ClassDef):
        for statement in node.body:
            targets = statement.targets if isinstance(statement, ast.Assign) else [getattr(statement, "target", None)]
            yield from ((statement.lineno, target.id) for target in targets if isinstance(target, ast.Name))


def prose(root: Path) -> Iterator[Place]:
    """Comments, docstrings and pages of documentation."""
    for path in python_files(root):
        where = path.relative_to(root).as_posix()
        source = path.read_text(encoding="utf-8")
        for token in tokenize.generate_tokens(io.StringIO(source).readline):
            if token.type == tokenize.COMMENT or (token.type == tokenize.STRING and token.string.startswith('"""')):
                yield Place(where, token.start[0], token.string)
    for path in script_files(root):
        yield from _matches(path, root, "comment")
    for path in documents(root):
        yield Place(path.relative_to(root).as_posix(), 1, path.read_text(encoding="utf-8"))


def _matches(path: Path, root: Path, kind: str) -> Iterator[Place]:
    source, where = path.read_text(encoding="utf-8"), path.relative_to(root).as_posix()
    for match in _SCRIPT.finditer(source):
        if match.lastgroup == kind:
            yield Place(where, source.count("\n", 0, match.start()) + 1, match[kind])
