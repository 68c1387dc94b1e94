"""The gRPC API google.cloud.secretmanager.v1.SecretManagerService, for global secrets of one project."""

from datetime import UTC, datetime
from typing import Any

import google_crc32c
import grpc
from google.cloud.secretmanager_v1 import types
from google.cloud.secretmanager_v1.types import Secret, SecretVersion

from emulators.googleapis.grpc_service import ApiError, Rpc, not_emulated, refuse, service
from emulators.googleapis.resource_names import PROJECT, SECRET, VERSION, NameRules, page
from emulators.googleapis.secret_store import SecretStore

MAX_PAYLOAD_BYTES = 64 * 1024
_MAX_PAGE = 25_000
_State = SecretVersion.State


class SecretsApi:
    """Answers the RPCs from the store; each is atomic, as nothing here awaits."""

    def __init__(self, store: SecretStore, names: NameRules) -> None:
        self._store = store
        self._names = names

    def handler(self) -> "grpc.GenericRpcHandler[Any, Any]":
        """The gRPC service."""
        rpcs: dict[str, Rpc] = {
            "CreateSecret": (types.CreateSecretRequest, self.create_secret),
            "GetSecret": (types.GetSecretRequest, lambda request: self._secret(request.name)),
            "ListSecrets": (types.ListSecretsRequest, self.list_secrets),
            "DeleteSecret": (types.DeleteSecretRequest, self.delete_secret),
            "AddSecretVersion": (types.AddSecretVersionRequest, self.add_version),
            "GetSecretVersion": (types.GetSecretVersionRequest, lambda request: self._version(request.name)[2]),
            "ListSecretVersions": (types.ListSecretVersionsRequest, self.list_versions),
            "AccessSecretVersion": (types.AccessSecretVersionRequest, self.access_version),
            "DisableSecretVersion": (types.DisableSecretVersionRequest, self.disable_version),
            "EnableSecretVersion": (types.EnableSecretVersionRequest, self.enable_version),
            "DestroySecretVersion": (types.DestroySecretVersionRequest, self.destroy_version),
        }
        return service("google.cloud.secretmanager.v1.SecretManagerService", rpcs)

    def create_secret(self, request: types.CreateSecretRequest) -> Secret:
        """Create a secret without versions."""
        self._names.check(request.parent, PROJECT, f"Invalid parent [{request.parent}].")
        name = f"{request.parent}/secrets/{request.secret_id}"
        self._names.check(
            name, SECRET, f"Invalid secret id [{request.secret_id}]: letters, digits, - and _, up to 255."
        )
        if self._store.secret(name) is not None:
            raise ApiError(grpc.StatusCode.ALREADY_EXISTS, f"Secret [{name}] already exists.")
        secret = Secret(request.secret)
        secret.name = name
        secret.create_time = datetime.now(UTC)
        self._store.add_secret(secret)
        return secret

    def list_secrets(self, request: types.ListSecretsRequest) -> types.ListSecretsResponse:
        """A page of a project's secrets, by name."""
        self._names.check(request.parent, PROJECT, f"Invalid parent [{request.parent}].")
        _refuse_extras(request)
        names = self._store.secret_names(request.parent)
        shown, token = page(names, request.page_size, request.page_token, _MAX_PAGE)
        secrets = [self._secret(name) for name in shown]
        return types.ListSecretsResponse(secrets=secrets, next_page_token=token, total_size=len(names))

    def delete_secret(self, request: types.DeleteSecretRequest) -> None:
        """Delete a secret and its versions for good."""
        _refuse_extras(request)
        self._store.delete_secret(self._secret(request.name).name)

    def add_version(self, request: types.AddSecretVersionRequest) -> SecretVersion:
        """Add a payload (1 byte to 64 KiB) as the newest version; a crc32c, if present, must match."""
        secret = self._secret(request.parent).name
        data = request.payload.data
        if not data:
            refuse("Secret Payload cannot be empty.")
        if len(data) > MAX_PAYLOAD_BYTES:
            refuse(f"The payload has {len(data)} bytes; the limit is {MAX_PAYLOAD_BYTES}.")
        checked = "data_crc32c" in request.payload
        if checked and request.payload.data_crc32c != google_crc32c.value(data):
            refuse("The payload does not fit the given data_crc32c: it was damaged on the way.")
        number = self._store.latest_number(secret) + 1
        version = SecretVersion(
            name=f"{secret}/versions/{number}",
            create_time=datetime.now(UTC),
            state=_State.ENABLED,
            client_specified_payload_checksum=checked,
        )
        self._store.save_version(secret, number, version, data)
        return version

    def list_versions(self, request: types.ListSecretVersionsRequest) -> types.ListSecretVersionsResponse:
        """A page of a secret's versions, the newest first."""
        secret = self._secret(request.parent).name
        _refuse_extras(request)
        latest = self._store.latest_number(secret)
        ages = [f"{age:09d}" for age in range(latest)]
        shown, token = page(ages, request.page_size, request.page_token, _MAX_PAGE)
        versions = [self._version(f"{secret}/versions/{latest - int(age)}")[2] for age in shown]
        return types.ListSecretVersionsResponse(versions=versions, next_page_token=token, total_size=latest)

    def access_version(self, request: types.AccessSecretVersionRequest) -> types.AccessSecretVersionResponse:
        """The payload of an enabled version with its crc32c."""
        _, _, version, data = self._version(request.name)
        if version.state != _State.ENABLED or data is None:
            raise _wrong_state(version)
        payload = types.SecretPayload(data=data, data_crc32c=google_crc32c.value(data))
        return types.AccessSecretVersionResponse(name=version.name, payload=payload)

    def disable_version(self, request: types.DisableSecretVersionRequest) -> SecretVersion:
        """Disable a version until it is enabled again."""
        return self._change_state(request, _State.DISABLED)

    def enable_version(self, request: types.EnableSecretVersionRequest) -> SecretVersion:
        """Enable a disabled version."""
        return self._change_state(request, _State.ENABLED)

    def destroy_version(self, request: types.DestroySecretVersionRequest) -> SecretVersion:
        """Delete a version's payload for good."""
        return self._change_state(request, _State.DESTROYED)

    def _change_state(self, request: Any, state: int) -> SecretVersion:
        _refuse_extras(request)
        secret, number, version, data = self._version(request.name)
        if version.state == _State.DESTROYED:
            raise _wrong_state(version)
        version.state = _State(state)
        if state == _State.DESTROYED:
            version.destroy_time = datetime.now(UTC)
            data = None
        self._store.save_version(secret, number, version, data)
        return version

    def _secret(self, name: str) -> Secret:
        self._names.check(name, SECRET, f"Invalid secret name [{name}].")
        secret = self._store.secret(name)
        if secret is None:
            raise ApiError(grpc.StatusCode.NOT_FOUND, f"Secret [{name}] not found.")
        return secret

    def _version(self, name: str) -> tuple[str, int, SecretVersion, bytes | None]:
        match = self._names.check(name, VERSION, f"Invalid secret version name [{name}].")
        secret = match["secret"]
        latest = self._store.latest_number(secret)
        if not latest:
            raise ApiError(grpc.StatusCode.NOT_FOUND, f"Secret [{secret}] not found or has no versions.")
        number = latest if match["version"] == "latest" else int(match["version"])
        stored = self._store.version(secret, number)
        if stored is None:
            raise ApiError(grpc.StatusCode.NOT_FOUND, f"Secret Version [{name}] not found.")
        return secret, number, *stored


def _wrong_state(version: SecretVersion) -> ApiError:
    state = _State(version.state).name
    return ApiError(grpc.StatusCode.FAILED_PRECONDITION, f"Secret Version [{version.name}] is in {state} state.")


def _refuse_extras(request: Any) -> None:
    for field in ("etag", "filter"):
        if getattr(request, field, None):
            not_emulated(f"the field {field} of this request")
