"""No figure without a fact: every number of a text is matched to this run's tool results, or removed.

Matching allows for rounding and scale ("about 97 USD", "1.2k requests") and respects units: a count never matches an
amount. The fact closest in value wins; among equals the one whose name the sentence mentions, then the oldest.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from common.contract.answer import Fact, Figure, TableBlock
from common.figures.format import figure
from common.figures.mentions import Mention, NumberReading, find_mentions
from common.figures.splitting import sentences
from common.runs.step import ToolEvidence

_BULLET = re.compile(r"(?P<lead>\s*(?:(?:[-*+>]|\d{1,2}[.)])\s+)*)(?P<body>.*)")
_CODE_BLOCK = re.compile(r"(```.*?(?:```|\Z))", re.DOTALL)
_TABLE_RULE = re.compile(r"\s*\|?[\s:|-]+\|?\s*")


@dataclass(frozen=True, slots=True)
class SourcedFact:
    """A fact with the tool_completed event that it comes from."""

    fact: Fact
    source: int


@dataclass(frozen=True, slots=True)
class Ground:
    """What the tools of this run found: facts, and customers' names (some hold digits)."""

    facts: tuple[SourcedFact, ...]
    names: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class FigureCheck:
    """The figures of a text, and the mentions that no fact supports."""

    figures: tuple[Figure, ...]
    unsupported: tuple[Mention, ...]


@dataclass(frozen=True, slots=True)
class GroundedText:
    """A text without unsupported figures; `removed`: the sentences and cells taken out."""

    text: str
    figures: tuple[Figure, ...]
    removed: tuple[str, ...]


def ground_of(evidence: Iterable[ToolEvidence]) -> Ground:
    """The facts and names of tool results."""
    items = tuple(evidence)
    facts = tuple(SourcedFact(fact, item.source) for item in items for fact in item.result.facts)
    return Ground(facts, tuple(sorted({name for item in items for name in _names(item)}, key=len, reverse=True)))


def check(text: str, ground: Ground) -> FigureCheck:
    """Match every number that `text` states."""
    figures: dict[Figure, None] = {}
    unsupported = []
    for mention in find_mentions(text, ground.names):
        match = _match(mention, text, ground.facts)
        if match is None:
            unsupported.append(mention)
        else:
            fact = match.fact
            figures[Figure(text=mention.text, value=fact.value, unit=fact.unit, source=match.source)] = None
    return FigureCheck(tuple(figures), tuple(unsupported))


def clean(text: str, ground: Ground) -> GroundedText:
    """Remove every sentence and table cell that states a number that no fact supports."""
    removed: list[str] = []
    parts = _CODE_BLOCK.split(text)
    kept = _without_empty_headings([line for part in parts for line in _clean_part(part, ground, removed)])
    result = re.sub(r"\n{3,}", "\n\n", "\n".join(kept)).strip()
    final = check(result, ground)
    if final.unsupported:  # a number that only the full text shows, such as a range over a line break
        removed.append(result)
        return GroundedText("", (), tuple(removed))
    return GroundedText(result, final.figures, tuple(removed))


def _names(evidence: ToolEvidence) -> Iterable[str]:
    for block in evidence.result.blocks:
        if isinstance(block, TableBlock):
            yield from (cell for row in block.rows for cell in row if isinstance(cell, str))
    yield from evidence.result.names


def _match(mention: Mention, text: str, facts: Sequence[SourcedFact]) -> SourcedFact | None:
    """The best fact for a mention, over all its readings."""
    words = set(re.findall(r"[a-z]{3,}", _around(text, mention).lower()))
    best: tuple[tuple[float, float, int], SourcedFact] | None = None
    for rank, reading in enumerate(mention.readings):
        for order in _rounded(reading, facts):
            fact = facts[order].fact
            score = (round(_distance(reading, fact) + rank, 2), -_likeness(fact.name, words), order)
            if best is None or score < best[0]:
                best = (score, facts[order])
    return best[1] if best else None


def _distance(reading: NumberReading, fact: Fact) -> float:
    """How far a number is from a fact, in tolerances; 0 where both would be written alike."""
    stated, computed = abs(reading.value), abs(fact.value)
    if figure(stated, fact.unit) == figure(computed, fact.unit):
        return 0.0
    return abs(stated - computed) / max(reading.tolerance, 1e-12)


def _likeness(name: str, words: set[str]) -> float:
    """The share of the words of a fact's name that the sentence contains."""
    parts = set(re.findall(r"[a-z]{3,}", name.lower()))
    return len(words & parts) / len(parts) if parts else 0.0


def _rounded(reading: NumberReading, facts: Sequence[SourcedFact]) -> list[int]:
    """Places of the facts that round to a reading. Signs are ignored: a saving of 5 USD may be written as -5 USD."""
    stated, tolerance, unit = abs(reading.value), reading.tolerance, reading.unit
    return [
        order
        for order, sourced in enumerate(facts)
        if abs(stated - (computed := abs(sourced.fact.value))) <= tolerance + 1e-9 * computed
        and (unit is None or unit == sourced.fact.unit)
    ]


def _around(text: str, mention: Mention) -> str:
    start = max(text.rfind("\n", 0, mention.start), text.rfind(". ", 0, mention.start)) + 1
    end = min((place for mark in (". ", "\n") if (place := text.find(mark, mention.end)) >= 0), default=len(text))
    return text[start:end]


def _clean_part(part: str, ground: Ground, removed: list[str]) -> list[str]:
    """The lines that stay; a code block with an unsupported figure is removed entirely: half a snippet is useless."""
    if not part.startswith("```"):
        lines = (_clean_line(line, ground, removed) for line in part.split("\n"))
        return [line for line in lines if line is not None]
    if not check(part, ground).unsupported:
        return [part]
    removed.append(part)
    return []


def _clean_line(line: str, ground: Ground, removed: list[str]) -> str | None:
    if not check(line, ground).unsupported:
        return line
    if line.lstrip().startswith("|") and not _TABLE_RULE.fullmatch(line):
        return _clean_row(line, ground, removed)
    bullet = _BULLET.fullmatch(line)
    lead, body = (bullet["lead"], bullet["body"]) if bullet else ("", line)
    kept: list[str] = []
    for sentence in sentences(body):
        (removed if check(sentence, ground).unsupported else kept).append(sentence)
    return lead + " ".join(kept) if kept and not check(lead + " ".join(kept), ground).unsupported else None


def _clean_row(line: str, ground: Ground, removed: list[str]) -> str:
    cells = line.split("|")
    for index, cell in enumerate(cells):
        if check(cell, ground).unsupported:
            removed.append(cell.strip())
            cells[index] = " \u2013 "
    return "|".join(cells)


def _without_empty_headings(lines: list[str]) -> list[str]:
    """A heading whose section was removed entirely goes, too."""
    kept: list[str] = []
    for line in reversed(lines):
        follows = next((after for after in reversed(kept) if after.strip()), None)
        if _level(line) and (follows is None or 0 < _level(follows) <= _level(line)):
            continue
        kept.append(line)
    return kept[::-1]


def _level(line: str) -> int:
    """1 to 6 for a Markdown heading, else 0."""
    heading = re.match(r"(#{1,6})\s", line)
    return len(heading[1]) if heading else 0
