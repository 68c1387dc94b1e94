"""Usage logs for the tests: as many requests as wanted, none with an id, so that one counted twice shows."""

import gzip
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path

SAMPLE = Path(__file__).parents[2] / "data" / "sample" / "usage.csv.gz"
HEADER = "timestamp,model,prompt_tokens,completion_tokens"


def usage_log(rows: int, *, model: str = "gpt-4o", width: int = 0) -> bytes:
    """A CSV log of one model; with `width`, a text of that length stands in each row."""
    header = f"{HEADER},note" if width else HEADER
    text = f",{'x' * width}" if width else ""
    return csv(header, [f"{_moment(row)},{model},{900 + row % 90},{120 + row % 12}{text}" for row in range(rows)])


@lru_cache(maxsize=1)
def sample_tenth() -> bytes:
    """Every tenth request of the sample: a plan as long as the sample's for a tenth of the computing."""
    header, *rows = gzip.decompress(SAMPLE.read_bytes()).splitlines(keepends=True)
    return b"".join([header, *rows[::10]])


def nameless_log(rows: int) -> bytes:
    """A CSV log that does not say which model was used."""
    return csv("timestamp,prompt_tokens,completion_tokens", [f"{_moment(row)},900,120" for row in range(rows)])


def csv(header: str, rows: Sequence[str]) -> bytes:
    """A file of these lines."""
    return "\n".join([header, *rows, ""]).encode()


def _moment(row: int) -> str:
    return f"2026-10-{1 + row // 1440 % 30:02d}T{row // 60 % 24:02d}:{row % 60:02d}:00Z"
