"""`python -m tests.checks.words [TREE]`: retired words in names, comments and documentation, with their places.

The list is retired_words.toml. Exit code 1 when one is found.
"""

import re
import sys
import tomllib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from tests.checks.sources import Place, declared, names, prose, words_of

_LIST = Path(__file__).with_name("retired_words.toml")
_DEAD = re.compile(r"dead_?letters?|data_?gone", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Retired:
    """The list: word or pattern -> what to say instead."""

    parts: dict[str, str]
    whole: dict[str, str]
    phrases: dict[re.Pattern[str], str]
    exempt: tuple[str, ...]
    """Files, or folders that end in "/", that are not looked at."""
    stored: frozenset[str]
    """Fields of stored documents, as file:name."""


@dataclass(frozen=True, slots=True)
class Hit:
    """A retired word, where it stands, and what to say instead."""

    place: Place
    word: str
    instead: str

    def __str__(self) -> str:
        """As compilers print it."""
        return f"{self.place.path}:{self.place.line}: {self.word!r} is retired; say {self.instead}"


def retired() -> Retired:
    """The list as it is on disk."""
    table = tomllib.loads(_LIST.read_text(encoding="utf-8"))
    phrases = {
        re.compile(pattern.replace(" ", r"\s+"), re.IGNORECASE): instead
        for pattern, instead in table["phrases"].items()
    }
    return Retired(
        table["parts"], table["whole"], phrases, tuple(table["exempt"]["files"]), frozenset(table["exempt"]["fields"])
    )


def hits(root: Path, listed: Retired) -> Iterator[Hit]:
    """Every retired word below `root`."""
    for place in _read(names(root), listed):
        for word in words_of(_DEAD.sub("", place.text)):
            if word in listed.parts:
                yield Hit(place, place.text, listed.parts[word])
    for place in _read(declared(root), listed):
        bare = place.text.strip("_").lower()
        if bare in listed.whole and f"{place.path}:{place.text}" not in listed.stored:
            yield Hit(place, place.text, listed.whole[bare])
    for place in _read(prose(root), listed):
        yield from _phrases(place, listed)


def _read(places: Iterable[Place], listed: Retired) -> Iterator[Place]:
    return (place for place in places if not place.path.startswith(listed.exempt))


def _phrases(place: Place, listed: Retired) -> Iterator[Hit]:
    for pattern, instead in listed.phrases.items():
        for match in pattern.finditer(place.text):
            line = place.line + place.text.count("\n", 0, match.start())
            yield Hit(Place(place.path, line, match[0]), match[0], instead)


def main(argv: list[str]) -> int:
    """Print every hit; 1 when there is one."""
    root = Path(argv[0]) if argv else Path(__file__).parents[2]
    found = list(hits(root, retired()))
    for hit in found:
        sys.stdout.write(f"{hit}\n")
    if found:
        sys.stdout.write(f"{len(found)} retired words. docs/glossary.md has the words that we use.\n")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
