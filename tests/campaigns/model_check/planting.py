"""pytest plugin: `-p tests.campaigns.model_check.planting --plant NAME` plants a bug in the product.

Bugs and changes of the source are those of tests/campaigns/faults/plants.py, without its points. It must be loaded by
`-p`, so that it comes before anything of the product is imported.
"""

import sys
from collections.abc import Sequence
from importlib.abc import MetaPathFinder, SourceLoader
from importlib.machinery import ModuleSpec
from importlib.util import spec_from_loader
from pathlib import Path
from types import CodeType, ModuleType

import pytest

from emulators.platform.layout import REPOSITORY
from tests.campaigns.faults.plants import PLANTS, planted


class _Loader(SourceLoader):
    def __init__(self, path: Path, plant: str) -> None:
        self._path = path
        self._plant = plant

    def get_filename(self, fullname: str) -> str:  # noqa: ARG002 - importlib's form
        return str(self._path)

    def get_data(self, path: str) -> bytes:
        return Path(path).read_bytes()

    def get_code(self, fullname: str) -> CodeType:  # noqa: ARG002 - importlib's form
        source = self._path.read_text(encoding="utf-8")
        file = self._path.relative_to(REPOSITORY).as_posix()
        return self.source_to_code(planted(file, source, self._plant).encode(), str(self._path))


class _Finder(MetaPathFinder):
    def __init__(self, plant: str) -> None:
        self._plant = plant
        self._files = {change.file for change in PLANTS[plant]}

    def find_spec(
        self,
        fullname: str,
        path: Sequence[str] | None,  # noqa: ARG002 - importlib's form
        target: ModuleType | None = None,  # noqa: ARG002
    ) -> ModuleSpec | None:
        file = f"{fullname.replace('.', '/')}.py"
        return spec_from_loader(fullname, _Loader(REPOSITORY / file, self._plant)) if file in self._files else None


def pytest_addoption(parser: pytest.Parser) -> None:
    """The name of the bug."""
    parser.addoption("--plant", choices=list(PLANTS), required=True)


def pytest_load_initial_conftests(early_config: pytest.Config) -> None:
    """Plant it; raises ImportError where the product is imported already."""
    plant = early_config.known_args_namespace.plant
    early = [change.file for change in PLANTS[plant] if _module(change.file) in sys.modules]
    if early:
        raise ImportError(f"Imported before the plant: {', '.join(early)}")
    sys.meta_path.insert(0, _Finder(plant))


def _module(file: str) -> str:
    return file.removesuffix(".py").replace("/", ".")
