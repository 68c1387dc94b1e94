"""Rollups: everything that the analysis needs of any number of rows, bounded, mergeable, without the rows.

All counters are whole numbers (tokens, pico-USD, microseconds), so the order of rows and the cuts between parts do not
matter: the merge of the rollups of parts is the rollup of the whole, to the last digit.
"""

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from typing import Any

from common.spend.bounds import OTHER, Names
from common.spend.cells import (
    LINE_INPUT,
    LINE_OUTPUT,
    LONG,
    MIN_PREFIX,
    NO_HOUR,
    PREFIX,
    SCORE,
    CellKey,
    SketchKey,
    bump,
    move,
)
from common.spend.duplicates import DuplicateCounter
from common.spend.model import Measure, Tier, UsageRow
from common.spend.prices.book import LIST_PRICES, PriceBook
from common.spend.prices.engine import PICO, Model, Rates, match_provider
from common.spend.prices.names import resolve
from common.spend.shards import collection_paused, pack, unpack
from common.spend.sketch import Sketch
from common.spend.told import billed_of, end_of, floor_of_row, micros, moment_of, times_of, told_by

_LIMITS = {"feature": 300, "provider": 40, "model": 100, "status": 24, "user": 5_000}
"""Names kept of each dimension; of models only those without a price are bounded, the priced ones are by the list."""
_MEASURES: tuple[Measure, ...] = ("input_tokens", "output_tokens", "cost_usd", "latency_ms", "ttft_ms")
_Sizes = tuple[int, int, int | None, int | None, int | None]
"""Values of one row in the order of _MEASURES: tokens, pico-USD, microseconds."""
_MAX_WAITING = 20_000
_NOON = 720
"""The minute at which the sum of a day is priced, where prices differ by the hour."""
_RATE_CACHE = 100_000


class Rollup:
    """Cells by day, provider, model, feature, status, tier and size; lines by hour and user; sketches; duplicates."""

    def __init__(self, book: PriceBook = LIST_PRICES) -> None:
        self._book = book
        self.cells: dict[CellKey, list[int]] = {}
        self.hours: dict[tuple[int, int], list[int]] = {}
        self.users: dict[str | None, list[int]] = {}
        self.shapes: dict[tuple[str | None, int], list[int]] = {}
        """Requests by feature and hour of the UTC day."""
        self.other_money: dict[str, list[int]] = {}
        """Costs that are not in USD, by currency: [10^-12 of its unit, rows]."""
        self._sketches: dict[SketchKey, Sketch] = {}
        self._sizes: dict[tuple[str, str, str | None], list[_Sizes]] = {}
        self._waiting = 0
        self.duplicates = DuplicateCounter()
        self.has: set[str] = set()
        self.first: datetime | None = None
        self.last: datetime | None = None
        self._names = {dimension: Names(limit) for dimension, limit in _LIMITS.items()}
        self._models: dict[tuple[str, str], tuple[str, str, Model | None, bool]] = {}
        self._rates: dict[tuple[int, str, str, Tier, int, int], Rates | None] = {}

    @property
    def sketches(self) -> dict[SketchKey, Sketch]:
        """Sizes and latencies of single requests, never of their sums.

        Sizes are of all requests, costs of priced ones, latencies of those that went well.
        """
        if self._sizes:
            self._flush()
        return self._sketches

    def add(self, row: UsageRow) -> None:
        """Count one row. Its model is counted under its canonical name where a price is known."""
        ts = row.ts if row.ts.tzinfo is UTC else row.ts.astimezone(UTC)
        day, minute = ts.toordinal(), _NOON if row.grain == "day" else ts.hour * 60 + ts.minute
        tokens = row.tokens
        provider, model, priced, hourly = self._model(row.provider, row.model)
        feature = self._name("feature", row.feature)
        status = row.status if row.status == "ok" else self._name("status", row.status) or "error"
        key = (day, provider, model, feature, status, row.tier, floor_of_row(row, tokens))
        billed = billed_of(row, tokens)
        rates = self.rates_of(key, priced, minute if hourly else 0)
        cost = billed or (sum(map(int.__mul__, tokens, rates)) if rates else 0)
        known = rates is not None or billed != 0 or (status != "ok" and not any(tokens))
        self._count_cell(key, row, tokens, (cost, billed), priced=known)
        line = self._count_lines(key, row, NO_HOUR if row.grain == "day" else minute // 60, cost, known=known)
        if row.grain == "request":
            self._wait_with(
                (provider, model, feature),
                (line[LINE_INPUT], line[LINE_OUTPUT], cost if known else None, *times_of(row)),
            )
        self._note(row, billed)

    def _count_lines(self, key: CellKey, row: UsageRow, hour: int, cost: int, *, known: bool) -> tuple[int, ...]:
        """By hour, user and feature; returns the counters of the row, in the order of LINE_N and its fellows."""
        count = row.requests
        incoming = row.in_uncached + row.cache_read + row.cache_write_5m + row.cache_write_1h
        failed = count if row.status != "ok" else 0
        line = (count, incoming, row.out_visible + row.out_reasoning, cost, failed, 0 if known else count)
        bump(self.hours, (key[0], hour), line)
        bump(self.users, self._name("user", row.user), line)
        if hour != NO_HOUR and count:
            bump(self.shapes, (key[3], hour), (count,))
        return line

    def _wait_with(self, where: tuple[str, str, str | None], sizes: _Sizes) -> None:
        self._sizes.setdefault(where, []).append(sizes)
        self._waiting += 1
        if self._waiting >= _MAX_WAITING:
            self._flush()

    def _model(self, provider: str, name: str) -> tuple[str, str, Model | None, bool]:
        """(provider, canonical name, the model if its price is known, True when that depends on the time of day)."""
        known = self._models.get((provider, name))
        if known is None:
            priced = resolve(provider or None, name)
            told = match_provider(provider) or provider.strip().lower()
            owner = self._name("provider", told or (priced.provider if priced else "unknown")) or OTHER
            model = priced.id if priced else self._name("model", name) or OTHER
            known = (owner, model, priced, priced is not None and priced.hourly)
            if len(self._models) < _RATE_CACHE:
                self._models[provider, name] = known
        return known

    def rates_of(self, key: CellKey, priced: Model | None, minute: int) -> Rates | None:
        """Of the requests of a cell at a minute of the day; None without a price."""
        if priced is None:
            return None
        at = (key[0], key[1], key[2], key[5], key[6], minute)
        if at not in self._rates:
            if len(self._rates) >= _RATE_CACHE:
                self._rates.clear()
            self._rates[at] = self._book.rates(priced, key[0], minute, key[5], key[6] + 1, provider=key[1])
        return self._rates[at]

    def _name(self, dimension: str, name: str | None) -> str | None:
        """What a name is counted under; a name that it drives out is counted under OTHER from now on."""
        names = self._names[dimension]
        if name is None or name in names.kept:
            return name
        kept, evicted = names.add(name)
        if evicted is not None:
            self._evict(dimension, evicted)
        return kept

    def _evict(self, dimension: str, name: str) -> None:
        if dimension == "user":
            move(self.users, {name: OTHER}.get)
            return
        self._models.clear()
        place = {"provider": 1, "model": 2, "feature": 3, "status": 4}[dimension]

        def cell(key: CellKey) -> CellKey | None:
            return (*key[:place], OTHER, *key[place + 1 :]) if key[place] == name else None  # type: ignore[return-value]  # one place of the tuple is replaced

        move(self.cells, cell)
        if dimension == "feature":
            move(self.shapes, lambda shape: (OTHER, shape[1]) if shape[0] == name else None)
        self.duplicates.rename(cell)
        if dimension != "status":
            for key in [key for key in self.sketches if key[place] == name]:
                renamed: SketchKey = (*key[:place], OTHER, *key[place + 1 :])  # type: ignore[assignment]  # as above
                self._sketch(renamed).merge(self.sketches.pop(key))

    def _count_cell(
        self, key: CellKey, row: UsageRow, tokens: tuple[int, ...], money: tuple[int, int], *, priced: bool
    ) -> None:
        """`money`: cost, and what of it is as billed (pico-USD)."""
        prefix, long, quality = row.prefix_reusable, _within_an_hour(row), row.quality
        score = 0 if quality is None else round(quality * SCORE)
        reported = row.cost_reported if row.currency == "USD" else None
        counts = (
            row.requests,
            *tokens,
            _cacheable(prefix or 0, row.cache_read),
            prefix or 0,
            int(prefix is not None),
            money[0],
            0 if priced else row.requests,
            round(reported * PICO) if reported is not None else 0,
            int(reported is not None),
            money[1],
            0 if priced else sum(tokens),
            score,
            int(quality is not None),
            score * score,
            _cacheable(long, row.cache_read),
            long,
            int(bool(prefix)),
            int(bool(long)),
        )
        bump(self.cells, key, counts)
        if row.prompt_hash is not None and key[4] == "ok" and row.grain == "request":
            self.duplicates.add(row.prompt_hash, key, micros(row.ts), (*counts[: PREFIX + 1], counts[LONG]))

    def _sketch(self, key: SketchKey) -> Sketch:
        sketch = self._sketches.get(key)
        if sketch is None:
            sketch = self._sketches[key] = Sketch()
        return sketch

    def _flush(self) -> None:
        """Count the sizes that wait: all of a measure at once is several times faster than one by one."""
        waiting, self._sizes, self._waiting = self._sizes, {}, 0
        for where, rows in waiting.items():
            for measure, column in zip(_MEASURES, zip(*rows, strict=True), strict=True):
                values = [value for value in column if value is not None]
                if values:
                    self._sketch((measure, *where)).add(values)

    def _note(self, row: UsageRow, billed: int) -> None:
        """What the rows tell: their time span, which fields they have, and money that is not USD."""
        if self.first is None or row.ts < self.first:
            self.first = row.ts
        end = end_of(row)
        if self.last is None or end > self.last:
            self.last = end
        told = told_by(row)
        if not told <= self.has:
            self.has |= told
        if billed:
            self.has.add("billed")
        if row.currency != "USD" and row.cost_reported is not None:
            bump(self.other_money, row.currency, (round(row.cost_reported * PICO), 1))

    def merge(self, other: "Rollup") -> "Rollup":
        """A new rollup of both."""
        return Rollup.from_records(record for part in (self, other) for record in part.records())

    def shards(self, limit_bytes: int = 900_000) -> list[bytes]:
        """The rollup as compressed blobs of at most `limit_bytes`; any subset of several rollups' shards merges."""
        return pack(list(self.records()), limit_bytes)

    @classmethod
    def from_shards(cls, shards: Iterable[bytes]) -> "Rollup":
        """The merge of all shards. Raises ValueError for a blob that is not a shard of this version."""
        with collection_paused():
            return cls.from_records(record for shard in shards for record in unpack(shard))

    def records(self) -> Iterator[list[Any]]:
        """The rollup as JSON-ready lists in a canonical order: equal rollups have equal records."""
        times = [moment and micros(moment) for moment in (self.first, self.last)]
        yield ["m", *times, sorted(self.has), self.duplicates.threshold_now()]
        for name, names in self._names.items():
            yield ["n", name, sorted(names.kept)]
        for key, counts in sorted(self.cells.items(), key=_by_text):
            yield ["c", *key, *counts]
        for hour, line in sorted(self.hours.items()):
            yield ["h", *hour, *line]
        for user, line in sorted(self.users.items(), key=_by_text):
            yield ["u", user, *line]
        for shape, counts in sorted(self.shapes.items(), key=_by_text):
            yield ["f", *shape, *counts]
        for currency, counts in sorted(self.other_money.items()):
            yield ["o", currency, *counts]
        for where, sketch in sorted(self.sketches.items(), key=_by_text):
            yield ["s", *where, sketch.as_list()]
        yield from self.duplicates.records()

    @classmethod
    def from_records(cls, records: Iterable[list[Any]]) -> "Rollup":
        """The merge of all records."""
        rollup = cls()
        rollup.merge_records(records)
        return rollup

    def merge_records(self, records: Iterable[list[Any]]) -> None:
        """Add what records tell, in any order."""
        for record in records:
            self._merge_record(record)

    def _merge_record(self, record: list[Any]) -> None:
        kind = record[0]
        if kind == "m":
            self._merge_meta(record)
        elif kind == "n":
            for name in record[2]:
                self._name(record[1], name)
        elif kind == "c":
            bump(self.cells, self._known(record[1:8]), record[8:])
        elif kind == "h":
            bump(self.hours, (record[1], record[2]), record[3:])
        elif kind == "u":
            bump(self.users, self._name("user", record[1]), record[2:])
        elif kind == "f":
            bump(self.shapes, (self._name("feature", record[1]), record[2]), record[3:])
        elif kind == "o":
            bump(self.other_money, record[1], record[2:])
        elif kind == "s":
            key = self._known([0, *record[2:5], "ok", "standard", 0])
            self._sketch((record[1], key[1], key[2], key[3])).merge(Sketch.from_list(record[5]))
        else:
            self.duplicates.merge(record, self._known)

    def _merge_meta(self, record: list[Any]) -> None:
        first, last = moment_of(record[1]), moment_of(record[2])
        self.first = min((t for t in (self.first, first) if t), default=None)
        self.last = max((t for t in (self.last, last) if t), default=None)
        self.has.update(record[3])
        self.duplicates.lower_threshold(record[4])

    def _known(self, key: list[Any]) -> CellKey:
        """A cell's key with its names bounded in this rollup."""
        day, provider, model, feature, status, tier, floor = key
        provider = self._name("provider", provider) or OTHER
        model = model if resolve(provider, model) else self._name("model", model) or OTHER
        status = status if status == "ok" else self._name("status", status) or OTHER
        return (day, provider, model, self._name("feature", feature), status, tier, floor)


def _within_an_hour(row: UsageRow) -> int:
    """Reusable prefix with a cache that lives an hour: at least what 5 minutes give."""
    return max(row.prefix_reusable or 0, row.prefix_reusable_1h or 0)


def _cacheable(prefix: int, read: int) -> int:
    """What of a reusable prefix is part of one long enough for a cache."""
    return prefix if prefix + read >= MIN_PREFIX else 0


def _by_text(item: tuple[Any, Any]) -> str:
    return repr(item[0])
