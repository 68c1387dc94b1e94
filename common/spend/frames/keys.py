"""The keys of a rollup's counters as one number each, and back."""

from dataclasses import dataclass

import polars as pl

from common.spend.cells import CellKey
from common.spend.frames.labels import Labels
from common.spend.prices.engine import size_starts

EPOCH_DAY = 719_163
"""1970-01-01 as an ordinal."""
_HOUR_S, _HOURS = 3600, 24


@dataclass(frozen=True, slots=True)
class Keys:
    """Of one block."""

    labels: Labels

    def columns(self) -> list[pl.Expr]:
        """cell, hour, user, shape and group, of rows with the places of their labels, seconds and floor."""
        features, statuses = len(self.labels.features.values), len(self.labels.statuses.values)
        hour = pl.col("seconds") // _HOUR_S
        group = pl.col("model") * features + pl.col("feature")
        day = hour // _HOURS * (len(self.labels.models.values) * features)
        served = pl.col("status") * len(self.labels.tiers.values) + pl.col("tier")
        place = served * len(size_starts()) + pl.col("floor")
        return [
            ((day + group) * (statuses * len(self.labels.tiers.values) * len(size_starts())) + place).alias("cell"),
            hour.alias("hour"),
            (pl.col("feature") * _HOURS + hour % _HOURS).alias("shape"),
            group.alias("group"),
        ]

    def cell(self, key: int) -> CellKey:
        """Back from its number."""
        key, floor = divmod(key, len(size_starts()))
        key, tier = divmod(key, len(self.labels.tiers.values))
        key, status = divmod(key, len(self.labels.statuses.values))
        day, group = divmod(key, len(self.labels.models.values) * len(self.labels.features.values))
        provider, model, feature = self.group(group)
        status_name, tier_name = self.labels.statuses.values[status], self.labels.tiers.values[tier]
        return (day + EPOCH_DAY, provider, model, feature, status_name, tier_name, size_starts()[floor])

    def tells_feature(self, codes: pl.Series) -> bool:
        """Whether some row names its feature."""
        return any(self.labels.features.values[code] is not None for code in codes.unique())

    def tells_user(self, codes: pl.Series) -> bool:
        """Whether some row names its user."""
        return any(self.labels.users.values[code] is not None for code in codes.unique())

    def hour(self, key: int) -> tuple[int, int]:
        """(day, hour of the day)."""
        day, hour = divmod(key, _HOURS)
        return day + EPOCH_DAY, hour

    def user(self, key: int) -> str | None:
        """The name."""
        return self.labels.users.values[key]

    def shape(self, key: int) -> tuple[str | None, int]:
        """(feature, hour of the day)."""
        feature, hour = divmod(key, _HOURS)
        return self.labels.features.values[feature], hour

    def group(self, key: int) -> tuple[str, str, str | None]:
        """(provider, model, feature)."""
        model, feature = divmod(key, len(self.labels.features.values))
        used = self.labels.models.values[model]
        if used is None:
            raise LookupError("a row without a model was counted")
        return used.provider, used.model, self.labels.features.values[feature]
