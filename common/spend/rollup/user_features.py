"""Lines by user, UTC day and feature, bounded by users: by the days on which each was seen.

All others are together under "(other)", by day and feature.
"""

from common.spend.rollup.cells import UserFeatureKey
from common.spend.rollup.grouped_times import Group, GroupedTimes
from common.spend.rollup.name_table import NameTable


class UserFeatures(GroupedTimes):
    """By user, day as an ordinal, and feature."""

    KINDS = "ei"
    OWNER = "user"
    GROUPED_BY = ("feature",)

    @staticmethod
    def local(owner: str | None, group: Group, names: NameTable) -> tuple[str | None, Group]:
        """As in cells."""
        return names.name("user", owner), (names.name("feature", group[0]),)

    def by_key(self) -> dict[UserFeatureKey, list[int]]:
        """All lines."""
        return {UserFeatureKey(user, day, feature): line for user, day, (feature,), line in self.flat()}
