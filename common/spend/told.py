"""What single rows tell beside their counts: which fields they have, how they are priced, when they end."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from common.spend.model import Grain, UsageRow
from common.spend.prices.engine import PICO, floor_of

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_LENGTHS: dict[Grain, timedelta] = {
    "minute": timedelta(minutes=1),
    "hour": timedelta(hours=1),
    "day": timedelta(days=1),
}


def told_by(row: UsageRow) -> Iterator[str]:
    """The names, as `Totals.has` lists them, of what a row tells."""
    for name, value in (
        ("latency", row.latency_ms),
        ("ttft", row.ttft_ms),
        ("feature", row.feature),
        ("user", row.user),
        ("prompt_hash", row.prompt_hash),
        ("session", row.session),
        ("prefix", row.prefix_reusable),
        ("quality", row.quality),
    ):
        if value is not None:
            yield name
    if row.cost_reported is not None:
        yield "reported_cost" if row.currency == "USD" else "other_currency"
    if row.status != "ok":
        yield "status"
    if row.cache_read or row.cache_write_5m or row.cache_write_1h:
        yield "cache"
    if row.grain != "request" and any(row.tokens):
        yield "aggregated"


def times_of(row: UsageRow) -> tuple[int | None, int | None]:
    """Latency and time to the first token (microseconds) of a request that went well."""
    if row.status != "ok":
        return None, None
    latency, ttft = row.latency_ms, row.ttft_ms
    return (
        None if latency is None else round(latency * 1000),
        None if ttft is None else round(ttft * 1000),
    )


def end_of(row: UsageRow) -> datetime:
    """The last moment that a row is about."""
    if row.grain == "request":
        return row.ts
    return row.ts + _LENGTHS[row.grain] - timedelta(microseconds=1)


def micros(moment: datetime | None) -> int | None:
    """Since 1970."""
    return None if moment is None else (moment - _EPOCH) // timedelta(microseconds=1)


def moment_of(since_1970: int | None) -> datetime | None:
    """The reverse of `micros`."""
    return None if since_1970 is None else _EPOCH + timedelta(microseconds=since_1970)


def floor_of_row(row: UsageRow, tokens: tuple[int, ...]) -> int:
    """What decides the price by size: of a request its input; of a sum only what the source says of each request.

    The sum of a day's tokens is no long request: priced as one it would cost up to twice as much.
    """
    if row.grain == "request":
        return floor_of(tokens[0] + tokens[1] + tokens[2] + tokens[3])
    return floor_of(row.context_above + 1) if row.context_above else 0


def billed_of(row: UsageRow, tokens: tuple[int, ...]) -> int:
    """Pico-USD of a row that has a cost and no tokens."""
    if not row.cost_reported or row.currency != "USD" or any(tokens):
        return 0
    return round(row.cost_reported * PICO)
