"""Evidence on quality over HTTP: scores change what plans call safe; replays need real models and an account."""

import json
import subprocess
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
from google.api_core.exceptions import PermissionDenied

from cli.ask.client import ApexClient, new_request_id
from cli.ask.turn import ask
from common.environment.isolated import IsolatedEnvironment
from common.errors import ErrorCode
from emulators.platform.api import Stack
from emulators.platform.layout import REPOSITORY
from tests.api.test_bad_input import refused
from tests.api.test_datasets import ready
from tests.support.savings import usage_before

MANUAL = REPOSITORY / "docs" / "spend.md"
COMMANDS = [
    line for line in MANUAL.read_text(encoding="utf-8").splitlines() if line.startswith("curl") and "/api/" in line
]
SAMPLE = json.dumps({"request": "2 + 2", "answer": "4"}).encode()


def post(client: ApexClient, content: bytes, **query: str) -> Any:
    parameters = {"client_request_id": new_request_id(), "name": "graded.csv", **query}
    return client.http("POST", f"/api/evaluations?{urlencode(parameters)}", content=content)


def scores(before: str, after: str) -> bytes:
    """The candidate is right about 60 of 150 prompts, the present model about all."""
    lines = [f"{n},true,{str(n < 60).lower()}" for n in range(150)]
    return "\n".join([f"prompt,{before},{after}", *lines]).encode()


def swaps(client: ApexClient) -> list[dict[str, Any]]:
    outcome = ask(client, "How do I cut this bill?")
    assert outcome.answer is not None
    return [item for item in outcome.answer["recommendations"] if item["kind"] == "right_sizing"]


def test_a_swap_that_a_users_scores_speak_against_leaves_the_plan_until_they_are_deleted(guest: ApexClient) -> None:
    ready(guest, usage_before())
    (swap, *_) = swaps(guest)
    reply = post(guest, scores(swap["from_model"], swap["to_model"]))
    assert reply.status_code == 201, reply.text
    evaluation = reply.json()
    assert evaluation["kind"] == "scores"
    document = guest.firestore.document(f"users/{guest.uid}/evaluations/{evaluation['evaluation_id']}").get()
    assert [score["mean"] for score in document.get("scores")] == [1.0, 0.4]
    assert swap["to_model"] not in {item["to_model"] for item in swaps(guest)}
    address = f"/api/evaluations/{evaluation['evaluation_id']}"
    assert guest.http("DELETE", address).json() == {"evaluation_id": evaluation["evaluation_id"], "status": "deleted"}
    refused(guest.http("DELETE", address), ErrorCode.EVALUATION_NOT_FOUND)
    assert swap["to_model"] in {item["to_model"] for item in swaps(guest)}


def test_no_client_reads_scores_and_only_their_owner_reads_their_summary(
    guest: ApexClient, account: ApexClient
) -> None:
    name = post(guest, scores("gpt-4o", "gpt-4o-mini")).json()["evaluation_id"]
    path = f"users/{guest.uid}/evaluations/{name}"
    assert guest.firestore.document(path).get().exists
    below = ("scores/all", "samples/000000", "handed_in/all")
    for client, hidden in (*((guest, f"{path}/{name}") for name in below), (account, path)):
        with pytest.raises(PermissionDenied):
            client.firestore.document(hidden).get()
    refused(account.http("DELETE", f"/api/evaluations/{name}"), ErrorCode.EVALUATION_NOT_FOUND)


def test_the_same_request_again_is_the_same_evaluation(guest: ApexClient) -> None:
    request = new_request_id()
    replies = [post(guest, scores("gpt-4o", "gpt-4o-mini"), client_request_id=request) for _ in range(2)]
    assert replies[0].json() == replies[1].json()


@pytest.mark.parametrize("corrected", [{"content": scores("gpt-4o", "gpt-4.1-mini")}, {"name": "graded-again.csv"}])
def test_a_request_id_with_other_content_is_refused_and_leaves_the_evaluation_as_it_was(
    guest: ApexClient, corrected: dict[str, Any]
) -> None:
    first: dict[str, Any] = {"content": scores("gpt-4o", "gpt-4o-mini"), "client_request_id": new_request_id()}
    stored = guest.firestore.document(f"users/{guest.uid}/evaluations/{post(guest, **first).json()['evaluation_id']}")
    before = stored.get().to_dict()
    refused(post(guest, **first | corrected), ErrorCode.REQUEST_ID_REUSED)
    assert stored.get().to_dict() == before
    assert post(guest, **first).status_code == 201


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "No columns of two known models"),
        (b"prompt,gpt-4o\na,1", "no columns of two known models"),
        (b"gpt-4o,gpt-4o-mini\n1,maybe", "line 2, column gpt-4o-mini"),
        (b'{"gpt-4o": 1}\n{"gpt-4o-mini":', "Line 2"),
    ],
)
def test_a_file_without_scores_is_refused_with_what_it_needs(guest: ApexClient, content: bytes, message: str) -> None:
    assert message.lower() in refused(post(guest, content), ErrorCode.UNUSABLE_EVALUATION)["message"].lower()


def test_scores_with_a_feature_in_the_query_are_refused_because_it_belongs_in_their_lines(guest: ApexClient) -> None:
    reply = post(guest, scores("gpt-4o", "gpt-4o-mini"), feature="search")
    assert "in a column named 'feature'" in refused(reply, ErrorCode.INVALID_REQUEST)["message"]


def test_a_file_that_is_not_utf8_is_refused(guest: ApexClient) -> None:
    refused(post(guest, b"gpt-4o,gpt-4o-mini\n\xff,1"), ErrorCode.NOT_UTF8)


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ({"candidate": "gpt-4o-mini"}, ErrorCode.INVALID_REQUEST),
        ({"reference": "gpt-4o", "candidate": "gpt-4o"}, ErrorCode.INVALID_REQUEST),
        ({"reference": "gpt-4o", "candidate": "gpt-nonsense"}, ErrorCode.UNKNOWN_MODEL),
        ({"reference": "gpt-4o", "candidate": "claude-haiku-4-5"}, ErrorCode.CANDIDATE_NOT_OFFERED),
        ({"reference": "gpt-4o", "candidate": "gpt-4o-mini"}, ErrorCode.REAL_MODELS_NEEDED),
    ],
)
def test_a_replay_that_cannot_run_is_refused_before_anything_is_stored(
    account: ApexClient, query: dict[str, str], code: ErrorCode
) -> None:
    refused(post(account, SAMPLE, **query), code)
    assert account.firestore.collection(f"users/{account.uid}/evaluations").get() == []


def test_a_guest_who_requests_a_replay_is_asked_to_sign_in(guest: ApexClient) -> None:
    reply = post(guest, SAMPLE, reference="gpt-4o", candidate="gpt-4o-mini")
    assert refused(reply, ErrorCode.ACCOUNT_NEEDED)["message"].endswith("Sign in first.")


def test_the_commands_of_the_manual_submit_scores_and_report_that_a_replay_needs_real_models(
    stack: Stack, account: ApexClient, tmp_path: Path
) -> None:
    (tmp_path / "graded.csv").write_bytes(scores("gpt-4o", "gpt-4o-mini"))
    (tmp_path / "tickets.jsonl").write_bytes(SAMPLE)
    variables = {"APEX_URL": stack.page_url, "APEX_ID_TOKEN": account.session.token, "NO_PROXY": "*"}
    environment = IsolatedEnvironment.of_process().for_child(variables, inherit=("PATH",))
    runs = [
        subprocess.run(  # noqa: S602 - the manual's own commands, as a reader's shell runs them
            command, shell=True, cwd=tmp_path, env=environment, capture_output=True, text=True, timeout=60, check=False
        )
        for command in COMMANDS
    ]
    assert [done.returncode for done in runs] == [0, 22], [done.stdout + done.stderr for done in runs]
    assert '"kind":"scores"' in runs[0].stdout
    assert ErrorCode.REAL_MODELS_NEEDED in runs[1].stdout
