"""What Apex can do, as data: which entry a topic is."""

import re
import tomllib
from functools import cache
from pathlib import Path

from pydantic import BaseModel, ConfigDict

from common.assistant.knowledge.matching import ranked
from common.assistant.question.model import Operation

_LEAST = 1.0
_IN_GENERAL = {
    Operation.ABOUT: "what_it_can",
    Operation.ACT: "other_act",
    Operation.OUTSIDE: "other_outside",
    Operation.INTERNALS: "internals",
}
"""The entry of a topic that no other entry is about."""


class Capability(BaseModel):
    """An entry; see the head of capabilities.toml."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: str
    operation: Operation
    can: bool
    words: tuple[str, ...]
    text: str
    ask: str
    """"": there is nothing near."""


@cache
def capabilities() -> tuple[Capability, ...]:
    """All of them, in the order of the file."""
    document = tomllib.loads(Path(__file__).with_name("capabilities.toml").read_text(encoding="utf-8"))
    return tuple(Capability.model_validate(entry) for entry in document["capability"])


def capability_of(operation: Operation, topic: str | None) -> tuple[Capability, bool]:
    """The entry of a topic, by its id or by words, and whether it is about this topic and not only of its kind.

    Raises KeyError for an operation that is not answered by what Apex can do.
    """
    general = _IN_GENERAL[operation]
    own = {each.id: each for each in capabilities() if each.operation is operation}
    if topic is None or topic in own:
        return own[topic or general], True
    special = [each for each in own.values() if each.id != general]
    spoken = max(special, key=lambda each: _phrase_in(topic, each), default=None)
    if spoken and _phrase_in(topic, spoken):
        return spoken, True
    named = ranked(topic, special, lambda each: each.words)
    if named and named[0].score >= _LEAST:
        return named[0].entry, True
    return own[general], False


def _phrase_in(topic: str, entry: Capability) -> int:
    """How long the longest phrase of an entry is that stands in a topic; 0 where none does."""
    text = _plain(topic)
    return max((len(phrase) for phrase in map(_plain, entry.words) if phrase in text), default=0)


def _plain(text: str) -> str:
    """Its words between spaces."""
    return f" {' '.join(re.findall(r'[a-z0-9]+', text.lower()))} "
