"""A turn as it was requested, validated."""

import hashlib
import json
from dataclasses import dataclass

from common.core.user import UserContext
from common.runs.ids import run_id


@dataclass(frozen=True, kw_only=True)
class Turn:
    """A validated request for a turn. `thread_id` None: a new thread, named after the run."""

    user: UserContext
    client_request_id: str
    message: str
    thread_id: str | None
    dataset_ids: tuple[str, ...]
    traceparent: str

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
        body = json.dumps([self.message, self.thread_id, sorted(self.dataset_ids)])
        return hashlib.sha256(body.encode()).hexdigest()
