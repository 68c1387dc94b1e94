"""Codex CLI: its session logs (~/.codex/sessions), and what `codex exec --json` prints."""

from common.spend.logs.formats.codex.runs import RUNS
from common.spend.logs.formats.codex.sessions import SESSIONS
from common.spend.logs.formats.guide import Guide

GUIDE = Guide(
    name="Codex",
    words=("codex",),
    best="the session logs in ~/.codex/sessions",
    steps=(
        "Codex CLI and its desktop app write a file per session into ~/.codex/sessions.",
        "Pack the folder as a ZIP archive and upload it.",
    ),
    note="Each request has tokens, model and project, but no latency and no user. What `codex exec --json` prints has "
    "neither a time nor a model.",
)
FORMATS = (SESSIONS, RUNS)
