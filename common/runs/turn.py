"""A turn as it was requested, validated."""

import hashlib
import json
from dataclasses import dataclass

from pydantic import BaseModel, ConfigDict

from common.core.user import UserContext
from common.runs.ids import run_id


class Click(BaseModel):
    """What was clicked instead of written: a choice of a question back by its id, or a chip of the reading of the last
    answer, which is taken off (`to` None) or changed to one of its options.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    choice: str | None = None
    chip: str | None = None
    to: str | None = None


@dataclass(frozen=True, kw_only=True)
class Turn:
    """A validated request for a turn. `thread_id` None: a new thread, named after the run. `message` says in words
    what a `click` does.
    """

    user: UserContext
    client_request_id: str
    message: str
    thread_id: str | None
    dataset_ids: tuple[str, ...]
    traceparent: str
    click: Click | None = None

    @property
    def run_id(self) -> str:
        """The run that this request becomes."""
        return run_id(self.user.uid, self.client_request_id)

    @property
    def thread(self) -> str:
        """The id of its thread."""
        return self.thread_id or self.run_id

    @property
    def body_hash(self) -> str:
        """Distinguishes a retry from another message under the same id."""
        body = [self.message, self.thread_id, sorted(self.dataset_ids)]
        clicked = [self.click.model_dump()] if self.click else []
        return hashlib.sha256(json.dumps(body + clicked).encode()).hexdigest()
