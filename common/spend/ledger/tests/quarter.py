"""A simulated quarter: requests with all that would have become of them, so that the truth is known row by row.

Each request is drawn once with its answers on every model. `Story.rows` are what a log has; `Truth` adds up what each
change saved, from prices that are written here by hand. Nothing of this uses the ledger.
"""

import random
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta

from common.spend.model import UsageRow

ACCEPTED = date(2026, 9, 30)
CUT = date(2026, 11, 15)
CONTRACT = """{"prices": [{"model": "gpt-4o", "from": "2026-11-15",
    "usd_per_million_tokens": {"input": 1.5, "cached_input": 0.75, "output": 6.0}}]}"""
_FIRST, _LAST = date(2026, 9, 1), date(2026, 12, 31)
_PRICES = {  # USD per million: uncached, read, written for 5 minutes, output
    "gpt-4o": (2.5, 1.25, 2.5, 10.0),
    "gpt-4o-mini": (0.15, 0.075, 0.15, 0.6),
    "o4-mini": (1.1, 0.275, 1.1, 4.4),
    "claude-sonnet-4-5": (3.0, 0.3, 3.75, 15.0),
    "claude-haiku-4-5": (1.0, 0.1, 1.25, 5.0),
    "gpt-4.1": (2.0, 0.5, 2.0, 8.0),
}
_BATCH_41 = (1.0, 0.5, 1.0, 4.0)

SWAP, BACKFIRE, CACHE, SMALLER, CUT_RETRIES, STORED, BATCH = (
    "right_sizing:answers:gpt-4o:gpt-4o-mini",
    "right_sizing:drafts:gpt-4o-mini:o4-mini",
    "prompt_caching:search:claude-sonnet-4-5",
    "right_sizing:search:claude-sonnet-4-5:claude-haiku-4-5",
    "retry_waste:faq",
    "duplicates:faq",
    "batch:nightly",
)
BEGINS = {
    SWAP: date(2026, 10, 10),
    BACKFIRE: date(2026, 10, 5),
    CACHE: date(2026, 10, 12),
    SMALLER: date(2026, 11, 1),
    CUT_RETRIES: date(2026, 10, 8),
    STORED: date(2026, 10, 20),
    BATCH: date(2026, 10, 6),
}


def usd(model: str, day: date, tokens: tuple[int, int, int, int], *, batch: bool = False) -> float:
    """Of a request with (uncached, read, written, output) tokens."""
    rates = _PRICES[model]
    if model == "gpt-4o" and day >= CUT:
        rates = (1.5, 0.75, 2.5, 6.0)
    if batch:
        rates = _BATCH_41
    return sum(count * rate for count, rate in zip(tokens, rates, strict=True)) / 1e6


@dataclass
class Story:
    """The log from September to December, and what is true of the last three months by recommendation (USD)."""

    rows: list[UsageRow] = field(default_factory=list)
    saved: dict[str, float] = field(default_factory=lambda: defaultdict(float))
    price_effect: dict[str, float] = field(default_factory=lambda: defaultdict(float))
    by_month: dict[str, float] = field(default_factory=lambda: defaultdict(float))
    whole_price_effect: float = 0.0
    """Of each request once."""

    def log(self, day: date, feature: str, model: str, tokens: tuple[int, int, int, int], **fields: object) -> None:
        """One more row of the log."""
        self.rows.append(
            UsageRow(
                datetime(day.year, day.month, day.day, len(self.rows) % 24, tzinfo=UTC),
                "anthropic" if model.startswith("claude") else "openai",
                model,
                tokens[0],
                cache_read=tokens[1],
                cache_write_5m=tokens[2],
                out_visible=tokens[3],
                feature=feature,
                **fields,  # type: ignore[arg-type]  # status, tier and prompt hash
            )
        )

    def save(self, name: str, day: date, before: float, now: float) -> None:
        """What a recommendation saved on a row."""
        self.saved[name] += before - now
        self.by_month[f"{day:%Y-%m}"] += before - now


class _Dice:
    """Sizes by chance; shares by quota, so that a share of a day is what it is said to be."""

    def __init__(self, seed: int) -> None:
        self._random = random.Random(seed)  # noqa: S311 - a simulation
        self._due: dict[str, float] = defaultdict(float)

    def size(self, mean: float) -> int:
        """Of tokens, 10 % around the mean."""
        return round(mean * self._random.uniform(0.9, 1.1))

    def among(self, what: str, share: float) -> bool:
        """True for this share of all calls about the same thing."""
        self._due[what] += share
        if self._due[what] >= 1 - 1e-9:
            self._due[what] -= 1
            return True
        return False


def _in_effect(name: str, day: date) -> bool:
    return day >= BEGINS[name]


def simulated(seed: int, requests: int) -> Story:
    """`requests` a day and feature at the beginning, 0.5 % more each day."""
    story, dice = Story(), _Dice(seed)
    for n in range((_LAST - _FIRST).days + 1):
        day = _FIRST + timedelta(days=n)
        count = round(requests * 1.005**n)
        for number in range(count):
            _answers(story, dice, day)
            _drafts(story, dice, day)
            _search(story, dice, day)
            _faq(story, dice, day, (number, count))
            _nightly(story, dice, day)
    return story


def _answers(story: Story, dice: _Dice, day: date) -> None:
    """A swap that is rolled out to 30 %, then to 70 %; its old model becomes cheaper in the middle."""
    incoming, old, new = dice.size(2_000), dice.size(400), dice.size(480)
    before = (incoming, 0, 0, old)
    moved = _in_effect(SWAP, day) and dice.among("swap", 0.7 if day.month > 10 else 0.3)
    model, tokens = ("gpt-4o-mini", (incoming, 0, 0, new)) if moved else ("gpt-4o", before)
    story.log(day, "answers", model, tokens)
    if _in_effect(SWAP, day):
        effect = usd("gpt-4o", ACCEPTED, before) - usd("gpt-4o", day, before)
        story.whole_price_effect += effect
        if moved:
            story.price_effect[SWAP] += effect
            story.save(SWAP, day, usd("gpt-4o", day, before), usd(model, day, tokens))


def _drafts(story: Story, dice: _Dice, day: date) -> None:
    """A swap that backfires: the new model costs more because of its long answers."""
    incoming, old, new = dice.size(800), dice.size(300), dice.size(900)
    before, after = (incoming, 0, 0, old), (incoming, 0, 0, new)
    if _in_effect(BACKFIRE, day) and dice.among("backfire", 0.5):
        story.log(day, "drafts", "o4-mini", after)
        story.save(BACKFIRE, day, usd("gpt-4o-mini", day, before), usd("o4-mini", day, after))
    else:
        story.log(day, "drafts", "gpt-4o-mini", before)


def _search(story: Story, dice: _Dice, day: date) -> None:
    """Caching that rises, then a swap of half of the same requests."""
    incoming, old, new = dice.size(6_000), dice.size(500), dice.size(450)
    few, many = (incoming // 10, incoming // 10), (incoming * 6 // 10, incoming * 2 // 10)
    read, written = many if _in_effect(CACHE, day) else few
    plain = (incoming - sum(few), *few, old)
    cached = (incoming - read - written, read, written, old)
    moved = (*cached[:3], new)
    sonnet, haiku = "claude-sonnet-4-5", "claude-haiku-4-5"
    if _in_effect(CACHE, day):
        story.save(CACHE, day, usd(sonnet, day, plain), usd(sonnet, day, cached))
    if _in_effect(SMALLER, day) and dice.among("smaller", 0.5):
        story.log(day, "search", haiku, moved)
        story.save(SMALLER, day, usd(sonnet, day, cached), usd(haiku, day, moved))
    else:
        story.log(day, "search", sonnet, cached)


def _faq(story: Story, dice: _Dice, day: date, place: tuple[int, int]) -> None:
    """Fewer failures, and a store that answers 60 % of the repeated prompts. What fails is sent again."""
    number, count = place
    again = number > 0 and dice.among("again", 0.35 * count / (count - 1))
    broken = dice.among(f"broken {again}", 0.2)
    still = broken and dice.among(f"still {again}", 0.25)
    tokens = (dice.size(1_500), 0, 0, dice.size(250))
    lost = (tokens[0], 0, 0, tokens[3] // 2)
    stored = _in_effect(STORED, day) and again and dice.among(f"stored {broken} {still}", 0.6)
    failing = still if _in_effect(CUT_RETRIES, day) else broken
    good, bad = (usd("gpt-4o", day, some) for some in (tokens, lost))
    for name, happened, cost, some in (
        (CUT_RETRIES, broken and not failing, bad, lost),
        (STORED, stored, good, tokens),
        (STORED, stored and failing, bad, lost),
    ):
        if happened:
            story.save(name, day, cost, 0.0)
            story.price_effect[name] += usd("gpt-4o", ACCEPTED, some) - cost if name == STORED else 0.0
    if _in_effect(CUT_RETRIES, day):
        failed = usd("gpt-4o", ACCEPTED, lost) - bad if broken else 0.0
        story.price_effect[CUT_RETRIES] += failed
        story.whole_price_effect += usd("gpt-4o", ACCEPTED, tokens) - good + failed
    if not stored:
        story.log(day, "faq", "gpt-4o", tokens, prompt_hash=f"{day} {0 if again else number}")
        if failing:
            story.log(day, "faq", "gpt-4o", lost, status="timeout")


def _nightly(story: Story, dice: _Dice, day: date) -> None:
    """80 % in batch jobs at half the price, which is known from the 14th of October on and holds before, too."""
    tokens = (dice.size(3_000), 0, 0, dice.size(600))
    batch = _in_effect(BATCH, day) and dice.among("batch", 0.8)
    story.log(day, "nightly", "gpt-4.1", tokens, tier="batch" if batch else "standard")
    if batch:
        story.save(BATCH, day, usd("gpt-4.1", day, tokens), usd("gpt-4.1", day, tokens, batch=True))
