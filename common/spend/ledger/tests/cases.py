"""Rollups, opportunities and baselines that the tests of the ledger share."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

from common.spend.ledger import AcceptedChange, Baseline, freeze
from common.spend.model import Limits, Opportunity, UsageRow
from common.spend.opportunities import find_opportunities
from common.spend.prices.book import LIST_PRICES, PriceBook
from common.spend.prices.names import find_by_name
from common.spend.rollup.rollup import Rollup

ACCEPTED = date(2026, 9, 30)
START = date(2026, 10, 1)
ROW = UsageRow(datetime(2026, 9, 20, 12, tzinfo=UTC), "openai", "gpt-4o", 1_000, out_visible=100, feature="chat")
SWAP = "right_sizing:chat:gpt-4o:gpt-4o-mini"


def rollup_at(rows: Iterable[UsageRow], book: PriceBook = LIST_PRICES) -> Rollup:
    """Rows at the prices of a book."""
    rollup = Rollup(book)
    for row in rows:
        rollup.add(row)
    return rollup


def daily(first: date, days: int, each: int = 1, **fields: Any) -> list[UsageRow]:
    """Rows like ROW, `each` of them a day."""
    begin = datetime(first.year, first.month, first.day, 12, tzinfo=UTC)
    row = replace(ROW, **fields)
    return [replace(row, ts=begin + timedelta(days=n, seconds=k)) for n in range(days) for k in range(each)]


BEFORE = daily(date(2026, 9, 1), 30, 4)


def sold(name: str | None) -> tuple[str | None, str | None]:
    """Seller and model of "seller/model", or of a model that its maker sells."""
    if name is None:
        return None, None
    seller, _, model = name.rpartition("/")
    maker = find_by_name(model)
    return seller or (maker.provider if maker else None), model


def proposed(name: str, savings_usd: float = 1.0, *, variant: bool = False) -> Opportunity:
    """An opportunity with this id: kind, feature and models; `variant`: the last part is no model."""
    repeated = [replace(ROW, prompt_hash="the same")] * 9
    found = find_opportunities(rollup_at(repeated), Limits()).opportunities[0]
    kind, feature, *models = name.split(":")
    names = [*models[: len(models) - variant], None, None]
    (provider, from_model), (to_provider, to_model) = sold(names[0]), sold(names[1])
    return replace(
        found,
        id=name,
        kind=kind,  # type: ignore[arg-type]  # the tests write kinds
        feature=feature,
        from_model=from_model,
        provider=provider,
        to_model=to_model,
        to_provider=to_provider,
        savings_usd=savings_usd,
    )


def baseline_of(
    name: str, rows: Iterable[UsageRow] = BEFORE, at: date = ACCEPTED, *, variant: bool = False
) -> Baseline:
    """The baseline of an opportunity of this id."""
    return freeze(rollup_at(rows), proposed(name, variant=variant), at)


def since(baseline: Baseline, implemented: date = START) -> AcceptedChange:
    """In effect from a day on."""
    return AcceptedChange(baseline=baseline, implemented=implemented)
