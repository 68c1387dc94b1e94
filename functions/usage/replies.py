"""Replies of the usage function."""

from typing import Literal

from common.contract.documents import RejectedRow
from common.errors import ErrorDetails
from common.spend.semantics.reply import Refusal, ResultReply
from functions.http import Reply


class BeginReply(Reply):
    """An upload is open. No chunk may have more than `chunk_limit_bytes` compressed bytes."""

    dataset_id: str
    chunk_limit_bytes: int


class ChunkReply(Reply):
    """Rows imported and rejected so far."""

    rows: int
    rejects: int


class UploadReply(Reply):
    """How far an upload is: resume with part `next_chunk`, from byte `bytes` of the (uncompressed) file."""

    dataset_id: str
    status: Literal["receiving", "ready", "failed"]
    next_chunk: int
    bytes: int
    rows: int
    rejects: int
    error: ErrorDetails | None


class CompleteReply(Reply):
    """Questions can be asked about the dataset; `rows` were imported, `rejects` were not."""

    dataset_id: str
    rows: int
    rejects: int
    status: Literal["ready"] = "ready"


class DeleteDatasetReply(Reply):
    """A dataset was deleted, or an upload abandoned."""

    dataset_id: str
    status: Literal["deleted"] = "deleted"


class UsageReply(Reply):
    """A file was imported: `rejected` lists the first 100 of `rejects` rows, `notes` say how it was read."""

    dataset_id: str
    rows: int
    rejects: int
    rejected: list[RejectedRow]
    notes: list[str]
    status: Literal["ready"] = "ready"


class PushReply(Reply):
    """A pushed message was handled; `dropped`: no owner could be proved."""

    status: Literal["counted", "dropped"]


class QueryReply(Reply):
    """The answer to a query, or why the data cannot answer it: one of the two is null."""

    answer: ResultReply | None
    unanswerable: Refusal | None
