"""`python -m tests.bench.spend.with_duckdb FILE`: the same in SQL; prints its cost in USD."""

import sys

import duckdb

from tests.bench.spend.prices import price_rows

_SUMS = "count(*), sum(prompt_tokens), sum(cached_tokens), sum(completion_tokens), sum(cost)"
_PERCENTILES = "[0.5, 0.9, 0.95, 0.99]"
_QUERIES = (  # our own texts in our own texts
    f"SELECT hour, {_SUMS} FROM rows GROUP BY ALL",  # noqa: S608
    f"SELECT user_id, {_SUMS} FROM rows GROUP BY ALL",  # noqa: S608
    "SELECT feature, hour % 24, count(*) FROM rows GROUP BY ALL",
    "SELECT model, feature, "  # noqa: S608
    + ", ".join(
        f"approx_quantile({column}, {_PERCENTILES})"
        for column in ("prompt_tokens", "completion_tokens", "latency_ms", "cost")
    )
    + " FROM rows GROUP BY ALL",
)


def main(path: str) -> float:
    """Parse, price, and sum by day, hour and user, with percentiles by model and feature."""
    db = duckdb.connect()
    db.execute("CREATE TABLE prices (model TEXT, fresh DOUBLE, cached DOUBLE, out DOUBLE)")
    db.executemany("INSERT INTO prices VALUES (?, ?, ?, ?)", price_rows())
    reader = "read_json" if path.endswith(".jsonl") else "read_csv"
    db.execute(  # our own text
        "CREATE TABLE rows AS SELECT r.*, epoch(timestamp) // 3600 AS hour, (prompt_tokens - cached_tokens) * fresh"  # noqa: S608
        " + cached_tokens * cached + completion_tokens * out AS cost"
        f" FROM {reader}(?) r LEFT JOIN prices USING (model)",
        [path],
    )
    cells = db.execute(f"SELECT hour // 24, model, feature, status, {_SUMS} FROM rows GROUP BY ALL").fetchall()  # noqa: S608 - our own text
    for query in _QUERIES:
        db.execute(query).fetchall()
    return float(sum(cell[-1] or 0.0 for cell in cells))


if __name__ == "__main__":
    sys.stdout.write(f"{main(sys.argv[1])}\n")
