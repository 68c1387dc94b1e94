"""How fast a usage log becomes a priced rollup, beside pandas and DuckDB doing the same."""
