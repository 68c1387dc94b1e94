"""`python -m tests.checks.structure [TREE]`: what the structure of a checkout measures, for any version of it.

A room is a folder that holds code, or a module that lies beside such folders; an arrow is an import from one room to
another. Of the rooms in a circle, the arrows back up are the fewest that have to go for the circle to open.
Tests are no rooms.
"""

import ast
import re
import sys
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from tests.checks.sources import python_files, script_files
from tests.checks.words import hits, retired

Arrows = dict[str, set[str]]
_IMPORT = re.compile(r"""(?:from|import)\s*\(?\s*['"](\.[^'"]*)['"]""")
_EXACT = 18
"""Rooms of a circle up to which the arrows back up are counted exactly; larger circles do not occur."""


def python_arrows(root: Path) -> Arrows:
    """Module -> the modules of the project that it imports, those imported on use as well."""
    modules = {_module(path, root): path for path in python_files(root) if "tests" not in path.relative_to(root).parts}
    found: Arrows = {}
    for name, path in modules.items():
        found[name] = {target if target in modules else home for home, target in _imports(path)} & modules.keys() - {
            name
        }
    return found


def _module(path: Path, root: Path) -> str:
    return path.relative_to(root).with_suffix("").as_posix().replace("/", ".").removesuffix(".__init__")


def _imports(path: Path) -> Iterator[tuple[str, str]]:
    """(module, module.name) of each name that is imported."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.module:
            yield from ((node.module, f"{node.module}.{alias.name}") for alias in node.names)


def page_arrows(root: Path) -> Arrows:
    """File of the page -> the files that it imports; tests left out."""
    files = {path.resolve(): path for path in script_files(root) if ".test." not in path.name}
    found: Arrows = {}
    for path in files.values():
        wanted = (path.parent / spec for spec in _IMPORT.findall(path.read_text(encoding="utf-8")))
        resolved = (Path(f"{target}{ending}").resolve() for target in wanted for ending in ("", ".ts", ".tsx"))
        found[path.relative_to(root).as_posix()] = {
            files[target].relative_to(root).as_posix() for target in resolved if target in files
        }
    return found


def rooms(arrows: Arrows, separator: str) -> Arrows:
    """The same arrows between rooms."""
    folders = {node.rpartition(separator)[0] for node in arrows}
    divided = {folder.rpartition(separator)[0] for folder in folders}

    def room(node: str) -> str:
        folder = node.rpartition(separator)[0]
        return node if node in folders or folder in divided else folder

    found: Arrows = {room(node): set() for node in arrows}
    for source, targets in arrows.items():
        found[room(source)] |= {room(target) for target in targets} - {room(source)}
    return found


def circles(arrows: Arrows) -> list[list[str]]:
    """The sets of nodes that reach one another (Tarjan's strongly connected components), larger than one."""
    index: dict[str, int] = {}
    low: dict[str, int] = {}
    open_nodes: list[str] = []
    components: list[list[str]] = []

    def visit(node: str) -> None:
        index[node] = low[node] = len(index)
        open_nodes.append(node)
        for target in arrows.get(node, ()):
            if target not in index:
                visit(target)
                low[node] = min(low[node], low[target])
            elif target in open_nodes:
                low[node] = min(low[node], index[target])
        if low[node] == index[node]:
            at = open_nodes.index(node)
            components.append(sorted(open_nodes[at:]))
            del open_nodes[at:]

    for node in sorted(arrows):
        if node not in index:
            visit(node)
    return [component for component in components if len(component) > 1]


def arrows_up(arrows: Arrows) -> int:
    """The fewest arrows that have to go, so that no circle is left."""
    return sum(_fewest_up(component, arrows) for component in circles(arrows))


def _fewest_up(nodes: list[str], arrows: Mapping[str, set[str]]) -> int:
    """Over all orders, from the ground up: least[set] = the arrows up if that set stands below all others."""
    if len(nodes) > _EXACT:
        raise ValueError(f"{len(nodes)} rooms in one circle are too many to count: {', '.join(nodes)}")
    masks = [sum(1 << at for at, other in enumerate(nodes) if other in arrows[node]) for node in nodes]
    full = (1 << len(nodes)) - 1
    least = [0] + [sys.maxsize] * full
    for below in range(full):
        for at, mask in enumerate(masks):
            if not below >> at & 1:
                above = full & ~below & ~(1 << at)
                reached = below | 1 << at
                least[reached] = min(least[reached], least[below] + (mask & above).bit_count())
    return least[full]


def lines_of(paths: Iterable[Path]) -> int:
    """Lines of these files."""
    return sum(len(path.read_text(encoding="utf-8").splitlines()) for path in paths)


def measures(root: Path) -> dict[str, int]:
    """What is measured of the structure, by name."""
    python, page = python_arrows(root), page_arrows(root)
    python_rooms, page_rooms = rooms(python, "."), rooms(page, "/")
    functions = (
        path for path in python_files(root) if path.is_relative_to(root / "functions") and "tests" not in path.parts
    )
    return {
        "Python: rooms": len(python_rooms),
        "Python: arrows between rooms": sum(map(len, python_rooms.values())),
        "Python: arrows back up": arrows_up(python_rooms),
        "Python: circles of rooms": len(circles(python_rooms)),
        "Python: circles of files": len(circles(python)),
        "page: rooms": len(page_rooms),
        "page: arrows between rooms": sum(map(len, page_rooms.values())),
        "page: arrows back up": arrows_up(page_rooms),
        "page: circles of rooms": len(circles(page_rooms)),
        "page: circles of files": len(circles(page)),
        "lines of functions/": lines_of(functions),
    }


def main(argv: list[str]) -> int:
    """Print the measures."""
    root = Path(argv[0]).resolve() if argv else Path(__file__).parents[2]
    for name, value in {**measures(root), "retired words": sum(1 for _ in hits(root, retired()))}.items():
        sys.stdout.write(f"{name:32} {value:6,}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
