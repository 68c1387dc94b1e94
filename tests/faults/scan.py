"""Every point between two awaits, found in the code itself: the list, and the code that passes them.

A point is the moment before or after an `await`, an item of an `async for`, or the way in and out of an `async with`.
The same walk makes the list (for the campaign) and the rewritten code (for the process), so the two cannot differ.
"""

import ast
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from emulators.platform.layout import REPOSITORY

PACKAGES = ("common/runs", "functions/chat", "functions/step", "functions/upkeep")
"""All modules of these; of the agents, those that await on the run protocol."""
AGENTS = ("common/agents/conversation.py", "common/agents/runner.py", "common/agents/thoughts.py")
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
    handler_of: tuple[str, ...] = ()
    """Awaits (their names without a moment) whose failure leads to the `except` that this point stands in."""
    catches: str = ""
    """What that `except` catches, as it is written."""

    @property
    def site(self) -> str:
        """The await itself: its points but for the moment."""
        return self.name.rpartition(":")[0]


class Instrument(ast.NodeTransformer):
    """Rewrites one module so that its points are passed; `points` are those it found, in order of the code."""

    def __init__(self, file: str, first: int) -> None:
        self.points: list[Point] = []
        self._file = file
        self._first = first
        self._functions: list[str] = []
        self._counts: dict[tuple[str, int], int] = {}
        self._handlers: list[tuple[tuple[str, ...], str]] = []

    def visit_AsyncFunctionDef(self, node: ast.AsyncFunctionDef) -> ast.AST:  # noqa: N802 - ast's names
        """Points are named after the function that they stand in."""
        return self._inside(node)

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.AST:  # noqa: N802
        """Points are named after the function that they stand in."""
        return self._inside(node)

    def visit_Try(self, node: ast.Try) -> ast.AST:  # noqa: N802
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

    def visit_Await(self, node: ast.Await) -> ast.AST:  # noqa: N802
        """`await x` becomes `await around(n, x)`."""
        first = self._add(node.lineno, "before", "after")
        self.generic_visit(node)
        node.value = self._call("around", first, node.value)
        return node

    def visit_AsyncFor(self, node: ast.AsyncFor) -> ast.AST:  # noqa: N802
        """`async for item in x` becomes `async for item in items(n, x)`."""
        first = self._add(node.lineno, "before", "after")
        self.generic_visit(node)
        node.iter = self._call("items", first, node.iter)
        return node

    def visit_comprehension(self, node: ast.comprehension) -> ast.AST:
        """An `async for` in a list."""
        if node.is_async:
            first = self._add(node.iter.lineno, "before", "after")
            self.generic_visit(node)
            node.iter = self._call("items", first, node.iter)
        else:
            self.generic_visit(node)
        return node

    def visit_AsyncWith(self, node: ast.AsyncWith) -> ast.AST:  # noqa: N802
        """`async with x` becomes `async with way(n, x)`."""
        firsts = [self._add(item.context_expr.lineno, "enter", "entered", "leave", "left") for item in node.items]
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

    def _add(self, line: int, *moments: str) -> int:
        function = ".".join(self._functions)
        number = self._counts.get((function, line), 0)
        self._counts[function, line] = number + 1
        sites, caught = self._handlers[-1] if self._handlers else ((), "")
        first = self._first + len(self.points)
        for moment in moments:
            name = f"{self._file}:{function}:{line}:{number}:{moment}"
            point = Point(
                name=name,
                file=self._file,
                function=function,
                line=line,
                moment=moment,
                handler_of=sites,
                catches=caught,
            )
            self.points.append(point)
        return first

    @staticmethod
    def _call(name: str, first: int, value: ast.expr) -> ast.expr:
        helper = ast.Attribute(ast.Name(HELPER, ast.Load()), name, ast.Load())
        return ast.copy_location(ast.Call(helper, [ast.Constant(first), value], []), value)


@cache
def files() -> tuple[str, ...]:
    """The files that are rewritten, in a fixed order."""
    inside = (path for package in PACKAGES for path in (REPOSITORY / package).glob("*.py"))
    return (*sorted(path.relative_to(REPOSITORY).as_posix() for path in inside), *AGENTS)


@cache
def points() -> tuple[Point, ...]:
    """All points of the code as it is on disk; the place in this list is a point's number."""
    found: list[Point] = []
    for file in files():
        tree = ast.parse((REPOSITORY / file).read_text(encoding="utf-8"))
        found += rewrite(tree, file, len(found))[1]
    return tuple(found)


def rewrite(tree: ast.Module, file: str, first: int) -> tuple[ast.Module, list[Point]]:
    """`tree` with calls at its points, whose numbers begin with `first`."""
    instrument = Instrument(file, first)
    instrument.visit(tree)
    return ast.fix_missing_locations(tree), instrument.points


def first_of(file: str) -> int:
    """The number of a file's first point."""
    return next((number for number, point in enumerate(points()) if point.file == file), len(points()))


def module_file(module: str) -> Path | None:
    """The file of a module that is rewritten, else None."""
    path = f"{module.replace('.', '/')}.py"
    return REPOSITORY / path if path in files() else None
