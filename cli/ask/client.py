"""A client of Apex, like the browser: signs in, uploads, posts turns and listens with the user's own token.

One instance is one user. Instances share nothing, so threads may each use their own.
"""

import secrets
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import httpx
from google.api_core.exceptions import GoogleAPICallError

from cli.ask import sign_in
from cli.ask.errors import refusal, refused_read, unreachable
from cli.ask.firestore import UserFirestore
from cli.ask.upload import LogPiece, UsageLog, logs, rest, unreadable
from cli.ask.watch import RunWatch
from common.runs.ids import run_id
from common.spend.logs import BrokenOffError
from emulators.platform.api import Stack
from emulators.platform.local_http import NO_CERTIFICATES

_HTTP_TIMEOUT_S = 60.0
_READ_TIMEOUT_S = 15.0
_OF_ACCOUNT = ("/api/account", "/api/evaluations", "/api/keys", "/api/recommendations", "/api/statement")
_NAME_LENGTH = 200  # what the server accepts


@dataclass(frozen=True, kw_only=True)
class UploadedDataset:
    """A dataset that is ready; `rows` were counted, `rejects` were not."""

    dataset_id: str
    name: str
    rows: int
    rejects: int


@dataclass(frozen=True)
class TurnReceipt:
    """The server's reply to a turn."""

    run_id: str
    thread_id: str
    status: str


def new_request_id() -> str:
    """A random `client_request_id`, one per message; hex, as ids that begin with `__` are refused."""
    return secrets.token_hex(16)


class ApexClient:
    """One signed-in user of the stack. Methods raise ClientError; `close()` it, or use it in `with`."""

    def __init__(self, stack: Stack, session: sign_in.Session) -> None:
        self.stack = stack
        self.session = session
        self.firestore = UserFirestore(host=stack.firestore_host, project=stack.project, token=session.token)
        self._http = httpx.Client(verify=NO_CERTIFICATES, timeout=_HTTP_TIMEOUT_S, trust_env=False)

    @classmethod
    def sign_in_guest(cls, stack: Stack) -> Self:
        """A client of a new anonymous user."""
        return cls(stack, sign_in.sign_in_guest(stack.auth_host))

    @classmethod
    def sign_in_as(cls, stack: Stack, name: str) -> Self:
        """A client of NAME@example.com, created if new."""
        return cls(stack, sign_in.sign_in_user(stack.auth_host, name))

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the connections."""
        self._http.close()
        self.firestore.close()

    @property
    def uid(self) -> str:
        """The user's id."""
        return self.session.uid

    def run_id(self, client_request_id: str) -> str:
        """The run that this user's request becomes; computed, so it is known before posting."""
        return run_id(self.uid, client_request_id)

    def http(
        self,
        method: str,
        path: str,
        *,
        json: object = None,
        content: bytes | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> httpx.Response:
        """Send any request and return the reply unchanged; `headers` override the user's token.

        `path` is an address, or a path of the API: data goes to usage; accounts, keys and savings go to account, the
        rest to chat.
        """
        sent = {"Authorization": f"Bearer {self.session.token}", **(headers or {})}
        url = path if path.startswith("http") else f"{self._service(path)}{path}"
        try:
            if content is not None:
                return self._http.request(method, url, content=content, headers=sent)
            return self._http.request(method, url, json=json, headers=sent)
        except httpx.TransportError as error:
            raise unreachable(f"Apex at {url}", error) from error

    def upload(
        self,
        path: Path,
        *,
        model: str | None = None,
        client_request_id: str | None = None,
        on_progress: Callable[[LogPiece], None] = lambda _piece: None,
    ) -> UploadedDataset:
        """Send a usage file with one log in gzip chunks; `model` is for files that do not name it.

        The same file under the same `client_request_id` resumes an interrupted upload.
        """
        (dataset,) = self.upload_all(path, model=model, client_request_id=client_request_id, on_progress=on_progress)
        return dataset

    def upload_all(
        self,
        path: Path,
        *,
        model: str | None = None,
        client_request_id: str | None = None,
        on_progress: Callable[[LogPiece], None],
    ) -> Iterator[UploadedDataset]:
        """Send every log in a file, each as a dataset of its own.

        Of a truncated one, what precedes the cut becomes a dataset, and the error is raised.
        """
        request_id = client_request_id or new_request_id()
        for number, log in enumerate(logs(path)):
            yield self._send(path, log, model, f"{request_id}-{number}" if number else request_id, on_progress)

    def _send(
        self, path: Path, log: UsageLog, model: str | None, request_id: str, on_progress: Callable[[LogPiece], None]
    ) -> UploadedDataset:
        name = log.name[-_NAME_LENGTH:]
        request: dict[str, object] = {"client_request_id": request_id, "name": name}
        optional = {"model": model, "size_bytes": log.size}
        request |= {key: value for key, value in optional.items() if value is not None}
        opened = self._call("POST", "/api/uploads", json=request)
        address = f"/api/uploads/{opened['dataset_id']}"
        done = self._send_rest(path, log, address, on_progress)
        return UploadedDataset(dataset_id=done["dataset_id"], name=name, rows=done["rows"], rejects=done["rejects"])

    def _send_rest(
        self, path: Path, log: UsageLog, address: str, on_progress: Callable[[LogPiece], None]
    ) -> dict[str, Any]:
        """Send what the server lacks of a log, perhaps nothing, and complete it."""
        now = self._call("GET", address)
        chunks, cut = int(now["next_chunk"]), None
        try:
            for piece in rest(path, log.pieces, skip=now["bytes"]):
                self._call("PUT", f"{address}/chunks/{chunks}", content=piece.compressed())
                on_progress(piece)
                chunks += 1
        except BrokenOffError as error:
            if not chunks:
                raise unreadable(path, error.after(0)) from error
            cut = error
        done = self._call("POST", f"{address}/complete", json={"chunks": chunks})
        if cut is not None:
            raise unreadable(path, cut.after(done["rows"])) from cut
        return done

    def post_turn(
        self,
        message: str,
        *,
        client_request_id: str | None = None,
        thread_id: str | None = None,
        dataset_ids: tuple[str, ...] | None = None,
    ) -> TurnReceipt:
        """Send a message; without `thread_id` it starts a thread, without `dataset_ids` all data is used."""
        body: dict[str, object] = {"client_request_id": client_request_id or new_request_id(), "message": message}
        if thread_id is not None:
            body["thread_id"] = thread_id
        if dataset_ids is not None:
            body["dataset_ids"] = dataset_ids
        reply = self._call("POST", "/api/turns", json=body)
        return TurnReceipt(reply["run_id"], reply["thread_id"], reply["status"])

    def cancel(self, run: str, *, client_request_id: str | None = None) -> str:
        """Stop a run and return its status; with its `client_request_id` even before the turn is accepted."""
        body = {} if client_request_id is None else {"client_request_id": client_request_id}
        status: str = self._call("POST", f"/api/runs/{run}/cancel", json=body)["status"]
        return status

    def watch(self, run: str) -> RunWatch:
        """A listener on a run's events; enter it before the turn is posted to miss nothing."""
        return RunWatch(self.firestore, uid=self.uid, run_id=run, expires_at=self.session.expires_at)

    def run(self, run: str) -> dict[str, Any] | None:
        """The run's document, None while there is none."""
        return self._read(f"runs/{run}")

    def message(self, thread_id: str, message_id: str) -> dict[str, Any] | None:
        """A message's document, None while there is none; an answer's id is its run's."""
        return self._read(f"threads/{thread_id}/messages/{message_id}")

    def _read(self, path: str) -> dict[str, Any] | None:
        try:
            document = self.firestore.document(f"users/{self.uid}/{path}").get(retry=None, timeout=_READ_TIMEOUT_S)
        except GoogleAPICallError as error:
            raise refused_read(error) from error
        fields: dict[str, Any] | None = document.to_dict()
        return fields

    def _call(self, method: str, path: str, *, json: object = None, content: bytes | None = None) -> dict[str, Any]:
        response = self.http(method, path, json=json, content=content)
        if response.is_error:
            raise refusal(response)
        reply: dict[str, Any] = response.json()
        return reply

    def _service(self, path: str) -> str:
        if path.startswith(("/api/uploads", "/api/usage")):
            return self.stack.usage_url
        return self.stack.account_url if path.startswith(_OF_ACCOUNT) else self.stack.chat_url
