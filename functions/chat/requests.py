"""What clients send to the chat function."""

import unicodedata
from typing import Annotated, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints, model_validator

from common.accounts.quotas import TITLE_LIMIT


def _not_reserved(name: str) -> str:
    """Firestore reserves names of the form __x__."""
    if name.startswith("__"):
        raise ValueError("must not begin with two underscores")
    return name


def _on_one_line(text: str) -> str:
    """Line breaks and control characters would break lists and file names."""
    if any(unicodedata.category(char) in {"Cc", "Zl", "Zp"} for char in text):
        raise ValueError("must be one line without control characters")
    return text


RequestId = Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]{8,64}$"), AfterValidator(_not_reserved)]
DocumentId = Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]{1,64}$"), AfterValidator(_not_reserved)]


Title = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=TITLE_LIMIT),
    AfterValidator(_on_one_line),
]


ReadingId = Annotated[str, Field(pattern=r"^[A-Za-z0-9_.:-]{1,64}$")]


class ClickRequest(BaseModel):
    """A click on the last answer of the thread: one of its choices, or a chip of its reading.

    A chip is taken off, or changed to its option `to`.
    """

    model_config = ConfigDict(extra="forbid", strict=True)

    choice: ReadingId | None = None
    chip: ReadingId | None = None
    to: ReadingId | None = None

    @model_validator(mode="after")
    def _is_one_click(self) -> Self:
        if (self.choice is None) == (self.chip is None):
            raise ValueError("must have one of choice and chip")
        if self.to is not None and self.chip is None:
            raise ValueError("to needs a chip")
        return self


class TurnRequest(BaseModel):
    """One message. Without `thread_id` a new thread begins; without `dataset_ids` all data of the thread count.

    `click`: what the message was made of, where it was not typed.
    """

    model_config = ConfigDict(extra="forbid", strict=True)

    client_request_id: RequestId
    message: str
    thread_id: DocumentId | None = None
    dataset_ids: Annotated[list[DocumentId], Field(max_length=20)] = []
    click: ClickRequest | None = None


class CancelRequest(BaseModel):
    """With `client_request_id`, Stop works before the turn has arrived."""

    model_config = ConfigDict(extra="forbid", strict=True)

    client_request_id: RequestId | None = None


class RenameRequest(BaseModel):
    """Another title for a thread; spaces around it are dropped."""

    model_config = ConfigDict(extra="forbid", strict=True)

    title: Title
