"""A secret that cannot be read: each cause is reported with its mend, and is chained."""

from dataclasses import replace
from typing import Any

import grpc
import pytest
from google.api_core.exceptions import FailedPrecondition, NotFound, PermissionDenied
from google.cloud.secretmanager import SecretManagerServiceClient
from google.cloud.secretmanager_v1.services.secret_manager_service.transports import SecretManagerServiceGrpcTransport
from google.cloud.secretmanager_v1.types import Replication, Secret, SecretPayload

from common.environment.secrets import openai_key
from common.environment.settings import Settings
from common.errors import ConfigurationError
from tests.support.protocol import held_settings

pytestmark = pytest.mark.usefixtures("stack")


def pinned(**changes: Any) -> Settings:
    settings = held_settings()
    return replace(settings, profile=replace(settings.profile, **changes))


def refusal(settings: Settings) -> ConfigurationError:
    with pytest.raises(ConfigurationError) as refused:
        openai_key(settings)
    return refused.value


NO_SECRET = {"openai_key_secret": "missing"}  # pragma: allowlist secret


@pytest.mark.parametrize("missing", [NO_SECRET, {"openai_key_version": 999}])
def test_a_secret_or_version_that_is_missing_is_reported_with_how_to_make_the_pinned_one(
    missing: dict[str, Any],
) -> None:
    settings = pinned(**missing)
    error = refusal(settings)
    where = f"{settings.profile.openai_key_secret} --project {settings.project}"
    assert f"gcloud secrets create {where}" in str(error)
    assert f"add versions up to {settings.profile.openai_key_version}: `gcloud secrets versions add {where}" in str(
        error
    )
    assert isinstance(error.__cause__, NotFound)


def test_a_secret_that_may_not_be_read_is_reported_with_the_role_that_is_missing() -> None:
    error = refusal(replace(pinned(), project="demo-apex-test-other"))
    assert "gcloud secrets add-iam-policy-binding openai-api-key --project demo-apex-test-other" in str(error)
    assert "roles/secretmanager.secretAccessor" in str(error)
    assert "versions add" not in str(error)
    assert isinstance(error.__cause__, PermissionDenied)


def test_a_secret_that_is_not_given_out_is_reported_with_what_secret_manager_says(uid: str) -> None:
    settings = pinned(openai_key_secret=uid)
    channel = grpc.insecure_channel(settings.secrets_emulator or "")
    client = SecretManagerServiceClient(transport=SecretManagerServiceGrpcTransport(channel=channel))
    secret = Secret(replication=Replication(automatic=Replication.Automatic()))
    name = client.create_secret(parent=f"projects/{settings.project}", secret_id=uid, secret=secret).name
    version = client.add_secret_version(parent=name, payload=SecretPayload(data=b"key"))
    client.disable_secret_version(name=version.name)
    error = refusal(settings)
    assert "is in DISABLED state" in str(error)
    assert "gcloud" not in str(error)
    assert isinstance(error.__cause__, FailedPrecondition)
