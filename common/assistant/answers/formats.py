"""How the same pieces look: prose, bullets, an e-mail, a table alone, or data to copy."""

import csv
import io
from collections.abc import Callable, Iterable, Sequence

from common.assistant.answers.pieces import PartPieces, Piece
from common.assistant.question.model import Question
from common.contract.answer import Block, TableBlock
from common.runs.step import Section

_UNKNOWN = "What the data cannot tell"
_EVALUATION = "evaluation"
"""The topic that no format may leave out."""
_NOT_OF_MONEY = frozenset({"tokens", "ms"})
_MANY = 2
Shown = tuple[str, list[Piece]]
"""A text, and the pieces that stand in it."""


def prose(parts: Sequence[PartPieces], _: Question, __: Sequence[Block]) -> Shown:
    """Opening, details, limits, what is missing, sections; the offer at the end."""
    shown: list[Piece] = []
    texts: list[str] = []
    for part in parts:
        texts += _part(part)
        shown += [*part.told, *_section_pieces(part)]
    offers = [piece for part in parts for piece in part.offer]
    return "\n\n".join(filter(None, [*texts, joined(offers)])), [*shown, *offers]


def bullets(parts: Sequence[PartPieces], question: Question, _: Sequence[Block]) -> Shown:
    """As many points as were asked for, the most important first; a word on evaluations always stays."""
    told = [piece for part in parts for piece in part.told]
    most = question.format.bullets or len(told)
    kept = told[:most]
    dropped = next((piece for piece in told[most:] if piece.sentence.topic == _EVALUATION), None)
    if dropped is not None and most > 1:
        kept[-1] = dropped
    return "\n".join(f"- {piece.sentence.text}" for piece in kept), kept


def table(parts: Sequence[PartPieces], _: Question, __: Sequence[Block]) -> Shown:
    """One sentence for each part; the table follows as a block."""
    kept = [piece for part in parts for piece in part.opening[:1]]
    return "\n\n".join(piece.sentence.text for piece in kept), kept


def data(parts: Sequence[PartPieces], question: Question, blocks: Sequence[Block]) -> Shown:
    """One sentence for each part, then the tables as CSV in a fenced block, and code of sections."""
    text, kept = table(parts, question, blocks)
    fenced = [f"```\n{as_csv(block)}```" for block in blocks if isinstance(block, TableBlock)]
    code = [f"```\n{section.code}\n```" for part in parts for section, _ in part.sections if section.code]
    return "\n\n".join([text, *(code if question.format.kind == "code" and code else fenced or code)]), kept


def email(parts: Sequence[PartPieces], _: Question, __: Sequence[Block]) -> Shown:
    """Subject, what was found, what to know, and an end."""
    opening = [piece for part in parts for piece in part.opening]
    rest = [piece for part in parts for piece in (*part.details, *part.limits, *part.missing)]
    body = [joined(opening), joined(rest)]
    text = "\n\n".join(["**Subject:** Our AI spend", "Hello,", *filter(None, body), "Best regards"])
    return text, [*opening, *rest]


FORMATS: dict[str, Callable[[Sequence[PartPieces], Question, Sequence[Block]], Shown]] = {
    "prose": prose,
    "bullets": bullets,
    "table": table,
    "csv": data,
    "code": data,
    "email": email,
}


def for_audience(parts: Iterable[PartPieces], question: Question) -> list[PartPieces]:
    """Those who decide on money read of money: sentences of tokens and times alone go, but for the opening."""
    kept = list(parts)
    if question.audience in ("cfo", "board"):
        for part in kept:
            part.details = [piece for piece in part.details if not _is_technical(piece)]
    return kept


def joined(pieces: Iterable[Piece]) -> str:
    """In one paragraph."""
    return " ".join(piece.sentence.text for piece in pieces)


def as_csv(block: TableBlock) -> str:
    """The table with plain numbers; units stand in the heads."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    heads = [f"{name} ({unit})" if unit else name for name, unit in zip(block.columns, block.units, strict=True)]
    writer.writerow(heads)
    writer.writerows(["" if cell is None else cell for cell in row] for row in block.rows)
    return out.getvalue()


def _part(part: PartPieces) -> list[str]:
    missing = joined(part.missing)
    if len(part.missing) > 1:
        missing = f"**{_UNKNOWN}**\n\n{_listed(part.missing)}"
    details = _listed(part.details) if len(part.details) > _MANY else joined(part.details)
    return [joined(part.opening), details, joined(part.limits), missing, *(_section(each) for each, _ in part.sections)]


def _listed(pieces: Iterable[Piece]) -> str:
    return "\n".join(f"- {piece.sentence.text}" for piece in pieces)


def _section(section: Section) -> str:
    points = "\n".join(f"- {point.text}" for point in section.points)
    code = f"```\n{section.code}\n```" if section.code else ""
    return "\n\n".join(filter(None, [f"## {section.heading}", points, code]))


def _section_pieces(part: PartPieces) -> list[Piece]:
    return [Piece(point, source) for section, source in part.sections for point in section.points]


def _is_technical(piece: Piece) -> bool:
    units = {said.fact.unit for said in piece.sentence.figures}
    return bool(units) and units <= _NOT_OF_MONEY
