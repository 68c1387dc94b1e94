"""Every point between two awaits, found in the code itself: the list, and the code that passes them.

A point is the moment before or after an `await`, an item of an `async for`, or the way in and out of an `async with`.
The same walk makes the list (for the campaign) and the rewritten code (for the process), so the two cannot differ.
"""

import ast
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from emulators.platform.layout import REPOSITORY

PACKAGES = ("common/runs", "functions/chat", "functions/step", "functions/upkeep")
"""All modules of these; of the agents, those that await on the run protocol."""
AGENTS = (
    "common/assistant/agents/conversation.py",
    "common/assistant/agents/runner.py",
    "common/assistant/agents/thoughts.py",
)
STORE = ("common/core/clock.py", "common/store/bulk.py", "common/store/client.py", "common/store/commits.py")
"""The clock that faults set; of the store, what reads and commits for the run protocol."""
EDGE = (
    "common/accounts/auth.py",
    "common/accounts/tokens.py",
    "functions/bootstrap.py",
    "functions/http.py",
)
"""What every request passes before its handler, and after it."""
HELPER = "__faults__"
"""The name under which a rewritten module finds what its points call."""


@dataclass(frozen=True, kw_only=True)
class Point:
    """`name`: file:function:line:n, n counting the awaits of that line, then what is about to happen or has."""

    name: str
    file: str
    function: str
    line: int
    moment: str
    text: str
    """What is awaited, as it is written."""
    handler_of: tuple[str, ...] = ()
    """Awaits (their names without a moment) whose failure leads to the `except` that this point stands in."""
    catches: str = ""
    """What that `except` catches, as it is written."""

    @property
    def site(self) -> str:
        """The await itself: its points but for the moment."""
        return self.name.rpartition(":")[0]


Key = tuple[str, str, int]
"""An await in other words: its function, its text, and how many of the same text came before in that function."""
UNKNOWN = -10
"""The number of points that only a planted bug has."""


class Instrument(ast.NodeTransformer):
    """Rewrites one module so that its points are passed; `points` are those it found, in order of the code."""

    def __init__(self, file: str, first: int, numbers: Mapping["Key", int] | None = None) -> None:
        self.points: list[Point] = []
        self._numbers = numbers
        self._seen: dict[tuple[str, str], int] = {}
        self._file = file
        self._first = first
        self._functions: list[str] = []
        self._counts: dict[tuple[str, int], int] = {}
        self._handlers: list[tuple[tuple[str, ...], str]] = []

    def visit_AsyncFunctionDef(self, node: ast.AsyncFunctionDef) -> ast.AST:
        """Points are named after the function that they stand in."""
        return self._inside(node)

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.AST:
        """Points are named after the function that they stand in."""
        return self._inside(node)

    def visit_Try(self, node: ast.Try) -> ast.AST:
        """Points in an `except` know which awaits lead there."""
        before = len(self.points)
        node.body = [self.visit(statement) for statement in node.body]
        sites = tuple(dict.fromkeys(point.site for point in self.points[before:]))
        for handler in node.handlers:
            caught = ast.unparse(handler.type) if handler.type else "BaseException"
            self._handlers.append((sites, caught))
            handler.body = [self.visit(statement) for statement in handler.body]
            self._handlers.pop()
        node.orelse = [self.visit(statement) for statement in node.orelse]
        node.finalbody = [self.visit(statement) for statement in node.finalbody]
        return node

    def visit_Await(self, node: ast.Await) -> ast.AST:
        """`await x` becomes `await around(n, x)`."""
        first = self._add(node.lineno, node.value, "before", "after")
        self.generic_visit(node)
        node.value = self._call("around", first, node.value)
        return node

    def visit_AsyncFor(self, node: ast.AsyncFor) -> ast.AST:
        """`async for item in x` becomes `async for item in items(n, x)`."""
        first = self._add(node.lineno, node.iter, "before", "after")
        self.generic_visit(node)
        node.iter = self._call("items", first, node.iter)
        return node

    def visit_comprehension(self, node: ast.comprehension) -> ast.AST:
        """An `async for` in a list."""
        if node.is_async:
            first = self._add(node.iter.lineno, node.iter, "before", "after")
            self.generic_visit(node)
            node.iter = self._call("items", first, node.iter)
        else:
            self.generic_visit(node)
        return node

    def visit_AsyncWith(self, node: ast.AsyncWith) -> ast.AST:
        """`async with x` becomes `async with way(n, x)`."""
        moments = ("enter", "entered", "leave", "left")
        firsts = [self._add(item.context_expr.lineno, item.context_expr, *moments) for item in node.items]
        self.generic_visit(node)
        for item, first in zip(node.items, firsts, strict=True):
            item.context_expr = self._call("way", first, item.context_expr)
        return node

    def _inside(self, node: ast.AsyncFunctionDef | ast.FunctionDef) -> ast.AST:
        self._functions.append(node.name)
        handlers, self._handlers = self._handlers, []
        self.generic_visit(node)
        self._handlers = handlers
        self._functions.pop()
        return node

    def _add(self, line: int, awaited: ast.expr, *moments: str) -> int:
        function, text = ".".join(self._functions), ast.unparse(awaited)
        number = self._counts.get((function, line), 0)
        self._counts[function, line] = number + 1
        sites, caught = self._handlers[-1] if self._handlers else ((), "")
        first = self._number(function, text)
        for moment in moments:
            name = f"{self._file}:{function}:{line}:{number}:{moment}"
            point = Point(
                name=name,
                file=self._file,
                function=function,
                line=line,
                moment=moment,
                text=text,
                handler_of=sites,
                catches=caught,
            )
            self.points.append(point)
        return first

    def _number(self, function: str, text: str) -> int:
        """In place, or, in code with a planted bug, that of the same await in the clean code."""
        before = self._seen.get((function, text), 0)
        self._seen[function, text] = before + 1
        if self._numbers is None:
            return self._first + len(self.points)
        return self._numbers.get((function, text, before), UNKNOWN)

    @staticmethod
    def _call(name: str, first: int, value: ast.expr) -> ast.expr:
        helper = ast.Attribute(ast.Name(HELPER, ast.Load()), name, ast.Load())
        return ast.copy_location(ast.Call(helper, [ast.Constant(first), value], []), value)


@cache
def files() -> tuple[str, ...]:
    """The files that are rewritten, in a fixed order."""
    inside = (path for package in PACKAGES for path in (REPOSITORY / package).glob("*.py"))
    return (*sorted(path.relative_to(REPOSITORY).as_posix() for path in inside), *AGENTS, *STORE, *EDGE)


@cache
def points() -> tuple[Point, ...]:
    """All points of the code as it is on disk; the place in this list is a point's number."""
    listed: list[Point] = []
    for file in files():
        tree = ast.parse((REPOSITORY / file).read_text(encoding="utf-8"))
        listed += rewrite(tree, file, len(listed))[1]
    return tuple(listed)


def rewrite(
    tree: ast.Module, file: str, first: int, numbers: Mapping[Key, int] | None = None
) -> tuple[ast.Module, list[Point]]:
    """`tree` with calls at its points, whose numbers begin with `first`, or are those of `numbers`."""
    instrument = Instrument(file, first, numbers)
    instrument.visit(tree)
    return ast.fix_missing_locations(tree), instrument.points


def first_of(file: str) -> int:
    """The number of a file's first point."""
    return next((number for number, point in enumerate(points()) if point.file == file), len(points()))


def numbers_of(file: str) -> dict[Key, int]:
    """The first number of each await of a file."""
    numbers: dict[Key, int] = {}
    seen: dict[tuple[str, str], int] = {}
    for number, point in enumerate(points()):
        if point.file == file and point.moment in {"before", "enter"}:
            before = seen.get((point.function, point.text), 0)
            seen[point.function, point.text] = before + 1
            numbers[point.function, point.text, before] = number
    return numbers


def module_file(module: str) -> Path | None:
    """The file of a module that is rewritten, else None."""
    path = f"{module.replace('.', '/')}.py"
    return REPOSITORY / path if path in files() else None
