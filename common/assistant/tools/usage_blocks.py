"""Tables and charts of a result, as far as they fit its query."""

from collections.abc import Iterator, Sequence

from common.assistant.question.words import UNITS, condition_said, group_said, lowered
from common.assistant.tools.usage_measurement import Measurement, ranked_by
from common.contract.answer import Block, Cell, ChartBlock, Fact, FigureListBlock, TableBlock, Unit
from common.figures.names import plain_name
from common.spend.semantics import DIMENSIONS, MEASURES, MeasureName, Rest, Row
from common.spend.semantics.query import MOST_LINES

_MOST_BARS = 12
_FEWEST_LINES = 2
_FEWEST_POINTS = 3
_SHORT = 14
"""Lines over time that are short enough to be a table, too."""


def blocks(measurement: Measurement) -> list[Block]:
    """None for one number; all rows of a chart stand in a table, or are its points."""
    query, rows = measurement.result.query, measurement.result.rows
    if not query.by:
        return _without_lines(measurement)
    if len(rows) + (measurement.result.rest is not None) < _FEWEST_LINES or query.top == 1:
        return []
    chart = _chart(measurement) if len(query.by) == 1 else []
    is_long_line = bool(chart) and chart[0].kind == "line" and len(query.measures) == 1 and len(rows) > _SHORT
    return [*chart, *([] if is_long_line else [_table(measurement)])]


def _without_lines(measurement: Measurement) -> list[Block]:
    query, total = measurement.result.query, measurement.result.total
    if query.versus:
        return [_table_of_measures(measurement)] if len(query.measures) > 1 else []
    facts = [
        fact.model_copy(update={"name": MEASURES[name].title})
        for name in query.measures
        if (fact := measurement.fact(total, name))
    ]
    return [FigureListBlock(title=_title(measurement), facts=facts)] if len(facts) > 1 else []


def _chart(measurement: Measurement) -> list[ChartBlock]:
    """A line over time, bars of a ranking; of two periods both."""
    query, result = measurement.result.query, measurement.result
    measure = ranked_by(query)
    in_time = DIMENSIONS[query.by[0]].is_calendar and list(result.rows) == sorted(result.rows, key=lambda row: row.keys)
    rows = [row for row in result.rows if measurement.value(row, measure) is not None]
    shown = rows if in_time else rows[:_MOST_BARS]
    before = [measurement.value(row, measure, "before") for row in shown] if query.versus else []
    if len(shown) < _FEWEST_POINTS - (not in_time):
        return []
    return [
        ChartBlock(
            title=_title(measurement, [measure]),
            unit=_unit(measure),
            labels=[plain_name(row.keys[0]) for row in shown],
            values=[float(measurement.value(row, measure) or 0) for row in shown],
            kind="line" if in_time else "bars",
            comparison=[float(value or 0) for value in before] if before else None,
            series=[measurement.days, measurement.days_before] if before else [],
        )
    ]


def _table(measurement: Measurement) -> TableBlock:
    """The lines, what is in none of them, and all together."""
    result = measurement.result
    query, rest = result.query, result.rest
    wide = [""] * (len(query.by) - 1)
    lines = [[*map(plain_name, row.keys), *_cells(measurement, row)] for row in result.rows[:MOST_LINES]]
    if rest:
        lines.append([_rest_called(measurement, rest), *wide, *_cells(measurement, rest)])
    if len(lines) > 1:
        lines.append(["All", *wide, *_cells(measurement, result.total)])
    columns: list[tuple[str, Unit | None]] = [
        (DIMENSIONS[name].title.capitalize().replace("(utc)", "(UTC)"), None) for name in query.by
    ]
    columns += [column for name in query.measures for column in _columns(measurement, name)]
    return _table_of(_title(measurement), columns, lines)


def _rest_called(measurement: Measurement, rest: Rest) -> str:
    return f"{rest.lines:,} below or above the limit" if measurement.result.query.threshold else f"{rest.lines:,} more"


def _table_of_measures(measurement: Measurement) -> TableBlock:
    """A line for each measure of two periods; the unit stands with its name, as lines differ in it."""
    result = measurement.result
    lines = [
        [MEASURES[name].title, MEASURES[name].unit, *_sides(measurement, result.total, name)]
        for name in result.query.measures
    ]
    columns: list[tuple[str, Unit | None]] = [("Measure", None), ("Unit", None)]
    columns += [(measurement.days_before, "count"), (measurement.days, "count"), ("Change", "count")]
    return _table_of(_title(measurement), columns, lines)


def _table_of(title: str, columns: Sequence[tuple[str, Unit | None]], rows: list[list[Cell]]) -> TableBlock:
    return TableBlock(
        title=title, columns=[name for name, _ in columns], units=[unit for _, unit in columns], rows=rows
    )


def _columns(measurement: Measurement, measure: MeasureName) -> Iterator[tuple[str, Unit | None]]:
    title = MEASURES[measure].title
    if not measurement.days_before:
        yield title, _unit(measure)
        return
    for days in (measurement.days_before, measurement.days):
        yield f"{title}, {days}", _unit(measure)
    yield f"Change of {lowered(title)}", _unit(measure)


def _cells(measurement: Measurement, line: Row | Rest) -> Iterator[Cell]:
    for measure in measurement.result.query.measures:
        yield from (
            _sides(measurement, line, measure)
            if measurement.days_before
            else [_number(measurement.fact(line, measure))]
        )


def _sides(measurement: Measurement, line: Row | Rest, measure: MeasureName) -> list[Cell]:
    return [_number(measurement.fact(line, measure, side)) for side in ("before", "now", "change")]


def _number(fact: Fact | None) -> Cell:
    return fact.value if fact else None


def _unit(measure: MeasureName) -> Unit:
    return UNITS[MEASURES[measure].unit]


def _title(measurement: Measurement, measures: Sequence[MeasureName] = ()) -> str:
    """Such as "Cost of chat by model, 14 to 20 November 2026"."""
    query = measurement.result.query
    names = [MEASURES[name].title for name in measures or query.measures[:2]]
    of = [condition_said(each, plain_name) for each in query.where]
    by = [f"by {' and '.join(map(group_said, query.by))}"] if query.by else []
    return f"{' '.join([' and '.join([names[0], *map(lowered, names[1:])]), *of, *by])}, {measurement.days}"
