"""Columns of names to numbers: each different text is cleaned and looked up once."""

from collections.abc import Callable, Hashable
from dataclasses import dataclass
from typing import Generic, TypeVar

import polars as pl

from common.spend.importing import values as v
from common.spend.importing.rows import Reading, owner_of
from common.spend.model import Tier
from common.spend.prices.engine import Model, match_provider
from common.spend.prices.names import resolve

T = TypeVar("T", bound=Hashable)

_MOST = 50_000
"""Different texts of a block; a column with more is no label."""


@dataclass(frozen=True, slots=True)
class Coded(Generic[T]):
    """A column as places in `values`."""

    codes: pl.Series
    values: list[T]


@dataclass(frozen=True, slots=True)
class Used:
    """A model as a rollup names it; `priced` None: no price is known, and the name is the file's."""

    provider: str
    model: str
    priced: Model | None


@dataclass(frozen=True, slots=True)
class Labels:
    """What the rows of a block name. The model is None where a row names none; `names` are the file's own for it."""

    models: Coded[Used | None]
    names: Coded[str | None]
    features: Coded[str | None]
    users: Coded[str | None]
    statuses: Coded[str]
    tiers: Coded[Tier]


def labels_of(frame: pl.DataFrame, reading: Reading) -> Labels | None:
    """None when a column has too many names."""
    names = coded(frame, "model", lambda text: v.word(text) or reading.model)
    providers = coded(frame, "provider", lambda text: v.word(text) or "")
    features = coded(frame, "feature", v.word)
    users = coded(frame, "user", v.word)
    statuses = coded(frame, "status", v.status)
    tiers = coded(frame, "tier", lambda text: v.tier(text) if text else "standard")
    if names is None or providers is None or features is None or users is None or statuses is None or tiers is None:
        return None
    return Labels(_models(names, providers), names, features, users, statuses, tiers)


def coded(frame: pl.DataFrame, field: str, clean: Callable[[str | None], T]) -> Coded[T] | None:
    """The cleaned values of a column (one that is not there is empty); None when they are too many."""
    if field not in frame.columns:
        return Coded(pl.repeat(0, frame.height, dtype=pl.Int64(), eager=True), [clean(None)])
    column = frame[field]
    texts = column.unique().drop_nulls().to_list()
    if len(texts) > _MOST:
        return None
    physical = column.cast(pl.Enum(texts)).to_physical().cast(pl.Int64()).fill_null(len(texts))
    return _renumbered(physical, [clean(text) for text in (*texts, None)])


def _renumbered(codes: pl.Series, values: list[T]) -> Coded[T]:
    """Equal values share a number."""
    places: dict[T, int] = {}
    numbers = pl.Series("codes", [places.setdefault(value, len(places)) for value in values], dtype=pl.Int64())
    return Coded(numbers.gather(codes), list(places))


def _models(names: Coded[str | None], providers: Coded[str]) -> Coded[Used | None]:
    width = len(providers.values)
    pairs = names.codes * width + providers.codes
    used = [_used(provider, name) for name in names.values for provider in providers.values]
    return _renumbered(pairs, used)


def _used(provider: str, name: str | None) -> Used | None:
    """As common/spend/rollup.py names it."""
    if name is None:
        return None
    told = owner_of(provider, name)
    priced = resolve(told or None, name)
    return Used(match_provider(told) or told.strip().lower(), priced.id if priced else name, priced)
