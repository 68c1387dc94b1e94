"""Tables and charts of a result, as far as they fit its query."""

from collections.abc import Iterator, Sequence

from common.assistant.question.words import UNITS, condition_said, group_said, lowered
from common.assistant.tools.usage_measured import Measured, ranked_by
from common.contract.answer import Block, Cell, ChartBlock, Fact, FigureListBlock, TableBlock, Unit
from common.figures.names import plain_name
from common.spend.semantics import DIMENSIONS, MEASURES, MeasureName, Rest, Row
from common.spend.semantics.query import MOST_LINES

_MOST_BARS = 12
_FEWEST_LINES = 2
_FEWEST_POINTS = 3
_SHORT = 14
"""Lines over time that are short enough to be a table, too."""


def blocks(measured: Measured) -> list[Block]:
    """None for one number; all rows of a chart stand in a table, or are its points."""
    query, rows = measured.result.query, measured.result.rows
    if not query.by:
        return _without_lines(measured)
    if len(rows) + (measured.result.rest is not None) < _FEWEST_LINES or query.top == 1:
        return []
    chart = _chart(measured) if len(query.by) == 1 else []
    is_long_line = bool(chart) and chart[0].kind == "line" and len(query.measures) == 1 and len(rows) > _SHORT
    return [*chart, *([] if is_long_line else [_table(measured)])]


def _without_lines(measured: Measured) -> list[Block]:
    query, total = measured.result.query, measured.result.total
    if query.versus:
        return [_table_of_measures(measured)] if len(query.measures) > 1 else []
    facts = [
        fact.model_copy(update={"name": MEASURES[name].title})
        for name in query.measures
        if (fact := measured.fact(total, name))
    ]
    return [FigureListBlock(title=_title(measured), facts=facts)] if len(facts) > 1 else []


def _chart(measured: Measured) -> list[ChartBlock]:
    """A line over time, bars of a ranking; of two periods both."""
    query, result = measured.result.query, measured.result
    measure = ranked_by(query)
    in_time = DIMENSIONS[query.by[0]].is_calendar and list(result.rows) == sorted(result.rows, key=lambda row: row.keys)
    rows = [row for row in result.rows if measured.value(row, measure) is not None]
    shown = rows if in_time else rows[:_MOST_BARS]
    before = [measured.value(row, measure, "before") for row in shown] if query.versus else []
    if len(shown) < _FEWEST_POINTS - (not in_time):
        return []
    return [
        ChartBlock(
            title=_title(measured, [measure]),
            unit=_unit(measure),
            labels=[plain_name(row.keys[0]) for row in shown],
            values=[float(measured.value(row, measure) or 0) for row in shown],
            kind="line" if in_time else "bars",
            compared=[float(value or 0) for value in before] if before else None,
            series=[measured.days, measured.days_before] if before else [],
        )
    ]


def _table(measured: Measured) -> TableBlock:
    """The lines, what is in none of them, and all together."""
    result = measured.result
    query, rest = result.query, result.rest
    wide = [""] * (len(query.by) - 1)
    lines = [[*map(plain_name, row.keys), *_cells(measured, row)] for row in result.rows[:MOST_LINES]]
    if rest:
        lines.append([_rest_called(measured, rest), *wide, *_cells(measured, rest)])
    if len(lines) > 1:
        lines.append(["All", *wide, *_cells(measured, result.total)])
    columns: list[tuple[str, Unit | None]] = [
        (DIMENSIONS[name].title.capitalize().replace("(utc)", "(UTC)"), None) for name in query.by
    ]
    columns += [column for name in query.measures for column in _columns(measured, name)]
    return _table_of(_title(measured), columns, lines)


def _rest_called(measured: Measured, rest: Rest) -> str:
    return f"{rest.lines:,} below or above the limit" if measured.result.query.threshold else f"{rest.lines:,} more"


def _table_of_measures(measured: Measured) -> TableBlock:
    """A line for each measure of two periods; the unit stands with its name, as lines differ in it."""
    result = measured.result
    lines = [
        [MEASURES[name].title, MEASURES[name].unit, *_sides(measured, result.total, name)]
        for name in result.query.measures
    ]
    columns: list[tuple[str, Unit | None]] = [("Measure", None), ("Unit", None)]
    columns += [(measured.days_before, "count"), (measured.days, "count"), ("Change", "count")]
    return _table_of(_title(measured), columns, lines)


def _table_of(title: str, columns: Sequence[tuple[str, Unit | None]], rows: list[list[Cell]]) -> TableBlock:
    return TableBlock(
        title=title, columns=[name for name, _ in columns], units=[unit for _, unit in columns], rows=rows
    )


def _columns(measured: Measured, measure: MeasureName) -> Iterator[tuple[str, Unit | None]]:
    title = MEASURES[measure].title
    if not measured.days_before:
        yield title, _unit(measure)
        return
    for days in (measured.days_before, measured.days):
        yield f"{title}, {days}", _unit(measure)
    yield f"Change of {lowered(title)}", _unit(measure)


def _cells(measured: Measured, line: Row | Rest) -> Iterator[Cell]:
    for measure in measured.result.query.measures:
        yield from _sides(measured, line, measure) if measured.days_before else [_number(measured.fact(line, measure))]


def _sides(measured: Measured, line: Row | Rest, measure: MeasureName) -> list[Cell]:
    return [_number(measured.fact(line, measure, side)) for side in ("before", "now", "change")]


def _number(fact: Fact | None) -> Cell:
    return fact.value if fact else None


def _unit(measure: MeasureName) -> Unit:
    return UNITS[MEASURES[measure].unit]


def _title(measured: Measured, measures: Sequence[MeasureName] = ()) -> str:
    """Such as "Cost of chat by model, 14 to 20 November 2026"."""
    query = measured.result.query
    names = [MEASURES[name].title for name in measures or query.measures[:2]]
    of = [condition_said(each, plain_name) for each in query.where]
    by = [f"by {' and '.join(map(group_said, query.by))}"] if query.by else []
    return f"{' '.join([' and '.join([names[0], *map(lowered, names[1:])]), *of, *by])}, {measured.days}"
