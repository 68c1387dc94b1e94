"""Make the sample usage log from the public traces, the same bytes each time:

    python -m data.make_sample FOLDER_WITH_THE_TRACES

Input and output lengths of chats, searches and classifications come from the Azure conversation trace; sessions, their
growth and long documents from Mooncake; the shape of the day from ServeGen. Features, models, users, statuses,
latencies and repeated prompts are drawn with a fixed seed: they are made up, and so is the company behind them.
"""

import csv
import gzip
import io
import random
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from data import sample_path
from data.traces import Turn, azure_lengths, mooncake_sessions, servegen_day

SEED = 20261012
START = datetime(2026, 10, 12, tzinfo=UTC)
DAYS = 30
USERS = 40
ANOMALY = datetime(2026, 10, 29, tzinfo=UTC)
"""The day on which a faulty client sends its searches again and again."""
COLUMNS = (
    "timestamp", "request_id", "provider", "model", "feature", "user", "session_id", "prompt_tokens", "cached_tokens",
    "completion_tokens", "reasoning_tokens", "latency_ms", "ttft_ms", "status", "prompt_hash",
)  # fmt: skip
_LONGEST = 120_000
_FAILURES = (("timeout", 0.012), ("rate_limited", 0.012), ("server_error", 0.006))
_SPEEDS = {  # (ms to the first token, ms per 1,000 input tokens, ms per output token)
    "gpt-4o": (380, 30, 11.0),
    "gpt-4o-mini": (300, 20, 8.0),
    "claude-sonnet-4-5": (700, 45, 14.0),
    "claude-haiku-4-5": (350, 25, 7.0),
    "gemini-2.5-pro": (900, 40, 9.0),
}
_PROVIDERS = {"gpt": "openai", "claude": "anthropic", "gemini": "google"}


@dataclass(frozen=True)
class Feature:
    """`sessions` a workday on average; `peak`: the busiest hour (UTC); `weekend`: share of a workday's traffic."""

    name: str
    sessions: float
    peak: int
    weekend: float
    models: tuple[tuple[str, float], ...]
    turns: Callable[[], list[Turn]]
    streams: bool = True
    cache_hit: float = 0.0
    """Chance that a follow-up's prefix is served from the provider's cache."""
    repeats: float = 0.0
    """Chance that a prompt is one of the popular ones of the day."""
    thinks: float = 0.0
    """Reasoning tokens per visible output token."""
    hours: tuple[float, ...] | None = None
    """Share of the day's traffic by hour after `peak`; None: ServeGen's."""


class Maker:
    """Draws the rows of the sample; everything random comes from one seeded generator."""

    def __init__(self, folder: Path) -> None:
        self._draw = random.Random(SEED)  # noqa: S311 - a sample, not a secret
        self._azure = azure_lengths(folder)
        sessions = mooncake_sessions(folder)
        self._talks = [session for session in sessions if 2 <= len(session) <= 12]  # noqa: PLR2004 - follow-ups
        self._documents = [session[0] for session in sessions if 4_000 <= session[0][1] <= _LONGEST]  # noqa: PLR2004 - tokens
        self._day = tuple(servegen_day(folder, (18, 19, 66, 70)))
        self._users = [f"user-{number:02}" for number in range(1, USERS + 1)]
        self._weights = [1 / (rank + 2) for rank in range(USERS)]

    def features(self) -> tuple[Feature, ...]:
        """What the made-up company runs."""
        night = (0.55, 0.35, 0.1, *[0.0] * 21)
        return (
            Feature("support-chat", 165, 14, 0.35, (("gpt-4o", 1.0),), self._chat, cache_hit=0.35),
            Feature("search-rag", 290, 15, 0.4, (("gpt-4o-mini", 0.7), ("gpt-4o", 0.3)), self._search, repeats=0.22),
            Feature("classification", 190, 13, 0.6, (("gpt-4o", 1.0),), self._label, streams=False, repeats=0.1),
            Feature("code-review", 52, 10, 0.08, (("claude-sonnet-4-5", 0.8), ("claude-haiku-4-5", 0.2)), self._talk),
            Feature(
                "doc-summarizer", 62, 1, 0.7, (("claude-sonnet-4-5", 1.0),), self._summary, streams=False, hours=night
            ),
            Feature("sales-insights", 24, 8, 0.0, (("gemini-2.5-pro", 1.0),), self._insight, thinks=1.4),
        )

    def _azure_request(self) -> tuple[int, int]:
        return self._draw.choice(self._azure)

    def _chat(self) -> list[Turn]:
        """A talk of 1 to 6 turns: a system prompt of 900 tokens, and all of the talk again in each turn."""
        at, history, turns = 0.0, 900, []
        for _ in range(min(6, 1 + int(self._draw.expovariate(0.7)))):
            asked, answered = self._azure_request()
            history += max(20, asked // 3)
            turns.append((at, history, answered))
            history += answered
            at += 20 + self._draw.expovariate(1 / 70)
        return turns

    def _search(self) -> list[Turn]:
        asked, answered = self._azure_request()
        return [(0.0, 1_800 + asked * 2, max(20, answered // 2))]

    def _label(self) -> list[Turn]:
        asked, answered = self._azure_request()
        return [(0.0, 350 + asked // 2, 3 + answered % 9)]

    def _talk(self) -> list[Turn]:
        return [(at, min(size, _LONGEST), out) for at, size, out in self._draw.choice(self._talks)]

    def _summary(self) -> list[Turn]:
        _, size, out = self._draw.choice(self._documents)
        return [(0.0, size, 150 + out)]

    def _insight(self) -> list[Turn]:
        _, size, out = self._draw.choice(self._documents)
        return [(0.0, size // 2, 400 + out)]

    def rows(self) -> list[list[object]]:
        """All rows by time."""
        found: list[list[object]] = []
        for feature in self.features():
            for day in range(DAYS):
                found += self._day_rows(feature, START + timedelta(days=day))
        found += self._runaway()
        end = START + timedelta(days=DAYS)
        return sorted((row for row in found if _time(row) < end), key=lambda row: (row[0], row[1]))

    def _day_rows(self, feature: Feature, day: datetime) -> Iterator[list[object]]:
        trend = 0.85 + 0.3 * (day - START).days / DAYS
        mean = feature.sessions * trend * (feature.weekend if day.weekday() >= 5 else 1)  # noqa: PLR2004 - Saturday
        popular = [self._hash() for _ in range(12)]
        for _ in range(round(self._draw.gauss(mean, mean**0.5)) if mean else 0):
            hour = self._draw.choices(range(24), weights=feature.hours or self._day)[0]
            second = ((feature.peak + hour) % 24) * 3600 + self._draw.random() * 3600
            yield from self._session(feature, day + timedelta(seconds=second), popular)

    def _hash(self) -> str:
        return f"{self._draw.getrandbits(48):012x}"

    def _session(self, feature: Feature, start: datetime, popular: list[str]) -> Iterator[list[object]]:
        user = self._draw.choices(self._users, weights=self._weights)[0]
        model = self._draw.choices([m for m, _ in feature.models], weights=[w for _, w in feature.models])[0]
        turns = feature.turns()
        name = f"s-{self._draw.getrandbits(32):08x}" if len(turns) > 1 or feature.cache_hit else ""
        before = 0
        for at, size, out in turns:
            again = self._draw.random() < feature.repeats
            place = min(11, int(self._draw.expovariate(0.5)))
            prompt = popular[place] if again else self._hash()
            size, out = (2_000 + 137 * place, 40 + 9 * place) if again else (size, out)  # noqa: PLW2901 - a popular prompt
            cached = before // 128 * 128 if before >= 1024 and self._draw.random() < feature.cache_hit else 0  # noqa: PLR2004 - OpenAI's rule
            where = (model, feature, user, name)
            yield from self._attempts(where, start + timedelta(seconds=at), (size, min(cached, size), out), prompt)
            before = size

    def _attempts(
        self, where: tuple[str, Feature, str, str], at: datetime, tokens: tuple[int, int, int], prompt: str
    ) -> Iterator[list[object]]:
        """The request, after up to two failures of it."""
        for _ in range(2):
            status = self._status()
            if status == "ok":
                break
            yield self._row(where, at, tokens, prompt, status)
            at += timedelta(seconds=(60 if status == "timeout" else 2) + self._draw.random() * 8)
        yield self._row(where, at, tokens, prompt, "ok")

    def _status(self) -> str:
        chance = self._draw.random()
        for name, share in _FAILURES:
            if chance < share:
                return name
            chance -= share
        return "ok"

    def _row(
        self, where: tuple[str, Feature, str, str], at: datetime, tokens: tuple[int, int, int], prompt: str, status: str
    ) -> list[object]:
        model, feature, user, session = where
        size, cached, out = tokens
        reasoning = round(out * feature.thinks * self._draw.uniform(0.5, 1.5))
        if status == "timeout":
            out, reasoning = out // 2, reasoning // 2
        elif status != "ok":
            size = cached = out = reasoning = 0
        first, whole = self._latency(model, size - cached, out + reasoning, status)
        provider = next(name for start, name in _PROVIDERS.items() if model.startswith(start))
        ttft = first if feature.streams and status == "ok" else ""
        stamp = at.isoformat(timespec="milliseconds").replace("+00:00", "Z")
        spent = [size, cached, out + reasoning, reasoning, whole, ttft, status, prompt]
        return [stamp, self._hash(), provider, model, feature.name, user, session, *spent]

    def _latency(self, model: str, size: int, out: int, status: str) -> tuple[int, int]:
        """(ms to the first token, ms in all)."""
        if status != "ok":
            return 0, 60_000 if status == "timeout" else round(self._draw.uniform(40, 400))
        start, per_thousand, per_token = _SPEEDS[model]
        noise = self._draw.lognormvariate(0, 0.3)
        first = (start + per_thousand * size / 1000) * noise
        return round(first), round(first + out * per_token * self._draw.lognormvariate(0, 0.15))

    def _runaway(self) -> Iterator[list[object]]:
        """One user's client loops over the same 25 searches for three hours of the anomaly day."""
        feature = next(feature for feature in self.features() if feature.name == "search-rag")
        prompts = [(self._hash(), 3_000 + 400 * place, 150 + 10 * place) for place in range(25)]
        for _ in range(1_900):
            prompt, size, out = self._draw.choice(prompts)
            at = ANOMALY + timedelta(hours=9, seconds=self._draw.random() * 3 * 3600)
            yield self._row(("gpt-4o", feature, "user-17", ""), at, (size, 0, out), prompt, self._status())


def _time(row: list[object]) -> datetime:
    return datetime.fromisoformat(str(row[0]))


def write(rows: list[list[object]], path: Path) -> None:
    """Gzip CSV without a time stamp in it, so that equal rows are equal bytes."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(COLUMNS)
    writer.writerows(rows)
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(gzip.compress(text.getvalue().encode(), 9, mtime=0))


def main() -> None:
    """Write the sample into data/sample."""
    if len(sys.argv) != 2:  # noqa: PLR2004 - the program and its argument
        sys.exit("usage: python -m data.make_sample FOLDER_WITH_THE_TRACES")
    rows = Maker(Path(sys.argv[1])).rows()
    write(rows, sample_path())
    sys.stdout.write(f"{len(rows):,} rows, {sample_path().stat().st_size:,} bytes\n")


if __name__ == "__main__":
    main()
