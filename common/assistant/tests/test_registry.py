"""The registry: every module that declares a tool is in, once."""

import importlib
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest

from common.assistant.registry import TOOLS, RegistryError, tools_of
from common.contract.events import AGENT_ORDER

_MODULE = """
from dataclasses import replace
from common.assistant.tools.read_question import TOOL as LIKE
{declared}
"""


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[ModuleType]:
    """A package without modules."""
    (tmp_path / "tools_of_a_test").mkdir()
    (tmp_path / "tools_of_a_test" / "__init__.py").touch()
    monkeypatch.syspath_prepend(str(tmp_path))
    yield importlib.import_module("tools_of_a_test")
    for name in [name for name in sys.modules if name.startswith("tools_of_a_test")]:
        del sys.modules[name]


def _write(package: ModuleType, module: str, declared: str) -> None:
    (Path(package.__path__[0]) / f"{module}.py").write_text(_MODULE.format(declared=declared))
    importlib.invalidate_caches()


def test_a_module_that_declares_a_tool_is_found_in_the_order_of_names(package: ModuleType) -> None:
    _write(package, "second", 'TOOL = replace(LIKE, name="b")')
    _write(package, "first", 'TOOLS = (replace(LIKE, name="c"), replace(LIKE, name="a"))')
    _write(package, "texts", "OTHER = 1")
    assert list(tools_of(package)) == ["c", "a", "b"]


def test_two_tools_of_one_name_are_an_error(package: ModuleType) -> None:
    _write(package, "first", "TOOL = LIKE")
    _write(package, "second", "TOOL = LIKE")
    with pytest.raises(RegistryError, match="second declares a second tool with the name read_question"):
        tools_of(package)


def test_a_constant_that_is_no_tool_is_an_error(package: ModuleType) -> None:
    _write(package, "first", "TOOL = LIKE.name")
    with pytest.raises(RegistryError, match="declares as a tool what is none"):
        tools_of(package)


@pytest.mark.parametrize("name", sorted(TOOLS))
def test_a_tool_is_declared_whole_and_its_schema_is_strict(name: str) -> None:
    tool, schema = TOOLS[name], TOOLS[name].schema()
    assert tool.name == name
    assert tool.title
    assert tool.description
    assert tool.agent in AGENT_ORDER
    assert schema["additionalProperties"] is False
    assert set(schema["required"]) == set(schema["properties"])
    assert "purpose" in schema["required"]
    assert "$ref" not in str(schema)
    assert "default" not in str(schema)
