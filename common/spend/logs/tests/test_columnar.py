"""Counting by columns gives what counting row by row gives, whatever the cells hold."""

import random
from datetime import UTC, datetime, timedelta

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from common.spend.logs import Importer
from common.spend.logs.columnar.bins import place_of
from common.spend.logs.columnar.times import micros_of
from common.spend.logs.detect.discover import find_layout
from common.spend.logs.fields import values
from common.spend.logs.fields.errors import BadRowError, NoRequestError
from common.spend.logs.reader import RecordReader
from common.spend.logs.rows.build_row import build_row
from common.spend.logs.rows.prefixes import PrefixTracker
from common.spend.rollup.limits import LIMITS, RollupLimits
from common.spend.rollup.rollup import Rollup
from common.spend.rollup.row_facts import micros
from common.spend.rollup.sketch import FIRSTS, bin_of

HEADER = (
    "timestamp,model,provider,prompt_tokens,completion_tokens,cached_tokens,cache_write_tokens,reasoning_tokens,"
    "total_tokens,cost,latency_ms,status,feature,user"
)
TIMES = ("%Y-%m-%dT%H:%M:%SZ", "%Y-%m-%dT%H:%M:%S.%fZ", "%Y-%m-%d %H:%M:%S", "%Y-%m-%dT%H:%M:%S+02:00")
ODD = (
    "",
    "12.0",
    " 7",
    "1e3",
    "-4",
    "NaN",
    "inf",
    "x",
    '"9"',
    '"a,b"',
    '"a""b"',
    "999999999999",
    "0x10",
    "1_0",
    "+5",
    "N/A",
    "--",
)
MODELS = (
    "gpt-4o",
    "GPT-4o-mini",
    "claude-sonnet-4-5",
    "gemini-2.5-pro",
    "deepseek-chat",
    "acme-llm",
    "deepseek/deepseek-r1:free",
    "",
)
LINES = 900
"""Enough for a block that is counted by columns."""


def by_rows(data: bytes, limits: RollupLimits = LIMITS, *, header_lines: int = 1) -> tuple[Rollup, int, list[int]]:
    """(rollup, rows, rejected lines) without any frame."""
    layout = find_layout(data, None, {}, final=True)
    assert layout is not None
    reader, rollup, rows, rejected = (
        RecordReader(layout, b"", header_lines, skipping=False),
        Rollup(limits=limits),
        0,
        list[int](),
    )
    if "status" in layout.reading.names:
        rollup.has.add("status")
    for line, found in reader.feed(data.split(b"\n", header_lines)[-1], final=True):
        try:
            if isinstance(found, BadRowError):
                raise found
            rollup.add(build_row(*found, PrefixTracker()))
            rows += 1
        except NoRequestError:
            continue
        except BadRowError:
            rejected.append(line)
    return rollup, rows, rejected


def log(seed: int, *, odd: float, form: str, end: str) -> bytes:
    """A log with a share of odd cells."""
    rng = random.Random(seed)  # noqa: S311 - not a secret
    start = datetime(2026, 10, 20, tzinfo=UTC)

    def line(number: int) -> str:
        size, out = rng.randrange(1, 300_000), rng.randrange(3_000)
        parts = [
            rng.randrange(size * 3 // 2),
            rng.choice((0, size // 9)),
            rng.choice((0, 0, out, rng.randrange(4_000))),
        ]
        total = size + out + rng.choice((0, sum(parts[:2]), parts[2], sum(parts), 7))
        cells = [
            (start + timedelta(seconds=number * 97 + rng.random())).strftime(form),
            rng.choice(MODELS[:-1]),
            rng.choice(("", "openai", "Anthropic", "azure")),
            str(size),
            str(rng.choice((0, out))),
            *map(str, parts),
            rng.choice((str(total), "")),
            rng.choice(("", "0", f"{rng.random():.6f}")),
            rng.choice(("", str(rng.randrange(90_000)))),
            rng.choice(("ok", "OK", "200", "500", "429", "HTTP 401", "timeout", "")),
            rng.choice(("chat", " chat ", "", "Zusammenfassung übermorgen")),
            f"user-{rng.randrange(40)}",
        ]
        for place in range(len(cells)):
            if rng.random() < odd:
                cells[place] = rng.choice((*ODD, *MODELS))
        return ",".join(cells[: rng.choice((14,) * 200 + (13, 9))] + ["more"] * (rng.random() < odd / 20))

    return end.join([HEADER, *map(line, range(LINES)), ""]).encode()


@settings(max_examples=25, deadline=None)
@given(
    seed=st.integers(0, 2**32),
    odd=st.sampled_from([0.0, 0.001, 0.02, 0.3]),
    form=st.sampled_from(TIMES),
    end=st.sampled_from(["\n", "\r\n"]),
    cut=st.integers(1, 200_000),
)
def test_columns_and_rows_give_the_same_rollup_and_rejects(
    seed: int, odd: float, form: str, end: str, cut: int
) -> None:
    data = log(seed, odd=odd, form=form, end=end)
    rollup, rows, rejected = by_rows(data)
    importer = Importer()
    importer.feed(data[:cut])
    importer.feed(data[cut:])
    importer.finish()
    batch = importer.take()
    assert (batch.rows, batch.rejected) == (rows, len(rejected))
    assert [reject.line for reject in batch.rejects] == rejected[:100]
    assert list(batch.rollup.records()) == list(rollup.records())


@pytest.mark.parametrize("seed", range(3))
def test_users_without_room_are_the_same_by_columns_and_by_rows(seed: int) -> None:
    data = log(seed, odd=0.001, form=TIMES[0], end="\n").replace(b"user-7\n", b" user-8 \n")
    tight = RollupLimits(user_days=20, user_feature_days=11, minute_days=1)
    importer = Importer(limits=tight)
    importer.feed(data)
    importer.finish()
    rollup = importer.take().rollup
    assert list(rollup.records()) == list(by_rows(data, tight)[0].records())
    assert 1 < len({key.user for key in rollup.user_features}) <= 12


@pytest.mark.parametrize("unit", [1, 1_000, 1_000_000])
def test_whole_numbers_are_times_too(unit: int) -> None:
    moments = (1_790_000_000 + 61 * n for n in range(LINES * 4))
    lines = [f"{moment * unit},gpt-4o,{n % 900},{n % 70}" for n, moment in enumerate(moments)]
    data = "\n".join(["ts,model,input_tokens,output_tokens", *lines, ""]).encode()
    importer = Importer()
    importer.feed(data)
    importer.finish()
    assert list(importer.take().rollup.records()) == list(by_rows(data)[0].records())


def test_bins_are_those_of_a_sketch_next_to_every_start() -> None:
    near = sorted({max(0, first + step) for first in FIRSTS if first < 2**62 for step in (-1, 0, 1)} | {2**62})
    places = pl.DataFrame({"value": pl.Series(near, dtype=pl.Int64())}).select(place_of(pl.col("value"))).to_series()
    assert places.to_list() == [bin_of(value) + 1 for value in near]


@pytest.mark.parametrize("text", ["2026-10-12T07:08:09Z", "2026-10-12T07:08:09.123Z", "2026-10-12 07:08:09.123456"])
def test_a_time_is_read_as_row_by_row_or_left_out(text: str) -> None:
    rng = random.Random(1)  # noqa: S311 - not a secret
    times = [text] * 200
    for _ in range(3_000):
        cells = list(text)
        for _ in range(rng.choice((1, 1, 2))):
            cells[rng.randrange(len(cells))] = rng.choice("0123456789-:TZ. +/\t")
        times.append("".join(cells))
    found = micros_of(pl.Series(times)).to_list()
    read = [(micro, micros(values.moment(time))) for micro, time in zip(found, times, strict=True) if micro is not None]
    assert len(read) > len(times) // 8
    assert all(micro == of_row for micro, of_row in read)


def test_a_file_with_more_users_than_a_block_may_name_is_counted_all_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("common.spend.logs.columnar.labels._MOST", 700)
    lines = [f"2026-10-12T07:{n % 60:02}:00Z,gpt-4o,10,{n % 7},person-{n % 1_500:06}" for n in range(12_000)]
    data = "\n".join(["ts,model,input_tokens,output_tokens,user", *lines, ""]).encode()
    importer = Importer()
    for start in range(0, len(data), 70_000):
        importer.feed(data[start : start + 70_000])
    importer.finish()
    assert list(importer.take().rollup.records()) == list(by_rows(data)[0].records())


def test_requests_without_tokens_at_a_stated_cost_of_0_are_free_by_columns_too() -> None:
    lines = [f"2026-10-12T07:{n % 60:02}:00Z,acme-llm,0,0,0" for n in range(4_000)]
    data = "\n".join(["ts,model,input_tokens,output_tokens,cost", *lines, ""]).encode()
    importer = Importer()
    importer.feed(data)
    importer.finish()
    records = list(importer.take().rollup.records())
    assert records == list(by_rows(data)[0].records())
