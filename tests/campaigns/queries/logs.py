"""The usage logs that are asked: the sample, one of every column, one of hardly any, one of daily sums, one of too many
names.
"""

import gzip
import random
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta

from common.spend.rollup.limits import RollupLimits
from data import sample_path

_MODELS = ("gpt-4o", "gpt-4o-mini", "o3-mini", "claude-sonnet-4-5", "gemini-2.5-flash", "deepseek-chat", "acme-llm-7b")
"""The price of the last but one depends on the hour; the last one has none."""
_WIDE = (
    "timestamp,model,prompt_tokens,completion_tokens,cached_tokens,cache_write_5m_tokens,cache_write_1h_tokens,reasoning_tokens,cost,currency,"
    "latency_ms,ttft_ms,status,service_tier,feature,user,score"
)
_FEATURES = ("chat", "Chat 2", "nightly batch", "o'brien", "größe", "")
_ROWS, _SECONDS = 5_000, 47 * 86_400
_TOKENLESS = 0.03
"""Of the rows: those with a cost are taken as billed."""


def wide() -> bytes:
    """Every column, over two turns of a month; some rows have no cost, no score, no user or no feature."""
    draw = random.Random(7)  # noqa: S311 - not a secret
    start = datetime(2026, 9, 28, 5, tzinfo=UTC)
    moments = sorted(draw.randrange(_SECONDS) for _ in range(_ROWS))
    lines = [_wide_line(draw, start + timedelta(seconds=second)) for second in moments]
    return "\n".join([_WIDE, *lines, ""]).encode()


def _wide_line(draw: random.Random, moment: datetime) -> str:
    model, size = draw.choice(_MODELS), int(50 * 3_000 ** draw.random()) if draw.random() > _TOKENLESS else 0
    cached = draw.choice([0, 0, size // 3])
    written = [draw.choice([0, size // 4]) if model.startswith("claude") else 0 for _ in range(2)]
    output = int(5 * 400 ** draw.random()) if size else 0
    failed = draw.random() < 0.07
    cost = draw.choice(["", f"{draw.random() / 50:.6f}"])
    latency = draw.randrange(80, 30_000)
    cells = (
        moment.strftime("%Y-%m-%dT%H:%M:%SZ"), model, size, output, cached, *written,
        output // 2 if model == "o3-mini" else 0, cost, draw.choice(["USD", "USD", "EUR"]) if cost else "",
        latency, draw.choice(["", latency // 3]), draw.choice(["timeout", "http 500"]) if failed else "ok",
        draw.choice(["", "", "batch", "flex"]), draw.choice(_FEATURES),
        draw.choice(["", *(f"u{n}" for n in range(30))]), draw.choice(["", f"{draw.random() * 5:.2f}"]),
    )  # fmt: skip
    return ",".join(map(str, cells))


def charged() -> bytes:
    """Sound, images, searches and geography beside text; a search of the last model has no price."""
    draw = random.Random(11)  # noqa: S311 - not a secret
    start = datetime(2026, 10, 5, 5, tzinfo=UTC)
    moments = sorted(draw.randrange(30 * 86_400) for _ in range(3_000))
    lines = [_charged_line(draw, start + timedelta(seconds=second)) for second in moments]
    return "\n".join([_CHARGED, *lines, ""]).encode()


_CHARGED = (
    "timestamp,model,prompt_tokens,completion_tokens,cached_tokens,reasoning_tokens,input_audio_tokens,"
    "output_audio_tokens,input_image_tokens,web_search_requests,inference_geo,service_tier,status,feature,user"
)
_CHARGED_MODELS = ("gemini-2.5-flash", "gpt-audio", "gpt-4o", "o3-mini", "claude-opus-4-6", "acme-llm-7b")


def _charged_line(draw: random.Random, moment: datetime) -> str:
    model, size, output = draw.choice(_CHARGED_MODELS), draw.randrange(9_000), draw.randrange(900)
    sound = model in ("gemini-2.5-flash", "gpt-audio", "gpt-4o") and draw.random() < 0.5
    cells = (
        moment.strftime("%Y-%m-%dT%H:%M:%SZ"), model, size, output, draw.choice([0, size // 3]),
        output // 2 if model == "o3-mini" else 0, size // 2 if sound else "",
        output // 3 if sound and model == "gpt-audio" else "", draw.choice(["", size // 5]),
        draw.choice(["", "", 0, draw.randrange(5)]), draw.choice(["", "us", "global"]), draw.choice(["", "", "batch"]),
        draw.choice(["ok"] * 9 + ["timeout"]), draw.choice(_FEATURES), draw.choice(["", *(f"u{n}" for n in range(9))]),
    )  # fmt: skip
    return ",".join(map(str, cells))


def bare() -> bytes:
    """Times and tokens, and nothing else but a model."""
    draw = random.Random(8)  # noqa: S311 - not a secret
    start = datetime(2026, 11, 29, 21, tzinfo=UTC)
    moments = sorted(draw.randrange(3 * 86_400) for _ in range(400))
    lines = [
        f"{(start + timedelta(seconds=second)).isoformat()},gpt-4o,{draw.randrange(9_000)},{draw.randrange(900)}"
        for second in moments
    ]
    return "\n".join(["TIMESTAMP,model,ContextTokens,GeneratedTokens", *lines, ""]).encode()


def sums() -> bytes:
    """One row a day, model and team: hours are not known."""
    draw = random.Random(9)  # noqa: S311 - not a secret
    lines = [
        f"2026-10-{day:02},{model},{team},{draw.randrange(1, 900)},{draw.randrange(10**7)},{draw.randrange(10**6)}"
        for day in range(3, 24)
        for model in _MODELS[2:]
        for team in ("search", "sales")
        if draw.random() < 0.8
    ]
    return "\n".join(["date,model,team,requests,prompt_tokens,completion_tokens", *lines, ""]).encode()


def crowded() -> bytes:
    """As `wide`, with more names than its limits have room for."""
    draw = random.Random(10)  # noqa: S311 - not a secret
    start = datetime(2026, 10, 19, 3, tzinfo=UTC)
    moments = sorted(draw.randrange(16 * 86_400) for _ in range(2_500))
    lines = [_crowded_line(draw, start + timedelta(seconds=second)) for second in moments]
    return "\n".join([_WIDE, *lines, ""]).encode()


def _crowded_line(draw: random.Random, moment: datetime) -> str:
    """Some features and users come on few days only."""
    rare = draw.randrange(1 + moment.day % 9)
    line = _wide_line(draw, moment).split(",")
    line[1] = draw.choice([*_MODELS[:3], *(f"own-{n}" for n in range(5))])
    line[12] = draw.choice(["ok"] * 9 + ["timeout", "http 500", "http 429", "refused"])
    line[14] = draw.choice(["", "chat", *(f"feature-{n}" for n in range(4 + 2 * rare))])
    line[15] = draw.choice(["", *(f"u{n}" for n in range(10 + 5 * rare))])
    return ",".join(line)


LIMITS_OF: Mapping[str, RollupLimits] = {
    "sample": RollupLimits(prompts=100_000),
    "crowded": RollupLimits(
        names={"feature": 14, "provider": 40, "model": 3, "status": 2, "user": 38},
        user_days=240,
        feature_hours=900,
        user_feature_days=90,
        feature_days=60,
    ),
}
"""Of those that have limits of their own."""
LOGS: Mapping[str, Callable[[], bytes]] = {
    "sample": lambda: gzip.decompress(sample_path().read_bytes()),
    "wide": wide,
    "charged": charged,
    "bare": bare,
    "sums": sums,
    "crowded": crowded,
}
