"""The datasets that are asked: as the product has them, and as they are."""

import gzip
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache

from common.spend import Importer, Rollup
from common.spend.rollup.limits import LIMITS
from common.spend.semantics.catalogue import Catalogue, catalogue_of
from data import sample_path
from tests.campaigns.queries.folding import folding_of
from tests.campaigns.queries.rows import rows_of, table_of
from tests.campaigns.queries.truth import Truth
from tests.evals.data import bare, shop

_FILES: Mapping[str, Callable[[], bytes]] = {
    "shop": shop.csv,
    "sample": lambda: gzip.decompress(sample_path().read_bytes()),
    "bare": bare.csv,
}
DATA = tuple(_FILES)


@dataclass(frozen=True, slots=True)
class Data:
    """`rollup` by the real importer, `truth` the rows in DuckDB."""

    name: str
    rollup: Rollup
    catalogue: Catalogue
    truth: Truth


@cache
def data_named(name: str) -> Data:
    """One of DATA. Raises KeyError for others."""
    file = _FILES[name]()
    importer = Importer()
    importer.feed(file)
    importer.finish()
    rollup, rows = importer.take().rollup, rows_of(file)
    folding = folding_of(rows, LIMITS)
    header = file.split(b"\n", 1)[0].decode().split(",")
    truth = Truth(table_of(rows, folding), folding, LIMITS.minute_days, has_status_column="status" in header)
    return Data(name, rollup, catalogue_of(rollup, most=1_000), truth)
