"""Usage data from programs: a file in one request, an upload that resumes after a crash, what the manual says."""

import gzip
import re
import subprocess
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import httpx
import pytest

from cli.ask.client import ApexClient, new_request_id
from cli.ask.turn import ask
from cli.ask.upload import LogPiece
from common.contract.documents import DatasetDocument
from common.datasets.chunks import CHUNK_BYTES
from common.datasets.chunks import PIECE_BYTES as UNPACKED_BYTES
from common.environment.isolated import IsolatedEnvironment
from common.errors import ErrorCode
from common.spend.logs.containers.unpack import PIECE_BYTES
from emulators.platform.api import Stack
from tests.api.test_bad_input import LOG, begin, complete, refused, send
from tests.support.keys import database, new_key, with_key

HEADER = b"timestamp,model,input_tokens,output_tokens\n"
DOLLARS = HEADER + b"2026-11-01T00:00:00Z,gpt-4o,1000000,100000\n"
"""3.50 USD."""
BAD_ROW = b"not-a-time,gpt-4o,1,1\n"
MANUAL = Path(__file__).parents[2] / "docs" / "usage-api.md"
COMMANDS = [block.strip() for block in re.findall(r"```sh\n(.*?)```", MANUAL.read_text(encoding="utf-8"), re.DOTALL)]


@pytest.fixture
def key(account: ApexClient) -> str:
    """A key of the account."""
    return new_key(account)


def post(
    account: ApexClient, key: str, content: bytes, query: str = "name=usage.csv", **headers: str
) -> httpx.Response:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return account.http("POST", f"/api/usage?{query}", content=content, headers=with_key(key) | named)


def datasets(account: ApexClient) -> list[str]:
    user = account.firestore.document(f"users/{account.uid}").get().to_dict() or {}
    return list(user["datasets"])


# One request


def test_a_file_in_one_request_can_be_asked_about(account: ApexClient, key: str) -> None:
    reply = post(account, key, DOLLARS + BAD_ROW)
    assert reply.status_code == 201
    taken = reply.json()
    assert (taken["rows"], taken["rejects"], taken["status"]) == (1, 1, "ready")
    assert [reject["line"] for reject in taken["rejected"]] == [3]
    assert taken["rejected"][0]["reason"]
    stored = account.firestore.document(f"users/{account.uid}/datasets/{taken['dataset_id']}").get().to_dict()
    assert stored is not None
    assert DatasetDocument.model_validate(stored).name == "usage.csv"
    answer = ask(account, "What did I spend?").answer
    assert answer is not None
    assert "3.50 USD" in answer["text"]


def test_a_signed_in_user_may_send_a_file_in_one_request_too(guest: ApexClient) -> None:
    assert guest.http("POST", "/api/usage?name=a.csv", content=LOG).json()["rows"] == 1


def test_all_rejects_are_counted_and_a_hundred_are_listed(account: ApexClient, key: str) -> None:
    taken = post(account, key, LOG + BAD_ROW * 150).json()
    assert (taken["rejects"], len(taken["rejected"])) == (150, 100)
    assert [reject["line"] for reject in taken["rejected"]] == list(range(3, 103))


def test_the_notes_say_how_a_file_was_read(account: ApexClient, key: str) -> None:
    content = b"timestamp,model,input_tokens,output_tokens,cached_tokens\n2026-11-01T00:00:00Z,gpt-4o,100,10,200\n"
    (note,) = post(account, key, content).json()["notes"]
    assert "Cached tokens" in note


@pytest.mark.parametrize(
    ("content", "headers"),
    [
        (gzip.compress(LOG), {"Content_Encoding": "gzip"}),
        (gzip.compress(LOG), {}),
        (gzip.compress(LOG[:50]) + gzip.compress(LOG[50:]), {"Content_Encoding": "gzip"}),
        (LOG, {"Content_Encoding": "identity"}),
    ],
    ids=("packed", "packed, but not said so", "in two parts", "plain"),  # the bytes hold the time of packing
)
def test_a_packed_file_is_unpacked_to_its_end(
    account: ApexClient, key: str, content: bytes, headers: dict[str, str]
) -> None:
    assert post(account, key, content, **headers).json()["rows"] == 1


def test_the_same_idempotency_key_is_the_same_dataset(account: ApexClient, key: str) -> None:
    first, again = (post(account, key, LOG + BAD_ROW, Idempotency_Key="nightly:1") for _ in range(2))
    assert (first.status_code, again.status_code) == (201, 201)
    assert first.json() == again.json()
    assert datasets(account) == [first.json()["dataset_id"]]
    assert post(account, key, LOG, Idempotency_Key="nightly:2").json()["dataset_id"] != first.json()["dataset_id"]


def test_without_an_idempotency_key_each_request_is_a_dataset(account: ApexClient, key: str) -> None:
    ids = [post(account, key, LOG).json()["dataset_id"] for _ in range(2)]
    assert datasets(account) == ids


def test_an_idempotency_key_for_another_file_or_model_is_refused(account: ApexClient, key: str) -> None:
    without_model = b"timestamp,input_tokens,output_tokens\n2026-11-01T00:00:00Z,100,10\n"
    post(account, key, without_model, "name=a&model=gpt-4o", Idempotency_Key="k").raise_for_status()
    for content, query in ((LOG, "name=a&model=gpt-4o"), (without_model, "name=a&model=gpt-4o-mini")):
        refused(post(account, key, content, query, Idempotency_Key="k"), ErrorCode.IDEMPOTENCY_KEY_REUSED)
    assert post(account, key, without_model, "name=b&model=gpt-4o", Idempotency_Key="k").status_code == 201
    assert len(datasets(account)) == 1


def test_the_same_request_many_times_at_once_counts_once(account: ApexClient, key: str) -> None:
    with ThreadPoolExecutor(8) as pool:
        replies = list(pool.map(lambda _: post(account, key, LOG + BAD_ROW, Idempotency_Key="once"), range(8)))
    assert {reply.status_code for reply in replies} == {201}
    assert len({reply.text for reply in replies}) == 1
    assert (replies[0].json()["rows"], len(datasets(account))) == (1, 1)


def test_a_refused_file_is_refused_in_the_same_words_again(account: ApexClient, key: str) -> None:
    first, again = (post(account, key, b"name,colour\nann,red\n", Idempotency_Key="bad") for _ in range(2))
    refused(first, ErrorCode.UNKNOWN_FORMAT)
    assert (first.status_code, first.json()) == (again.status_code, again.json())


def test_a_file_that_is_too_large_for_one_request_is_refused_with_what_to_do(account: ApexClient, key: str) -> None:
    bomb = gzip.compress(bytes(UNPACKED_BYTES + 1), compresslevel=1)
    for content in (bytes(CHUNK_BYTES + 1), bomb):
        error = refused(post(account, key, content), ErrorCode.ONE_REQUEST_TOO_LARGE)
        assert "8 MiB" in error["message"]
        assert "in parts" in error["message"]


@pytest.mark.parametrize(
    ("query", "headers", "code"),
    [
        ("", {}, ErrorCode.INVALID_REQUEST),
        ("name=", {}, ErrorCode.INVALID_REQUEST),
        ("name=a&nome=b", {}, ErrorCode.INVALID_REQUEST),
        ("name=a&model=gpt-nonsense", {}, ErrorCode.UNKNOWN_MODEL),
        ("name=a", {"Content_Encoding": "br"}, ErrorCode.INVALID_REQUEST),
        ("name=a", {"Content_Encoding": "gzip"}, ErrorCode.UNREADABLE_FILE),
        ("name=a", {"Idempotency_Key": "a" * 256}, ErrorCode.INVALID_REQUEST),
        ("name=a", {"Idempotency_Key": "a b"}, ErrorCode.INVALID_REQUEST),
    ],
)
def test_an_invalid_request_is_refused_and_leaves_nothing(
    account: ApexClient, key: str, query: str, headers: dict[str, str], code: ErrorCode
) -> None:
    refused(post(account, key, LOG, query, **headers), code)
    assert list(account.firestore.collection(f"users/{account.uid}/datasets").get()) == []


# Resuming after a crash


class CrashError(Exception):
    """Raised by the test to end a client."""


def crash_at(number: int) -> Any:
    """A listener of an upload that ends the client once `number` parts were accepted."""
    seen: list[LogPiece] = []

    def listen(piece: LogPiece) -> None:
        seen.append(piece)
        if len(seen) == number:
            raise CrashError

    return listen


def test_an_upload_reports_how_far_it_is(guest: ApexClient) -> None:
    dataset = begin(guest)
    address = f"/api/uploads/{dataset}"
    nothing = {"next_chunk": 0, "bytes": 0, "rows": 0, "rejects": 0, "error": None}
    assert guest.http("GET", address).json() == nothing | {"dataset_id": dataset, "status": "receiving"}
    send(guest, dataset, 0, LOG + BAD_ROW)
    send(guest, dataset, 1, BAD_ROW)
    received = {"next_chunk": 2, "bytes": len(LOG + BAD_ROW * 2), "error": None}
    assert received.items() <= guest.http("GET", address).json().items()
    complete(guest, dataset, 2)
    ready = {"status": "ready", "next_chunk": 2, "rows": 1, "rejects": 2}
    assert ready.items() <= guest.http("GET", address).json().items()


def test_a_failed_upload_reports_why(guest: ApexClient) -> None:
    dataset = begin(guest)
    send(guest, dataset, 0, b"%PDF-1.7")
    complete(guest, dataset, 1)
    upload = guest.http("GET", f"/api/uploads/{dataset}").json()
    assert (upload["status"], upload["error"]["code"]) == ("failed", ErrorCode.UNREADABLE_FILE)


def test_somebody_elses_upload_reveals_nothing(guest: ApexClient, account: ApexClient) -> None:
    for dataset in (begin(account), "f" * 32, "__reserved__"):
        refused(guest.http("GET", f"/api/uploads/{dataset}"), ErrorCode.DATASET_NOT_FOUND)


def test_the_client_resumes_where_an_upload_broke_off(guest: ApexClient, tmp_path: Path) -> None:
    rows = (2 * PIECE_BYTES + PIECE_BYTES // 2) // 64
    path = tmp_path / "long.csv"
    line = b"2026-11-01T00:00:00Z,gpt-4o,100,10," + b"x" * 28 + b"\n"
    path.write_bytes(b"timestamp,model,input_tokens,output_tokens,comment\n" + line * rows)
    request_id = new_request_id()
    with pytest.raises(CrashError):
        guest.upload(path, client_request_id=request_id, on_progress=crash_at(2))
    rest: list[LogPiece] = []
    done = guest.upload(path, client_request_id=request_id, on_progress=rest.append)
    assert (done.rows, len(rest)) == (rows, 1)
    again: list[LogPiece] = []
    assert guest.upload(path, client_request_id=request_id, on_progress=again.append) == done
    assert again == []


def test_an_upload_that_was_idle_for_too_long_must_start_again(stack: Stack, guest: ApexClient) -> None:
    dataset = begin(guest)
    send(guest, dataset, 0, LOG)
    database(stack).document(f"import_state/{guest.uid}_{dataset}").delete()  # as its expiry does
    refused(guest.http("GET", f"/api/uploads/{dataset}"), ErrorCode.UPLOAD_EXPIRED)
    refused(send(guest, dataset, 1, LOG), ErrorCode.UPLOAD_EXPIRED)
    refused(complete(guest, dataset, 1), ErrorCode.UPLOAD_EXPIRED)


# What grows with a file


def test_an_upload_of_many_parts_lists_few_shards_and_a_hundred_parts_with_rejects(guest: ApexClient) -> None:
    dataset = begin(guest)
    row = b"2026-11-01T00:00:00Z,gpt-4o,100,10\n"
    send(guest, dataset, 0, LOG + row * 1_999)  # enough to know the format: from now on each part is read at once
    for number in range(1, 121):
        assert send(guest, dataset, number, row + BAD_ROW).status_code == 200
    assert complete(guest, dataset, 121).json()["rows"] == 2_120
    stored = guest.firestore.document(f"users/{guest.uid}/datasets/{dataset}").get()
    assert (len(stored.get("shards")), stored.get("rejects")) == (1, 120)
    rejects = [part.id for part in stored.reference.collection("rejects").get()]
    assert rejects == [f"{part:06d}" for part in stored.get("reject_chunks")] == [f"{n:06d}" for n in range(1, 101)]


# The manual


def test_the_commands_of_the_manual_work_as_they_stand(
    stack: Stack, account: ApexClient, key: str, tmp_path: Path
) -> None:
    (tmp_path / "usage.csv").write_bytes(LOG)
    values = {"APEX_URL": stack.page_url, "APEX_KEY": key, "APEX_ID_TOKEN": account.session.token}
    environment = IsolatedEnvironment.of_process().for_child(values | {"NO_PROXY": "*"}, inherit=("PATH",))
    assert len(COMMANDS) == 3
    for command in COMMANDS:
        done = subprocess.run(  # noqa: S602 - the manual's own commands, as a reader's shell runs them
            command, shell=True, cwd=tmp_path, env=environment, capture_output=True, text=True, timeout=60, check=False
        )
        assert done.returncode == 0, done.stdout + done.stderr
        assert '"secret":"apex_' in done.stdout or '"rows":1' in done.stdout
    assert len(datasets(account)) == 2
