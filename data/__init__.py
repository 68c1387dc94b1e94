"""The project's own sample dataset, made by `python -m data.make_sample`; licences in README.md."""

from pathlib import Path


def sample_path() -> Path:
    """Where the sample usage log (gzip CSV, UTF-8) lies."""
    return Path(__file__).parent / "sample" / "usage.csv.gz"
