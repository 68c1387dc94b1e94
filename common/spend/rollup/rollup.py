"""Rollups: everything that the analysis needs of any number of rows, bounded, mergeable, without the rows.

All counters are whole numbers (tokens, pico-USD, microseconds), so the order of rows and the cuts between parts do not
matter: the merge of the rollups of parts is the rollup of the whole, to the last digit.
"""

from collections.abc import Collection, Iterable, Mapping
from datetime import UTC
from typing import Any

from common.spend.model import ChargeKind, ServiceTier, UsageRow
from common.spend.prices.book import LIST_PRICES, PriceBook
from common.spend.prices.charges import BUCKET_OF
from common.spend.prices.engine import NO_RATES, NOON, PICO, Model, Rates
from common.spend.rollup.cells import (
    LINE_INPUT,
    LINE_N,
    LINE_OUTPUT,
    LINE_UNPRICED,
    LONG,
    MIN_PREFIX,
    NO_HOUR,
    PREFIX,
    SCORE,
    CellKey,
    ChargeKey,
    RequestGroup,
    TrafficKey,
    UserFeatureKey,
    bump,
    bump_row,
)
from common.spend.rollup.counters import RollupCounters
from common.spend.rollup.limits import LIMITS, RollupLimits
from common.spend.rollup.parts import ALL_PARTS, Part
from common.spend.rollup.row_charges import GROUP_OF, NO_PRICE, ChargeCounts, RowPrice, charges_of, sound_model_of
from common.spend.rollup.row_facts import billed_of, end_of, floor_of_row, is_free, micros, present_fields, times_of
from common.spend.rollup.shards import Shard, collection_paused, pack, unpack

_RATE_CACHE = _KEY_CACHE = 100_000
_FRESH = 50_000
"""Lines by hour and by user that wait to be counted."""
_OF_MINUTES = ("request", "minute")
"""Grains of rows that lie within a minute."""
_SECOND = 1_000_000
"""In microseconds."""
_KeyFields = tuple[int, str, str, str | None, str, ServiceTier, int]
"""In the order of CellKey."""


_RowKeys = tuple[CellKey, RequestGroup, Model | None, Rates | None]
"""What rows are counted under, and the rates of a model unless these depend on the minute."""


class Rollup(RollupCounters):
    """Counts rows at the prices of a book."""

    def __init__(
        self, book: PriceBook = LIST_PRICES, *, loaded: Collection[Part] = ALL_PARTS, limits: RollupLimits = LIMITS
    ) -> None:
        super().__init__(loaded, limits)
        self._book = book
        self._entire: Rollup | None = None
        self._rates: dict[tuple[int, str, str, ServiceTier, int, int], Rates | None] = {}
        self._keys: dict[_KeyFields, _RowKeys] = {}

    def add(self, row: UsageRow) -> None:
        """Count one row. Its model is counted under its canonical name where a price is known."""
        ts = row.ts if row.ts.tzinfo is UTC else row.ts.astimezone(UTC)
        day, minute = ts.toordinal(), NOON if row.grain == "day" else ts.hour * 60 + ts.minute
        tokens = row.tokens
        provider, name, model, hourly = self._names.model(row.provider, row.model)
        feature = self._names.name("feature", row.feature)
        status = row.status if row.status == "ok" else self._names.name("status", row.status) or "error"
        fields = (day, provider, name, feature, status, row.tier, floor_of_row(row, tokens))
        key, group, rated, rates = self._keys.get(fields) or self._keys_of(fields, model)
        billed = billed_of(row, tokens)
        if row.charges and model is None:
            model = sound_model_of(row)
        if hourly or rated is not model:
            rates = self.rates_of(key, model, minute if hourly else 0)
        cost = billed or (sum(map(int.__mul__, tokens, rates)) if rates else 0)
        priced = rates is not None or billed != 0 or is_free(row, tokens)
        unpriced = sum(tokens) if billed or not priced else 0
        if row.charges:
            found = charges_of(row, key, RowPrice(self._book, model, rates), billed)
            cost += sum(counts.extra for counts in found.values())
            priced = priced or not (any(tokens) or any(counts.unpriced for counts in found.values()))
            unpriced = max(unpriced, self._count_charges(key, found))
        counts = self._count_cell(key, row, tokens, (cost, billed, unpriced), priced=priced)
        line = self._count_lines(key, row, NO_HOUR if row.grain == "day" else minute // 60, cost, priced=priced)
        if row.grain in _OF_MINUTES and row.requests:
            of_minute = (line[LINE_N], line[LINE_INPUT], line[LINE_OUTPUT], line[LINE_UNPRICED])
            self._minutes.add(day, ts.hour * 60 + ts.minute, of_minute)
        if row.grain == "request":
            self._sizes.add(group, day, (line[LINE_INPUT], line[LINE_OUTPUT], cost if priced else None, *times_of(row)))
            if row.prompt_hash is not None and row.status == "ok":
                repeated = (*counts[: PREFIX + 1], counts[LONG])
                at = micros(row.ts)
                self._duplicates.add(row.prompt_hash, group, (at, key, repeated))
                self._prompts.add(row.prompt_hash, group, at // _SECOND, cost)
        self._note(row, billed)
        if self._names.crowded:
            self._evict()

    def _count_charges(self, key: CellKey, charges: Mapping[ChargeKind, ChargeCounts]) -> int:
        """Returns the tokens that are in no cost."""
        for kind, counts in charges.items():
            self._charges.add(ChargeKey(*key, kind), counts)
        self.has.update(GROUP_OF[kind] for kind in charges)
        self.has.update(f"{NO_PRICE}{kind}" for kind, counts in charges.items() if counts.unpriced)
        return sum(counts.unpriced for kind, counts in charges.items() if kind in BUCKET_OF)

    def _count_lines(self, key: CellKey, row: UsageRow, hour: int, cost: int, *, priced: bool) -> tuple[int, ...]:
        """By hour, user and feature; returns the counters of the row, in the order of LINE_N, LINE_INPUT ..."""
        count = row.requests
        incoming = row.in_uncached + row.cache_read + row.cache_write_5m + row.cache_write_1h
        failed = count if row.status != "ok" else 0
        line = (count, incoming, row.out_visible + row.out_reasoning, cost, failed, 0 if priced else count)
        bump_row(self._fresh, TrafficKey, (key.day, hour, key.provider, key.model, key.feature), line)
        bump_row(self._fresh_users, UserFeatureKey, (self._names.name("user", row.user), key.day, key.feature), line)
        if len(self._fresh) + len(self._fresh_users) > _FRESH:
            self._spread_fresh()
        return line

    def _keys_of(self, fields: _KeyFields, priced: Model | None) -> _RowKeys:
        """The same objects for all rows of a cell: building named keys for each row would slow an import by a tenth."""
        if len(self._keys) >= _KEY_CACHE:
            self._keys.clear()
        key = CellKey(*fields)
        rates = None if priced and priced.hourly else self.rates_of(key, priced, 0)
        self._keys[fields] = keys = key, key.group, priced, rates
        return keys

    def rates_of(self, key: CellKey, priced: Model | None, minute: int) -> Rates | None:
        """Of the requests of a cell at a minute of the day; None without a price."""
        if key.tier == "free":
            return NO_RATES
        if priced is None:
            return None
        at = (key.day, key.provider, key.model, key.tier, key.floor, minute)
        if at not in self._rates:
            if len(self._rates) >= _RATE_CACHE:
                self._rates.clear()
            self._rates[at] = self._book.rates(priced, key.day, minute, key.tier, key.floor + 1, provider=key.provider)
        return self._rates[at]

    def _count_cell(
        self, key: CellKey, row: UsageRow, tokens: tuple[int, ...], money: tuple[int, int, int], *, priced: bool
    ) -> tuple[int, ...]:
        """The counters of the row; `money`: cost, what of it is as billed (pico-USD), and tokens in no cost."""
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
            money[2],
            score,
            int(quality is not None),
            score * score,
            _cacheable(long, row.cache_read),
            long,
            int(bool(prefix)),
            int(bool(long)),
        )
        bump(self._cells, key, counts)
        return counts

    def _note(self, row: UsageRow, billed: int) -> None:
        """The time span of the rows, which fields they have, and costs that are not in USD."""
        if self.first is None or row.ts < self.first:
            self.first = row.ts
        end = end_of(row)
        if self.last is None or end > self.last:
            self.last = end
        present = present_fields(row)
        if not present <= self.has:
            self.has |= present
        if billed:
            self.has.add("billed")
        if row.currency != "USD" and row.cost_reported is not None:
            bump(self.other_money, row.currency, (round(row.cost_reported * PICO), 1))

    def merge(self, other: "Rollup") -> "Rollup":
        """A new rollup of both."""
        return self.merge_all([other])

    def merge_all(self, others: Iterable["Rollup"]) -> "Rollup":
        """A new rollup of all."""
        return Rollup.from_records((record for part in (self, *others) for record in part.records()), self.limits)

    def narrowed(self, records: Iterable[list[Any]], withheld: Mapping[Part, str]) -> "Rollup":
        """A rollup of some of its rows, by their records; `withheld`: parts that do not tell these rows from others."""
        some = Rollup(self._book, loaded=self.loaded)
        some.merge_records(records)
        some._entire, some.counted, some.withheld = self.entire, self.counted, withheld
        some._sources = 1 if Part.REPEATS in self.parts else self._sources  # those there are, are of all sources
        return some

    @property
    def entire(self) -> "Rollup":
        """What it was narrowed from: evidence on what requests could become may lie in those that were left out."""
        return self._entire or self

    def shards(self, limit_bytes: int = 900_000) -> list[Shard]:
        """Compressed, of at most `limit_bytes` each; any subset of several rollups' shards merges."""
        return pack(self.records(), limit_bytes)

    @classmethod
    def from_shards(
        cls, shards: Iterable[Shard], parts: Collection[Part] = ALL_PARTS, limits: RollupLimits = LIMITS
    ) -> "Rollup":
        """The merge of these parts of all shards; raises ValueError for a blob that is not of this or an older version.

        The names are always read, whichever parts are asked for. It is settled: several threads may read it.
        """
        rollup = cls(loaded=parts, limits=limits)
        with collection_paused():
            rollup.merge_records(record for shard in shards for record in unpack(shard, rollup.loaded))
            rollup.settle()
        return rollup

    @classmethod
    def from_records(cls, records: Iterable[list[Any]], limits: RollupLimits = LIMITS) -> "Rollup":
        """The merge of all records."""
        rollup = cls(limits=limits)
        rollup.merge_records(records)
        return rollup


def _within_an_hour(row: UsageRow) -> int:
    """Reusable prefix with a cache that lives an hour: at least what 5 minutes give."""
    return max(row.prefix_reusable or 0, row.prefix_reusable_1h or 0)


def _cacheable(prefix: int, read: int) -> int:
    """The part of a reusable prefix that is long enough for a cache."""
    return prefix if prefix + read >= MIN_PREFIX else 0
