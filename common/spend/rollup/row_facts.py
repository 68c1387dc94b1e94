"""Facts of single rows beside their counts: which fields they have, how they are priced, when they end."""

from datetime import UTC, datetime, timedelta
from functools import lru_cache

from common.spend.model import Grain, UsageRow
from common.spend.prices.engine import PICO, floor_of
from common.spend.prices.names import COPILOT

_NAMES = (
    "latency", "ttft", "feature", "user", "prompt_hash", "session", "prefix", "quality", "reported_cost",
    "other_currency", "status", "cache", "aggregated",
)  # fmt: skip
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
_LENGTHS: dict[Grain, timedelta] = {
    "minute": timedelta(minutes=1),
    "hour": timedelta(hours=1),
    "day": timedelta(days=1),
}


def present_fields(row: UsageRow) -> frozenset[str]:
    """The optional fields that a row has, by the names of `Totals.has`."""
    paid = row.cost_reported is not None
    return _names_of(
        row.latency_ms is not None,
        row.ttft_ms is not None,
        row.feature is not None,
        row.user is not None,
        row.prompt_hash is not None,
        row.session is not None,
        row.prefix_reusable is not None,
        row.quality is not None,
        paid and row.currency == "USD",
        paid and row.currency != "USD",
        row.status != "ok",
        bool(row.cache_read or row.cache_write_5m or row.cache_write_1h),
        row.grain != "request" and any(row.tokens),
    )


@lru_cache(maxsize=8192)  # all there can be
def _names_of(*present: bool) -> frozenset[str]:
    return frozenset(name for name, is_present in zip(_NAMES, present, strict=True) if is_present)


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
    """The end of the time that a row sums; of a request its own time."""
    return row.ts if row.grain == "request" else row.ts + _LENGTHS[row.grain]


def micros(moment: datetime) -> int:
    """Since 1970."""
    return (moment - _EPOCH) // _MICROSECOND


def moment_of(since_1970: int | None) -> datetime | None:
    """The reverse of `micros`."""
    return None if since_1970 is None else _EPOCH + timedelta(microseconds=since_1970)


def floor_of_row(row: UsageRow, tokens: tuple[int, ...]) -> int:
    """What decides the price by size: of a request its input; of a sum only what the source reports of each request.

    The sum of a day's tokens is no long request: priced as one it would cost up to twice as much.
    """
    if row.grain == "request":
        return floor_of(tokens[0] + tokens[1] + tokens[2] + tokens[3])
    return floor_of(row.context_above + 1) if row.context_above else 0


def billed_of(row: UsageRow, tokens: tuple[int, ...]) -> int:
    """Pico-USD of a row that has a cost and no tokens, or tokens that have no price of their own."""
    if not row.cost_reported or row.currency != "USD" or (any(tokens) and row.provider != COPILOT):
        return 0
    return round(row.cost_reported * PICO)


def is_free(row: UsageRow, tokens: tuple[int, ...]) -> bool:
    """Whether a row without tokens cost nothing at any price: it failed, or the file says that it cost 0."""
    return (row.status != "ok" or row.cost_reported == 0) and not any(tokens)
