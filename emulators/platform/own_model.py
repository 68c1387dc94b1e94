"""A developer's own model server (Ollama, vLLM, llama.cpp), named in the shell that starts the development stack."""

from common.environment.isolated import IsolatedEnvironment
from emulators.platform.errors import PlatformError
from emulators.platform.layout import StackLayout

OWN_MODEL = ("APEX_MODEL_BASE_URL", "APEX_MODEL_NAME")
"""What a developer exports for it."""


def own_model(layout: StackLayout, environment: IsolatedEnvironment) -> dict[str, str]:
    """Its variables, for the functions; empty without one, and in test. Raises PlatformError if one is missing."""
    values = {name: value for name in OWN_MODEL if (value := environment.optional(name))}
    if not values or not layout.keeps_data:
        return {}
    missing = [name for name in OWN_MODEL if name not in values]
    if missing:
        raise PlatformError(f"{missing[0]} is missing: your own model server takes {' and '.join(OWN_MODEL)}.")
    return values
