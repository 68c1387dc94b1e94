"""What clients send to the account function."""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

KEY_NAME_LIMIT = 100
"""Characters of the name of an API key."""


class MergeRequest(BaseModel):
    """`guest_token`: the ID token of the guest whose conversations and data the signed-in account takes over."""

    model_config = ConfigDict(extra="forbid", strict=True)

    guest_token: Annotated[str, Field(min_length=1, max_length=8_192)]


class KeyRequest(BaseModel):
    """A key to be made. `live`: for messages of live data (Pub/Sub), and for nothing else."""

    model_config = ConfigDict(extra="forbid", strict=True)

    name: Annotated[str, Field(min_length=1, max_length=KEY_NAME_LIMIT)]
    live: bool = False


class StatementQuery(BaseModel):
    """Which month (UTC, "2026-11"), as JSON or as a CSV file."""

    model_config = ConfigDict(extra="forbid", strict=True)

    month: Annotated[str, Field(pattern=r"^20[0-9]{2}-(0[1-9]|1[0-2])$")]
    format: Literal["json", "csv"] = "json"


class EvaluationQuery(BaseModel):
    """The query of an evaluation, whose file is the body: scores, or with `reference` (the present model) and
    `candidate` a sample to be replayed. `feature`: what the sample is of; without it, it stands for all.
    """

    model_config = ConfigDict(extra="forbid", strict=True)

    client_request_id: Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]{8,64}$")]
    name: Annotated[str, Field(min_length=1, max_length=200)]
    reference: Annotated[str, Field(min_length=1, max_length=100)] | None = None
    candidate: Annotated[str, Field(min_length=1, max_length=100)] | None = None
    feature: Annotated[str, Field(min_length=1, max_length=200)] | None = None
