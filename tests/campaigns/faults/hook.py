"""The import hook of a function's process: modules of the run protocol are rewritten as they are loaded."""

import ast
import sys
from collections.abc import Sequence
from importlib.abc import MetaPathFinder, SourceLoader
from importlib.machinery import ModuleSpec
from importlib.util import spec_from_loader
from pathlib import Path
from types import CodeType, ModuleType

from emulators.platform.layout import REPOSITORY
from tests.campaigns.faults.passing import Passing
from tests.campaigns.faults.plants import changed
from tests.campaigns.faults.scan import HELPER, first_of, module_file, numbers_of, rewrite


class _Loader(SourceLoader):
    def __init__(self, path: Path, passing: Passing, plant: str | None) -> None:
        self._path = path
        self._passing = passing
        self._plant = plant

    def get_filename(self, fullname: str) -> str:  # noqa: ARG002 - importlib's form
        return str(self._path)

    def get_data(self, path: str) -> bytes:
        return Path(path).read_bytes()

    def get_code(self, fullname: str) -> CodeType:  # noqa: ARG002 - importlib's form
        file = self._path.relative_to(REPOSITORY).as_posix()
        source = self._path.read_text(encoding="utf-8")
        planted = changed(file, source, self._plant)
        tree, _ = rewrite(ast.parse(planted), file, first_of(file), numbers_of(file) if self._plant else None)
        return self.source_to_code(tree, str(self._path))

    def exec_module(self, module: ModuleType) -> None:
        setattr(module, HELPER, self._passing)
        super().exec_module(module)


class _Finder(MetaPathFinder):
    def __init__(self, passing: Passing, plant: str | None) -> None:
        self._passing = passing
        self._plant = plant

    def find_spec(
        self,
        fullname: str,
        path: Sequence[str] | None,  # noqa: ARG002 - importlib's form
        target: ModuleType | None = None,  # noqa: ARG002
    ) -> ModuleSpec | None:
        file = module_file(fullname)
        if file is None:
            return None
        return spec_from_loader(fullname, _Loader(file, self._passing, self._plant))


def install(passing: Passing, plant: str | None) -> None:
    """From now on, imported modules pass their points."""
    early = [name for name in sys.modules if module_file(name)]
    if early:
        raise ImportError(f"Imported before the hook: {', '.join(early)}")
    sys.meta_path.insert(0, _Finder(passing, plant))
