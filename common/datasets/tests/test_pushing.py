"""A pushed message: read from its envelope, gzip or not, and with the reason when nothing in it is usable."""

import base64
import gzip
from datetime import date
from typing import Any

import pytest
from pydantic import ValidationError

from common.datasets.pubsub_message import PushEnvelope, read_message

LOG = b"timestamp,model,input_tokens,output_tokens\n2026-11-01T00:00:00Z,gpt-4o,100,10\n"
SUBSCRIPTION = "projects/p/subscriptions/usage"


def envelope(data: bytes, message_id: str = "1", subscription: str = SUBSCRIPTION, **more: Any) -> PushEnvelope:
    message = {
        "data": base64.b64encode(data).decode(),
        "messageId": message_id,
        "message_id": message_id,
        "publishTime": "2026-11-30T23:30:00.5Z",
        **more,
    }
    return PushEnvelope.model_validate({"message": message, "subscription": subscription, "deliveryAttempt": 2})


@pytest.mark.parametrize("data", [LOG, gzip.compress(LOG, mtime=0)])
def test_rows_are_read_packed_or_plain(data: bytes) -> None:
    rows = read_message(envelope(data).message)
    assert rows.batch is not None
    assert (rows.batch.rows, rows.size) == (1, len(LOG))


def test_the_attribute_model_is_for_rows_that_name_none() -> None:
    data = b"timestamp,input_tokens,output_tokens\n2026-11-01T00:00:00Z,100,10\n"
    assert "which model" in read_message(envelope(data).message).error.message
    batch = read_message(envelope(data, attributes={"model": "gpt-4o"}).message).batch
    assert batch is not None
    assert batch.rows == 1


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "no usable rows"),
        (b"name,colour\nann,red\n", "not a usage log"),
        (gzip.compress(LOG, mtime=0)[:-4], "cut off"),
        (b"%PDF-1.7", "PDF"),
    ],
)
def test_an_unusable_message_says_why(data: bytes, reason: str) -> None:
    rows = read_message(envelope(data).message)
    assert rows.batch is None
    assert reason in rows.error.message


@pytest.mark.parametrize(
    "data",
    [
        b'{"a":' * 100_000,
        b"timestamp,model,input_tokens,output_tokens\n9999-12-31T23:59:59-12:00,gpt-4o,1,1\n",
        b'{"timestamp":"2026-11-01T00:00:00Z","model":"gpt-4o","feature":"\\ud800","input_tokens":1,"output_tokens":1}\n',
    ],
)
def test_a_message_that_may_break_the_importer_raises_nothing(data: bytes) -> None:
    rows = read_message(envelope(data).message)
    taken = rows.batch.rows + rows.batch.rejected if rows.batch else 0
    assert taken == 1 or rows.reason


def test_a_message_is_named_by_its_subscription_and_id() -> None:
    one = envelope(LOG)
    assert one.message_hash == envelope(b"other").message_hash
    others = {envelope(LOG, message_id="2").message_hash, envelope(LOG, subscription="other").message_hash}
    assert len(others | {one.message_hash}) == 3


def test_the_day_of_a_message_is_that_of_utc() -> None:
    assert envelope(LOG).message.day == date(2026, 11, 30)
    later = envelope(LOG, publishTime="2026-11-30T23:30:00-02:00")
    assert later.message.day == date(2026, 12, 1)


@pytest.mark.parametrize("body", [{}, {"message": {"data": ""}, "subscription": "s"}, {"message": {"messageId": "1"}}])
def test_what_is_no_envelope_is_refused(body: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        PushEnvelope.model_validate(body)
