"""Everything that is stored about one user's conversations, read in two RPCs."""

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import chain
from typing import Any

from pydantic import TypeAdapter

from common.contract.documents import EventsDocument, Message, RunDocument, ThreadDocument, UserDocument
from common.runs.ids import run_id
from common.runs.ports import Ports
from common.runs.state import RunState
from common.store import paths
from common.store.client import Snapshot, read_all

_BEYOND = 4
"""Event numbers that are read beyond those that the control document counts."""
_OF_THE_DELETED = 30
"""Event numbers that are read where there is no control document."""

_MESSAGE: TypeAdapter[Message] = TypeAdapter(Message)


@dataclass(frozen=True, kw_only=True)
class RunRecord:
    """One run: what its client can read, and its control document."""

    document: RunDocument
    state: RunState
    wakes: bool
    events: list[dict[str, Any]]
    messages: list[Message]
    has_dead_letter: bool


@dataclass(frozen=True, kw_only=True)
class Ledger:
    """Threads by id, runs by request. `charged`: requests that became a run which counts for the quota."""

    user: UserDocument | None
    threads: dict[str, ThreadDocument]
    runs: dict[str, RunRecord]
    charged: frozenset[str]
    remains: dict[str, list[str]]
    """What there is of each request's run, by request: paths of documents."""

    @property
    def failed(self) -> frozenset[str]:
        """Requests whose runs failed."""
        return frozenset(request for request, run in self.runs.items() if run.state.status == "failed")


async def read_ledger(ports: Ports, uid: str, requests: Mapping[str, str]) -> Ledger:
    """Read what `requests` (to the threads that they are for) became; documents must be as they are declared."""
    threads = {thread: paths.thread(uid, thread) for thread in requests.values()}
    claims = {request: paths.claim(uid, request) for request in requests}
    below = {request: _below(uid, run_id(uid, request), thread) for request, thread in requests.items()}
    read = await _read(ports, [paths.user(uid), *threads.values(), *claims.values(), *chain(*below.values())])
    for request, documents in below.items():
        documents.extend(_events(uid, run_id(uid, request), read.get(paths.run_state(run_id(uid, request)))))
    read |= await _read(ports, [path for documents in below.values() for path in documents if path not in read])
    user = read.get(paths.user(uid))
    return Ledger(
        user=UserDocument.model_validate(user.to_dict()) if user else None,
        threads={
            name: ThreadDocument.model_validate(read[path].to_dict()) for name, path in threads.items() if path in read
        },
        runs={
            name: _record([read[path] for path in documents if path in read])
            for name, documents in below.items()
            if documents[0] in read
        },
        charged=frozenset(name for name, path in claims.items() if path in read and _is_charged(read[path])),
        remains={name: [path for path in documents if path in read] for name, documents in below.items()},
    )


async def _read(ports: Ports, wanted: list[str]) -> dict[str, Snapshot]:
    return {document.reference.path: document for document in await read_all(ports.db, wanted) if document.exists}


def _below(uid: str, run: str, thread: str) -> list[str]:
    """Where the documents of a run are, without its events; those that it always has come first."""
    return [
        paths.run(uid, run),
        paths.run_state(run),
        paths.message(uid, thread, paths.question_id(run)),
        paths.message(uid, thread, run),
        paths.dead_letter(run),
        *(paths.step(run, number) for number in range(2)),
    ]


def _events(uid: str, run: str, control: "Snapshot | None") -> list[str]:
    last = control.get("next_seq") + _BEYOND if control else _OF_THE_DELETED
    return [paths.events(uid, run, number) for number in range(last)]


def _is_charged(claim: Snapshot) -> bool:
    """A stop that came first left a claim without a body; the turn changed it when it came. Neither is charged."""
    return claim.get("body_hash") is not None and claim.create_time == claim.update_time


def _record(snapshots: list[Snapshot]) -> RunRecord:
    run, control, *others = snapshots
    documents = [(other.reference.path.split("/")[-2], other.to_dict() or {}) for other in others]
    commits = [document for kind, document in documents if kind == paths.EVENTS]
    for commit in commits:
        EventsDocument.model_validate(commit, strict=False)  # its events are JSON
    return RunRecord(
        document=RunDocument.model_validate(run.to_dict()),
        state=RunState.parse(control),
        wakes=control.get("wake_at") is not None,
        events=[event for commit in commits for event in commit["events"]],
        messages=[_MESSAGE.validate_python(document) for kind, document in documents if kind == paths.MESSAGES],
        has_dead_letter=any(kind == paths.DEAD_LETTERS for kind, _ in documents),
    )
