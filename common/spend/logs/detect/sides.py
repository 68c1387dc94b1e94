"""Which count includes which, for the rows that do not say it themselves: by the maker of the model, over a sample."""

import statistics
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import partial

from common.spend.logs.detect.inference import or_none
from common.spend.logs.fields import values as v
from common.spend.logs.fields.objects import Values
from common.spend.logs.fields.reading import ColumnReading
from common.spend.logs.rows.build_row import (
    COST,
    MODEL,
    PROVIDER,
    TS,
    counts_of,
    owner_of,
    read_tokens,
)  # fmt: skip
from common.spend.logs.rows.sides import Counts, maker_of, sides_by_total
from common.spend.prices.engine import PICO, today
from common.spend.prices.names import resolve

_FITTED_ROWS = 200
_FEW = 20
"""A row in so many whose part is larger than its whole shows what all rows of its maker mean; fewer may be mistakes."""
_BLANK = (None, "")
_NEAR = 0.25
"""Share of the costs given by which the list prices of the closer reading may be off."""
_CERTAIN = 1e-9
"""USD by which one reading must come closer to the cost given."""


@dataclass(slots=True)
class _Witness:
    """What the rows of one maker say."""

    rows: list[Values] = field(default_factory=list)
    """With cached tokens."""
    plain: list[Values] = field(default_factory=list)
    """Without."""
    reasoned: int = 0
    larger: list[int] = field(default_factory=lambda: [0, 0])
    """Rows whose cached tokens (reasoning tokens) exceed their whole."""
    shown: list[list[bool]] = field(default_factory=lambda: [[], []])
    """What totals say of cached tokens, and of reasoning."""
    loose: bool = False


def settle_sides(
    reading: ColumnReading, rows: list[Values], *, by_names: Mapping[str, bool] | None = None, fit: bool = True
) -> ColumnReading:
    """The reading with what each maker's rows say; `fit`: costs decide where numbers do not."""
    witnesses: dict[str, _Witness] = {}
    for row in rows:
        counts = or_none(partial(counts_of, row, reading))
        if counts is not None:
            _hear(witnesses.setdefault(_maker(row, reading), _Witness()), row, counts)
    cached = {maker: side for maker, one in witnesses.items() if (side := _cached(one, reading, fit=fit)) is not None}
    reasoning = {maker: side for maker, one in witnesses.items() if (side := _reasoning(one)) is not None}
    return replace(
        reading,
        cached_sides={**(by_names or {}), **cached},
        reasoning_sides=reasoning,
        loose_totals=tuple(maker for maker, one in witnesses.items() if one.loose),
    )


def side_note(reading: ColumnReading, rows: list[Values]) -> str:
    """How cached tokens are read, for the customer; "" without any."""
    sides: dict[bool, set[str]] = {}
    for row in rows:
        counts = or_none(partial(counts_of, row, reading))
        if counts is not None and counts.cached:
            maker = _maker(row, reading)
            sides.setdefault(reading.cached_sides.get(maker, reading.cached_outside), set()).add(maker)
    cached, incoming = reading.names.get("cached", "cache writes"), reading.names.get("input", "the input")
    place = {True: f"on top of {incoming}", False: f"part of {incoming}"}
    if len(sides) < 2:  # noqa: PLR2004 - both sides
        return "".join(f"Cached tokens ({cached}) were read as {place[side]}." for side in sides)
    said = " and ".join(f"as {place[side]} for {_listed(makers)}" for side, makers in sorted(sides.items()))
    return f"Cached tokens ({cached}) were read {said}, each row by its own numbers where they tell."


def _listed(makers: set[str]) -> str:
    return ", ".join(sorted(makers))


def _maker(row: Values, reading: ColumnReading) -> str:
    return maker_of(v.word(row[PROVIDER]) or "", v.word(row[MODEL]) or reading.model or "")


def _hear(witness: _Witness, row: Values, counts: Counts) -> None:
    (witness.rows if counts.cached else witness.plain).append(row)
    witness.reasoned += counts.reasoning > 0
    larger = (counts.cached > counts.incoming, counts.reasoning > counts.outgoing)
    for place, (part, said) in enumerate(zip((counts.cached, counts.reasoning), sides_by_total(counts), strict=True)):
        witness.larger[place] += larger[place]
        if part and said is not None and not larger[place]:
            witness.shown[place].append(said)
        if place == 0 and larger[0] and said is False:
            witness.loose = True


def _cached(witness: _Witness, reading: ColumnReading, *, fit: bool) -> bool | None:
    shown = [said for said in witness.shown[0] if said or not witness.loose]
    side = _majority(shown, witness.larger[0], len(witness.rows))
    return _by_cost(reading, witness) if side is None and fit else side


def _reasoning(witness: _Witness) -> bool | None:
    return _majority(witness.shown[1], witness.larger[1], witness.reasoned)


def _majority(shown: list[bool], larger: int, rows: int) -> bool | None:
    if shown:
        return 2 * (sum(shown) + larger) > len(shown) + larger
    return True if larger and larger * _FEW >= rows else None


def _by_cost(reading: ColumnReading, witness: _Witness) -> bool | None:
    """Whichever reading prices closer to the costs given, with the margin that the rows without cached tokens have.

    None where neither comes near: then the costs have another price list, or a margin that is not known.
    """
    plain = [(listed, paid) for listed, paid in _priced(reading, witness.plain) if listed > 0 and paid > 0]
    margin = statistics.median(paid / listed for listed, paid in plain) if plain else 1.0
    inside, outside = (
        _priced(replace(reading, cached_outside=side, cached_sides={}), witness.rows) for side in (False, True)
    )
    off = [sum(abs(listed * margin - paid) for listed, paid in each) for each in (inside, outside)]
    paid = sum(paid for _, paid in inside)
    return None if abs(off[1] - off[0]) < _CERTAIN or min(off) > _NEAR * paid else off[1] < off[0]


def _priced(reading: ColumnReading, rows: list[Values]) -> list[tuple[float, float]]:
    """(list price, cost given) of each row that has both, USD."""
    return [found for row in rows[:_FITTED_ROWS] if (found := or_none(partial(_prices, reading, row))) is not None]


def _prices(reading: ColumnReading, row: Values) -> tuple[float, float] | None:
    name = v.word(row[MODEL]) or reading.model or ""
    priced = resolve(owner_of(v.word(row[PROVIDER]) or "", name), name)
    if priced is None or row[COST] in _BLANK:
        return None
    tokens = read_tokens(row, reading)
    moment = v.moment(row[TS])
    day = moment.toordinal() if moment.year > 1970 else today()  # noqa: PLR2004 - relative times have no date
    rates = priced.rates(day, moment.hour * 60 + moment.minute, tier="standard", input_tokens=sum(tokens[:4]))
    return sum(map(int.__mul__, tokens, rates)) / PICO, v.amount(row[COST], "cost")
