"""One workload of 20 requests, and the rows that a file of any format gives."""

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Literal

from common.spend.logs.detect.discover import find_layout
from common.spend.logs.fields.errors import BadRowError
from common.spend.logs.reader import RecordReader
from common.spend.logs.rows.build_row import build_row
from common.spend.logs.rows.prefixes import PrefixTracker
from common.spend.model import UsageRow
from common.spend.prices.engine import PICO, match_provider
from common.spend.prices.names import resolve

START = datetime(2026, 11, 2, 9, 30, tzinfo=UTC)
_MODELS = (
    ("openai", "gpt-4o"),
    ("openai", "gpt-5-mini"),
    ("anthropic", "claude-sonnet-4-5"),
    ("google", "gemini-2.5-pro"),
)


@dataclass(frozen=True, slots=True)
class Request:
    """A request as it happened: the row that is right, and the prompt that no row may hold."""

    row: UsageRow
    prompt: str

    @property
    def input_tokens(self) -> int:
        """All of them, cached included."""
        return sum(self.row.tokens[:4])

    @property
    def output_tokens(self) -> int:
        """Reasoning included."""
        return self.row.out_visible + self.row.out_reasoning

    @property
    def end(self) -> datetime:
        """When the answer was complete."""
        return self.row.ts + timedelta(milliseconds=self.row.latency_ms or 0)

    @property
    def first_token(self) -> datetime:
        """When the answer began."""
        return self.row.ts + timedelta(milliseconds=self.row.ttft_ms or 0)


def _request(number: int) -> Request:
    provider, model = _MODELS[number % 4]
    failed = number in (9, 14)
    cached = 0 if failed or number % 3 else 1024 * (1 + number % 2)
    writes = 300 * (number % 5) if provider == "anthropic" and not failed else 0
    row = UsageRow(
        ts=START + timedelta(minutes=7 * number, milliseconds=250),
        provider=provider,
        model=model,
        in_uncached=0 if failed else 400 + 37 * number,
        cache_read=cached,
        cache_write_5m=writes,
        cache_write_1h=writes // 3,
        out_visible=0 if failed else 60 + 11 * number,
        out_reasoning=0 if failed or model not in ("gpt-5-mini", "gemini-2.5-pro") else 128,
        latency_ms=900.0 + 50 * number,
        ttft_ms=200.0 + 10 * number,
        status="error" if failed else "ok",
        user=f"user-{number % 3}",
        feature=("search", "chat")[number % 2],
        session=f"session-{number // 4}",
        request_id=f"req-{number:02}",
    )
    return Request(replace(row, cost_reported=_list_price(row)), f"prompt {number // 2}: the secret recipe")


def _list_price(row: UsageRow) -> float:
    model = resolve(row.provider, row.model)
    assert model is not None
    rates = model.rates(row.ts.toordinal(), 0, tier="standard", input_tokens=sum(row.tokens[:4]))
    return sum(map(int.__mul__, row.tokens, rates)) / PICO


WORKLOAD = tuple(_request(number) for number in range(20))


def rows_of(data: bytes | str, model: str | None = None) -> list[UsageRow]:
    """The rows that the importer would count, in their order; none may be rejected."""
    rows, rejects = read(data, model)
    assert not rejects
    return rows


def read(data: bytes | str, model: str | None = None) -> tuple[list[UsageRow], list[str]]:
    """(rows, reasons of those rejected)."""
    content = data.encode() if isinstance(data, str) else data
    layout = find_layout(content, model, {}, final=True)
    assert layout is not None
    body = content.split(b"\n", 1)[1] if layout.kind == "csv" else content
    reader, prefixes = RecordReader(layout, b"", 1, skipping=False), PrefixTracker()
    rows: list[UsageRow] = []
    reasons: list[str] = []
    for _, found in (*reader.feed(body), *reader.feed(b"", final=True)):
        try:
            if isinstance(found, BadRowError):
                raise found
            rows.append(build_row(*found, prefixes))
        except BadRowError as error:
            reasons.append(str(error))
    return rows, reasons


@dataclass(frozen=True, slots=True, kw_only=True)
class Tells:
    """What a format records of a request; `lacks` are the other fields of a row."""

    cached: bool = True
    writes: Literal["by life", "in one", "not"] = "by life"
    reasoning: bool = True
    lacks: tuple[str, ...] = ()


def expected(request: Request, tells: Tells) -> UsageRow:
    """The right row, as far as a format records it."""
    row = request.row
    short, long = row.cache_write_5m, row.cache_write_1h
    uncached = (
        row.in_uncached + (short + long if tells.writes == "not" else 0) + (0 if tells.cached else row.cache_read)
    )
    return replace(
        row,
        in_uncached=uncached,
        cache_read=row.cache_read if tells.cached else 0,
        cache_write_5m={"by life": short, "in one": short + long, "not": 0}[tells.writes],
        cache_write_1h=long if tells.writes == "by life" else 0,
        out_visible=row.out_visible if tells.reasoning else request.output_tokens,
        out_reasoning=row.out_reasoning if tells.reasoning else 0,
    )


def alike(row: UsageRow, tells: Tells) -> UsageRow:
    """A row for comparison: our name of the provider, one word for failures, only what the format records."""
    blank = UsageRow(row.ts, row.provider, row.model, 0)
    known = replace(row, **{name: getattr(blank, name) for name in tells.lacks})
    return replace(
        known,
        provider=match_provider(row.provider) or row.provider,
        status="ok" if known.status == "ok" else "failed",
        latency_ms=None if known.latency_ms is None else round(known.latency_ms, 3),
        ttft_ms=None if known.ttft_ms is None else round(known.ttft_ms, 3),
        cost_reported=None if known.cost_reported is None else round(known.cost_reported, 12),  # some are in cents
        prefix_reusable=None,
        prefix_reusable_1h=None,
        prompt_hash=None,
        tags=(),
    )
