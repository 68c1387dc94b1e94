"""The answer to a query for people: one table with bars."""

from collections.abc import Iterator
from datetime import date

from rich import box
from rich.bar import Bar
from rich.console import Console, RenderableType
from rich.measure import Measurement
from rich.table import Table
from rich.text import Text

from common.spend.cli.money import usd_in_column
from common.spend.cli.read_files import LogFindings
from common.spend.prices import prices_as_of
from common.spend.semantics import DIMENSIONS, MEASURES, MeasureName, Rest, Result, Row, UsageQuery
from common.spend.semantics.formulas import Quotient, Value
from common.spend.semantics.result import Values

_BAR, _WIDEST_NAME = 10, 26
_ANY_WIDTH = 10_000


def show(result: Result, findings: LogFindings) -> None:
    """Print to the terminal."""
    table = _table(result)
    console = Console(highlight=False)
    console.print(Text(_headline(result), style="bold"), soft_wrap=True)
    needed = Measurement.get(console, console.options.update(max_width=_ANY_WIDTH), table).maximum
    Console(highlight=False, width=max(needed, console.width)).print(table)  # in a narrow one, too, with all columns
    for note in (*result.coverage.notes, *_basis(result.query, findings.book.price_date)):
        console.print(Text(note, style="dim"))


def _headline(result: Result) -> str:
    query, coverage = result.query, result.coverage
    measures = ", ".join(MEASURES[name].title for name in query.measures)
    by = f" by {' and '.join(query.by)}" if query.by else ""
    versus = f", compared with {coverage.versus}" if coverage.versus else ""
    where = "".join(f", {_clean(str(condition))}" for condition in query.where)
    return f"{measures}{by}, {coverage.period}{versus}{where}"


def _basis(query: UsageQuery, price_date: date | None) -> Iterator[str]:
    if any(MEASURES[name].basis == "list" for name in query.measures):
        day = f"of {price_date}" if price_date else f"of each request's own day (price list of {prices_as_of()})"
        yield f"Costs are at the prices {day}."


def _table(result: Result) -> Table:
    query = result.query
    lines: list[Row | Rest] = [*result.rows, *([result.rest] if result.rest else []), result.total]
    cells = [list(_cells(query, line)) for line in lines]
    table = Table(box=box.SIMPLE_HEAD, padding=(0, 1), pad_edge=False)
    for title in [DIMENSIONS[name].title for name in query.by] or [""]:
        table.add_column(title, overflow="ellipsis", no_wrap=True, max_width=_WIDEST_NAME)
    for title, column in zip(_titles(result), zip(*cells, strict=True), strict=True):
        table.add_column(title, justify="right", min_width=max(map(len, (*title.split(), *column))))
    if result.rows:
        table.add_column("", width=_BAR)
    most = max((row.values[0] or 0 for row in result.rows), default=0)
    for row, numbers in zip(result.rows, cells, strict=False):
        table.add_row(*(Text(_clean(key)) for key in row.keys), *numbers, _bar(row.values[0], most))
    if result.rest:
        table.add_row(*_label(query, f"{result.rest.lines:,} more"), *cells[-2], style="dim")
    table.add_row(*_label(query, "all"), *cells[-1], style="bold")
    return table


def _titles(result: Result) -> Iterator[str]:
    for name in result.query.measures:
        spec = MEASURES[name]
        yield spec.title if spec.unit in spec.title.casefold() else f"{spec.title} {spec.unit}"
        if result.coverage.versus:
            yield from ("before", "change")


def _label(query: UsageQuery, text: str) -> list[str]:
    return [text, *([""] * (len(query.by) - 1))]


def _bar(value: Value, most: float) -> RenderableType:
    return Bar(most, 0, value, width=_BAR, color="cyan") if value and most > 0 and value > 0 else ""


def _cells(query: UsageQuery, line: Row | Rest) -> Iterator[str]:
    unknown: Values = (None,) * len(query.measures)
    compared = line.versus is not None
    columns = zip(query.measures, line.values, line.versus or unknown, line.differences or unknown, strict=True)
    for name, value, versus, difference in columns:
        yield _number(name, value)
        if compared:
            yield _number(name, versus)
            yield _signed(name, difference)


def _signed(name: MeasureName, value: Value) -> str:
    text = _number(name, value)
    return f"+{text}" if value is not None and value > 0 else text


def _number(name: MeasureName, value: Value) -> str:
    spec = MEASURES[name]
    if value is None:
        return "not known"
    if isinstance(spec.formula, Quotient) and spec.formula.is_whole:
        return f"{value:,}"
    if spec.unit == "USD":
        return usd_in_column(value) if spec.is_additive else f"{value:,.6f}"
    return f"{value:,.0f}" if spec.unit in ("ms", "tokens") else f"{value:,.2f}"


def _clean(name: str) -> str:
    """A name of the data on one line, without control characters and changes of direction."""
    return " ".join("".join(char if char.isprintable() else " " for char in name).split())
