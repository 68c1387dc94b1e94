"""Secrets come from Secret Manager, pinned by version: a changed secret is a release, with a way back."""

from functools import cache

import grpc
from google.api_core.exceptions import GoogleAPICallError
from google.cloud.secretmanager import SecretManagerServiceClient
from google.cloud.secretmanager_v1.services.secret_manager_service.transports import (
    SecretManagerServiceGrpcTransport,
)

from common.environment.settings import Settings
from common.errors import ConfigurationError


@cache
def openai_key(settings: Settings) -> str:
    """The key of this environment's own project; raises ConfigurationError naming the secret."""
    profile = settings.profile
    name = f"projects/{settings.project}/secrets/{profile.openai_key_secret}/versions/{profile.openai_key_version}"
    try:
        reply = _client(settings).access_secret_version(name=name)
    except GoogleAPICallError as error:
        raise ConfigurationError(
            f"The secret {name} cannot be read. Needed by: step, upkeep. Add it with "
            f"`gcloud secrets versions add {profile.openai_key_secret} --project {settings.project} --data-file=-`."
        ) from error
    return reply.payload.data.decode()


def _client(settings: Settings) -> SecretManagerServiceClient:
    if settings.secrets_emulator is None:
        return SecretManagerServiceClient()
    channel = grpc.insecure_channel(settings.secrets_emulator)
    return SecretManagerServiceClient(transport=SecretManagerServiceGrpcTransport(channel=channel))
