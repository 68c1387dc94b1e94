"""What Pub/Sub pushes, and how a message becomes usage rows. Which user it is for is proved by an API key in it."""

import hashlib
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Annotated

from pydantic import Base64Bytes, BaseModel, ConfigDict, Field

from common.errors import ApexError, ErrorCode
from common.spend import ImportBatch, Importer, ImportFailed
from functions.usage.chunks import decompress, is_packed


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
class Rows:
    """What a message holds; `size` in uncompressed bytes, `failure` says why none of it can be read."""

    batch: ImportBatch | None
    failure: ApexError | None
    size: int

    @property
    def error(self) -> ApexError:
        """Why there is no row."""
        return self.failure or ApexError(ErrorCode.NO_USABLE_ROWS, reason=_first_reason(self.batch))


def read_rows(message: PubsubMessage) -> Rows:
    """Import the data of one message; the attribute `model` is for rows that name none."""
    data = message.data
    try:
        data = decompress(data) if is_packed(data) else data
        importer = Importer(message.attributes.get("model"))
        importer.feed(data)
        importer.finish()
    except ImportFailed as failure:
        return Rows(batch=None, failure=ApexError(ErrorCode(failure.code), **failure.details), size=len(data))
    except ApexError as error:
        return Rows(batch=None, failure=error, size=len(data))
    return Rows(batch=importer.take(), failure=None, size=len(data))


def _first_reason(batch: ImportBatch | None) -> str:
    return batch.rejects[0].reason if batch and batch.rejects else "it is empty."
