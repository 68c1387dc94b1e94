"""The parts of a rollup: what is packed apart, so that whoever reads some of it does not decode the rest.

Most of a rollup are the hashes of its duplicates, which few questions need.
"""

from collections.abc import Collection, Mapping
from enum import StrEnum


class Part(StrEnum):
    """A part by its stored name."""

    NAMES = "names"
    """Time span, names, columns, other currencies, and which parts were counted: small, and always read."""
    CELLS = "cells"
    CHARGES = "charges"
    """What is billed beside plain text tokens, by cell."""
    HOURS = "hours"
    """Lines by hour, and the hours of the day in which a feature is used."""
    USERS = "users"
    """Lines by user, and by user and day."""
    TRAFFIC = "traffic"
    """Lines by hour, provider, model and feature."""
    USER_FEATURES = "user_features"
    """Lines by user, day and feature."""
    SKETCHES = "sketches"
    DAY_SKETCHES = "day_sketches"
    """Of times, by day."""
    MINUTES = "minutes"
    """Requests and tokens by minute, of the latest days."""
    PROMPTS = "prompts"
    """Prompts over all days: what repeats them."""
    REPEATS = "repeats"
    """Requests that repeat a prompt: all that a plan needs, while they were counted in one rollup."""
    DUPLICATES = "duplicates"
    """The first request of each prompt, which tells the repeats in what is merged, and prompts for verification."""


KINDS: Mapping[Part, str] = {
    Part.NAMES: "mnop",
    Part.CELLS: "c",
    Part.CHARGES: "x",
    Part.HOURS: "hf",
    Part.USERS: "uwvb",
    Part.TRAFFIC: "tg",
    Part.USER_FEATURES: "ei",
    Part.SKETCHES: "s",
    Part.DAY_SKETCHES: "kl",
    Part.MINUTES: "ay",
    Part.PROMPTS: "qjz",
    Part.REPEATS: "r",
    Part.DUPLICATES: "d",
}
"""The kinds of records in each part, one letter each."""

PART_OF: Mapping[str, Part] = {kind: part for part, kinds in KINDS.items() for kind in kinds}
"""The part of each kind of record."""

ALL_PARTS = frozenset(Part)


def not_counted(parts: Collection[Part]) -> str:
    """What to say where data were stored before there were these parts."""
    *others, last = (part.replace("_", " ") for part in sorted(parts))
    listed = f"{', '.join(others)} and {last}" if others else last
    return f"This data was imported before Apex kept its {listed}. Upload the file again."


class PartNotLoadedError(LookupError):
    """A counter was read whose parts are not here. Without it the counter would look as if nothing had been counted."""

    def __init__(self, parts: Collection[Part]) -> None:
        super().__init__(f"the rollup was loaded without {', '.join(sorted(parts))}")
        self.parts = frozenset(parts)
