"""Several records of one request: the fullest counts, once, wherever they stand."""

import json
import zlib
from itertools import permutations
from typing import Any

import pytest

from common.errors import ErrorCode
from common.spend import totals
from common.spend.logs import Importer, ImportFailed
from common.spend.logs.rows.repeats import FORGOTTEN, STORED_ROWS, Repeats
from common.spend.rollup.bounded_names import hash64
from common.spend.tests.builders import imported

_Usage = dict[str, Any]
_GROWING: tuple[_Usage, ...] = (
    {"input_tokens": 20, "cache_read_input_tokens": 7000, "output_tokens": 2},
    {"input_tokens": 20, "cache_creation_input_tokens": 900, "cache_read_input_tokens": 7000, "output_tokens": 2},
    {"input_tokens": 0, "cache_read_input_tokens": 0, "output_tokens": 640},
)


def _line(usage: _Usage, message: str = "msg_a", *, at: str = "08:00:00", request: str | None = "req_a") -> str:
    record = {
        "type": "assistant", "sessionId": "s", "timestamp": f"2026-11-05T{at}Z",
        "message": {"id": message, "model": "claude-sonnet-4-5", "usage": usage},
    }  # fmt: skip
    return json.dumps(record | ({"requestId": request} if request else {})) + "\n"


def _small(number: int) -> str:
    return _line({"input_tokens": 1, "output_tokens": 1}, f"m{number}", request=f"q{number}")


def _buckets(data: str) -> dict[str, int]:
    return {name: count for name, count in totals(imported(data).rollup).tokens.items() if count}


@pytest.mark.parametrize("order", list(permutations(_GROWING)))
@pytest.mark.parametrize("request_id", ["req_a", None])
def test_the_fullest_record_counts_bucket_by_bucket(order: tuple[_Usage, ...], request_id: str | None) -> None:
    batch = imported("".join(_line(usage, request=request_id) for usage in order))
    assert (batch.rows, batch.duplicates) == (1, 2)
    counts = totals(batch.rollup).tokens
    assert [counts[name] for name in ("in_uncached", "cache_read", "cache_write_5m", "out_visible")] == [
        20, 7000, 900, 640,
    ]  # fmt: skip


@pytest.mark.parametrize("turned", [False, True])
def test_parts_that_only_one_record_tells_count_once(*, turned: bool) -> None:
    plain = {"input_tokens": 1, "cache_creation_input_tokens": 900, "output_tokens": 500}
    detailed = {
        "input_tokens": 1, "output_tokens": 800, "output_tokens_details": {"thinking_tokens": 700},
        "cache_creation_input_tokens": 900, "cache_creation": {"ephemeral_1h_input_tokens": 900},
    }  # fmt: skip
    lines = [_line(plain), _line(detailed)]
    assert _buckets("".join(reversed(lines) if turned else lines)) == {
        "in_uncached": 1,
        "cache_write_1h": 900,
        "out_visible": 100,
        "out_reasoning": 700,
    }


def test_of_two_splits_of_one_input_the_one_with_the_cache_counts() -> None:
    plain, split = {"input_tokens": 7020, "output_tokens": 5}, {**_GROWING[0], "output_tokens": 5}
    for first, second in permutations((plain, split)):
        assert _buckets(_line(first) + _line(second)) == {"in_uncached": 20, "cache_read": 7000, "out_visible": 5}


def test_a_request_that_was_counted_in_a_part_before_is_known_again() -> None:
    importer = Importer()
    importer.feed((_line(_GROWING[2]) + "".join(map(_small, range(900)))).encode())
    first = importer.take().rows
    resumed = Importer(state=importer.state())
    resumed.feed(_line(_GROWING[2]).encode())
    resumed.finish()
    batch = resumed.take()
    assert (first + batch.rows, batch.duplicates) == (901, 1)


def test_a_request_that_failed_first_and_then_went_well_is_one_that_went_well() -> None:
    head = "timestamp,model,prompt_tokens,completion_tokens,status,request_id\n"
    lines = ["2026-11-05T08:00:00Z,gpt-4o,0,0,500,r1\n", "2026-11-05T08:00:02Z,gpt-4o,1000,100,200,r1\n"]
    result = totals(imported(head + "".join(lines)).rollup)
    assert [result.requests, result.failed_requests, result.cost_usd] == pytest.approx([1, 0, 0.0035])


def test_a_message_is_known_again_and_grows_after_more_than_30_000_others() -> None:
    others = "".join(map(_small, range(31_000)))
    counts = _buckets(_line(_GROWING[1]) + others + _line(_GROWING[1] | {"output_tokens": 640}, at="20:00:00"))
    assert counts["out_visible"] == 31_640


def test_an_upload_in_parts_counts_the_fullest_record_once() -> None:
    importer, batches = Importer(), []
    parts = [_line(_GROWING[1]), "".join(map(_small, range(STORED_ROWS - 1))), _line(_GROWING[2]), _line(_GROWING[0])]
    for part in parts:
        importer.feed(part.encode() + b" " * 70_000 + b"\n")
        batches.append(importer.take())
        importer = Importer(state=importer.state())
    importer.finish()
    batches.append(importer.take())
    assert sum(batch.rows for batch in batches) == STORED_ROWS
    assert sum(batch.duplicates for batch in batches) == 2
    assert sum(totals(batch.rollup).tokens["out_visible"] for batch in batches) == STORED_ROWS - 1 + 640


def test_the_state_of_the_version_before_is_read() -> None:
    importer = Importer()
    importer.feed(_line(_GROWING[0]).encode() * 300)
    importer.take()
    saved = json.loads(zlib.decompress(importer.state()))
    old = {name: value for name, value in saved.items() if name not in ("version", "waiting", "forgot")}
    resumed = Importer(state=zlib.compress(json.dumps(old | {"ids": [hash64("msg_a req_a")]}).encode()))
    resumed.feed((_line(_GROWING[0]) + _small(1)).encode())
    resumed.finish()
    batch = resumed.take()
    assert (batch.rows, batch.duplicates >= 1) == (1, True)


def test_the_state_of_a_later_version_is_refused() -> None:
    state = zlib.compress(json.dumps({"version": 99}).encode())
    with pytest.raises(ImportFailed) as refused:
        Importer(state=state)
    assert refused.value.code is ErrorCode.UNREADABLE_FILE


def test_ids_that_had_to_be_forgotten_are_reported(monkeypatch: pytest.MonkeyPatch) -> None:
    assert FORGOTTEN not in imported("".join(map(_small, range(90)))).notes
    monkeypatch.setattr("common.spend.logs.rows.repeats.MOST_IDS", 20)
    batch = imported("".join(map(_small, range(90))))
    assert (batch.rows, FORGOTTEN in batch.notes) == (90, True)


def test_more_ids_than_a_state_can_hold_are_reported_in_the_next_part(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("common.spend.logs.rows.repeats.STORED_IDS", 20)
    importer = Importer()
    importer.feed("".join(map(_small, range(600))).encode())
    importer.take()
    saved = json.loads(zlib.decompress(importer.state()))
    assert saved["forgot"] is True
    assert Repeats(saved["ids"], saved["waiting"], forgot=True).as_json()["ids"] == saved["ids"]


@pytest.mark.parametrize("turned", [False, True])
@pytest.mark.parametrize("between", [0, 900])
def test_a_sub_agents_log_that_repeats_its_parents_message_under_a_new_request_id_counts_it_once(
    between: int, *, turned: bool
) -> None:
    lines = [_line(_GROWING[1]), _sidechain(_GROWING[1], request="req_b")]
    first, second = reversed(lines) if turned else lines
    importer = Importer()
    importer.feed((first + "".join(map(_small, range(between)))).encode() + b" " * 70_000 + b"\n")
    rows = importer.take().rows
    resumed = Importer(state=importer.state())
    resumed.feed(second.encode())
    resumed.finish()
    batch = resumed.take()
    assert (rows + batch.rows, batch.duplicates) == (between + 1, 1)


@pytest.mark.parametrize(
    "other",
    [
        {"usage": _GROWING[0]},  # another request of a gateway that gives every answer the same id
        {"usage": _GROWING[1], "session": "another"},
        {"usage": _GROWING[1], "message": "msg_b"},
    ],
)
def test_a_sub_agents_own_messages_count_each(other: dict[str, Any]) -> None:
    assert imported(_line(_GROWING[1]) + _sidechain(**other, request="req_b")).rows == 2


def test_messages_outside_of_sub_agents_with_one_id_and_two_request_ids_count_each() -> None:
    assert imported(_line(_GROWING[1]) + _line(_GROWING[1], request="req_b")).rows == 2


def _sidechain(usage: _Usage, message: str = "msg_a", *, request: str, session: str = "s") -> str:
    record = json.loads(_line(usage, message, request=request))
    return json.dumps(record | {"isSidechain": True, "sessionId": session}) + "\n"
