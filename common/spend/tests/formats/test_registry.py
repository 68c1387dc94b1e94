"""Every folder's formats and guides are in the lists that the importer and the assistant read, in the right order."""

import json
from collections import Counter

import pytest

from common.spend.logs.detect.discover import first_records
from common.spend.logs.fields.columns import FieldName
from common.spend.logs.formats import FORMATS, GENERIC, GUIDES, Record, find_format, responses
from common.spend.measures.totals import NEEDS, totals
from common.spend.tests.builders import imported
from common.spend.tests.formats import writers
from common.spend.tests.formats.files import requests_of
from common.spend.tests.formats.fixtures import (
    EXPECTED,
    FOLDERS,
    exports_without,
    fixture,
    formats_of,
    guides_of,
    named_exports,
)
from common.spend.tests.formats.test_one_workload import CASES
from common.spend.tests.formats.workload import WORKLOAD


def test_the_formats_and_guides_of_every_folder_are_listed_once() -> None:
    formats = Counter(known.name for folder in FOLDERS for known in formats_of(folder))
    assert Counter(known.name for known in FORMATS) == formats
    guides = Counter(guide.name for folder in FOLDERS for guide in guides_of(folder))
    assert Counter(guide.name for guide in GUIDES) == guides


def test_every_format_of_single_requests_that_names_models_logs_the_workload() -> None:
    alone = [known for known in FORMATS if known.follow is None]  # test_sessions.py has those read in their order
    single = {known.title for known in alone if known.grain == "request" and "model" in known.labels}
    assert single == {title for title, *_ in CASES.values()} - {""}


def test_raw_responses_stand_last_because_other_logs_may_hold_one() -> None:
    assert FORMATS[-len(responses.FORMATS) :] == responses.FORMATS
    (call, *_) = WORKLOAD
    record = writers.litellm(call) | {"response": writers.openai_chat(call)["response"]}
    recognising = [known.name for known in FORMATS if known.recognises(record)]
    assert recognising == ["litellm", "responses"]
    found = find_format([record])
    assert found is not None
    assert found.name == "litellm"


@pytest.mark.parametrize("name", EXPECTED)
def test_a_record_of_a_fixture_is_recognised_by_formats_of_its_folder_and_by_raw_responses_only(name: str) -> None:
    own = {known.name for known in (*formats_of(name.split("/", maxsplit=1)[0]), *responses.FORMATS)}
    for record in first_records(fixture(name).decode()):
        assert _recognising(record) <= own
        assert len(_recognising(record) - {known.name for known in responses.FORMATS}) <= 1


@pytest.mark.parametrize("name", CASES)
def test_a_record_of_the_workload_is_recognised_by_its_format_and_by_raw_responses_only(name: str) -> None:
    title, record, _, providers, _ = CASES[name]
    own = {known.name for known in FORMATS if known.title == title}
    for request in requests_of(providers):
        assert own <= _recognising(record(request)) <= own | {known.name for known in responses.FORMATS}


def _recognising(record: Record) -> set[str]:
    return {known.name for known in FORMATS if known.recognises(record)}


@pytest.mark.parametrize(
    ("measure", "field"),
    [("feature", "feature"), ("user", "user"), ("status", "status"), ("latency_ms", "latency"), ("ttft_ms", "ttft")],
)
def test_an_export_that_is_named_for_a_missing_field_has_it(measure: str, field: FieldName) -> None:
    assert len(named_exports(NEEDS[measure])) > 1
    assert not exports_without(field, NEEDS[measure])


def test_exports_without_a_format_of_their_own_are_read_by_the_names_of_their_columns() -> None:
    azure = "time,deployment,prompt tokens,completion tokens,duration\n2026-11-02T09:30:00Z,gpt-4o,1000,100,900\n"
    counts = {"promptTokenCount": 1000, "cachedContentTokenCount": 100, "candidatesTokenCount": 90}
    usage = counts | {"thoughtsTokenCount": 10}
    gemini = json.dumps({"time": "2026-11-02T09:30:00Z", "model": "gemini-2.5-pro", "usageMetadata": usage})
    for text, tokens in ((azure, (1000, 0, 100, 0)), (gemini, (900, 100, 90, 10))):
        batch = imported(text)
        total = totals(batch.rollup)
        assert (batch.format, batch.format_name, batch.rows) == ("", GENERIC, 1)
        assert (
            tuple(total.tokens[name] for name in ("in_uncached", "cache_read", "out_visible", "out_reasoning"))
            == tokens
        )
