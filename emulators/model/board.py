"""What tests ask the local model to do while it runs, for one user's questions or for all."""

from collections.abc import Callable
from typing import Any, Generic, TypeVar

from pydantic import BaseModel, ConfigDict, Field


class Planned(BaseModel):
    """Happens to `times` replies to questions that contain `match`, of the agent `agent` (None: any)."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    times: int = Field(default=1, ge=1)
    match: str | None = None
    agent: str | None = None

    def meant_for(self, question: str, agent: str | None) -> bool:
        """Whether it is planned for this question."""
        return (self.match is None or self.match in question) and (self.agent is None or self.agent == agent)


class Script(Planned):
    """The next reply to a request with a schema: a JSON object, or any other text as it is."""

    reply: dict[str, Any] | str


P = TypeVar("P", bound=Planned)


class Board(Generic[P]):
    """What is planned in one server, in the order in which it was added."""

    def __init__(self) -> None:
        self._planned: list[P] = []

    @property
    def active(self) -> tuple[P, ...]:
        """What is still to happen; `times` is what is left."""
        return tuple(self._planned)

    def add(self, planned: P) -> None:
        """Add one."""
        self._planned.append(planned)

    def clear(self, match: str | None) -> None:
        """Remove all, or those added with exactly this `match`."""
        self._planned = [planned for planned in self._planned if match is not None and planned.match != match]

    def take(self, question: str, agent: str | None, suits: Callable[[P], bool]) -> P | None:
        """The first that is planned for this question and suits it, with one use counted off."""
        for index, planned in enumerate(self._planned):
            if planned.meant_for(question, agent) and suits(planned):
                left = [planned.model_copy(update={"times": planned.times - 1})] if planned.times > 1 else []
                self._planned[index : index + 1] = left
                return planned
        return None
