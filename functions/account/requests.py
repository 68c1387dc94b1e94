"""What clients send to the account function."""

from typing import Annotated

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
