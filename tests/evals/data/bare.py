"""A log of hardly any columns: 3 days up to 2026-11-24, with a model that no list has a price for."""

import random
from datetime import UTC, datetime, timedelta

FIRST = datetime(2026, 11, 22, tzinfo=UTC)
_MODELS = ("gpt-4o", "gpt-4o", "gpt-4o-mini", "acme-llm-7b")
_ROWS, _DAYS = 600, 3


def csv() -> bytes:
    """The log, by time."""
    draw = random.Random(3)  # noqa: S311 - a log, not a secret
    moments = sorted(draw.randrange(_DAYS * 86_400) for _ in range(_ROWS))
    lines = [
        f"{(FIRST + timedelta(seconds=second)).strftime('%Y-%m-%dT%H:%M:%SZ')},{draw.choice(_MODELS)},"
        f"{draw.randrange(200, 6_000)},{draw.randrange(20, 900)}"
        for second in moments
    ]
    return "\n".join(["timestamp,model,input_tokens,output_tokens", *lines, ""]).encode()
