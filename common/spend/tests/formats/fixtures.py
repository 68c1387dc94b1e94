"""Fixtures and what is expected of them, found in the folders of the formats."""

import json
from dataclasses import dataclass, field
from importlib import import_module
from pathlib import Path

from common.spend.logs import formats
from common.spend.logs.fields.columns import FieldName
from common.spend.logs.formats import Format, Guide

_ROOT = Path(formats.__file__).parent
FOLDERS = tuple(sorted(path.parent.name for path in _ROOT.glob("*/__init__.py")))
FIXTURES = {f"{path.parents[1].name}/{path.name}": path for path in sorted(_ROOT.glob("*/fixtures/*"))}
"""By folder and file name: "litellm/litellm.csv"."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Expected:
    """What a fixture holds: the title of its format, rows, records left out, requests, USD at list price or as billed,
    and tokens by bucket. `model` is the one that the customer names, for a file that names none.
    """

    title: str
    rows: int
    left_out: int
    requests: int
    usd: float
    tokens: list[int]
    model: str | None = None
    unpriced_tokens: int = 0
    charges: dict[str, list[int]] = field(default_factory=dict)
    """By kind: units, and those of them that have no price."""
    unpriced_models: tuple[str, ...] = ()


def expected_of(folder: str) -> dict[str, Expected]:
    """By the key in FIXTURES."""
    path = _ROOT / folder / "expected.json"
    found = json.loads(path.read_text()) if path.exists() else {}
    return {f"{folder}/{name}": Expected(**values) for name, values in found.items()}


EXPECTED = {name: expected for folder in FOLDERS for name, expected in expected_of(folder).items()}


def formats_of(folder: str) -> tuple[Format, ...]:
    """The formats that a folder declares."""
    return tuple(getattr(import_module(f"{formats.__name__}.{folder}"), "FORMATS", ()))


def guides_of(folder: str) -> tuple[Guide, ...]:
    """The guides that a folder declares, whatever their names are."""
    values = vars(import_module(f"{formats.__name__}.{folder}")).values()
    return tuple(value for value in values if isinstance(value, Guide))


def fixture(name: str) -> bytes:
    """A fixture by its key in FIXTURES."""
    return FIXTURES[name].read_bytes()


def named_exports(text: str) -> dict[str, tuple[Format, ...]]:
    """The formats of each provider or tool that has a guide and that a text names, by its name."""
    named = [(guide.name, folder) for folder in FOLDERS for guide in guides_of(folder) if guide.name in text]
    return {name: formats_of(folder) for name, folder in named}


def exports_without(field: FieldName, text: str) -> set[str]:
    """Of the providers and tools that a text names, those whose formats do not have a field."""
    exports = named_exports(text).items()
    return {name for name, known in exports if not any(field in each.labels for each in known)}
