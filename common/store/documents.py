"""The documents that clients read, one description each: what is written has these fields, and no others.

A field whose default is None is left out where it says nothing. `v` is the schema version.
"""

from datetime import datetime
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, WithJsonSchema

from common.errors import ErrorDetails
from common.runs.answer import Answer, Recommendation
from common.runs.events import Event
from common.runs.state import Status

TIMESTAMP = {"title": "Timestamp"}
"""How a time stands in the JSON Schema before it becomes a type of its own (functions/contract.py)."""

Timestamp = Annotated[datetime, WithJsonSchema(TIMESTAMP)]
"""A time as Firestore keeps it; a client gets its SDK's own type."""


TierName = Literal["free", "early", "mid", "enterprise"]


class _Stored(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    v: Literal[1, 2]


class UserDocument(_Stored):
    """`users/{uid}`. `quota`: questions by UTC month ("2026-11"); `datasets`: those that can be asked about."""

    email: str | None
    guest: bool
    tier: TierName
    quota: dict[str, int]
    open_runs: list[str]
    datasets: list[str]
    created_at: Timestamp
    merged_into: str | None = None
    moved: dict[str, int] | None = None


class ThreadDocument(_Stored):
    """`users/{uid}/threads/{thread}`. `open_runs` in their order, the first one works; `answered`: completed runs."""

    title: str
    created_at: Timestamp
    updated_at: Timestamp
    open_runs: list[str]
    answered: list[str]
    dataset_ids: list[str]


class QuestionMessage(_Stored):
    """`.../messages/{run}-question`: what the user wrote."""

    role: Literal["user"]
    run_id: str
    text: str
    created_at: Timestamp


class AnswerMessage(Answer, _Stored):
    """`.../messages/{run}`: the answer of a completed run."""

    role: Literal["assistant"]
    run_id: str
    status: Literal["completed"]
    created_at: Timestamp


class ClosingMessage(_Stored):
    """`.../messages/{run}`: in place of an answer where the run failed or was stopped; `text` says so."""

    role: Literal["assistant"]
    run_id: str
    status: Literal["failed", "cancelled"]
    text: str
    created_at: Timestamp


Message = QuestionMessage | AnswerMessage | ClosingMessage


class RunDocument(_Stored):
    """`users/{uid}/runs/{run}`: status and outcome; the events lie below."""

    thread_id: str
    status: Status
    created_at: Timestamp
    updated_at: Timestamp
    ended_at: Timestamp | None = None
    error: ErrorDetails | None = None


class EventsDocument(_Stored):
    """`users/{uid}/runs/{run}/events/{first_seq}`: the events of one commit, the first of them numbered `first_seq`."""

    first_seq: int
    events: Annotated[list[Event], Field(min_length=1)]
    expire_at: Timestamp


class SharedRows(BaseModel):
    """Rows that other data sets had already: a question on any of `also_in` leaves them out."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    also_in: list[str]
    shards: list[str]
    rows: int


class DatasetDocument(_Stored):
    """`users/{uid}/datasets/{dataset}`: an upload. `model`: given for a file that names none; `bytes`: uncompressed.

    `next_chunk`: parts taken in so far; `reject_chunks`: those that have a RejectsDocument below, a hundred at most.
    `content_sha256`: of a file that came in one request, and of the model given with it. `shared` are of the `rows`.
    """

    name: str
    model: str | None
    status: Literal["receiving", "ready", "failed", "deleting"]
    rows: int
    rejects: int
    bytes: int
    next_chunk: int
    shards: list[str]
    reject_chunks: list[int]
    notes: list[str]
    created_at: Timestamp
    error: ErrorDetails | None = None
    content_sha256: str | None = None
    shared: list[SharedRows] | None = None


class RejectedRow(BaseModel):
    """A row of the file that could not be used; `line` counts from 1."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    line: int
    reason: str


class RejectsDocument(_Stored):
    """`.../datasets/{dataset}/rejects/{chunk}`: the first rejected rows of a chunk."""

    rejects: list[RejectedRow]


class BaselineSummary(BaseModel):
    """What later usage is compared with, frozen at acceptance: cost (USD) and requests of the days (UTC, ISO) it spans.

    `prices_as_of`: ISO date of the price list. The details that verification needs lie where no client reads them.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    cost_usd: float
    requests: int
    first_day: str
    last_day: str
    prices_as_of: str


class MeasuredSavings(BaseModel):
    """The sum of a recommendation's measured ledger rows; `savings_usd` is negative where it costs more than before.

    `last_day`: up to which day (UTC, ISO) usage has been measured.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    savings_usd: float
    requests: int
    first_day: str
    last_day: str


RecommendationStatus = Literal["proposed", "accepted", "implemented", "verified", "rejected"]


class RecommendationDocument(_Stored):
    """`users/{uid}/recommendations/{id}`: a change that a plan proposed, and what became of it.

    The id is the `stored_id` of a recommendation in an answer. A later answer refreshes one that is still proposed, and
    leaves all others alone. Times are of the last step of that kind; `baseline` is there from acceptance on, `measured`
    from the first verification on.
    """

    status: RecommendationStatus
    proposal: Recommendation
    dataset_ids: list[str]
    run_id: str
    thread_id: str
    proposed_at: Timestamp
    accepted_at: Timestamp | None = None
    implemented_at: Timestamp | None = None
    verified_at: Timestamp | None = None
    rejected_at: Timestamp | None = None
    baseline: BaselineSummary | None = None
    measured: MeasuredSavings | None = None


class LedgerEntry(BaseModel):
    """What one recommendation saved in one month (UTC, "2026-11"), by the usage of one data set.

    `counterfactual_usd`: the actual volume, used as before; `actual_usd`: as it was used. `savings_usd` is their
    difference at one price list, negative where the change costs more; `price_change_usd` is what changed prices took
    off the bill (negative: put on it), no saving of ours. `measured`: from usage; `projected`: carried forward, and
    free of fees.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    recommendation_id: str
    title: str
    kind: str
    month: str
    basis: Literal["measured", "projected"]
    first_day: str
    last_day: str
    requests: int
    counterfactual_usd: float
    actual_usd: float
    savings_usd: float
    price_change_usd: float
    method: str
    prices_as_of: str


class LedgerDocument(LedgerEntry, _Stored):
    """`users/{uid}/ledger/{row}`: a row of the ledger. More usage of the same month writes the same row again."""

    dataset_id: str
    verified_at: Timestamp
