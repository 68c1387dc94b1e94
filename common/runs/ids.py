"""Names that are computed, so that a retry finds what it made before."""

import hashlib
import re
from collections.abc import Iterable

RUN_ID = re.compile(r"[0-9a-f]{32}")
"""The form of run ids."""

RECOMMENDATION_ID = re.compile(r"[0-9a-f]{32}")
"""The form of the ids of stored recommendations."""


def _sha(*parts: object) -> str:
    return hashlib.sha256("|".join(str(part) for part in parts).encode()).hexdigest()


def run_id(uid: str, client_request_id: str) -> str:
    """The id of the run that a request becomes; the client computes it too, so that Stop works before the reply."""
    return _sha(uid, client_request_id)[:32]


def task_id(run: str, step: int, dispatch: int) -> str:
    """Task name of a cursor position; hashed in front, because sequential names slow a queue."""
    return f"{_sha(run, step, dispatch)[:16]}-{step}-{dispatch}"


def recommendation_id(dataset_ids: Iterable[str], opportunity_id: str) -> str:
    """The id of what a plan proposes for some datasets: the same in every answer, and in an account, too."""
    return _sha("recommendation", *sorted(dataset_ids), opportunity_id)[:32]


def check_task_id(run: str, step: int, dispatch: int, until_ms: int) -> str:
    """Task name of the check after a lease has run out; one per lease end."""
    return f"{_sha(run, step, dispatch, until_ms)[:16]}-{step}-{dispatch}-check"
