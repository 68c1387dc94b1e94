"""Data kept between starts: the Firestore and Auth emulators hold it in memory, and can write and read an export.

The routes are those that firebase-tools itself uses for `emulators:export` and `--import`.
"""

import shutil
from pathlib import Path

import httpx

from emulators.platform import local_http
from emulators.platform.errors import PlatformError
from emulators.platform.ports import HOST

_EXPORT = "export"
_TIMEOUT_S = 60


def firestore_seed(data: Path) -> Path | None:
    """The file for `--seed_from_export`, or None when nothing was saved yet."""
    saved = _current(data / "firestore")
    return saved / _EXPORT / f"{_EXPORT}.overall_export_metadata" if saved else None


def auth_import(data: Path) -> Path | None:
    """The folder for `--import`, or None when nothing was saved yet."""
    return _current(data / "auth")


def save_firestore(data: Path, port: int, project: str) -> None:
    """Export all documents of `project`; raises PlatformError, and then keeps the previous export."""
    new = _empty(data / "firestore.new")
    body = {
        "database": f"projects/{project}/databases/(default)",
        "export_directory": str(new),
        "export_name": _EXPORT,
    }
    _post(f"http://{HOST}:{port}/emulator/v1/projects/{project}:export", body)
    _swap(new, data / "firestore")


def save_auth(data: Path, hub_port: int) -> None:
    """Export all accounts through firebase-tools' hub; raises PlatformError, and then keeps the previous export."""
    new = _empty(data / "auth.new")
    _post(f"http://{HOST}:{hub_port}/_admin/export", {"path": str(new), "initiatedBy": "apex"})
    _swap(new, data / "auth")


def _post(url: str, body: dict[str, str]) -> None:
    try:
        local_http.post(url, json=body, timeout=_TIMEOUT_S).raise_for_status()
    except httpx.HTTPError as error:
        raise PlatformError(f"The data could not be saved ({error}); the previous save is kept.") from error


def _empty(folder: Path) -> Path:
    if folder.exists():
        shutil.rmtree(folder)
    folder.mkdir(parents=True)
    return folder


def _swap(new: Path, current: Path) -> None:
    old = current.with_suffix(".old")
    if current.exists():
        if old.exists():
            shutil.rmtree(old)
        current.rename(old)
    new.rename(current)


def _current(folder: Path) -> Path | None:
    """The last complete export; the one before it if a save was interrupted between its two renames."""
    for candidate in (folder, folder.with_suffix(".old")):
        if candidate.exists():
            return candidate
    return None
