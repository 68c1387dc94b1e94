"""How much a rollup holds apart; what lies beyond is together under "(other)"."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

_NAMES: Mapping[str, int] = MappingProxyType(
    {"feature": 300, "provider": 40, "model": 100, "status": 24, "user": 5_000}
)


@dataclass(frozen=True, slots=True, kw_only=True)
class RollupLimits:
    """Rollups that are merged have the same limits."""

    names: Mapping[str, int] = field(default_factory=lambda: _NAMES)
    """Of each dimension; of models only those without a price are bounded, the priced ones are by the list."""
    user_days: int = 50_000
    """Users times the days on which each was seen: all days of 550 users over three months, or of 1,600 over one."""
    feature_hours: int = 50_000
    """Features times their hours in the traffic: all hours of a month of 69 features, or of a year of five."""
    user_feature_days: int = 10_000
    """As `user_days`, where days are split by feature: all days of 330 users over a month."""

    feature_days: int = 3_000
    """Features times their days in the sketches by day: all days of a month of 100 features, or of a year of eight."""

    prompts: int = 8_000
    """Prompts that are counted over all days; beyond that what repeats them is estimated."""
    minute_days: int = 31
    """The latest days, by minute."""


LIMITS = RollupLimits()
