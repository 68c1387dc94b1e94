"""What clients send to the usage function."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from common.spend.semantics import UsageQuery

NAME_LIMIT = 200
"""Characters of the name of a dataset."""


class BeginRequest(BaseModel):
    """A file to come. `model`: for logs without a model column; `size_bytes`: uncompressed, to be refused early."""

    model_config = ConfigDict(extra="forbid", strict=True)

    client_request_id: Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]{8,64}$")]
    name: Annotated[str, Field(min_length=1, max_length=NAME_LIMIT)]
    model: Annotated[str, Field(max_length=100)] | None = None
    size_bytes: Annotated[int, Field(ge=0)] | None = None


class FileParameters(BaseModel):
    """Of a file in one request: the name of its dataset, and the model of a log without a model column."""

    model_config = ConfigDict(extra="forbid", strict=True)

    name: Annotated[str, Field(min_length=1, max_length=NAME_LIMIT)]
    model: Annotated[str, Field(max_length=100)] | None = None


class CompleteRequest(BaseModel):
    """`chunks`: how many were sent, so that a lost one is noticed."""

    model_config = ConfigDict(extra="forbid", strict=True)

    chunks: Annotated[int, Field(ge=0)]


class QueryRequest(BaseModel):
    """A query of usage data. `dataset_ids` null: of all that the user has."""

    model_config = ConfigDict(extra="forbid", strict=True)

    query: UsageQuery
    dataset_ids: Annotated[list[str], Field(min_length=1, max_length=100)] | None = None
