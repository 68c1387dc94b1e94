"""Documents as their models write them."""

from datetime import UTC, datetime
from typing import Any

import pytest
from google.cloud import firestore
from pydantic import BaseModel, TypeAdapter, ValidationError

from common.contract.documents import (
    SERVER_TIME,
    AnswerMessage,
    DatasetDocument,
    EvaluationDocument,
    EventsDocument,
    RecommendationDocument,
    RunDocument,
    SharedRows,
)
from common.errors import ErrorCode, ErrorDetails

_RUN = RunDocument(
    thread_id="thread", status="queued", created_at=datetime(2026, 11, 1, tzinfo=UTC), updated_at=SERVER_TIME
)


def dataset(**changes: Any) -> DatasetDocument:
    """A new dataset, but for `changes`."""
    new = DatasetDocument(
        name="a.csv",
        model=None,
        status="receiving",
        rows=0,
        rejects=0,
        bytes=0,
        next_chunk=0,
        shards=[],
        reject_chunks=[],
        notes=[],
        created_at=SERVER_TIME,
    )
    return new.model_copy(update=changes)


def test_a_field_that_is_none_is_null_where_it_has_no_default_and_else_left_out() -> None:
    stored = dataset().stored()
    assert stored["model"] is None
    assert stored.keys() == DatasetDocument.model_fields.keys() - {"error", "content_sha256", "shared", "unread_usd"}


def test_parts_are_stored_as_plain_values() -> None:
    error = ErrorDetails(code=ErrorCode.BUSY, message="Busy.", retryable=True, support_id="s")
    stored = dataset(error=error, shared=[SharedRows(also_in=["b"], shards=["s00"], rows=3)]).stored()
    assert stored["error"] == {"code": "busy", "message": "Busy.", "retryable": True, "support_id": "s"}
    assert stored["shared"] == [{"also_in": ["b"], "shards": ["s00"], "rows": 3}]


def test_a_document_carries_its_version_and_leaves_the_time_of_its_commit_to_the_server() -> None:
    stored = _RUN.stored()
    assert stored["v"] == 2
    assert stored["updated_at"] is firestore.SERVER_TIMESTAMP
    assert stored["created_at"] == datetime(2026, 11, 1, tzinfo=UTC)


def test_a_time_is_a_time_or_that_of_the_server() -> None:
    with pytest.raises(ValidationError, match="created_at"):
        RunDocument.model_validate({**_RUN.stored(), "created_at": firestore.DELETE_FIELD})


def test_changes_are_plain_values_of_fields_that_the_document_has() -> None:
    shared = SharedRows(also_in=["b"], shards=["s00"], rows=3)
    assert DatasetDocument.changes(shared=[shared], rows=firestore.Increment(1)) == {
        "shared": [{"also_in": ["b"], "shards": ["s00"], "rows": 3}],
        "rows": firestore.Increment(1),
    }
    with pytest.raises(TypeError, match="DatasetDocument has no row"):
        DatasetDocument.changes(row=firestore.Increment(1))


@pytest.mark.parametrize(
    "kind", [AnswerMessage, DatasetDocument, EvaluationDocument, EventsDocument, RecommendationDocument, RunDocument]
)
def test_no_part_of_a_document_has_a_null_that_is_stored(kind: type[BaseModel]) -> None:
    parts = TypeAdapter(kind).json_schema(mode="serialization").get("$defs", {})
    assert parts
    for part in (each for each in parts.values() if "properties" in each):
        nullable = {name for name, field in part["properties"].items() if {"type": "null"} in field.get("anyOf", ())}
        assert not nullable.intersection(part.get("required", ()))
