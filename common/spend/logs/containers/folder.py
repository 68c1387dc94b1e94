"""The data files below a folder, in the order of their paths."""

import os
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

_JUNK = frozenset({"thumbs.db", "desktop.ini"})


def files_below(folder: Path) -> Iterator[Path]:
    """The files with content, at any depth, but hidden ones; links to folders are not followed. Raises OSError."""
    for place, folders, names in os.walk(folder, onerror=_raise):
        folders.sort()
        paths = [Path(place, name) for name in sorted(names)]
        folders[:] = [name for name in folders if not is_junk(name)]
        yield from (path for path in paths if not is_junk(path.name) and path.is_file() and path.stat().st_size)


def is_junk(name: str) -> bool:
    """Whether a path in a folder or archive is one of those that systems leave behind, or hidden."""
    parts = PurePosixPath(name).parts
    hidden = any(part.startswith(".") or part == "__MACOSX" for part in parts)
    return hidden or not parts or parts[-1].lower() in _JUNK


def _raise(error: OSError) -> None:
    raise error
