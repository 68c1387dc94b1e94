"""A whole development stack of its own, beside whatever else runs on this machine."""

import json
from collections.abc import Iterator

import httpx
import psutil
import pytest
from google.cloud.secretmanager_v1 import SecretManagerServiceClient
from google.cloud.secretmanager_v1.services.secret_manager_service.transports import SecretManagerServiceGrpcTransport
from google.cloud.tasks_v2 import CloudTasksClient
from google.cloud.tasks_v2.services.cloud_tasks.transports import CloudTasksGrpcTransport
from google.pubsub_v1 import SubscriberClient
from google.pubsub_v1.services.subscriber.transports import SubscriberGrpcTransport
from grpc import insecure_channel

from common.environment.isolated import IsolatedEnvironment
from common.environment.profiles import EnvironmentName
from common.environment.settings import load_settings
from emulators.platform import api, local_http, processes, state, status
from emulators.platform.api import Stack
from emulators.platform.catalog import FUNCTIONS
from emulators.platform.layout import StackLayout
from emulators.platform.local_http import NO_CERTIFICATES

DEVELOPMENT = EnvironmentName.DEVELOPMENT
OTHERS = ("firebase", "firestore", "pubsub", "googleapis", "model")
OWNER = {"Authorization": "Bearer owner"}


@pytest.fixture(scope="module")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """Started once; at the end nothing of it is left."""
    layout = StackLayout(DEVELOPMENT, tmp_path_factory.mktemp("stack"))
    with pytest.MonkeyPatch.context() as patch:
        patch.delenv("APEX_MODEL_BASE_URL", raising=False)  # of the test stack that this process belongs to
        found, started = api.ensure_up(DEVELOPMENT, owner_pid=psutil.Process().pid, layout=layout)
    assert started
    current = state.read(layout)
    assert current
    yield found
    api.stop(DEVELOPMENT, layout=layout)
    assert processes.tree([current.supervisor, *current.orphans()]) == ()


def test_everything_answers(stack: Stack) -> None:
    current = state.read(stack.layout)
    assert current
    seen = status.look(current)
    assert seen.healthy
    assert {row.service for row in seen.services} == {*FUNCTIONS, *OTHERS}
    assert all(0 < row.memory_mb < row.limit_mb for row in seen.services)
    assert json.loads(json.dumps(seen.as_json()))["healthy"] is True


def test_a_running_stack_is_found_and_reused(stack: Stack) -> None:
    assert api.running(DEVELOPMENT, layout=stack.layout) == stack
    again, started = api.ensure_up(DEVELOPMENT, owner_pid=psutil.Process().pid, layout=stack.layout)
    assert again == stack
    assert not started


def test_the_queue_and_the_key_are_there(stack: Stack) -> None:
    settings = load_settings(IsolatedEnvironment(stack.function_variables()), "chat")
    with insecure_channel(stack.tasks_host) as channel:
        queue = CloudTasksClient(transport=CloudTasksGrpcTransport(channel=channel)).get_queue(
            name=settings.steps_queue
        )
        assert queue.retry_config.max_attempts == 8
        assert queue.rate_limits.max_concurrent_dispatches == 64
        secrets = SecretManagerServiceClient(transport=SecretManagerServiceGrpcTransport(channel=channel))
        name = f"projects/{stack.project}/secrets/{stack.profile.openai_key_secret}/versions/1"
        assert secrets.access_secret_version(name=name).payload.data == b"local"


def test_the_topic_of_dead_letters_and_its_subscription_are_there_after_every_start(stack: Stack) -> None:
    settings = load_settings(IsolatedEnvironment(stack.function_variables()), "upkeep")
    stack.refresh("pubsub")
    with insecure_channel(stack.pubsub_host) as channel:
        client = SubscriberClient(transport=SubscriberGrpcTransport(channel=channel))
        name = settings.dead_letters_subscription
        assert client.get_subscription(subscription=name).topic == settings.dead_letters_topic


def test_refresh_changes_one_process_and_no_port(stack: Stack) -> None:
    before = {name: stack.pid(name) for name in FUNCTIONS}
    stack.refresh("step")
    after = {name: stack.pid(name) for name in FUNCTIONS}
    assert {name for name in FUNCTIONS if before[name] != after[name]} == {"step"}
    assert local_http.get(f"{stack.step_url}/healthz").is_success


def test_documents_and_accounts_outlive_their_emulators(stack: Stack) -> None:
    document = f"http://{stack.firestore_host}/v1/projects/{stack.project}/databases/(default)/documents/kept/one"
    accounts = f"http://{stack.auth_host}/identitytoolkit.googleapis.com/v1"
    with httpx.Client(trust_env=False, verify=NO_CERTIFICATES, headers=OWNER, timeout=30) as http:
        http.patch(document, json={"fields": {"n": {"integerValue": "5"}}}).raise_for_status()
        guest = http.post(f"{accounts}/accounts:signUp?key=any", json={"returnSecureToken": True}).json()["localId"]
        stack.refresh("firestore")
        stack.refresh("firebase")
        assert http.get(document).json()["fields"]["n"]["integerValue"] == "5"
        listed = http.get(f"{accounts}/projects/{stack.project}/accounts:batchGet").json()["users"]
        assert guest in {user["localId"] for user in listed}
