"""GitHub Copilot: GitHub's billing reports (CSV), and the session logs of Copilot CLI."""

from common.spend.logs.formats.copilot.billing import BILLING
from common.spend.logs.formats.copilot.sessions import SESSIONS
from common.spend.logs.formats.guide import Guide

GUIDE = Guide(
    name="GitHub Copilot",
    words=("copilot",),
    best="the AI usage report",
    steps=(
        "In GitHub open Settings, Billing and licensing, AI usage, of the organization or enterprise.",
        "Press Get usage report; GitHub sends a CSV of up to 31 days by e-mail.",
        "Drop the file here.",
    ),
    note="It has costs as billed and tokens by day, user and model, but neither requests nor latency.",
)
FORMATS = (BILLING, SESSIONS)
