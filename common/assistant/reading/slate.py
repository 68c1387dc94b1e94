"""A message in which every part that was read is blanked; places stay those of the message."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

_CLAUSE_END = re.compile(r"[.?!;,](?=\s|$)|\n")
_LONGEST_CLAUSE = 120
_EDGES = " \t\n,;:"


@dataclass(frozen=True, slots=True)
class Span:
    """A field of Constraints, and the span of the message that says it; a field may have more than one."""

    field: str
    start: int
    end: int
    certain: bool = True
    """Not guessed: a number with its unit, a declared word, or a negation beside its object."""


@dataclass(slots=True)
class Slate:
    """`text` is as long as `message` at any time; `features`: plain name -> name, of the data."""

    message: str
    text: str
    features: Mapping[str, str]
    spans: list[Span] = field(default_factory=list)

    def take(self, name: str, start: int, end: int, *, certain: bool = True) -> None:
        """Blanks a span and notes what it says, without white space and commas around it."""
        words = self.message[start:end]
        first = start + len(words) - len(words.lstrip(_EDGES))
        last = end - (len(words) - len(words.rstrip(_EDGES)))
        if first < last:
            self.spans.append(Span(name, first, last, certain))
        self.text = self.text[:start] + " " * (end - start) + self.text[end:]

    def take_match(self, name: str, match: re.Match[str], *, certain: bool = True) -> None:
        """All of a match, without what a group named "between" holds."""
        between = match.span("between") if "between" in match.re.groupindex else (-1, -1)
        if between[0] < 0:
            self.take(name, match.start(), match.end(), certain=certain)
            return
        self.take(name, match.start(), between[0], certain=certain)
        self.take(name, between[1], match.end(), certain=certain)

    def before(self, place: int, *, written: bool = False) -> str:
        """The words of the same clause before a place; `written`: with those that were taken."""
        words = (self.message if written else self.text)[max(place - _LONGEST_CLAUSE, 0) : place]
        ends = [end.end() for end in _CLAUSE_END.finditer(words)]
        return words[ends[-1] :] if ends else words

    def after(self, place: int, *, written: bool = False) -> str:
        """The words of the same clause from a place on, as `before`."""
        words = (self.message if written else self.text)[place : place + _LONGEST_CLAUSE]
        end = _CLAUSE_END.search(words)
        return words[: end.start()] if end else words
