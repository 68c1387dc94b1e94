"""What the usage function answers."""

from typing import Literal

from functions.replies import Reply


class BeginReply(Reply):
    """An upload is open. No chunk may have more than `chunk_limit_bytes` compressed bytes."""

    dataset_id: str
    chunk_limit_bytes: int


class ChunkReply(Reply):
    """Rows taken in and rejected so far."""

    rows: int
    rejects: int


class CompleteReply(Reply):
    """The data set can be asked about; `rows` were taken in, `rejects` were not."""

    dataset_id: str
    rows: int
    rejects: int
    status: Literal["ready"] = "ready"


class DeleteDatasetReply(Reply):
    """A data set is gone, or an upload was given up."""

    dataset_id: str
    status: Literal["deleted"] = "deleted"
