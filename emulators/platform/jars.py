"""The jars of Google's emulators: found on this machine, or downloaded once."""

import json
import re
import shutil
import threading
import zipfile
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from common.environment.isolated import IsolatedEnvironment
from emulators.platform.errors import PlatformError
from emulators.platform.layout import HOME
from emulators.platform.service import Say
from emulators.platform.tools import firebase, node, run

_JAVA_MINIMUM = 11
_CLASS_FILE_OFFSET = 44
"""A class file of version N + 44 needs Java N (JVM specification, table 4.1-A)."""
_ANSWER = HOME / "cache" / "google-cloud-cli.json"
_ASKING = threading.Lock()
"""Services are prepared concurrently, and the answer is in one file."""
_DOWNLOAD_S = 600


@dataclass(frozen=True, kw_only=True)
class Jar:
    """One emulator. `cached`: where firebase-tools keeps its jar; `installed`: where google-cloud-cli does."""

    name: str
    main_class: str
    override: str
    """The variable that overrides the jar."""
    cached: str
    installed: str
    firebase_name: str
    size_mb: int


FIRESTORE = Jar(
    name="Firestore",
    main_class="com.google.cloud.datastore.emulator.firestore.CloudFirestore",
    override="APEX_FIRESTORE_JAR",
    cached="cloud-firestore-emulator-v*.jar",
    installed="platform/cloud-firestore-emulator/*.jar",
    firebase_name="firestore",
    size_mb=130,
)
PUBSUB = Jar(
    name="Pub/Sub",
    main_class="com.google.cloud.pubsub.testing.v1.Main",
    override="APEX_PUBSUB_JAR",
    cached="pubsub-emulator-*/pubsub-emulator/lib/cloud-pubsub-emulator-*.jar",
    installed="platform/pubsub-emulator/lib/cloud-pubsub-emulator-*.jar",
    firebase_name="pubsub",
    size_mb=53,
)


def find(jar: Jar, environment: IsolatedEnvironment, say: Say) -> Path:
    """The jar from its variable, firebase-tools' cache, an installed google-cloud-cli, or else a download."""
    if override := environment.optional(jar.override):
        return _existing(jar, Path(override))
    return _cached(jar) or _of_google_cloud_cli(jar) or _download(jar, say)


def java_needed(jar: Jar, path: Path) -> int:
    """The Java version that the jar was compiled for, at least 11."""
    try:
        with zipfile.ZipFile(path) as archive, archive.open(jar.main_class.replace(".", "/") + ".class") as code:
            header = code.read(8)
    except (zipfile.BadZipFile, KeyError) as error:
        raise PlatformError(
            f"{path} is not a {jar.name} emulator. Delete it, or point {jar.override} at one."
        ) from error
    return max(_JAVA_MINIMUM, int.from_bytes(header[6:8], "big") - _CLASS_FILE_OFFSET)


def _existing(jar: Jar, path: Path) -> Path:
    if not path.is_file():
        raise PlatformError(f"{jar.override} is {path}, which is no file. Correct it, or remove it.")
    return path


def _cached(jar: Jar) -> Path | None:
    return _newest((Path.home() / ".cache/firebase/emulators").glob(jar.cached))


def _of_google_cloud_cli(jar: Jar) -> Path | None:
    """Each gcloud is asked once, as it takes half a second to answer."""
    gcloud = shutil.which("gcloud")
    if gcloud is None:
        return None
    with _ASKING:
        roots = json.loads(_ANSWER.read_text(encoding="utf-8")) if _ANSWER.exists() else {}
        if gcloud not in roots:
            roots[gcloud] = _sdk_root(gcloud, jar)
            _ANSWER.parent.mkdir(parents=True, exist_ok=True)
            _ANSWER.write_text(json.dumps(roots), encoding="utf-8")
    return _newest(Path(roots[gcloud]).glob(jar.installed))


def _newest(jars: Iterable[Path]) -> Path | None:
    """The one with the highest version in its name."""
    return max(jars, key=lambda path: [int(part) for part in re.findall(r"\d+", path.name)], default=None)


def _sdk_root(gcloud: str, jar: Jar) -> str:
    done = run(gcloud, "info", "--format=value(installation.sdk_root)")
    if done.returncode != 0:
        raise PlatformError(
            f"{gcloud} does not say where it is installed. Repair it, or set {jar.override} to an emulator's jar. "
            f"It said: {done.stderr.strip()[-300:]}"
        )
    return done.stdout.strip()


def _download(jar: Jar, say: Say) -> Path:
    say(f"downloading the {jar.name} emulator (about {jar.size_mb} MB, once)")
    folder = HOME / "cache"
    folder.mkdir(parents=True, exist_ok=True)
    command = (str(node()), str(firebase()), f"setup:emulators:{jar.firebase_name}")
    done = run(*command, timeout_s=_DOWNLOAD_S, network=True, directory=folder)
    path = _cached(jar)
    if done.returncode != 0 or path is None:
        raise PlatformError(
            f"The {jar.name} emulator could not be downloaded; install google-cloud-cli with its {jar.name} emulator, "
            f"or set {jar.override}. firebase-tools said: {(done.stderr or done.stdout).strip()[-300:]}"
        )
    return path
