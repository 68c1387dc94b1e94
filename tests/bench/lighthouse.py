"""Lighthouse's scores for a first visit on a phone: its own emulated device and network."""

import json
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from emulators.platform import tools
from emulators.platform.api import Stack
from emulators.platform.layout import REPOSITORY
from tests.bench.figures import Summary, summary
from tests.support.browser import FLAGS, chromium

AIMS = {"performance": 0.95, "accessibility": 1.0, "best-practices": 1.0}
_SCRIPT = REPOSITORY / "frontend" / "node_modules" / "lighthouse" / "cli" / "index.js"
_WAIT_MS = 12_000
"""Firestore's stream keeps the network busy for ever."""
_RUN_S = 180.0


def measure(stack: Stack, runs: int) -> dict[str, Summary]:
    """Scores (0 to 1) by category."""
    reports = [_report(stack) for _ in range(runs)]
    return {name: summary([report["categories"][name]["score"] for report in reports]) for name in AIMS}


def _report(stack: Stack) -> dict[str, Any]:
    with TemporaryDirectory() as folder:
        done = tools.run(
            *(str(tools.node()), str(_SCRIPT), stack.page_url, "--quiet", "--output=json"),
            *("--form-factor=mobile", f"--only-categories={','.join(AIMS)}"),
            *(f"--chrome-path={chromium()}", f"--chrome-flags={' '.join(('--headless=new', *FLAGS))}"),
            *(f"--max-wait-for-load={_WAIT_MS}", f"--output-path={folder}/report.json"),
            timeout_s=_RUN_S,
        )
        if done.returncode != 0:
            raise RuntimeError(f"Lighthouse failed:\n{done.stderr}")
        report: dict[str, Any] = json.loads(Path(folder, "report.json").read_text(encoding="utf-8"))
    if report.get("runtimeError"):
        raise RuntimeError(f"Lighthouse measured nothing: {report['runtimeError']['message']}")
    return report
