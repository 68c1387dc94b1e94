"""The parts of an answer as rich renderables: Markdown, tables, bars, figures with their source, recommendations."""

from collections.abc import Iterator, Mapping
from typing import Any

from rich import box
from rich.console import RenderableType
from rich.markdown import Markdown
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

_BAR = 24
"""Cells of the longest bar of a chart."""
_CROWDED, _SHORT = 6, 14
"""Above so many columns the first, which names the row, gets the room; the others are at most this wide."""
_NAMED_BY_COLUMN = {"requests", "tokens", "count"}


def quantity(value: float, unit: str | None) -> str:
    """`value` in words: USD with cents (four decimals below one), counts grouped."""
    if unit == "usd":
        amount = f"${abs(value):,.2f}" if abs(value) >= 1 or value == 0 else f"${abs(value):.4f}"
        return f"-{amount}" if value < 0 else amount
    if unit == "pct":
        return f"{value:,.1f} %"
    number = f"{value:,.0f}" if value == round(value) else f"{value:,.1f}"
    return number if unit in {None, "count"} else f"{number} {unit}"


def duration(ms: float) -> str:
    """Milliseconds below one second, seconds above."""
    return f"{ms:.0f} ms" if ms < 1000 else f"{ms / 1000:.1f} s"  # noqa: PLR2004 - ms of a second


def spoken(name: str) -> str:
    """An identifier in words."""
    return name.replace("_", " ")


def indented(part: RenderableType) -> Padding:
    """`part` in the body's column."""
    return Padding(part, (0, 0, 0, 2), expand=False)


def hanging(mark: str, text: str, style: str = "", mark_style: str = "") -> Table:
    """`text` wrapped beside `mark`."""
    line = Table.grid(padding=(0, 1))
    line.add_column(width=max(1, len(mark)), no_wrap=True)
    line.add_column(overflow="fold")
    line.add_row(Text(mark, style=mark_style or style), Text(text, style=style))
    return line


def answer(stored: Mapping[str, Any], tools: Mapping[int, str]) -> Iterator[RenderableType]:
    """A stored answer from its text to its recommendations; `tools` names the tool behind each figure's source."""
    yield from _reading(stored.get("reading") or {})
    yield indented(Markdown(stored["text"]))
    for number, choice in enumerate(stored.get("choices", ()), start=1):
        yield indented(hanging(f"{number}.", choice["label"], mark_style="bold cyan"))
    for block in stored.get("blocks", ()):
        yield from _block(block, stored["text"])
    if stored.get("recommendations"):
        yield _heading("Recommendations")
        for recommendation in stored["recommendations"]:
            yield indented(_recommendation(recommendation))
    if stored.get("figures"):
        yield _heading("Where the figures come from")
        yield indented(_figures(stored["figures"], tools))


def _reading(reading: Mapping[str, Any]) -> Iterator[RenderableType]:
    """How the question was read, where that is worth a line."""
    if reading.get("text"):
        yield indented(Text(reading["text"].replace("`", ""), style="dim"))
    if reading.get("unread"):
        yield indented(Text(f"Not used: {', '.join(reading['unread'])}", style="yellow"))


def _heading(text: str) -> Text:
    return Text(f"\n  {text}", style="bold")


def _block(block: Mapping[str, Any], shown: str) -> Iterator[RenderableType]:
    """A block, unless the answer already shows it: as its text, or as a recommendation of its list."""
    if block["type"] == "text" and block["text"] not in shown:
        yield indented(Markdown(block["text"]))
    elif block["type"] == "table":
        yield _heading(block["title"])
        yield indented(_table(block))
    elif block["type"] == "chart":
        yield _heading(block["title"])
        yield indented(_chart(block))
    elif block["type"] == "figures":
        yield _heading(block["title"])
        yield indented(_facts(block["facts"]))


def _table(block: Mapping[str, Any]) -> Table:
    units: list[str | None] = block["units"]
    rows = [[_cell(value, unit) for value, unit in zip(row["cells"], units, strict=True)] for row in block["rows"]]
    crowded = len(units) > _CROWDED
    table = Table(
        box=box.SIMPLE_HEAD, show_edge=False, pad_edge=False, padding=(0, 0 if crowded else 1), header_style="dim"
    )
    for number, (name, unit) in enumerate(zip(block["columns"], units, strict=True)):
        width = _narrowest(name, [row[number] for row in rows]) if crowded and number > 0 else None
        table.add_column(name, justify="left" if unit is None else "right", overflow="fold", width=width)
    for row in rows:
        table.add_row(*row)
    return table


def _narrowest(name: str, cells: list[str]) -> int | None:
    """The width at which a column of short cells wraps only its name; None where cells are sentences."""
    width = max(map(len, [*name.split(), *cells]))
    return width if width <= _SHORT else None


def _cell(value: str | float | None, unit: str | None) -> str:
    if value is None:
        return "–"  # noqa: RUF001 - a dash for no value
    if isinstance(value, str):
        return value
    return quantity(value, None if unit in _NAMED_BY_COLUMN else unit)


def _chart(block: Mapping[str, Any]) -> Table:
    table = Table.grid(padding=(0, 2))
    table.add_column(overflow="fold")
    table.add_column(no_wrap=True)
    table.add_column(justify="right", no_wrap=True)
    longest = max((abs(value) for value in block["values"]), default=0) or 1
    compared = block.get("comparison") or [None] * len(block["values"])
    for label, value, before in zip(block["labels"], block["values"], compared, strict=True):
        bar = "█" * max(1, round(_BAR * abs(value) / longest))
        was = "" if before is None else f" (before {quantity(before, block['unit'])})"
        table.add_row(label, Text(bar, style="cyan"), quantity(value, block["unit"]) + was)
    return table


def _facts(facts: list[Mapping[str, Any]]) -> Table:
    table = Table.grid(padding=(0, 2))
    table.add_column(overflow="fold")
    table.add_column(justify="right", no_wrap=True)
    for fact in facts:
        table.add_row(spoken(fact["name"]), Text(quantity(fact["value"], fact["unit"]), style="bold"))
    return table


def _figures(figures: list[Mapping[str, Any]], tools: Mapping[int, str]) -> Table:
    """Each text once, with every tool that found it."""
    sources: dict[str, dict[str, None]] = {}
    for figure in figures:
        tool = tools.get(figure["source"], f"event {figure['source']}")
        sources.setdefault(figure["text"], {})[tool] = None
    table = Table.grid(padding=(0, 2))
    table.add_column(justify="right", no_wrap=True)
    table.add_column(overflow="fold", style="dim")
    for text, names in sources.items():
        table.add_row(Text(text, style="bold"), "; ".join(names))
    return table


def _recommendation(stored: Mapping[str, Any]) -> Table:
    body = Table.grid()
    saving = f"saves {quantity(stored['savings_usd'], 'usd')} ({stored['savings_pct']:.1f} %)"
    risk = f"effort {stored['effort']} · risk {stored['risk']} · confidence {stored['confidence']}"
    body.add_row(Text(stored["title"], style="bold"))
    body.add_row(Text.assemble((saving, "green"), (f" · {risk}", "dim")))
    for number, step in enumerate(stored["steps"], start=1):
        body.add_row(hanging(f"{number}.", step))
    body.add_row(hanging("Verify:", stored["verify"], mark_style="dim"))
    body.add_row(hanging("Roll back:", stored["rollback"], mark_style="dim"))
    table = Table.grid(padding=(0, 1, 1, 0))
    table.add_row(Text(f"{stored['rank']}", style="bold cyan"), body)
    return table
