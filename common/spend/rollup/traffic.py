"""Lines by hour, provider, model and feature, bounded by features: by the hours in which each was used."""

from common.spend.rollup.cells import TrafficKey
from common.spend.rollup.grouped_times import Group, GroupedTimes
from common.spend.rollup.name_table import NameTable

DAY_HOURS = 25
"""Of a day: 24, and NO_HOUR as the first."""


def hour_at(day: int, hour: int) -> int:
    """An hour of a day, or NO_HOUR, as one number."""
    return day * DAY_HOURS + hour + 1


class Traffic(GroupedTimes):
    """By feature, hour, and model at a provider."""

    KINDS = "tg"
    OWNER = "feature"
    GROUPED_BY = ("provider", "model")

    @staticmethod
    def local(owner: str | None, group: Group, names: NameTable) -> tuple[str | None, Group]:
        """As in cells."""
        provider, model, feature = names.local_group(str(group[0]), str(group[1]), owner)
        return feature, (provider, model)

    def by_key(self) -> dict[TrafficKey, list[int]]:
        """All lines."""
        return {
            TrafficKey(time // DAY_HOURS, time % DAY_HOURS - 1, str(provider), str(model), feature): line
            for feature, time, (provider, model), line in self.flat()
        }
