"""What a tool is: a name, a schema that a model can fill, and a function from the context to a result."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from common.assistant.context import ToolContext
from common.runs.step import ToolError, ToolResult


class Arguments(BaseModel):
    """What every tool is called with."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    purpose: str = Field(description="Why, in one short sentence to the customer, in their words, without figures.")


@dataclass(frozen=True, slots=True)
class Tool:
    """`run` gets validated `arguments`; raises ToolError when it cannot do what was requested."""

    name: str
    description: str
    arguments: type[Arguments]
    run: Callable[[ToolContext, Any], Awaitable[ToolResult]]

    def parse(self, arguments: dict[str, Any]) -> Arguments:
        """Validated arguments; raises ToolError naming the wrong ones."""
        try:
            return self.arguments.model_validate(arguments)
        except ValidationError as error:
            wrong = "; ".join(
                f"{'.'.join(map(str, item['loc'])) or self.name}: {item['msg']}" for item in error.errors()
            )
            raise ToolError(f"The arguments of {self.name} are not usable: {wrong}.") from error

    def schema(self) -> dict[str, Any]:
        """The strict JSON schema of the arguments: every property required, nothing else allowed."""
        schema = self.arguments.model_json_schema()
        properties = {name: _plain(part) for name, part in schema["properties"].items()}
        return {
            "type": "object",
            "properties": properties,
            "required": list(properties),
            "additionalProperties": False,
        }


def _plain(part: dict[str, Any]) -> dict[str, Any]:
    """Without titles and defaults, which strict schemas do not allow."""
    return {key: value for key, value in part.items() if key not in ("title", "default")}
