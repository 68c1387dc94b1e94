"""How the pieces of an answer become its text, by the format and the readers that are asked for."""

from collections.abc import Sequence

from common.assistant.answers.formats import bullets, email, fenced, plain_data, prose, table_of
from common.assistant.answers.languages import ENGLISH_ONLY
from common.assistant.answers.pieces import Pieces
from common.assistant.question.model import Format, Operation, Question
from common.contract.answer import Block, TableBlock
from common.figures.sentences import joined, say
from common.runs.step import Section, Sentence

MOST_WORDS = 60
"""Before the table of an answer that measures: details that do not fit are left out."""
_MANY = 2
"""Details beyond which each is a point of its own."""
_MISSING = "What the data cannot tell"
_SUBJECT = "AI usage and cost"
_NO_TABLE = "There is no table to this."


def written(question: Question, pieces: Pieces, blocks: Sequence[Block]) -> Sentence:
    """The text, Markdown, with the figures in it."""
    fitting = _for_readers(question, pieces)
    lead = ENGLISH_ONLY.get(question.language)
    body = _formatted(question.format, fitting, blocks, _details(question, fitting))
    return joined([*([say("{lead}", lead=lead)] if lead else []), body], "\n\n")


def blocks_in(chosen: Format, blocks: Sequence[Block]) -> list[Block]:
    """Those that stand beside the text: of a table only tables; of data as text none."""
    if chosen.kind in ("csv", "code"):
        return []
    if chosen.kind != "table":
        return list(blocks)
    return _tables(blocks) or list(blocks)


def _tables(blocks: Sequence[Block]) -> list[Block]:
    """Charts as tables where no table says the same."""
    own: list[Block] = [block for block in blocks if isinstance(block, TableBlock)]
    return own or [table for block in blocks if (table := table_of(block))]


def _formatted(chosen: Format, pieces: Pieces, blocks: Sequence[Block], details: list[Sentence]) -> Sentence:
    if chosen.kind == "bullets":
        needed = [*_opening(pieces), *pieces.limits, *pieces.notes, *pieces.missing]
        return bullets(needed, [*details, *pieces.offer], chosen.bullets)
    if chosen.kind == "email":
        paragraphs = [[*_opening(pieces)], [*details, *pieces.limits], [*pieces.missing, *pieces.notes]]
        return email(next((block.title for block in blocks if isinstance(block, TableBlock)), _SUBJECT), paragraphs)
    if chosen.kind in ("csv", "code"):
        return _data(pieces, blocks)
    if chosen.kind == "table":
        none = [] if _tables(blocks) else [say(_NO_TABLE)]
        return prose([_opening(pieces)[:1] + pieces.missing + pieces.notes + none])
    return _prose(pieces, details)


def _prose(pieces: Pieces, details: list[Sentence]) -> Sentence:
    inline = pieces.missing if len(pieces.missing) == 1 or not pieces.openings else []
    points = [bullets(details, (), None)] if len(details) > _MANY else details
    paragraphs = [*pieces.openings, points, [*pieces.limits, *inline, *pieces.notes]]
    sections = [_section(section) for section in pieces.sections]
    if not inline and pieces.missing:
        sections.append(_section(Section(heading=_MISSING, points=pieces.missing)))
    return joined([part for part in (prose(paragraphs), *sections, *pieces.offer) if part.text], "\n\n")


def _section(section: Section) -> Sentence:
    points = bullets(section.points, (), None)
    code = f"\n\n{fenced(section.code)}" if section.code else ""
    return say("**{heading}**\n{points}{code}", heading=section.heading, points=points, code=code)


def _data(pieces: Pieces, blocks: Sequence[Block]) -> Sentence:
    """One sentence, and the data of the first table; of steps their code."""
    code = [fenced(section.code) for section in pieces.sections if section.code]
    tables = [fenced(plain_data(table), "csv") for table in _tables(blocks)[:1] if isinstance(table, TableBlock)]
    data = code or tables or [_NO_TABLE]
    before = prose([[*_opening(pieces)[:1], *pieces.missing, *pieces.notes]])
    return joined([before, say("{data}", data="\n\n".join(data))], "\n\n")


def _opening(pieces: Pieces) -> list[Sentence]:
    return [sentence for part in pieces.openings for sentence in part]


def _details(question: Question, pieces: Pieces) -> list[Sentence]:
    """As many as fit."""
    details = list(pieces.details)
    if any(part.operation != Operation.MEASURE for part in question.parts):
        return details
    others = sum(_words(each) for each in (*_opening(pieces), *pieces.missing, *pieces.limits))
    while details and others + sum(map(_words, details)) > MOST_WORDS:
        details.pop()
    return details


def _words(sentence: Sentence) -> int:
    return len(sentence.text.split())


def _for_readers(question: Question, pieces: Pieces) -> Pieces:
    """For those who decide on money: amounts first, and no details in tokens."""
    if question.audience not in ("cfo", "board"):
        return pieces
    openings = sorted(pieces.openings, key=lambda part: not any(map(_is_money, part)))
    details = [each for each in pieces.details if not any(said.fact.unit == "tokens" for said in each.figures)]
    return Pieces(
        openings=[sorted(part, key=lambda each: not _is_money(each)) for part in openings],
        details=sorted(details, key=lambda each: not _is_money(each)),
        limits=pieces.limits, missing=pieces.missing, sections=pieces.sections, notes=pieces.notes, offer=pieces.offer,
    )  # fmt: skip


def _is_money(sentence: Sentence) -> bool:
    return any(said.fact.unit == "usd" for said in sentence.figures)
