"""A tool declares itself once: what it is called, who may call it, what it answers, when it is required and shown.

Everything else derives from the declarations: the instructions of agents, which calls an answer cannot do
without, the order of the answer, its blocks, and the titles on the page.
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from common.assistant.context import ToolContext
from common.assistant.question.model import Operation, Part, Question
from common.contract.events import AgentName
from common.runs.step import ToolError, ToolResult


class Arguments(BaseModel):
    """What every tool is called with."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    purpose: str = Field(description="Why, in one short sentence to the customer, in their words, without figures.")


_Arguments = TypeVar("_Arguments", bound=Arguments)


@dataclass(frozen=True, slots=True, kw_only=True)
class Inquiry:
    """What a tool decides by whether it is needed: a part of the question, and what is known of the data."""

    part: Part
    question: Question
    text: str
    """The message itself; only for what no part says, such as which tool an export comes from."""
    with_data: bool = False
    """Whether there are rows to compute on."""
    has: frozenset[str] = frozenset()
    """What the rows have, as `Totals.has` says it; empty without data."""
    days: float = 0.0
    """How long the data are."""
    planned: Sequence[str] = ()
    """Ids of the changes that the plan will hold, the largest first."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """A call that an answer cannot do without; `purpose` is in the customer's words, without figures."""

    purpose: str
    arguments: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Tool(Generic[_Arguments]):
    """`run` gets validated `arguments`; raises ToolError when it cannot do what was requested."""

    name: str
    title: str
    """What the customer reads while it works: "Measure usage"."""
    agent: AgentName
    description: str
    """For a model that decides whether to call it."""
    arguments: type[_Arguments]
    run: Callable[[ToolContext, _Arguments], Awaitable[ToolResult]]
    answers: frozenset[Operation]
    """Its headline answers parts with these; of no operation: it only supports other answers."""
    calls: Callable[[Inquiry], Sequence[Wanted]]
    """Those that a part cannot do without."""
    shows: Callable[[Inquiry], bool]
    """Whether its blocks belong into the answer to a part."""

    def parse(self, arguments: Mapping[str, Any]) -> _Arguments:
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


def never(_: Inquiry) -> tuple[Wanted, ...]:
    """Of a tool that is called only where a model asks for it."""
    return ()


def _plain(part: dict[str, Any]) -> dict[str, Any]:
    """Without titles and defaults, which strict schemas do not allow."""
    return {key: value for key, value in part.items() if key not in ("title", "default")}
