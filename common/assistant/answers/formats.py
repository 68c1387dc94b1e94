"""Formats of an answer: the same sentences and tables as points, as plain data, or as an e-mail."""

import csv
import io
from collections.abc import Sequence
from itertools import chain

from common.contract.answer import Block, Cell, ChartBlock, TableBlock
from common.figures.sentences import joined, say
from common.runs.step import Sentence

_EMAIL_PARAGRAPHS = 3


def prose(paragraphs: Sequence[Sequence[Sentence]]) -> Sentence:
    """Paragraphs of sentences."""
    return joined((joined(each) for each in paragraphs if each), "\n\n")


def bullets(needed: Sequence[Sentence], more: Sequence[Sentence], count: int | None) -> Sentence:
    """As points, the most important first. With `count` so many, if there is so much to say: of `more` only what fits;
    what is `needed` beyond them stands in the last one.
    """
    points = [[sentence] for sentence in (*needed, *more)]
    if count and len(points) > count:
        last = list(needed[count - 1 :]) or list(chain(*points[count - 1 : count]))
        points = [*points[: count - 1], last]
    return joined((say("- {point}", point=joined(point)) for point in points), "\n")


def email(subject: str, paragraphs: Sequence[Sequence[Sentence]]) -> Sentence:
    """A subject, and up to three short paragraphs; those beyond are in the third."""
    filled = [list(each) for each in paragraphs if each]
    first, others = filled[: _EMAIL_PARAGRAPHS - 1], filled[_EMAIL_PARAGRAPHS - 1 :]
    body = prose([*first, *([list(chain(*others))] if others else [])])
    return say("Subject: {subject}\n\nHello,\n\n{body}\n\nBest regards", subject=subject, body=body)


def table_of(block: Block) -> TableBlock | None:
    """A table as it is, a chart as the table of its points; None of what is neither."""
    if isinstance(block, TableBlock):
        return block
    if not isinstance(block, ChartBlock):
        return None
    values = [block.values, *([block.comparison] if block.comparison else [])]
    rows: list[list[Cell]] = [[label, *numbers] for label, *numbers in zip(block.labels, *values, strict=True)]
    titles = block.series if block.comparison else [block.title]
    return TableBlock(
        title=block.title, columns=["", *titles], units=[None, *[block.unit] * len(values)], rows=rows,
        source=block.source,
    )  # fmt: skip


def plain_data(table: TableBlock) -> str:
    """A table as CSV: values without units, which stand in the header; text that a spreadsheet would run is quoted."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    columns = zip(table.columns, table.units, strict=True)
    writer.writerow([f"{_safe(name)} ({unit})" if unit else _safe(name) for name, unit in columns])
    writer.writerows([[_safe(cell) if isinstance(cell, str) else cell for cell in row] for row in table.rows])
    return out.getvalue()


def fenced(text: str, language: str = "") -> str:
    """As a block of code, in longer marks than any inside of it."""
    marks = "```"
    while marks in text:
        marks += "`"
    return f"{marks}{language}\n{text.rstrip()}\n{marks}"


def _safe(cell: str) -> str:
    """Without what makes a spreadsheet read a formula."""
    return f"'{cell}" if cell[:1] in tuple("=+-@") else cell
