"""Secrets come from Secret Manager, pinned by version: changing one is a release, and can be rolled back."""

from functools import cache

import grpc
from google.api_core.exceptions import GoogleAPIError, NotFound, PermissionDenied
from google.cloud.secretmanager import SecretManagerServiceClient
from google.cloud.secretmanager_v1.services.secret_manager_service.transports import (
    SecretManagerServiceGrpcTransport,
)

from common.environment.settings import Settings
from common.errors import ConfigurationError


@cache
def openai_key(settings: Settings) -> str:
    """The key of this environment's own project; raises ConfigurationError naming the secret, and what to do."""
    profile = settings.profile
    name = f"projects/{settings.project}/secrets/{profile.openai_key_secret}/versions/{profile.openai_key_version}"
    try:
        reply = _client(settings).access_secret_version(name=name)
    except GoogleAPIError as error:
        hint = _remedy(settings, error)
        raise ConfigurationError(f"The secret {name} cannot be read. Needed by: step, upkeep. {hint}") from error
    return reply.payload.data.decode()


def _remedy(settings: Settings, error: GoogleAPIError) -> str:
    secret, version = settings.profile.openai_key_secret, settings.profile.openai_key_version
    where = f"{secret} --project {settings.project}"
    match error:
        case NotFound():
            return (
                "There is no such version. Without the secret, create it with its version 1: `gcloud secrets create "
                f"{where} --replication-policy=automatic --data-file=-`; with it, add versions up to {version}: "
                f"`gcloud secrets versions add {where} --data-file=-`, or pin one that is there, as "
                "`openai_key_version` in common/environment/profiles.py."
            )
        case PermissionDenied():
            return (
                "The account that the service runs as may not. Give it the role: `gcloud secrets "
                f"add-iam-policy-binding {where} --role=roles/secretmanager.secretAccessor "
                "--member=serviceAccount:ACCOUNT`."
            )
        case _:
            return f"It may be there: Secret Manager could not give it out. It says: {error}"


def _client(settings: Settings) -> SecretManagerServiceClient:
    if settings.secrets_emulator is None:
        return SecretManagerServiceClient()
    channel = grpc.insecure_channel(settings.secrets_emulator)
    return SecretManagerServiceClient(transport=SecretManagerServiceGrpcTransport(channel=channel))
