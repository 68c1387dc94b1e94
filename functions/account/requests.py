"""What clients send to the account function."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field


class MergeRequest(BaseModel):
    """`guest_token`: the ID token of the guest whose conversations and data the signed-in account takes over."""

    model_config = ConfigDict(extra="forbid", strict=True)

    guest_token: Annotated[str, Field(min_length=1, max_length=8_192)]
