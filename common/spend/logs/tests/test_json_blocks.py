"""JSON lines counted by columns give what counting them row by row gives, whatever the objects hold."""

import json
import random
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from common.spend.logs import Importer
from common.spend.logs.columnar.json_blocks import JsonBlockParser
from common.spend.logs.columnar.labels import Labels
from common.spend.logs.detect.discover import find_layout
from common.spend.logs.detect.layout import Layout
from common.spend.logs.fields.columns import ALIASES
from common.spend.logs.reader import RecordReader
from common.spend.logs.tests.test_columnar import MODELS, by_rows

Json = dict[str, Any]
LINES = 900
"""Enough for a block that is counted by columns."""
_START = datetime(2026, 10, 20, tzinfo=UTC)
_ODD: tuple[Any, ...] = (
    None, "", "12", "12.0", 12.5, 7.0, -4, True, False, "true", "x", {"a": 1}, [1, "b"], 10**12, 2**64, 10**30, "½",
    1.5e15,
)  # fmt: skip
_EXTRA: tuple[Json, ...] = (
    {"cachedTokens": 5}, {"prompt_tokens": 9}, {"error": "timeout"}, {"created": 1_790_000_000}, {"request_id": "r-1"},
    {"cache_read_input_tokens": 3}, {"metadata": {"feature": "inner"}}, {"success": False}, {"tags": ["a", "b"]},
    {"Model": "gpt-4o"}, {"usage": None}, {"usage": 7}, {"messages": [{"role": "user", "content": "hi"}]},
)  # fmt: skip
_LINES: tuple[str, ...] = ("", "  ", "[1]", "5", "null", "{", '{"a":1}{"b":2}', '{"timestamp": NaN}', "{}", "\ufffd")


def _flat(numbers: Json) -> Json:
    return numbers


def _nested(numbers: Json) -> Json:
    """As OpenAI's API answers."""
    usage = {"prompt_tokens": numbers.pop("prompt_tokens"), "completion_tokens": numbers.pop("completion_tokens")}
    inside = {"cached_tokens": numbers.pop("cached_tokens", None)}
    return {**numbers, "usage": {**usage, "prompt_tokens_details": inside}}


def _anthropic(numbers: Json) -> Json:
    names = {"prompt_tokens": "input_tokens", "completion_tokens": "output_tokens"}
    names |= {"cached_tokens": "cache_read_input_tokens", "written": "cache_creation_input_tokens"}
    return {names.get(name, name): value for name, value in numbers.items()}


SHAPES: tuple[Callable[[Json], Json], ...] = (_flat, _nested, _anthropic)


def log(seed: int, *, odd: float, shape: Callable[[Json], Json], colon: str) -> bytes:
    """A log with a share of odd values, keys and lines."""
    rng = random.Random(seed)  # noqa: S311 - not a secret

    def line(number: int) -> str:
        size = rng.randrange(1, 90_000)
        row: Json = {
            "timestamp": (_START + timedelta(seconds=number * 97)).strftime("%Y-%m-%dT%H:%M:%S.000Z"),
            "model": rng.choice(MODELS[:-1]),
            "prompt_tokens": size,
            "completion_tokens": rng.randrange(3_000),
            "cached_tokens": rng.choice((0, size // 3, None)),
            "latency_ms": rng.choice((None, rng.randrange(9_000), rng.random() * 900)),
            "status": rng.choice(("ok", "500", "timeout", None)),
            "feature": rng.choice(("chat", 'say ":null"', " chat ")),
            "user": rng.choice(("ann", 17, None)),
        }
        for name in row:
            if rng.random() < odd:
                row[name] = rng.choice(_ODD)
        row = shape(row) | (rng.choice(_EXTRA) if rng.random() < odd else {})
        text = json.dumps(row, separators=(colon.replace(":", ","), colon), ensure_ascii=rng.random() < odd)
        return rng.choice(_LINES) if number and rng.random() < odd / 9 else text

    return "\n".join([*map(line, range(LINES)), ""]).encode()


def _layout(data: bytes) -> Layout:
    layout = find_layout(data, None, {}, final=True)
    assert layout is not None
    return layout


def _differing_ids(data: bytes) -> bytes:
    """A request id that comes again counts once only in an import."""
    parts = data.split(b'"r-1"')
    ends = [b'"r-%d"' % place for place in range(len(parts) - 1)] + [b""]
    return b"".join(part + end for part, end in zip(parts, ends, strict=True))


@settings(max_examples=40, deadline=None)
@given(
    seed=st.integers(0, 2**32),
    odd=st.sampled_from([0.0, 0.001, 0.01, 0.2]),
    shape=st.sampled_from(SHAPES),
    colon=st.sampled_from([": ", ":"]),
    cut=st.integers(1, 150_000),
)
def test_columns_and_rows_give_the_same_rollup_and_rejects(
    seed: int, odd: float, shape: Callable[[Json], Json], colon: str, cut: int
) -> None:
    data = _differing_ids(log(seed, odd=odd, shape=shape, colon=colon))
    rollup, rows, rejected = by_rows(data, header_lines=0)
    importer = Importer()
    importer.feed(data[:cut])
    importer.feed(data[cut:])
    importer.finish()
    batch = importer.take()
    assert (batch.rows, batch.rejected) == (rows, len(rejected))
    assert [reject.line for reject in batch.rejects] == rejected[:100]
    assert list(batch.rollup.records()) == list(rollup.records())


@pytest.mark.parametrize("shape", SHAPES)
def test_plain_json_lines_are_taken_as_columns_and_all_of_them(shape: Callable[[Json], Json]) -> None:
    data = log(1, odd=0.0, shape=shape, colon=": ").replace(b'"user": 17', b'"user": "bob"')
    layout = _layout(data)
    frame = JsonBlockParser(layout, frozenset(ALIASES)).parse(data, Labels(layout.reading).types)
    assert frame is not None
    assert (frame.height, frame["odd"].sum()) == (LINES, 0)


@pytest.mark.parametrize(
    "extra",
    [
        '"error":"timeout"',
        '"error" :"timeout"',
        '"error"\t:"timeout"',
        '"error":null,"outcome":"timeout"',
        '"feature":"say \\":null","error":"timeout"',
    ],
)
def test_a_key_that_no_block_before_had_is_not_passed_over(extra: str) -> None:
    plain = '{"timestamp":"2026-11-04T09:30:00Z","model":"gpt-4o","prompt_tokens":1000,"completion_tokens":100}'
    block = f"{plain}\n".encode() * LINES
    layout = _layout(block)
    parser, types = JsonBlockParser(layout, frozenset(ALIASES)), Labels(layout.reading).types
    assert parser.parse(block, types) is not None
    again = parser.parse(block + f"{plain[:-1]},{extra}}}\n".encode(), types)
    assert again is None or "status" in again.columns


def test_a_log_that_no_column_holds_is_soon_offered_no_more() -> None:
    line = b'{"timestamp":"2026-11-04T09:30:00Z","model":"gpt-4o","prompt_tokens":9,"completion_tokens":1}\n'
    offered: list[int] = []

    def counted(block: bytes) -> None:
        offered.append(len(block))

    reader = RecordReader(_layout(line), b"", 0, skipping=False, counted=counted)
    rows = [row for _ in range(40) for row in reader.feed(line * 2_000)]
    assert len(rows) == 80_000
    assert sum(offered) < 20 * 262_144 < len(line) * 80_000
