"""The parts of a rollup: what is packed apart, so that whoever reads some of it does not decode the rest.

Most of a rollup are the hashes of its duplicates, which few questions need.
"""

from collections.abc import Mapping
from enum import StrEnum


class Part(StrEnum):
    """A part by its stored name."""

    NAMES = "names"
    """Time span, names, columns, other currencies, and which parts were counted: small, and always read."""
    CELLS = "cells"
    HOURS = "hours"
    """Lines by hour, and the hours of the day in which a feature is used."""
    USERS = "users"
    """Lines by user, and by user and day."""
    TRAFFIC = "traffic"
    """Lines by hour, provider, model and feature."""
    SKETCHES = "sketches"
    DUPLICATES = "duplicates"


KINDS: Mapping[Part, str] = {
    Part.NAMES: "mnop",
    Part.CELLS: "c",
    Part.HOURS: "hf",
    Part.USERS: "uvb",
    Part.TRAFFIC: "tg",
    Part.SKETCHES: "s",
    Part.DUPLICATES: "dr",
}
"""The kinds of records in each part, one letter each."""

PART_OF: Mapping[str, Part] = {kind: part for part, kinds in KINDS.items() for kind in kinds}
"""The part of each kind of record."""

ALL_PARTS = frozenset(Part)


class PartNotLoadedError(LookupError):
    """A counter was read whose part is not here. Without it the counter would look as if nothing had been counted."""

    def __init__(self, part: Part) -> None:
        super().__init__(f"the rollup was loaded without its part {part}")
        self.part = part
