"""The page as Hosting serves it locally: the production configuration, the built files, this stack's addresses.

Two things differ from production: the CSP names the emulators, and `/emulators.json` tells the page where they are.
"""

import json
import tempfile
from pathlib import Path
from typing import Any

from emulators.platform.addresses import Addresses
from emulators.platform.errors import PlatformError
from emulators.platform.layout import REPOSITORY, StackLayout

CONFIGURATION = REPOSITORY / "firebase.json"
BUILT = REPOSITORY / "frontend" / "dist"
_INDEX = "index.html"
BuildStamp = tuple[tuple[str, int, int], ...]
"""Name, size and time of each file."""
_CSP = "Content-Security-Policy"


def folder(layout: StackLayout) -> Path:
    """What the Hosting emulator serves."""
    return layout.work / "firebase" / "page"


def hosting(addresses: Addresses) -> dict[str, Any]:
    """The `hosting` section of firebase.json for this stack; its public folder is `page`, beside the file."""
    section: dict[str, Any] = json.loads(CONFIGURATION.read_text(encoding="utf-8"))["hosting"]
    for rule in section["headers"]:
        for header in rule["headers"]:
            if header["key"] == _CSP:
                header["value"] = _with_emulators(header["value"], addresses)
    return {**section, "public": "page", "site": addresses.project}


def _with_emulators(policy: str, addresses: Addresses) -> str:
    auth, firestore = addresses.url("auth"), addresses.url("firestore")
    more = {"connect-src": f"{auth} {firestore}", "frame-src": auth}  # the frame is the helper of the sign-in pop-up
    parts = [part.strip() for part in policy.split(";")]
    return "; ".join(f"{part} {more[name]}" if (name := part.split()[0]) in more else part for part in parts)


def publish(layout: StackLayout, addresses: Addresses) -> bool:
    """Make the served folder equal to the build, file by file, even under a running emulator; True if it changed.

    Raises PlatformError when the page has not been built.
    """
    if not (BUILT / _INDEX).is_file():
        raise PlatformError("The page is not built (frontend/dist is missing). Run `make setup`.")
    target, files = folder(layout), _built()
    emulators = {"auth": addresses.url("auth"), "firestore": addresses.firestore_host}
    files["emulators.json"] = json.dumps(emulators).encode()
    served = _contents(target)
    for name in sorted(files, key=lambda name: name == _INDEX):  # the index comes after what it refers to
        if served.get(name) != files[name]:
            _write(target / name, files[name])
    for name in served.keys() - files.keys():
        (target / name).unlink(missing_ok=True)
    return served != files


def _built() -> dict[str, bytes]:
    try:
        return _contents(BUILT)
    except FileNotFoundError as error:
        raise PlatformError("The page is just being built. Try again in a moment.") from error


def _contents(root: Path) -> dict[str, bytes]:
    return {file.relative_to(root).as_posix(): file.read_bytes() for file in root.rglob("*") if file.is_file()}


def _write(file: Path, content: bytes) -> None:
    """Atomically: somebody may be loading the page."""
    file.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile(dir=file.parent, delete=False) as new:
        new.write(content)
    Path(new.name).replace(file)


def build_stamp() -> BuildStamp:
    """Changes whenever a file of the build does; empty while there is no build or one is being written."""
    try:
        files = [(file, file.stat()) for file in sorted(BUILT.rglob("*")) if file.is_file()]
    except FileNotFoundError:
        return ()
    return tuple((str(file), stat.st_size, stat.st_mtime_ns) for file, stat in files)
