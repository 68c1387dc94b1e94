"""The only reader of the process environment (a check forbids `os.environ` elsewhere, in tests too)."""

import os
from collections.abc import Mapping
from types import MappingProxyType

from common.environment.variables import VARIABLES
from common.errors import ConfigurationError


class IsolatedEnvironment:
    """A frozen copy of environment variables: later changes do not reach its holder."""

    def __init__(self, values: Mapping[str, str]) -> None:
        self._values = MappingProxyType(dict(values))

    @classmethod
    def of_process(cls) -> "IsolatedEnvironment":
        """Copy the environment of this process."""
        return cls(os.environ)

    def optional(self, name: str) -> str | None:
        """The value, or None when it is absent or empty."""
        return self._values.get(name) or None

    def required(self, name: str) -> str:
        """The value; raises ConfigurationError with its name, who depends on it and how to set it."""
        value = self._values.get(name)
        if value:
            return value
        variable = VARIABLES[name]
        raise ConfigurationError(
            f"{name} is not set ({variable.purpose}). "
            f"Needed by: {', '.join(variable.needed_by) or 'nobody always'}. How to set it: {variable.how_to_set}."
        )

    def for_child(self, changes: Mapping[str, str], *, inherit: tuple[str, ...]) -> dict[str, str]:
        """The environment of a child process: the variables named by `inherit`, then `changes`; nothing else."""
        inherited = {name: self._values[name] for name in inherit if name in self._values}
        return {**inherited, **changes}
