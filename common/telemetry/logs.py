"""JSON lines that Cloud Logging understands: severity, message, trace and labels that identify the work."""

import json
import sys
import traceback
from typing import Literal

Severity = Literal["INFO", "WARNING", "ERROR"]


def log(severity: Severity, message: str, *, cause: BaseException | None = None, **labels: object) -> None:
    """Write one line to stderr; `cause` is written with its whole chain. Never pass customers' texts."""
    line: dict[str, object] = {"severity": severity, "message": message, **labels}
    if cause is not None:
        line["cause"] = "".join(traceback.format_exception(cause))
    print(json.dumps(line, default=str), file=sys.stderr, flush=True)  # noqa: T201 - stderr is the log on Cloud Run
