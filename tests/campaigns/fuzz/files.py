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

from common.spend.logs.bundle import MARK
from common.spend.logs.containers.inflate import zstd
from common.spend.tests.formats.fixtures import FIXTURES

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


_EXPORTS = tuple(path.read_text(encoding="utf-8") for path in FIXTURES.values())


def _exported(requests: Rows) -> str:
    """What a source exports, once or many times over: which, the requests decide."""
    chosen: int = sum(row["prompt_tokens"] for row in requests)
    times = 60 if chosen % 11 == 0 else 1  # rarely longer than what is looked at first
    return _EXPORTS[chosen % len(_EXPORTS)] * times


def _bundle(requests: Rows) -> str:
    """Several exports in one stream, as the page sends a folder."""
    chosen = sum(row["prompt_tokens"] for row in requests)
    texts = [_EXPORTS[(chosen * place) % len(_EXPORTS)] for place in range(1, 5)]
    headers = [json.dumps({"name": f"{place}.jsonl", "bytes": len(text.encode())}) for place, text in enumerate(texts)]
    return "".join(f"{MARK.decode()}{header}\n{text}" for header, text in zip(headers, texts, strict=True))


TEXTS: tuple[Callable[[Rows], str], ...] = (
    lambda requests: _table(requests, ","),
    lambda requests: _table(requests, ";"),
    lambda requests: _table(requests, "\t"),
    lambda requests: _table(requests, "|"),
    _lines,
    _nested,
    _exported,
    _exported,
    _exported,
    _bundle,
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
