"""The row rule of each kind of opportunity, in the plainest way: one request after the other, priced by the engine."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from common.spend.model import ServiceTier, UsageRow
from common.spend.opportunities.workload import Action
from common.spend.prices.book import LIST_PRICES, PriceBook
from common.spend.prices.engine import NOON, PICO, Model, floor_of, today
from common.spend.prices.names import resolve

_KINDS = (
    "retry_waste", "duplicates", "output_trimming", "prompt_trimming", "prompt_caching", "reasoning_effort",
    "right_sizing", "provider_choice", "batch",
)  # fmt: skip
_SHORTEST_PREFIX = 1024
_HOSTED = {("azure", "openai"), ("aws", "anthropic")}


@dataclass(frozen=True)
class Sent:
    """A request as sent after some steps."""

    model: Model
    seller: str
    tier: ServiceTier
    size: int
    """Input tokens that decide its price."""
    tokens: list[float]
    short: float
    """Uncached input that came at most 5 minutes before; at most an hour before."""
    long: float

    def cost_usd(self, book: PriceBook) -> float:
        """On the day of the price list."""
        rates = book.rates(self.model, today(), NOON, self.tier, self.size, provider=self.seller)
        return sum(count * rate for count, rate in zip(self.tokens, rates, strict=True)) / PICO


def cost_by_rows(rows: Sequence[UsageRow], actions: Iterable[Action], book: PriceBook = LIST_PRICES) -> float:
    """USD that the rows cost after the actions, those without a price left out."""
    chosen = sorted(actions, key=lambda action: _KINDS.index(action.kind))
    repeats = _repeats(rows)
    cost = 0.0
    for index, row in enumerate(rows):
        model = resolve(row.provider, row.model)
        sent = Sent(model, row.provider, row.tier, _size(row), list(row.tokens), *_reusable(row)) if model else None
        for action in chosen:
            if sent is not None and _concerns(action, row):
                sent = _after(sent, row, action, book, again=index in repeats)
        cost += sent.cost_usd(book) if sent else 0.0
    return cost


def _size(row: UsageRow) -> int:
    return sum(row.tokens[:4]) if row.grain == "request" else (row.context_above or 0) + 1


def _reusable(row: UsageRow) -> tuple[int, int]:
    short = row.prefix_reusable or 0
    long = max(short, row.prefix_reusable_1h or 0)
    short, long = (part if part + row.cache_read >= _SHORTEST_PREFIX else 0 for part in (short, long))
    return short, long


def _concerns(action: Action, row: UsageRow) -> bool:
    if action.group is None:
        return action.feature == row.feature
    group = action.group
    return (group.provider, group.model, group.feature) == (row.provider, row.model, row.feature)


def _repeats(rows: Sequence[UsageRow]) -> set[int]:
    """Indices of rows whose prompt was answered earlier on that day, of the same feature and model.

    Of two at one moment the first is the one of the lower tier name, price floor and counters.
    """
    seen: set[tuple[object, ...]] = set()
    found = set()
    for index in sorted(range(len(rows)), key=lambda place: _turn(rows[place])):
        row = rows[index]
        if row.prompt_hash is None or row.status != "ok" or row.grain != "request":
            continue
        prompt = (row.ts.date(), row.prompt_hash, row.provider, row.model, row.feature)
        if prompt in seen:
            found.add(index)
        seen.add(prompt)
    return found


def _turn(row: UsageRow) -> tuple[object, ...]:
    return row.ts, row.tier, floor_of(_size(row)), row.tokens, _reusable(row)


def _after(sent: Sent, row: UsageRow, action: Action, book: PriceBook, *, again: bool) -> Sent | None:
    if action.kind == "retry_waste":
        return sent if row.status == "ok" else None
    if action.kind == "duplicates":
        return None if again else sent
    if action.kind == "prompt_caching":
        return _cached(sent, book, hour=action.variant == "1h")
    if action.cut is not None:
        cap = action.cut.cap
        return _shorter(sent, cap) if action.kind == "prompt_trimming" else _briefer(sent, cap)
    if action.kind == "reasoning_effort":
        return replace(sent, tokens=[*sent.tokens[:5], sent.tokens[5] / 2])
    return _elsewhere(sent, action)


def _elsewhere(sent: Sent, action: Action) -> Sent:
    if action.to is not None:
        hosted = action.kind == "right_sizing" and (sent.seller, action.to.provider) in _HOSTED
        tokens = _answered(sent.tokens, action)
        return replace(sent, model=action.to, seller=sent.seller if hosted else action.to.provider, tokens=tokens)
    tier: ServiceTier = "flex" if action.variant == "flex" else "batch"
    stays = sent.tier in ("batch", "flex", "free") or not sent.model.knows_tier(tier, today())
    return sent if stays else replace(sent, tier=tier)


def _answered(tokens: list[float], action: Action) -> list[float]:
    """With the output that is expected of the model that it moves to."""
    if action.output is None:
        return tokens
    whole, share = sum(tokens[4:]), action.output.reasoning
    reasoning = tokens[5] if share is None else whole * share
    return [*tokens[:4], *(count * action.output.factors[1] for count in (whole - reasoning, reasoning))]


def _briefer(sent: Sent, cap: int) -> Sent:
    """Cut the visible part first."""
    visible, reasoning = sent.tokens[4:]
    above = max(0.0, visible + reasoning - cap)
    cut = min(above, visible)
    return replace(sent, tokens=[*sent.tokens[:4], visible - cut, reasoning - (above - cut)])


def _shorter(sent: Sent, cap: int) -> Sent:
    """Cut first what is new, then what came an hour ago, minutes ago, then what is written, then read."""
    uncached, read, written, hour, *out = sent.tokens
    parts = [uncached - sent.long, sent.long - sent.short, sent.short, written, hour, read]
    above = max(0.0, sum(parts) - cap)
    for place, part in enumerate(parts):
        cut = min(part, above)
        parts[place] -= cut
        above -= cut
    new, once, twice, written, hour, read = parts
    return replace(
        sent,
        size=min(sent.size, cap),
        tokens=[new + once + twice, read, written, hour, *out],
        short=twice,
        long=once + twice,
    )


def _cached(sent: Sent, book: PriceBook, *, hour: bool) -> Sent:
    """Read what came before; write all the rest where writing has a price of its own."""
    uncached, read, written, long, *out = sent.tokens
    reused = sent.long if hour else sent.short
    rates = book.rates(sent.model, today(), NOON, sent.tier, sent.size, provider=sent.seller)
    left = uncached - reused
    tokens = [left, read + reused, written, long, *out]
    if hour and rates[3] > rates[0]:
        tokens = [0, read + reused, 0, long + written + left, *out]
    elif not hour and rates[2] > rates[0]:
        tokens = [0, read + reused, written + left, long, *out]
    return replace(sent, tokens=tokens)
