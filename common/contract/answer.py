"""What a run answers its user with: text, figures that can be opened, blocks and recommendations."""

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, field_serializer, field_validator

from common.core.vocabulary import Level

Unit = Literal["usd", "pct", "tokens", "ms", "requests", "count"]


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Scope(_Part):
    """What a number is of: a measure of the rows with these names of the data, on these days (UTC, ISO, included)."""

    measure: str
    names: list[str] = []
    first: str | None = None
    last: str | None = None


class Fact(_Part):
    """One number that a tool computed from the customer's data; `value` in the base unit (pct: 12.5 means 12.5 %).

    `of`: what it is of; None where it is no measure of rows (a target, a count of days).
    """

    name: str
    value: float
    unit: Unit
    of: Scope | None = None


class Figure(_Part):
    """A number in the answer. `text` is an exact substring of it; `source` the seq of a tool_completed event."""

    text: str
    value: float
    unit: Unit
    source: int


class TextBlock(_Part):
    """A paragraph, Markdown without raw HTML."""

    type: Literal["text"] = "text"
    text: str


Cell = str | float | None


class TableRow(_Part):
    """A row of a table, as it is stored."""

    cells: list[Cell]


class TableBlock(_Part):
    """`rows` hold raw values in the units of `units` (None: text); `source` as in Figure.

    On the wire a row is `{"cells": [...]}`: Firestore refuses a list directly inside a list.
    """

    type: Literal["table"] = "table"
    title: str
    columns: list[str]
    units: list[Unit | None]
    rows: list[list[Cell]]
    source: int = -1

    @field_validator("rows", mode="before")
    @classmethod
    def _read_cells(cls, rows: list[Any]) -> list[Any]:
        return [row["cells"] if isinstance(row, dict) else row for row in rows]

    @field_serializer("rows")
    def _write_cells(self, rows: list[list[Cell]]) -> list[TableRow]:
        return [TableRow(cells=row) for row in rows]


ChartKind = Literal["bars", "line", "histogram", "waterfall"]


class ChartBlock(_Part):
    """One value per label, with its text equivalent being the same rows.

    `bars` rank; a `line` runs over time; a `histogram` has ranges as labels; a `waterfall` begins with a whole, goes on
    with what is taken off (negative) and ends with what is left. `compared`: of the period that is compared with, per
    label; `series`: what `values` and `compared` are called, in this order.
    """

    type: Literal["chart"] = "chart"
    title: str
    unit: Unit
    labels: list[str]
    values: list[float]
    kind: ChartKind = "bars"
    comparison: list[float] | None = None
    series: list[str] = []
    source: int = -1


class Recommendation(_Part):
    """One thing to do. `savings_usd` is for the range of the data, net, after the recommendations ranked before it.

    It touches `requests` with `input_tokens`: of one feature (None: all of the data), of `from_model` (None: any).
    `provider` and `to_provider` sell `from_model` and `to_model`; None, too, in answers from before they were recorded.
    `stored_id`: its document is `users/{uid}/recommendations/{stored_id}`; "" in answers from before there were any.
    """

    type: Literal["recommendation"] = "recommendation"
    id: str
    rank: int
    kind: str
    title: str
    savings_usd: float
    savings_pct: float
    effort: Level
    risk: Level
    confidence: Level
    method: str
    assumptions: list[str]
    steps: list[str]
    verify: str
    rollback: str
    snippet: str = ""
    source: int = -1
    stored_id: str = ""
    feature: str | None = None
    from_model: str | None = None
    provider: str | None = None
    to_model: str | None = None
    to_provider: str | None = None
    requests: int = 0
    input_tokens: int = 0


class FigureListBlock(_Part):
    """Headline numbers shown as tiles: name and value."""

    type: Literal["figures"] = "figures"
    title: str
    facts: list[Fact]
    source: int = -1


Block = Annotated[
    TextBlock | TableBlock | ChartBlock | Recommendation | FigureListBlock,
    Field(discriminator="type"),
]


ChipKind = Literal["period", "versus", "filter", "group", "top", "threshold", "constraint"]


class ChipOption(_Part):
    """What a chip can be changed to."""

    value: str
    label: str


class Chip(_Part):
    """A piece of the reading that can be taken off, or changed to one of its options, by its id."""

    id: str
    kind: ChipKind
    label: str
    options: list[ChipOption] = []


class Choice(_Part):
    """A reading that a question back lets choose; `question`: the reading itself, of which a client sends the id."""

    id: str
    label: str
    question: str


class ReadQuestion(_Part):
    """How the message was read. `text`: in words, "" where that is trivial; `unread`: words that were not used.

    `question`: the reading itself, JSON, for later turns of the thread; a client does not look inside.
    """

    text: str = ""
    chips: list[Chip] = []
    unread: list[str] = []
    question: str = ""


class ModelTokens(_Part):
    """What the model calls of an answer used; `input` includes `cached`."""

    calls: int = 0
    input: int = 0
    cached: int = 0
    output: int = 0

    def __add__(self, other: "ModelTokens") -> "ModelTokens":
        """Of both together."""
        return ModelTokens(
            calls=self.calls + other.calls,
            input=self.input + other.input,
            cached=self.cached + other.cached,
            output=self.output + other.output,
        )


class Answer(_Part):
    """The answer of a run; `cost_usd` is what its model calls cost. With `choices` it is a question back."""

    text: str
    reading: ReadQuestion | None = None
    choices: list[Choice] = []
    used: ModelTokens | None = None
    blocks: list[Block] = []
    figures: list[Figure] = []
    recommendations: list[Recommendation] = []
    cost_usd: float = 0.0
