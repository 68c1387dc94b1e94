"""What Pub/Sub pushes, and how a message becomes usage rows. Which user it is for is proved by an API key in it."""

import hashlib
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Annotated

from pydantic import Base64Bytes, BaseModel, ConfigDict, Field

from common.datasets.chunk_commits import shards_of
from common.datasets.chunks import decompress, is_packed
from common.errors import ApexError, ErrorCode
from common.spend import ImportBatch, Importer, ImportFailed
from common.spend.rollup.shards import Shard
from common.telemetry.logs import log


class PubsubMessage(BaseModel):
    """A message as the standard push envelope carries it; what Google may add is ignored."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    data: Base64Bytes = b""
    attributes: dict[str, str] = {}
    message_id: Annotated[str, Field(alias="messageId", min_length=1)]
    publish_time: Annotated[datetime, Field(alias="publishTime")]

    @property
    def day(self) -> date:
        """The UTC day on which it was published."""
        return self.publish_time.astimezone(UTC).date()


class PushEnvelope(BaseModel):
    """The body of a push: one message of a subscription."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    message: PubsubMessage
    subscription: Annotated[str, Field(min_length=1)]

    @property
    def message_hash(self) -> str:
        """Names the message, of which Pub/Sub may bring several copies; ids are unique in a topic."""
        return hashlib.sha256(f"{self.subscription}|{self.message.message_id}".encode()).hexdigest()[:32]


@dataclass(frozen=True, kw_only=True)
class MessageRows:
    """What a message holds: a batch with its rollup's shards, or why none of it can be read (`failure`).

    `size` in uncompressed bytes.
    """

    batch: ImportBatch | None
    shards: list[Shard]
    failure: ApexError | None
    size: int

    @property
    def error(self) -> ApexError:
        """Why there is no row."""
        return self.failure or ApexError(ErrorCode.NO_USABLE_ROWS, reason=_first_reason(self.batch))

    @property
    def reason(self) -> str:
        """The same in the owner's words."""
        error = self.error
        return f"{error.message} ({error.support_id})" if error.code is ErrorCode.INTERNAL else error.message


def read_message(message: PubsubMessage) -> MessageRows:
    """Import the data of one message; the attribute `model` is for rows that name none.

    Raises nothing: what breaks the importer itself would break it every time that the message comes. It is logged.
    """
    try:
        return _read(message)
    except ApexError as error:
        return _unusable(message, error)
    except ImportFailed as failure:
        return _unusable(message, ApexError(ErrorCode(failure.code), **failure.details))
    except Exception as cause:  # noqa: BLE001 - the last line of defence, logged with its chain
        internal = ApexError(ErrorCode.INTERNAL)
        log("ERROR", "a message of live usage broke the importer", cause=cause, support_id=internal.support_id)
        return _unusable(message, internal)


def _read(message: PubsubMessage) -> MessageRows:
    data = decompress(message.data) if is_packed(message.data) else message.data
    importer = Importer(message.attributes.get("model"))
    importer.feed(data)
    importer.finish()
    batch = importer.take()
    return MessageRows(batch=batch, shards=shards_of(batch.rollup), failure=None, size=len(data))


def _unusable(message: PubsubMessage, error: ApexError) -> MessageRows:
    return MessageRows(batch=None, shards=[], failure=error, size=len(message.data))


def _first_reason(batch: ImportBatch | None) -> str:
    return batch.rejects[0].reason if batch and batch.rejects else "it is empty."
