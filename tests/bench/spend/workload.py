"""`python -m tests.bench.spend.workload ROWS FILE`: a month of requests, the same for everybody.

JSON lines in a file named .jsonl, else CSV.
"""

import sys
from pathlib import Path

import polars as pl

MODELS = ("gpt-4o", "gpt-4o-mini", "claude-sonnet-4-5", "gemini-2.5-flash", "acme-llm-7b")
"""The last one has no price."""
_FEATURES, _USERS = 12, 3_000
_STATUSES = ("ok",) * 30 + ("timeout", "http 500")
_PIECE = 1_000_000
_FIRST_S, _MONTH_S = 1_790_812_800, 30 * 86_400
_LARGE = 2**64 - 1


def write(rows: int, path: Path) -> None:
    """Write the log; in order of time, as logs are."""
    with path.open("wb") as file:
        for first in range(0, rows, _PIECE):
            numbers = pl.DataFrame({"n": pl.int_range(first, min(rows, first + _PIECE), eager=True)})
            piece = numbers.select(_columns(rows))
            if path.suffix == ".jsonl":
                piece.write_ndjson(file)
            else:
                piece.write_csv(file, include_header=first == 0)


def _columns(rows: int) -> list[pl.Expr]:
    number = pl.col("n")
    seconds = _FIRST_S * 1000 + number * (_MONTH_S * 1000 // rows)
    size = (100 * (4 * _chance(1)).exp()).cast(pl.Int64())
    return [
        pl.from_epoch(seconds, time_unit="ms").dt.strftime("%Y-%m-%dT%H:%M:%S%.3fZ").alias("timestamp"),
        _one_of(MODELS, 2).alias("model"),
        size.alias("prompt_tokens"),
        (20 * (4 * _chance(3)).exp()).cast(pl.Int64()).alias("completion_tokens"),
        pl.when(number % 3 == 0).then(size // 2).otherwise(0).alias("cached_tokens"),
        (200 * (4 * _chance(4)).exp()).cast(pl.Int64()).alias("latency_ms"),
        _one_of(_STATUSES, 5).alias("status"),
        (pl.lit("feature-") + (number.hash(6) % _FEATURES).cast(pl.String())).alias("feature"),
        (pl.lit("user-") + (number.hash(7) % _USERS).cast(pl.String())).alias("user_id"),
    ]


def _chance(seed: int) -> pl.Expr:
    return pl.col("n").hash(seed).cast(pl.Float64()) / _LARGE


def _one_of(words: tuple[str, ...], seed: int) -> pl.Expr:
    return pl.lit(pl.Series(words)).gather((pl.col("n").hash(seed) % len(words)).cast(pl.UInt32()))


if __name__ == "__main__":
    write(int(sys.argv[1]), Path(sys.argv[2]))
