"""A made-up company's log: 5 weeks up to 2026-11-24, seven features, three providers, the same bytes each time.

What there is to find: every prompt of `doc-search` begins with the same 3,000 tokens and none is read from the cache;
`nightly_digest` ran ten times on 2026-11-12; `code review` moved to a larger model on 2026-11-23; requests of one
feature have no tag; `support_agent` has scores, `lead-scoring` reasons, `nightly_digest` runs in batch.
"""

import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

FIRST = datetime(2026, 10, 21, tzinfo=UTC)
LAST = datetime(2026, 11, 24, tzinfo=UTC)
ANOMALY = datetime(2026, 11, 12, tzinfo=UTC)
UPGRADE = datetime(2026, 11, 23, tzinfo=UTC)
COLUMNS = (
    "timestamp", "request_id", "provider", "model", "feature", "user", "prompt_tokens", "cached_tokens",
    "completion_tokens", "reasoning_tokens", "latency_ms", "ttft_ms", "status", "service_tier", "score", "prompt_hash",
)  # fmt: skip
_SEED = 20261124
_PROVIDERS = {"gpt": "openai", "o4-": "openai", "cla": "anthropic", "gem": "google"}
_NAMES = (
    "maria.keller", "tom.baker", "aisha.khan", "lukas.weber", "chloe.martin", "diego.ruiz", "yuki.tanaka", "emma.jones",
    "noah.smith", "olga.petrova", "sam.lee", "ines.costa", "paul.dubois", "nina.rossi", "jan.novak", "ravi.patel",
)  # fmt: skip
USERS = (*(f"{name}@acme.example" for name in _NAMES), *(f"u-{number}" for number in range(10_401, 10_425)))
_FAILURES = (("timeout", 0.012), ("rate_limited", 0.010), ("server_error", 0.005), ("content_filter", 0.004))
_SPEED = {"gpt-4o": 11, "gpt-4o-mini": 7, "o4-mini": 9, "claude-sonnet-4-5": 15, "claude-haiku-4-5": 6}
"""ms per output token; all others 5."""
_WEEKEND = 5
_SECONDS = 3_600


@dataclass(frozen=True, slots=True)
class _Feature:
    """`requests` a workday; `weekend`: the share of them that a day of a weekend has; `hours`: first and last (UTC).

    `size`: input tokens, least and most; `prefix`: of them the first, shared by all.
    """

    name: str
    requests: int
    weekend: float
    hours: tuple[int, int]
    models: tuple[tuple[str, float], ...]
    size: tuple[int, int]
    output: tuple[int, int]
    cached: float = 0.0
    """Chance that the prefix is read from the cache."""
    prefix: int = 0
    thinks: float = 0.0
    """Reasoning tokens for each visible one."""
    tier: str = ""
    has_scores: bool = False
    repeats: float = 0.0
    is_hashed: bool = False
    """Whether its prompts have a hash; all hashes together are fewer than a rollup keeps."""
    has_users: bool = True


_FEATURES = (
    _Feature(
        "support_agent", 190, 0.55, (6, 20), (("gpt-4o", 1.0),), (2_600, 7_000), (80, 600),
        cached=0.45, prefix=2_432, has_scores=True,
    ),
    _Feature(
        "doc-search", 170, 0.4, (7, 19), (("gpt-4o-mini", 0.7), ("gpt-4o", 0.3)), (3_100, 9_000), (40, 350),
        repeats=0.2, is_hashed=True,
    ),
    _Feature("Invoice OCR", 90, 0.1, (6, 17), (("gemini-2.5-flash", 1.0),), (1_200, 5_000), (100, 500), is_hashed=True),
    _Feature(
        "nightly_digest", 64, 1.0, (0, 3), (("claude-sonnet-4-5", 1.0),), (6_000, 24_000), (300, 1_200),
        tier="batch", has_users=False,
    ),
    _Feature("code review", 48, 0.05, (8, 18), (("claude-haiku-4-5", 1.0),), (4_000, 30_000), (200, 1_500)),
    _Feature("lead-scoring", 56, 0.2, (9, 16), (("o4-mini", 1.0),), (600, 2_500), (60, 250), thinks=2.5),
    _Feature("", 40, 0.5, (0, 23), (("gpt-4o-mini", 1.0),), (200, 3_000), (20, 400)),
)  # fmt: skip


def csv() -> bytes:
    """The log, by time."""
    draw = random.Random(_SEED)  # noqa: S311 - a log, not a secret
    rows = [row for day in range((LAST - FIRST).days + 1) for row in _day(draw, FIRST + timedelta(days=day))]
    rows.sort()
    return "\n".join([",".join(COLUMNS), *(",".join(row) for row in rows), ""]).encode()


def _day(draw: random.Random, day: datetime) -> Iterator[tuple[str, ...]]:
    popular = [f"{draw.getrandbits(48):012x}" for _ in range(10)]
    for feature in _FEATURES:
        mean = feature.requests * (feature.weekend if day.weekday() >= _WEEKEND else 1)
        count = round(mean * draw.uniform(0.9, 1.1) * (1 + 0.15 * (day - FIRST).days / 35))
        if feature.name == "nightly_digest" and day == ANOMALY:
            count *= 10
        for _ in range(count):
            yield _request(draw, feature, day, popular)


def _request(draw: random.Random, feature: _Feature, day: datetime, popular: list[str]) -> tuple[str, ...]:
    first, last = feature.hours
    moment = day + timedelta(seconds=draw.randrange(first * _SECONDS, (last + 1) * _SECONDS))
    model = draw.choices([name for name, _ in feature.models], [weight for _, weight in feature.models])[0]
    if feature.name == "code review" and day >= UPGRADE:
        model = "claude-sonnet-4-5"
    again = draw.random() < feature.repeats
    prompt = draw.choice(popular) if again else f"{draw.getrandbits(48):012x}"
    size, visible = draw.randrange(*feature.size), draw.randrange(*feature.output)
    cached = feature.prefix if draw.random() < feature.cached else 0
    thought = round(visible * feature.thinks * draw.uniform(0.5, 1.5))
    user = draw.choices(USERS, [1 / (rank + 3) for rank in range(len(USERS))])[0] if feature.has_users else ""
    status = draw.choices(["ok", *(name for name, _ in _FAILURES)], [0.969, *(share for _, share in _FAILURES)])[0]
    ttft = round(200 + size / 20 * draw.uniform(0.5, 2))
    latency = round(ttft + (visible + thought) * _SPEED.get(model, 5) * draw.uniform(0.8, 1.4))
    failed = status != "ok"
    score = f"{min(5.0, max(1.0, draw.gauss(4.1, 0.6))):.1f}" if feature.has_scores and draw.random() < 0.6 else ""
    return (
        moment.strftime("%Y-%m-%dT%H:%M:%SZ"), f"r-{draw.getrandbits(40):010x}", _PROVIDERS[model[:3]], model,
        feature.name, user, str(size), str(0 if failed else cached), str(0 if failed else visible + thought),
        str(0 if failed else thought), str(latency), str("" if failed else ttft), status, feature.tier,
        "" if failed else score, prompt if feature.is_hashed else "",
    )  # fmt: skip
