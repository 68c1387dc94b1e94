"""The Firestore emulator's jar: where it may already be on this machine, else downloaded once."""

import json
import re
import shutil
import zipfile
from pathlib import Path

from common.environment.isolated import IsolatedEnvironment
from emulators.platform.errors import PlatformError
from emulators.platform.layout import HOME
from emulators.platform.service import Say
from emulators.platform.tools import firebase, node, run

MAIN_CLASS = "com.google.cloud.datastore.emulator.firestore.CloudFirestore"
_JAVA_MINIMUM = 11
_CLASS_FILE_OFFSET = 44
"""A class file of version N + 44 needs Java N (JVM specification, table 4.1-A)."""
_ANSWER = HOME / "cache" / "google-cloud-cli.json"
_DOWNLOAD_S = 600


def find(environment: IsolatedEnvironment, say: Say) -> Path:
    """APEX_FIRESTORE_JAR, firebase-tools' cache, an installed google-cloud-cli, else a download."""
    if override := environment.optional("APEX_FIRESTORE_JAR"):
        return _existing(Path(override))
    return _cached() or _of_google_cloud_cli() or _download(say)


def java_needed(jar: Path) -> int:
    """The Java version that the jar was compiled for, and never less than 11."""
    try:
        with zipfile.ZipFile(jar) as archive, archive.open(MAIN_CLASS.replace(".", "/") + ".class") as code:
            header = code.read(8)
    except (zipfile.BadZipFile, KeyError) as error:
        raise PlatformError(
            f"{jar} is not a Firestore emulator. Delete it, or point APEX_FIRESTORE_JAR at one."
        ) from error
    return max(_JAVA_MINIMUM, int.from_bytes(header[6:8], "big") - _CLASS_FILE_OFFSET)


def _existing(jar: Path) -> Path:
    if not jar.is_file():
        raise PlatformError(f"APEX_FIRESTORE_JAR is {jar}, which is no file. Correct it, or remove it.")
    return jar


def _cached() -> Path | None:
    jars = (Path.home() / ".cache/firebase/emulators").glob("cloud-firestore-emulator-v*.jar")
    return max(jars, key=lambda jar: [int(part) for part in re.findall(r"\d+", jar.name)], default=None)


def _of_google_cloud_cli() -> Path | None:
    """Asked once for each gcloud: it takes half a second to answer."""
    gcloud = shutil.which("gcloud")
    if gcloud is None:
        return None
    known = json.loads(_ANSWER.read_text(encoding="utf-8")) if _ANSWER.exists() else {}
    if gcloud not in known:
        known[gcloud] = _sdk_root(gcloud)
        _ANSWER.parent.mkdir(parents=True, exist_ok=True)
        _ANSWER.write_text(json.dumps(known), encoding="utf-8")
    jars = sorted(Path(known[gcloud]).glob("platform/cloud-firestore-emulator/*.jar"))
    return jars[-1] if jars else None


def _sdk_root(gcloud: str) -> str:
    done = run(gcloud, "info", "--format=value(installation.sdk_root)")
    if done.returncode != 0:
        raise PlatformError(
            f"{gcloud} does not say where it is installed. Mend it, or set APEX_FIRESTORE_JAR to an emulator's jar. "
            f"It said: {done.stderr.strip()[-300:]}"
        )
    return done.stdout.strip()


def _download(say: Say) -> Path:
    say("downloading the Firestore emulator (about 130 MB, once)")
    folder = HOME / "cache"
    folder.mkdir(parents=True, exist_ok=True)
    command = (str(node()), str(firebase()), "setup:emulators:firestore")
    done = run(*command, timeout_s=_DOWNLOAD_S, network=True, directory=folder)
    jar = _cached()
    if done.returncode != 0 or jar is None:
        raise PlatformError(
            "The Firestore emulator could not be downloaded; install google-cloud-cli with its Firestore emulator, or "
            f"set APEX_FIRESTORE_JAR. firebase-tools said: {(done.stderr or done.stdout).strip()[-300:]}"
        )
    return jar
