"""The Chromium that the browser tests drive. `python -m tests.support.browser` prints it, or says how to get one."""

import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from playwright.sync_api import sync_playwright

from common.environment.isolated import IsolatedEnvironment

OVERRIDE = "APEX_CHROMIUM"
NAMES = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
"""The shell first: the same engine without the browser's own windows, for two thirds of the computing."""
_FEATURES_OFF = (
    # the address field's own page: a process for each window, a third of all time that Chromium computes here
    *("WebUIOmniboxPopup", "WebUIOmniboxAimPopup"),
    # those that Playwright switches off: only the last switch of this name counts
    *("AvoidUnnecessaryBeforeUnloadCheckSync", "DestroyProfileOnBrowserClose", "HttpsUpgrades"),
    *(
        "HttpsFirstBalancedModeAutoEnable",
        "LensOverlay",
        "MediaRouter",
        "PaintHolding",
        "ThirdPartyStoragePartitioning",
    ),
    *("AvoidCorsURLLoaderRestartOnRedirect", "OptimizationHints", "NetworkTimeServiceQuerying", "AimEnabled"),
    "PreconnectToSearch",
)
FLAGS = (
    "--no-sandbox",  # containers have no user namespaces
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    f"--disable-features={','.join(_FEATURES_OFF)}",
)


class NoBrowserError(Exception):
    """There is no Chromium: one line that says how to get it."""


def chromium() -> Path:
    """The first one that runs of: the override, PATH, what `playwright install` fetched; raises NoBrowserError."""
    override = IsolatedEnvironment.of_process().optional(OVERRIDE)
    if override:
        if not _runs(Path(override)):
            raise NoBrowserError(f"{OVERRIDE} is {override}, which is no Chromium that runs here.")
        return Path(override)
    for found in _candidates():
        if _runs(found):
            return found
    raise NoBrowserError(
        "The browser tests need Chromium, and it could not be installed. "
        f"Install chromium or Google Chrome, or set {OVERRIDE} to one, then run it again."
    )


def _candidates() -> Iterator[Path]:
    yield from (Path(found) for name in NAMES if (found := shutil.which(name)))
    with sync_playwright() as playwright:
        yield Path(playwright.chromium.executable_path)


def _runs(program: Path) -> bool:
    """Ubuntu has a `chromium-browser` that only explains how to get another one."""
    if not program.is_file():
        return False
    return subprocess.run([program, "--version"], capture_output=True, check=False, timeout=60).returncode == 0  # noqa: S603


if __name__ == "__main__":
    try:
        sys.stdout.write(f"{chromium()}\n")
    except NoBrowserError as error:
        sys.exit(str(error))
