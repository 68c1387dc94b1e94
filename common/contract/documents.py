"""The documents that clients read, one model each: their writers build them with it, and no other fields are stored.

A field whose default is None is left out where it is None. `v` is the schema version.
"""

from datetime import datetime
from typing import Annotated, Any, Literal, cast

from google.cloud import firestore
from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    PlainSerializer,
    ValidatorFunctionWrapHandler,
    WithJsonSchema,
    WrapValidator,
)

from common.contract.answer import Answer, Recommendation
from common.contract.events import Event
from common.contract.status import Status
from common.core.vocabulary import Basis, RecommendationStatus, TierName
from common.errors import ErrorDetails
from common.store.client import SCHEMA_VERSION, Document

TIMESTAMP = {"title": "Timestamp"}
"""How a time stands in the JSON Schema before it becomes a type of its own (functions/contract.py)."""

SERVER_TIME = cast("datetime", firestore.SERVER_TIMESTAMP)
"""In place of a time: that of the commit, which Firestore fills in."""


def _time(value: object, validate: ValidatorFunctionWrapHandler) -> object:
    return value if value is SERVER_TIME else validate(value)


def _as_it_is(value: object) -> object:
    return value


def _plain(value: Any) -> Any:
    """A field value with plain dicts for models."""
    if isinstance(value, list):
        return [_plain(item) for item in value]
    return value.model_dump(exclude_none=True) if isinstance(value, BaseModel) else value


Timestamp = Annotated[datetime, WrapValidator(_time), PlainSerializer(_as_it_is), WithJsonSchema(TIMESTAMP)]
"""A time as Firestore keeps it; a client gets its SDK's own type. A writer may give SERVER_TIME."""


class _Nested(BaseModel):
    """A part of a document. Built at first use: a process does not pay at its start for what others write."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, defer_build=True)

    @classmethod
    def changes(cls, **fields: Any) -> Document:
        """Fields to update in a stored document, perhaps by transforms. Raises TypeError for a name that it lacks."""
        if unknown := fields.keys() - cls.model_fields.keys():
            raise TypeError(f"{cls.__name__} has no {', '.join(sorted(unknown))}")
        return {name: _plain(value) for name, value in fields.items()}


class _Stored(_Nested):
    v: Literal[1, 2] = SCHEMA_VERSION

    def stored(self) -> Document:
        """The document as it is written: null only where a field without a default is None."""
        required = (name for name, field in type(self).model_fields.items() if field.is_required())
        nulls: Document = {name: None for name in required if getattr(self, name) is None}
        return nulls | self.model_dump(exclude_none=True)


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


class SharedRows(_Nested):
    """Rows that other datasets had already: a question on any of `also_in` leaves them out."""

    also_in: list[str]
    shards: list[str]
    rows: int


class DatasetDocument(_Stored):
    """`users/{uid}/datasets/{dataset}`: an upload. `model`: given for a file that names none; `bytes`: uncompressed.

    `next_chunk`: parts imported so far; `reject_chunks`: those that have a RejectsDocument below, a hundred at most.
    `content_sha256`: of a file that came in one request, and of the model given with it. `shared` are of the `rows`.
    `unread_usd`: what the rejected rows cost, as far as they say so.
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
    unread_usd: float | None = None


class RejectedRow(_Nested):
    """A row of the file that could not be used; `line` counts from 1."""

    line: int
    reason: str


class RejectsDocument(_Stored):
    """`.../datasets/{dataset}/rejects/{chunk}`: the first rejected rows of a chunk."""

    rejects: list[RejectedRow]


class BaselineSummary(_Nested):
    """What later usage is compared with, frozen at acceptance: the requests concerned, on which days (UTC, ISO).

    `days`: those with such requests; `expected_usd`: what the recommendation promised for them; `price_version`: the
    price list. How the requests behaved lies where no client reads it.
    """

    first_day: str
    last_day: str
    days: int
    requests: int
    expected_usd: float
    price_version: str


class MeasuredSavings(_Nested):
    """The sum of a recommendation's measured rows in the ledger, from `first_day` to `last_day` (UTC, ISO).

    `saved_usd` is negative where the change has cost more than it saved; `days`: those that were measured.
    """

    saved_usd: float
    days: int
    first_day: str
    last_day: str


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


class LedgerDocument(_Stored):
    """`users/{uid}/ledger/{row}`: what one recommendation saved on one UTC day; usage that comes later for that day
    writes the same row again.

    Money is USD at the prices of the day: `saved_usd` = `counterfactual_usd` - `actual_usd`, negative where the change
    costs more. `price_effect_usd`: what changed prices did since acceptance, never a saving of ours. `low_usd` to
    `high_usd`: 95 % interval of `saved_usd`, null where `method` says why there is none. `measured`: from usage, and
    the base of fees; `projected`: carried forward, free of fees. `recommendation`: the opportunity's id; where it and
    `recommendation_id` are null, the row is what no accepted recommendation of the feature explains, free of fees, too.
    `footprint`: how far the change has gone, as a share.
    """

    recommendation_id: str | None
    title: str
    month: str
    day: str
    recommendation: str | None
    kind: str | None
    feature: str | None
    basis: Basis
    requests: int
    counterfactual_usd: float
    actual_usd: float
    saved_usd: float
    price_effect_usd: float
    low_usd: float | None
    high_usd: float | None
    footprint: float
    method: str
    baseline: str | None
    price_version: str
    verified_at: Timestamp


EvaluationStatus = Literal["running", "ready", "failed"]


class ModelScore(_Nested):
    """A model in an evaluation: the mean of its scores of `prompts`; `graded` where all were right (1) or wrong (0)."""

    model: str
    mean: float
    prompts: int
    graded: bool


class ReplayProgress(_Nested):
    """A sample that `candidate` answers again, judged blind against the answers of `reference`.

    Of the `done` requests so far the candidate's answer was better in `wins`, worse in `losses` and neither in `ties`;
    `left_out` could not be judged. `cost_usd`: of the model calls, which the customer does not pay. The win rate (ties
    half, 95 % interval `low` to `high`) and the verdict come with the end; `more`: further requests that would
    settle an open one, left out where none would.
    """

    reference: str
    candidate: str
    parts: int
    parts_done: int
    attempts: int
    done: int
    left_out: int
    wins: int
    ties: int
    losses: int
    contradictions: int
    cost_usd: float
    quota_month: str
    win_rate: float | None = None
    low: float | None = None
    high: float | None = None
    verdict: Literal["supports", "against", "open"] | None = None
    more: int | None = None


class EvaluationDocument(_Stored):
    """`users/{uid}/evaluations/{id}`: evidence on quality: scores of `prompts` prompts or a replay of as many requests.

    `feature`: what a replay's sample is of, null where it stands for all; scores name it by prompt. `due_at`: when a
    running replay continues. The scores and the sample lie where no client reads them.
    """

    name: str
    kind: Literal["scores", "replay"]
    status: EvaluationStatus
    feature: str | None
    prompts: int
    created_at: Timestamp
    scores: list[ModelScore] | None = None
    replay: ReplayProgress | None = None
    due_at: Timestamp | None = None
    ended_at: Timestamp | None = None
    error: ErrorDetails | None = None
