"""Fields that speak of cache, reasoning, audio or cost, hold numbers and are not read are named in a note."""

import json
from typing import Any

import pytest

from common.spend.logs.formats import Record
from common.spend.tests.builders import imported
from common.spend.tests.formats import files
from common.spend.tests.formats.fixtures import FIXTURES, fixture
from common.spend.tests.formats.test_one_workload import CASES
from common.spend.tests.formats.workload import Request


def _unread(text: str) -> str:
    return next((note for note in imported(text).notes if "were not read" in note), "")


@pytest.mark.parametrize("field", ["surprise_cache_tokens", "surprise_thoughts", "audio_seconds_in"])
@pytest.mark.parametrize("name", ["litellm csv", "langfuse lines", "helicone array", "otlp", "generic csv", "gemini"])
def test_a_field_that_no_reader_knows_is_named(name: str, field: str) -> None:
    _, record, writer, providers, _ = CASES[name]

    def more(request: Request) -> Record:
        return {**record(request), field: 4_321}

    assert field in _unread(files.written(more, writer, providers))


@pytest.mark.parametrize("name", CASES)
def test_a_log_whose_fields_are_all_read_has_no_such_note(name: str) -> None:
    _, record, writer, providers, _ = CASES[name]
    assert not _unread(files.written(record, writer, providers))


@pytest.mark.parametrize("name", [name for name in FIXTURES if "_charges." in name])
def test_fields_of_charges_are_read(name: str) -> None:
    assert not _unread(fixture(name).decode())


@pytest.mark.parametrize("more", [{"web_search_count": 3}, {"details": {"image_tokens": 40}}])
def test_searches_and_images_that_are_not_read_are_named(more: dict[str, Any]) -> None:
    assert next(iter(more)) in _unread(_line(**more))


def _line(**more: Any) -> str:
    row = {"timestamp": "2026-11-06T11:00:00Z", "model": "gpt-4o", "input_tokens": 100, "output_tokens": 10}
    return json.dumps(row | more)


@pytest.mark.parametrize(
    "more",
    [
        {"cost_center": 42}, {"cache_hit": True}, {"cache_key": 123}, {"reasoning_effort": "high"}, {"audio_tokens": 0},
        {"cached_tokens": 70, "usage_cache_read": 70}, {"messages": [{"audio": 5}]},
    ],
)  # fmt: skip
def test_what_is_no_count_or_read_elsewhere_is_not_named(more: dict[str, Any]) -> None:
    assert not _unread(_line(**more))


def test_fields_inside_others_are_named_with_their_path_and_many_are_counted() -> None:
    details = {f"audio_{number}": number + 1 for number in range(8)}
    note = _unread(_line(billing={"details": details}))
    assert "billing.details.audio_0, billing.details.audio_1" in note
    assert note.endswith("and 2 more.")


def test_a_cost_is_named_where_none_is_read_and_the_parts_of_one_are_not() -> None:
    assert "vendor_spend" in _unread(_line(vendor_spend=0.0125))
    assert not _unread(_line(cost=0.0125, input_cost=0.01))


def test_a_name_without_end_is_cut() -> None:
    note = _unread(_line(**{"cache" + 5_000 * "9": 7}))
    assert "cache999" in note
    assert len(note) < 200
