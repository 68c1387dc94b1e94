"""A log's rows in a table of DuckDB, each with its price: what queries are proven against."""

from dataclasses import dataclass, fields
from typing import Any

import duckdb
import polars as pl

from common.spend.logs.detect.discover import find_layout
from common.spend.logs.fields.errors import BadRowError
from common.spend.logs.reader import RecordReader
from common.spend.logs.rows.build_row import build_row
from common.spend.logs.rows.prefixes import PrefixTracker
from common.spend.model import UsageRow
from common.spend.prices.book import LIST_PRICES
from common.spend.prices.engine import NOON, match_provider
from common.spend.prices.names import resolve
from common.spend.rollup.row_facts import floor_of_row
from tests.campaigns.queries.folding import Folding

_COLUMNS = tuple(field.name for field in fields(UsageRow) if field.name not in ("ts", "tags"))
_PICO = 10**12


@dataclass(frozen=True, slots=True)
class PricedRow:
    """What a row costs (pico-USD), and the names that it is counted under."""

    provider: str
    model: str
    cost_pico: int
    billed_pico: int
    reasoning_pico: int
    priced: bool


def rows_of(data: bytes) -> list[UsageRow]:
    """The rows of a CSV log, one by one."""
    layout = find_layout(data, None, {}, final=True)
    if layout is None:
        raise LookupError("no layout was found")
    reader, prefixes, rows = RecordReader(layout, b"", 1, skipping=False), PrefixTracker(), list[UsageRow]()
    for _, record in reader.feed(data.split(b"\n", 1)[1], final=True):
        if isinstance(record, BadRowError):
            raise record
        rows.append(build_row(*record, prefixes))
    return rows


def priced(row: UsageRow) -> PricedRow:
    """The row at the list price of its own day; without tokens, as billed."""
    model = resolve(row.provider or None, row.model)
    provider = match_provider(row.provider) or row.provider.lower()
    name = model.id if model else row.model
    if row.cost_reported and row.currency == "USD" and not any(row.tokens):
        billed = round(row.cost_reported * _PICO)
        return PricedRow(provider, name, billed, billed, 0, priced=True)
    if model is None:
        return PricedRow(provider, name, 0, 0, 0, priced=row.status != "ok" and not any(row.tokens))
    minute = NOON if row.grain == "day" else row.ts.hour * 60 + row.ts.minute
    size = floor_of_row(row, row.tokens) + 1
    rates = LIST_PRICES.rates(model, row.ts.toordinal(), minute, row.tier, size, provider=provider)
    costs = [count * rate for count, rate in zip(row.tokens, rates, strict=True)]
    return PricedRow(provider, name, sum(costs), 0, costs[-1], priced=True)


def _is_prompted(row: UsageRow) -> bool:
    return row.prompt_hash is not None and row.status == "ok" and row.grain == "request"


def _repeats(rows: list[UsageRow], prices: list[PricedRow]) -> set[int]:
    """The numbers of rows whose prompt came before, of two in the same second that of the dearer one."""
    groups: dict[tuple[object, ...], list[int]] = {}
    for number, (row, price) in enumerate(zip(rows, prices, strict=True)):
        if _is_prompted(row):
            groups.setdefault((row.prompt_hash, price.provider, price.model, row.feature), []).append(number)
    repeats = set[int]()
    for numbers in groups.values():
        first = min(numbers, key=lambda number: (int(rows[number].ts.timestamp()), prices[number].cost_pico))
        repeats.update(set(numbers) - {first})
    return repeats


def table_of(rows: list[UsageRow], folding: Folding) -> duckdb.DuckDBPyConnection:
    """A database with the table `usage`: names without room are "(other)"."""
    records: list[dict[str, Any]] = []
    prices = list(map(priced, rows))
    repeats = _repeats(rows, prices)
    for number, (row, price) in enumerate(zip(rows, prices, strict=True)):
        record = {name: getattr(row, name) for name in _COLUMNS}
        records.append(
            record
            | {name: getattr(price, name) for name in PricedRow.__slots__}
            | folding.columns(row, price.provider, price.model)
            | {
                "day": row.ts.date(),
                "hour": None if row.grain == "day" else row.ts.hour,
                "minute": row.ts.strftime("%Y-%m-%dT%H:%M") if row.grain in ("request", "minute") else None,
                "ok": row.status == "ok",
                "is_request": row.grain == "request",
                "is_prompted": _is_prompted(row),
                "is_repeat": number in repeats,
            }
        )
    frame = pl.DataFrame(records, infer_schema_length=None).to_arrow()
    db = duckdb.connect(config={"threads": 1})
    db.register("frame", frame)
    db.execute("CREATE TABLE usage AS SELECT * FROM frame")
    return db
