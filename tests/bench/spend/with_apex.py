"""`python -m tests.bench.spend.with_apex FILE`: the product's way; prints its cost in USD."""

import sys
from pathlib import Path

from common.spend import Importer, Rollup, totals

_PIECE = 16 * 1024 * 1024


def main(path: Path) -> float:
    """Import the file piece by piece, as the analyze command does."""
    importer = Importer()
    with path.open("rb") as file:
        while piece := file.read(_PIECE):
            importer.feed(piece)
    importer.finish()
    rollup: Rollup = importer.take().rollup
    return totals(rollup).cost_usd


if __name__ == "__main__":
    sys.stdout.write(f"{main(Path(sys.argv[1]))}\n")
