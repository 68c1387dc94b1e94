"""Every tool by name: the complete list of what agents can do, found in the modules of common/assistant/tools."""

import importlib
import pkgutil
from collections.abc import Iterator
from types import ModuleType
from typing import Any

from common.assistant import tools
from common.assistant.tool import Tool


class RegistryError(Exception):
    """Two tools of one name, or a constant that is no tool."""


def tools_of(package: ModuleType) -> dict[str, Tool[Any]]:
    """The tools that the modules of a package declare: each as `TOOL`, several as the tuple `TOOLS`.

    In the order of the modules' names. Raises RegistryError for a name that two of them have.
    """
    found: dict[str, Tool[Any]] = {}
    for module in sorted(each.name for each in pkgutil.iter_modules(package.__path__) if not each.ispkg):
        for tool in _declared(importlib.import_module(f"{package.__name__}.{module}")):
            if tool.name in found:
                raise RegistryError(f"{module} declares a second tool with the name {tool.name}")
            found[tool.name] = tool
    return found


def _declared(module: ModuleType) -> Iterator[Tool[Any]]:
    for tool in (*getattr(module, "TOOLS", ()), *([module.TOOL] if hasattr(module, "TOOL") else [])):
        if not isinstance(tool, Tool):
            raise RegistryError(f"{module.__name__} declares as a tool what is none")
        yield tool


TOOLS: dict[str, Tool[Any]] = tools_of(tools)
