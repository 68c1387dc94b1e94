"""Valid usage files of every kind that is known, small and large, to be broken by `mutations`."""

import csv
import gzip
import io
import json
import random
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile, ZipInfo

import pyarrow as pa
import pyarrow.parquet as pq

from common.spend.logs.containers.inflate import zstd

_START = datetime(2026, 10, 12, tzinfo=UTC)
_MODELS = ("gpt-4o", "gpt-4o-mini", "claude-sonnet-4-5", "gemini-2.5-pro", "acme-llm-7b", "")
_USERS = ("ann", "jos\u00e9", "\u5c0f\u660e", 'say "hi"', "a,b;c\td|e", "two\nlines", "=1+1", "\U0001f600")
_ENCODINGS = (*["utf-8"] * 9, "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "latin-1")

Rows = list[dict[str, Any]]


def rows(chance: random.Random) -> Rows:
    """Flat requests; now and then enough of them for a file that is longer than what is looked at first."""
    count = chance.choice((*[3, 20, 60] * 5, 0, 1, 2_500))
    return [
        {
            "timestamp": (_START + timedelta(seconds=41 * n)).isoformat(),
            "model": chance.choice(_MODELS),
            "prompt_tokens": chance.randrange(200_000),
            "completion_tokens": chance.randrange(9_000),
            "cached_tokens": chance.choice((0, 0, 128, 300_000)),
            "reasoning_tokens": chance.choice((0, 0, 64)),
            "cost": chance.choice((None, 0.0, 0.0125, 3)),
            "latency": chance.choice((0.4, 800, 12_000)),
            "user": chance.choice(_USERS),
            "session_id": f"s{n % 7}",
            "request_id": chance.choice((None, f"r{n}", "r1")),
            "tags": chance.choice(([], ["a", "b"], "x,y")),
        }
        for n in range(count)
    ]


def _table(requests: Rows, delimiter: str) -> str:
    text = io.StringIO()
    writer = csv.DictWriter(text, list(requests[0]) if requests else ["timestamp"], delimiter=delimiter)
    writer.writeheader()
    writer.writerows(requests)
    return text.getvalue()


def _lines(requests: Rows) -> str:
    return "\n".join(json.dumps(row, ensure_ascii=False) for row in requests)


def _nested(requests: Rows) -> str:
    """As providers reply."""
    return _lines(
        [
            {
                "created": 1_793_527_200 + n,
                "model": row["model"],
                "hash_ids": [n, n + 1, "h"],
                "messages": [{"role": "user", "content": row["user"]}],
                "usage": {
                    "input_tokens": row["prompt_tokens"],
                    "output_tokens": row["completion_tokens"],
                    "cache_creation": {"ephemeral_5m_input_tokens": 5, "ephemeral_1h_input_tokens": 0},
                    "cache_read_input_tokens": row["cached_tokens"],
                },
            }
            for n, row in enumerate(requests)
        ]
    )


TEXTS: tuple[Callable[[Rows], str], ...] = (
    lambda requests: _table(requests, ","),
    lambda requests: _table(requests, ";"),
    lambda requests: _table(requests, "\t"),
    lambda requests: _table(requests, "|"),
    _lines,
    _nested,
    json.dumps,
    lambda requests: json.dumps(requests, indent=1, ensure_ascii=False),
)


def parquet(requests: Rows) -> bytes:
    """Requests in several row groups."""
    packed = io.BytesIO()
    plain = [{key: value for key, value in row.items() if key != "tags"} for row in requests]
    pq.write_table(pa.Table.from_pylist(plain), packed, row_group_size=50)
    return packed.getvalue()


def encoded(text: str, chance: random.Random) -> bytes:
    """The text in one of the encodings that are met."""
    return text.encode(chance.choice(_ENCODINGS), "replace")


def packed(data: bytes, chance: random.Random) -> bytes:
    """In one of the packings that are known."""
    return chance.choice((_gzip, _members, zstd.compress, _zip, _zip_of_several))(data)


_gzip = partial(gzip.compress, mtime=0)


def _members(data: bytes) -> bytes:
    middle = len(data) // 2
    return _gzip(data[:middle]) + _gzip(data[middle:]) + bytes(20)


def _zip(data: bytes) -> bytes:
    return _archive({"log.csv": data}, ZIP_STORED)


def _zip_of_several(data: bytes) -> bytes:
    return _archive({"__MACOSX/._log": b"x", "a/log.csv": data, "b.csv.gz": _gzip(data), "c": b""}, ZIP_DEFLATED)


def _archive(files: dict[str, bytes], method: int) -> bytes:
    whole = io.BytesIO()
    with ZipFile(whole, "w") as archive:
        for name, content in files.items():
            member = ZipInfo(name)  # with a fixed time: the bytes have to be the same every time
            member.compress_type = method
            archive.writestr(member, content)
    return whole.getvalue()
