"""What a row's charges cost, and what they add to the price of its tokens as text."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import NamedTuple

from common.spend.model import Charge, ChargeKind, UsageRow
from common.spend.prices.book import PriceBook
from common.spend.prices.charges import BUCKET_OF, costs_as_text, fee_of, surcharge_of
from common.spend.prices.engine import PICO, Model, Rates
from common.spend.prices.names import resolve_sound
from common.spend.rollup.cells import CellKey

TOOLS: tuple[ChargeKind, ...] = (
    "web_search", "web_fetch", "file_search", "code_interpreter", "code_execution", "image_generation", "other_tools",
    "request_fee",
)  # fmt: skip
GROUP_OF: Mapping[ChargeKind, str] = {
    **{kind: kind.split("_", 1)[0] for kind in BUCKET_OF},
    "us_inference": "geography",
    "fast_mode": "fast",
    "images": "other_units",
    "speech_characters": "other_units",
    "transcription_seconds": "other_units",
    **dict.fromkeys(TOOLS, "tools"),
}
"""By the names of `Totals.has`: audio, image, geography, fast, other_units, tools."""

NO_PRICE = "no price of "
"""With a kind: in `Totals.has` where some of it is in no cost."""


class ChargeCounts(NamedTuple):
    """Of one charge, in the order of common/spend/rollup/cells.py's CHARGE_UNITS ...; money is pico-USD."""

    units: int
    cost: int
    extra: int
    unpriced: int


@dataclass(frozen=True, slots=True)
class RowPrice:
    """How a row's tokens are priced as text; None: they have no price."""

    book: PriceBook
    model: Model | None
    rates: Rates | None


def sound_model_of(row: UsageRow) -> Model | None:
    """The model for sound or images of a row that tells such tokens apart; without that it has no price."""
    reports_sound = any(charge.kind in BUCKET_OF for charge in row.charges)
    return resolve_sound(row.provider or None, row.model) if reports_sound else None


def charges_of(row: UsageRow, key: CellKey, price: RowPrice, billed: int) -> dict[ChargeKind, ChargeCounts]:
    """By kind. What of a cost as billed is a charge is no extra: the cell has it already."""
    if billed:
        return {charge.kind: _as_billed(charge, billed) for charge in row.charges}
    found = {charge.kind: _of_tokens(charge, key, price) for charge in row.charges if charge.kind in BUCKET_OF}
    text = sum(map(int.__mul__, row.tokens, price.rates)) if price.rates else 0
    tokens = text + sum(counts.extra for counts in found.values())
    return found | dict(_fees(row, key, price, tokens))


def _as_billed(charge: Charge, billed: int) -> ChargeCounts:
    """A bill's line is of one kind only, unless it says how much each is."""
    return ChargeCounts(charge.units, billed if charge.usd is None else round(charge.usd * PICO), 0, 0)


def _of_tokens(charge: Charge, key: CellKey, price: RowPrice) -> ChargeCounts:
    """Of tokens of sound or images; where they have no price of their own they are in no cost, not even as text."""
    model, rates, bucket = price.model, price.rates, BUCKET_OF[charge.kind]
    if model is None or rates is None:
        return ChargeCounts(charge.units, 0, 0, charge.units)
    text = charge.units * rates[bucket]
    rate = price.book.charge(model, charge.kind, key.day, key.tier, provider=key.provider)
    if rate is None and costs_as_text(model, charge.kind):
        rate = rates[bucket]
    if rate is None:
        return ChargeCounts(charge.units, 0, -text, charge.units)
    return ChargeCounts(charge.units, charge.units * rate, charge.units * rate - text, 0)


def _fees(row: UsageRow, key: CellKey, price: RowPrice, tokens: int) -> Iterator[tuple[ChargeKind, ChargeCounts]]:
    """`tokens`: what all tokens of the row cost (pico-USD); fast mode is in it, where it has a price."""
    for charge in row.charges:
        if charge.kind in BUCKET_OF:
            continue
        cost = None
        if charge.usd is not None:
            cost = round(charge.usd * PICO)
        elif charge.kind == "us_inference":
            cost = surcharge_of(price.model, key.provider, tokens)
        elif charge.kind == "fast_mode":
            cost = 0 if price.model and price.book.knows_tier(price.model, "fast", key.day) else None
        elif (fee := fee_of(price.model, key.provider, charge.kind, key.day, key.tier)) is not None:
            cost = charge.units * fee
        yield charge.kind, ChargeCounts(charge.units, cost or 0, cost or 0, charge.units if cost is None else 0)
