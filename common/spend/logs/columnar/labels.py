"""Columns of names to numbers: each different text of a file is cleaned and looked up once."""

from collections.abc import Callable, Hashable
from typing import Generic, NamedTuple, TypeVar

import polars as pl

from common.spend.logs.fields import values as v
from common.spend.logs.fields.reading import ColumnReading
from common.spend.logs.fields.statuses import sense_of, status
from common.spend.logs.rows.build_row import FREE, STATUS, owner_of
from common.spend.logs.rows.no_requests import kind_by_model
from common.spend.logs.rows.sides import maker_of
from common.spend.model import ServiceTier
from common.spend.prices.engine import Model, match_provider
from common.spend.prices.names import resolve
from common.spend.rollup.bounded_names import OTHER

T = TypeVar("T", bound=Hashable)

OTHER_NAME = (1 << 20) - 1
"""The number of all names that have no room; more than any other."""
LABEL_COLUMNS = ("model", "provider", "feature", "user", "status", "tier")
"""Columns of names."""
_MOST = 50_000
"""Different texts; a column that has more of them in one block is no label."""
_MOST_PAIRS = 200_000
"""Of a model's name and a provider."""


class Label(Generic[T]):
    """The cleaned texts of a column by number: 0 is a cell without text, the rest count as polars does, from 1."""

    def __init__(self, clean: Callable[[str | None], T]) -> None:
        self._clean = clean
        self.values = {0: clean(None)}

    def learn(self, column: pl.Series) -> bool:
        """Take in the texts of a block; False when they are too many."""
        highest: int | None = column.to_physical().max()  # type: ignore[assignment]  # of whole numbers
        known = self.width
        if len(self.values) == known and (highest is None or highest + 1 < known):
            return True
        texts = column.unique().drop_nulls()
        if texts.len() > _MOST:
            return False
        for place, text in zip(texts.to_physical(), texts.cast(pl.String()), strict=True):
            if place + 1 not in self.values:
                self.values[place + 1] = self._clean(text)
        return True

    def listed(self) -> list[T | None]:
        """The values in the order of their numbers; None for a number that no block has."""
        return [self.values.get(number) for number in range(self.width)]

    def names_any(self, numbers: pl.Series) -> bool:
        """Whether one of the numbers, of which there is one at least, has a value."""
        highest: int = numbers.max()  # type: ignore[assignment]  # of whole numbers
        return self.values[highest] is not None or any(self.values[each] is not None for each in numbers.unique())

    @property
    def width(self) -> int:
        """More than any number."""
        return max(self.values) + 1


class UsedModel(NamedTuple):
    """A model as a rollup names it; `priced` None: no price is known, and the name is the file's."""

    provider: str
    model: str
    priced: Model | None
    maker: str
    """As common/spend/logs/rows/sides.py has it."""


class Labels:
    """The names of a file, of each block once it was numbered."""

    def __init__(self, reading: ColumnReading) -> None:
        self.types = {field: pl.Categorical(pl.Categories.random()) for field in LABEL_COLUMNS}
        """To read the columns as: they share no numbers with any other file."""
        self._held = [pl.Series(dtype=each) for each in self.types.values()]
        """Polars forgets the numbers when no column has them."""
        self.models = Label(lambda text: v.word(text) or reading.model)
        self.providers = Label(lambda text: v.word(text) or "")
        self.features = Label(v.word)
        self.users = Label(v.word)
        sense = sense_of(reading.labels[STATUS])
        self.statuses = Label(lambda text: status(text, sense))
        self.tiers = Label(lambda text: v.tier(text) if text else "standard")
        self.used: list[UsedModel | None] = []
        """The model of a row by number; None where it names none, or one for the row reader."""
        self._pairs: dict[tuple[int, int], int] = {}

    @property
    def full(self) -> bool:
        """Whether it is time to start afresh, so that memory stays bounded."""
        return any(label.width > _MOST for label in self._each().values()) or len(self._pairs) > _MOST_PAIRS

    def _each(self) -> dict[str, Label[str | None] | Label[str] | Label[ServiceTier]]:
        each = (self.models, self.providers, self.features, self.users, self.statuses, self.tiers)
        return dict(zip(LABEL_COLUMNS, each, strict=True))

    def group(self, used: int, feature: int) -> tuple[str, str, str | None]:
        """(provider, model, feature) by their numbers."""
        model = self.used[used]
        if model is None:
            raise LookupError("a row without a model was counted")
        return model.provider, model.model, self.features.values[feature]

    def user(self, number: int) -> str | None:
        """By its number, which may be OTHER_NAME."""
        return OTHER if number == OTHER_NAME else self.users.values[number]

    def numbered(self, frame: pl.DataFrame) -> pl.DataFrame | None:
        """The frame with the numbers of its names (`name`: the model's own), and `used`; None: too many."""
        each = self._each()
        if not all(label.learn(frame[field]) for field, label in each.items() if field in frame.columns):
            return None
        models, providers = self.models.width, self.providers.width
        if models * providers > _MOST_PAIRS:
            return None
        numbers = [_numbers(field) if field in frame.columns else _NONE.alias(field) for field in each]
        pairs = [self._number_of(model, provider) for model in range(models) for provider in range(providers)]
        used = pl.lit(pl.Series(pairs, dtype=pl.UInt32())).gather(pl.col("model") * providers + pl.col("provider"))
        return frame.with_columns(numbers).with_columns(used.alias("used")).rename({"model": "name"}).drop("provider")

    def _number_of(self, model: int, provider: int) -> int:
        number = self._pairs.get((model, provider))
        if number is None:
            number = self._pairs[model, provider] = len(self.used)
            self.used.append(_used(self.providers.values.get(provider, ""), self.models.values.get(model)))
        return number


_NONE = pl.lit(0, pl.UInt32())


def _numbers(field: str) -> pl.Expr:
    return (pl.col(field).to_physical() + 1).fill_null(0).alias(field)


def _used(provider: str, name: str | None) -> UsedModel | None:
    """As common/spend/rollup/rollup.py names it; a model that is free, or none, is for the row reader."""
    if name is None or name.endswith(FREE) or kind_by_model(name):
        return None
    owner = owner_of(provider, name)
    priced = resolve(owner or None, name)
    return UsedModel(
        match_provider(owner) or owner.strip().lower(), priced.id if priced else name, priced, maker_of(provider, name)
    )
