"""Secret Manager: round trips, versions, checksums and states."""

import google_crc32c
import pytest
from google.api_core import exceptions
from google.cloud.secretmanager_v1.types import Secret, SecretPayload, SecretVersion

from emulators.googleapis.tests.emulator import PROJECT, Emulator

PARENT = f"projects/{PROJECT}"


@pytest.fixture
def secret_id(path: str) -> str:
    return f"secret{path.replace('/', '-')}"


async def make_secret(emulator: Emulator, secret_id: str, *payloads: bytes) -> str:
    secret = await emulator.secrets.create_secret(
        parent=PARENT, secret_id=secret_id, secret=Secret(replication={"automatic": {}})
    )
    for payload in payloads:
        await emulator.secrets.add_secret_version(parent=secret.name, payload=SecretPayload(data=payload))
    return secret.name


async def test_latest_and_pinned_versions_are_read_with_their_checksums(emulator: Emulator, secret_id: str) -> None:
    name = await make_secret(emulator, secret_id, b"first", "zwölf".encode())
    latest = await emulator.secrets.access_secret_version(name=f"{name}/versions/latest")
    pinned = await emulator.secrets.access_secret_version(name=f"{name}/versions/1")
    assert (latest.name, latest.payload.data) == (f"{name}/versions/2", "zwölf".encode())
    assert (pinned.name, pinned.payload.data) == (f"{name}/versions/1", b"first")
    assert pinned.payload.data_crc32c == google_crc32c.value(b"first")


async def test_a_damaged_payload_is_refused(emulator: Emulator, secret_id: str) -> None:
    name = await make_secret(emulator, secret_id)
    checksum = google_crc32c.value(b"value")
    good = SecretPayload(data=b"value", data_crc32c=checksum)
    added = await emulator.secrets.add_secret_version(parent=name, payload=good)
    assert added.client_specified_payload_checksum
    with pytest.raises(exceptions.InvalidArgument, match="data_crc32c"):
        await emulator.secrets.add_secret_version(
            parent=name, payload=SecretPayload(data=b"valve", data_crc32c=checksum)
        )


@pytest.mark.parametrize("data", [b"", b"x" * (64 * 1024 + 1)])
async def test_empty_and_oversized_payloads_are_refused(emulator: Emulator, secret_id: str, data: bytes) -> None:
    name = await make_secret(emulator, secret_id)
    with pytest.raises(exceptions.InvalidArgument):
        await emulator.secrets.add_secret_version(parent=name, payload=SecretPayload(data=data))


async def test_a_disabled_version_is_closed_until_enabled_and_a_destroyed_one_for_good(
    emulator: Emulator, secret_id: str
) -> None:
    version = f"{await make_secret(emulator, secret_id, b'value')}/versions/1"
    await emulator.secrets.disable_secret_version(name=version)
    with pytest.raises(exceptions.FailedPrecondition, match="is in DISABLED state"):
        await emulator.secrets.access_secret_version(name=version)
    await emulator.secrets.enable_secret_version(name=version)
    assert (await emulator.secrets.access_secret_version(name=version)).payload.data == b"value"
    destroyed = await emulator.secrets.destroy_secret_version(name=version)
    assert destroyed.state == SecretVersion.State.DESTROYED
    with pytest.raises(exceptions.FailedPrecondition, match="is in DESTROYED state"):
        await emulator.secrets.access_secret_version(name=version)
    with pytest.raises(exceptions.FailedPrecondition, match="is in DESTROYED state"):
        await emulator.secrets.enable_secret_version(name=version)


async def test_secrets_and_versions_are_listed_and_deleted(emulator: Emulator, secret_id: str) -> None:
    name = await make_secret(emulator, secret_id, b"1", b"2", b"3")
    versions = await emulator.secrets.list_secret_versions(request={"parent": name, "page_size": 2})
    assert [version.name[-1] async for version in versions] == ["3", "2", "1"]
    assert name in [secret.name async for secret in await emulator.secrets.list_secrets(parent=PARENT)]
    assert (await emulator.secrets.get_secret_version(name=f"{name}/versions/latest")).name == f"{name}/versions/3"
    await emulator.secrets.delete_secret(name=name)
    with pytest.raises(exceptions.NotFound, match=r"Secret \[.*\] not found"):
        await emulator.secrets.get_secret(name=name)
    with pytest.raises(exceptions.NotFound, match="not found or has no versions"):
        await emulator.secrets.access_secret_version(name=f"{name}/versions/latest")


async def test_wrong_names_say_what_is_wrong(emulator: Emulator, secret_id: str) -> None:
    name = await make_secret(emulator, secret_id, b"1")
    with pytest.raises(exceptions.AlreadyExists):
        await make_secret(emulator, secret_id)
    with pytest.raises(exceptions.NotFound, match=r"Secret Version \[.*versions/9\] not found"):
        await emulator.secrets.access_secret_version(name=f"{name}/versions/9")
    with pytest.raises(exceptions.InvalidArgument):
        await emulator.secrets.access_secret_version(name=f"{name}/versions/newest")
    with pytest.raises(exceptions.PermissionDenied):
        await emulator.secrets.access_secret_version(name="projects/demo-other/secrets/s/versions/latest")
