"""The closed vocabulary of sentences that a model writes in its own words; see vocabulary.toml."""

import tomllib
from functools import cache
from pathlib import Path

from pydantic import BaseModel, ConfigDict

_FILE = Path(__file__).with_name("vocabulary.toml")


class Vocabulary(BaseModel):
    """Words and phrases in lower case."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    verbs: frozenset[str]
    fillers: frozenset[str]
    before_periods: frozenset[str]
    connecting: frozenset[str]
    referring: frozenset[str]
    loose: frozenset[str]


@cache
def vocabulary() -> Vocabulary:
    """As declared."""
    return Vocabulary.model_validate(tomllib.loads(_FILE.read_text(encoding="utf-8")))
