"""`python -m tests.bench.spend.with_pandas FILE`: what a data engineer would write; prints its cost in USD."""

import sys

import pandas as pd

from tests.bench.spend.prices import price_rows

_SUMS = ["prompt_tokens", "cached_tokens", "completion_tokens", "cost"]
_SIZES = ["prompt_tokens", "completion_tokens", "latency_ms", "cost"]


def main(path: str) -> float:
    """Parse, price, and sum by day, hour and user, with percentiles by model and feature."""
    if path.endswith(".jsonl"):
        rows = pd.read_json(path, lines=True)
        rows["timestamp"] = pd.to_datetime(rows.timestamp)
    else:
        rows = pd.read_csv(path, parse_dates=["timestamp"])
    rows = rows.merge(pd.DataFrame(price_rows(), columns=["model", "fresh", "cached", "out"]), on="model", how="left")
    rows["cost"] = (
        (rows.prompt_tokens - rows.cached_tokens) * rows.fresh
        + rows.cached_tokens * rows.cached
        + rows.completion_tokens * rows.out
    )
    rows["day"], rows["hour"] = rows.timestamp.dt.floor("D"), rows.timestamp.dt.floor("h")
    cells = rows.groupby(["day", "model", "feature", "status"])[_SUMS].sum()
    rows.groupby("hour")[_SUMS].agg(["count", "sum"])
    rows.groupby("user_id")[_SUMS].agg(["count", "sum"])
    rows.groupby(["feature", rows.timestamp.dt.hour]).size()
    rows.groupby(["model", "feature"])[_SIZES].quantile([0.5, 0.9, 0.95, 0.99])
    return float(cells.cost.sum())


if __name__ == "__main__":
    sys.stdout.write(f"{main(sys.argv[1])}\n")
