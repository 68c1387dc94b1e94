"""Values of a log's row to a `UsageRow`: disjoint token buckets, whatever way the source counts."""

import re
from datetime import datetime
from functools import lru_cache
from typing import Any

from common.spend.logs.fields import values as v
from common.spend.logs.fields.columns import FIELDS
from common.spend.logs.fields.errors import BadRowError, BlankCellError, NoRequestError
from common.spend.logs.fields.reading import ColumnReading
from common.spend.logs.fields.statuses import flag_of, is_refused, sense_of, status
from common.spend.logs.rows.charges import NO_CHARGES, read_charges
from common.spend.logs.rows.measures import currency_of, read_measures, read_quality, with_currency
from common.spend.logs.rows.no_requests import kind_by_model, kind_without_time
from common.spend.logs.rows.prefixes import BLOCK_TOKENS, PrefixTracker, Reusable
from common.spend.logs.rows.row_notes import RowNotes
from common.spend.logs.rows.sides import Counts, Sides, maker_of, presumed, settled, total_in
from common.spend.model import Charge, Grain, ServiceTier, UsageRow
from common.spend.prices.names import resolve
from common.spend.rollup.bounded_names import hash64

Tokens = tuple[int, int, int, int, int, int]
_Labels = tuple[str | None, str | None, tuple[str, ...], str | None, str | None, str | None, ServiceTier]
_Extras = tuple[int, Grain, float | None, str, int | None]
_EMPTY = (None, "")
_HASH_BITS = 64
_NO_TOKENS = (0, 0, 0, 0, 0, 0)
"""Of what no model was asked for."""
(
    TS, MODEL, PROVIDER, INPUT, UNCACHED, OUTPUT, CACHED, WRITE, WRITE_5M, WRITE_1H, REASONING, COST, LATENCY, TTFT,
    STATUS, USER, FEATURE, TAGS, SESSION, REQUEST_ID, PROMPT_HASH, PROMPT, TIER, BLOCKS, REQUESTS,
    GRAIN, QUALITY, CURRENCY, CONTEXT, TOTAL, *_
) = range(len(FIELDS))  # fmt: skip
_CHARGES = TOTAL + 1
"""The place of the first of the fields of charges, which are the last."""
_NO_EXTRAS = tuple((blank,) * (TOTAL - REQUESTS) for blank in ("", None))
"""The last fields but the total of a row that has none of them, in CSV and JSON: nearly every row of a request log."""
_NONE = (None, "", 0, "0")
_NO_OUTPUT = re.compile(r"embed|rerank|moderation|\b(?:bge|e5|gte|voyage)-", re.IGNORECASE)
FREE = ":free"
"""The end of the names of OpenRouter's models that cost nothing."""


@lru_cache(maxsize=4096)
def owner_of(provider: str, model: str) -> str:
    """The provider of a row: the one that it names, else the one whose price list has the model."""
    if provider:
        return provider
    priced = resolve(None, model)
    return priced.provider if priced else "unknown"


def build_row(
    row: tuple[Any, ...], reading: ColumnReading, prefixes: PrefixTracker, notes: RowNotes | None = None
) -> UsageRow:
    """One value per field, in the order of FIELDS, to a row; raises BadRowError with the reason, NoRequestError for a
    row that is none. `notes` takes in what could not be used of the row.
    """
    row = with_currency(row, reading)
    ts = _time(row, reading)
    cost, latency, ttft = read_measures(row, reading, notes)
    credit = cost is not None and cost < 0 and reading.grain == "request" and all(map(_is_none, row[INPUT:COST]))
    model = _model(row, reading, credit=credit)
    state = _status(row, reading)
    tokens = _NO_TOKENS if credit else read_tokens(row, reading, notes, failed=state != "ok")
    unpaid = model.endswith(FREE) and not cost
    if flag_of(row[CACHED], reading.labels[CACHED]):
        tokens, cost = _NO_TOKENS, 0.0
    elif state != "ok" and is_refusal(state, cost, tokens):
        tokens = _NO_TOKENS
    elif unpaid:
        cost = 0.0
    unpaid = (unpaid or (state != "ok" and cost == 0)) and any(tokens)
    prefix = _prefix(row, model, ts, tokens, prefixes) if state == "ok" and reading.grain == "request" else None
    provider = owner_of(v.word(row[PROVIDER]) or "", model)
    measured = (ts, provider, model, *tokens, cost, latency, ttft, state)
    extras = _extras(row, reading, notes, credit=credit)
    short, long = prefix or (None, None)
    charges = read_charges(row[_CHARGES:], tokens, extras[0], notes) if row[_CHARGES:] not in NO_CHARGES else ()
    labels = _labels(row, sum(tokens[:4]), unpaid=unpaid)
    if labels[-1] == "fast" and any(tokens):
        charges += (Charge("fast_mode", max(1, extras[0])),)
    return UsageRow(*measured, *labels, short, *extras, long, charges)


def _time(row: tuple[Any, ...], reading: ColumnReading) -> datetime:
    try:
        return v.moment(row[TS])
    except BadRowError as error:
        kind = kind_without_time(row[TS], reading.labels[TS], row)
        raise NoRequestError(kind) if kind else error from None


def _model(row: tuple[Any, ...], reading: ColumnReading, *, credit: bool) -> str:
    model = v.word(row[MODEL]) or reading.model or ("credit" if credit else None)
    if model is None:
        raise BadRowError("the model is missing")
    kind = kind_by_model(model)
    if kind:
        raise NoRequestError(kind)
    return model


def _status(row: tuple[Any, ...], reading: ColumnReading) -> str:
    """Of sums, a column named like a flag counts requests: it says nothing of the whole row."""
    sense = sense_of(reading.labels[STATUS])
    return "ok" if sense in ("good", "bad") and reading.grain != "request" else status(row[STATUS], sense)


def is_refusal(failure: str, cost: float | None, tokens: Tokens) -> bool:
    """Whether a failed request was refused before it ran, so that no model read its tokens.

    One that the log gives a cost was billed: Azure bills the prompt of an answer that its filter stopped.
    """
    return not cost and is_refused(failure) and not any(tokens[4:])


def _labels(row: tuple[Any, ...], incoming: int, *, unpaid: bool) -> _Labels:
    """User, feature, tags, session, request id, prompt hash and tier, as UsageRow has them."""
    return (
        v.word(row[USER]),
        v.word(row[FEATURE]),
        v.tags(row[TAGS]) if row[TAGS] else (),
        v.word(row[SESSION]),
        v.word(row[REQUEST_ID]),
        v.word(row[PROMPT_HASH]) or v.content_hash(row[PROMPT]) or _hash_of_blocks(row[BLOCKS], incoming),
        "free" if unpaid else v.tier(row[TIER]) if row[TIER] else "standard",
    )


def _extras(row: tuple[Any, ...], reading: ColumnReading, notes: RowNotes | None, *, credit: bool) -> _Extras:
    """Requests, grain, quality, currency and context size, as UsageRow has them; a credit is of no request."""
    grain, extras = "minute" if credit else reading.grain, row[REQUESTS:TOTAL]
    if extras in _NO_EXTRAS:
        return (int(grain == "request"), grain, None, "USD", None)
    requests, each, _, _, context = extras
    grain = grain if each in _EMPTY else _grain(each, reading, notes)
    unsaid = requests in _EMPTY or credit
    count = int(grain == "request") if unsaid else v.count(requests, reading.labels[REQUESTS], v.MOST_SUMMED)
    if grain == "request" and count != 1:
        raise BadRowError(f"{reading.labels[REQUESTS]} is {count}, but this file's rows are single requests")
    return (
        count,
        grain,
        read_quality(row, reading, notes),
        currency_of(row),
        None if context in _EMPTY else v.count(context, reading.labels[CONTEXT]),
    )


def _grain(each: Any, reading: ColumnReading, notes: RowNotes | None) -> Grain:
    """What a row sums; what is billed counts whatever its period is, as a credit of a month."""
    if reading.billed and each not in v.GRAINS:
        if notes is not None:
            notes.long_periods += 1
        return "day"
    return v.grain(each)


def _is_none(count: Any) -> bool:
    return count in _NONE or v.is_blank_word(count)


def read_tokens(
    row: tuple[Any, ...], reading: ColumnReading, notes: RowNotes | None = None, *, failed: bool = False
) -> Tokens:
    """The six disjoint buckets; a failed request may leave its counts empty. A word such as N/A is an empty cell."""
    try:
        return _tokens(row, reading, failed=failed)
    except BlankCellError:
        tokens = _tokens(_without_blank_words(row), reading, failed=failed)
    for place in range(INPUT, COST):
        if notes is not None and row[place] != "" and v.is_blank_word(row[place]):
            notes.blank(reading.labels[place], row[place])
    return tokens


def _without_blank_words(row: tuple[Any, ...]) -> tuple[Any, ...]:
    """With empty cells of tokens in their place."""
    counts = ("" if v.is_blank_word(value) else value for value in row[INPUT:COST])
    return (*row[:INPUT], *counts, *row[COST:])


def _tokens(row: tuple[Any, ...], reading: ColumnReading, *, failed: bool) -> Tokens:
    optional, apart_known = failed or reading.billed, row[UNCACHED] not in _EMPTY
    if row[OUTPUT] in _EMPTY and not (optional or _writes_nothing(row[MODEL])) and "output" in reading.names:
        raise BadRowError(f"{reading.labels[OUTPUT]} is missing")
    if row[INPUT] in _EMPTY and not (optional or apart_known):
        raise BadRowError(f"{reading.labels[INPUT]} is missing")
    outgoing, reasoning = _count(row, OUTPUT, reading), _count(row, REASONING, reading)
    cached, short, long = _cached(row, reading), 0, 0
    if row[WRITE] or row[WRITE_5M] or row[WRITE_1H]:
        long = _count(row, WRITE_1H, reading)
        short = max(_count(row, WRITE_5M, reading), _count(row, WRITE, reading) - long)
    apart = cached + short + long
    incoming = _count(row, UNCACHED, reading) + apart if apart_known else _count(row, INPUT, reading)
    if apart or reasoning:
        sides = _sides(row, Counts(incoming, outgoing, apart, reasoning, total_in(row[TOTAL])), reading)
        incoming -= 0 if sides.cached_outside and not apart_known else apart
        outgoing -= 0 if sides.reasoning_outside else reasoning
    return (incoming, cached, short, long, outgoing, reasoning)


def _writes_nothing(model: Any) -> bool:
    """Embeddings and rankings have no output: where the cell is empty, nothing is missing."""
    return isinstance(model, str) and _NO_OUTPUT.search(model) is not None


def counts_of(row: tuple[Any, ...], reading: ColumnReading) -> Counts:
    """The tokens as the row states them; raises BadRowError for what is no count."""
    row = _without_blank_words(row)
    writes = max(_count(row, WRITE, reading), _count(row, WRITE_5M, reading) + _count(row, WRITE_1H, reading))
    apart = _cached(row, reading) + writes
    incoming = _count(row, UNCACHED, reading) + apart if row[UNCACHED] not in _EMPTY else _count(row, INPUT, reading)
    return Counts(incoming, _count(row, OUTPUT, reading), apart, _count(row, REASONING, reading), total_in(row[TOTAL]))


def _sides(row: tuple[Any, ...], counts: Counts, reading: ColumnReading) -> Sides:
    maker = maker_of(v.word(row[PROVIDER]) or "", v.word(row[MODEL]) or reading.model or "")
    return settled(counts, presumed(reading, maker), loose=maker in reading.loose_totals)


def _cached(row: tuple[Any, ...], reading: ColumnReading) -> int:
    """A flag says that the answer came from a cache, not how many tokens did."""
    return 0 if flag_of(row[CACHED], reading.labels[CACHED]) is not None else _count(row, CACHED, reading)


def _count(row: tuple[Any, ...], place: int, reading: ColumnReading) -> int:
    value = row[place]
    if value is None or value == "":
        return 0
    return v.count(value, reading.labels[place], v.MAX_TOKENS if reading.grain == "request" else v.MOST_SUMMED)


def _hash_of_blocks(blocks: Any, incoming: int) -> str | None:
    """Blocks that reach to the end of the input are all of the prompt, so they identify equal prompts."""
    whole = isinstance(blocks, list) and 0 < incoming <= len(blocks) * BLOCK_TOKENS
    return v.content_hash(blocks) if whole else None


def _prefix(row: tuple[Any, ...], model: str, ts: datetime, tokens: Tokens, prefixes: PrefixTracker) -> Reusable | None:
    incoming = sum(tokens[:4])
    cached = incoming - tokens[0]
    blocks, session = row[BLOCKS], v.word(row[SESSION])
    if isinstance(blocks, list) and blocks:
        return prefixes.by_blocks([_short(block) for block in blocks], ts, incoming, cached)
    return prefixes.by_session(f"{session} {model}", ts, incoming, cached) if session else None


def _short(block: Any) -> int:
    """A block's hash in 64 bits: the memory of them has to stay small."""
    return block if block.__class__ is int and block.bit_length() <= _HASH_BITS else hash64(v.word(block) or "")
