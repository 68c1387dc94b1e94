"""A log's rows in a table of DuckDB, each with its price: what queries are proven against."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
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
from common.spend.prices.engine import NOON, Model, match_provider
from common.spend.prices.names import resolve, resolve_sound
from common.spend.rollup.row_facts import floor_of_row
from tests.campaigns.queries.folding import Folding

_COLUMNS = tuple(field.name for field in fields(UsageRow) if field.name not in ("ts", "tags", "charges"))
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
    unpriced_tokens: int = 0
    tools_units: int = 0
    tools_pico: int = 0
    audio_units: int = 0
    audio_pico: int = 0
    image_units: int = 0
    image_pico: int = 0
    geography_pico: int = 0


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
    if model is None and any(kind in _BUCKETS for kind, _, _ in row.charges):
        model = resolve_sound(row.provider or None, row.model)
    if row.cost_reported and row.currency == "USD" and not any(row.tokens):
        billed = round(row.cost_reported * _PICO)
        return PricedRow(provider, name, billed, billed, 0, priced=True)
    if model is None:
        free = row.status != "ok" and not any(row.tokens)
        return _charged(row, PricedRow(provider, name, 0, 0, 0, free, sum(row.tokens)), None, (0,) * 6)
    minute = NOON if row.grain == "day" else row.ts.hour * 60 + row.ts.minute
    size = floor_of_row(row, row.tokens) + 1
    rates = LIST_PRICES.rates(model, row.ts.toordinal(), minute, row.tier, size, provider=provider)
    costs = [count * rate for count, rate in zip(row.tokens, rates, strict=True)]
    return _charged(row, PricedRow(provider, name, sum(costs), 0, costs[-1], priced=True), model, rates)


_BUCKETS = {"audio_input": 0, "audio_cached": 1, "audio_output": 4, "image_input": 0, "image_output": 4}
_SEARCH: dict[str, int] = {"anthropic": 10, "openai": 10, "google": 35}
"""USD for a thousand searches, of the models in the logs."""


def _charged(row: UsageRow, price: PricedRow, model: Model | None, rates: Sequence[int]) -> PricedRow:
    """The row with what its charges add."""
    units, pico, cost, unpriced = Counter[str](), Counter[str](), price.cost_pico, price.unpriced_tokens
    for kind, count, _ in row.charges:
        group = kind.split("_")[0] if kind in _BUCKETS else "tools"
        if kind in _BUCKETS:
            own = model.charge(kind, row.ts.toordinal(), row.tier) if model else None
            if own is None and model and group == "image" and not model.is_for_sound:
                own = rates[_BUCKETS[kind]]
            cost += count * ((own or 0) - rates[_BUCKETS[kind]])
            unpriced += count if model and own is None else 0
            pico[group] += count * (own or 0)
        elif kind == "web_search":
            pico[group] += count * _SEARCH[price.provider] * _PICO // 1_000 if price.provider in _SEARCH else 0
        units[group] += count if kind != "us_inference" else 0
    at_home = any(kind == "us_inference" for kind, _, _ in row.charges) and price.model == "claude-opus-4-6"
    geography = round(cost / 10) if at_home else 0
    return replace(
        price,
        cost_pico=cost + pico["tools"] + geography,
        unpriced_tokens=unpriced,
        geography_pico=geography,
        tools_units=units["tools"],
        tools_pico=pico["tools"],
        audio_units=units["audio"],
        audio_pico=pico["audio"],
        image_units=units["image"],
        image_pico=pico["image"],
    )


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
                "is_in_one_country": any(kind == "us_inference" for kind, _, _ in row.charges),
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
