"""A sample of a customer's requests for one replay: JSON lines, checked as a whole before anything is stored."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from common.errors import ApexError, ErrorCode

SAMPLE_LIMIT = 1_000
"""Requests of a sample: as many as an evaluation's plan asks for."""
SAMPLE_BYTES = 3 * 1024 * 1024
"""Of a sample, unpacked: it is stored in one commit."""
_TEXT = 20_000
"""Characters of one text."""
_PART_SAMPLES = 8
"""Requests that are replayed between two commits: a crash loses, and pays twice for, at most this many."""
_PART_BYTES = 500_000
_FORM = 'Each line must be a JSON object with "request" and "answer", and perhaps "instructions" (the system text).'


@dataclass(frozen=True, slots=True)
class Sample:
    """A logged request with the answer of the present model, as the customer submits them for one evaluation."""

    instructions: str
    """The system text that the request was sent with; "" without one."""
    request: str
    reference: str


class _Line(BaseModel):
    model_config = ConfigDict(strict=True, extra="ignore")

    instructions: str = Field("", max_length=_TEXT)
    request: str = Field(min_length=1, max_length=_TEXT)
    answer: str = Field(min_length=1, max_length=_TEXT)


def read_sample(text: str) -> list[Sample]:
    """The samples of JSON lines, in their order. Raises ApexError UNUSABLE_EVALUATION naming the first bad line."""
    samples = [_sample(number, line) for number, line in enumerate(text.split("\n"), start=1) if line.strip()]
    if not samples:
        raise _unusable(f"the sample is empty. {_FORM}")
    if len(samples) > SAMPLE_LIMIT:
        raise _unusable(f"the sample has {len(samples):,} requests; {SAMPLE_LIMIT:,} are enough. Draw fewer by chance.")
    return samples


def parts_of(samples: Sequence[Sample]) -> Iterator[list[Sample]]:
    """The sample in parts, each small enough for a document, and for a commit's worth of work."""
    part: list[Sample] = []
    size = 0
    for sample in samples:
        more = sum(len(text.encode()) for text in asdict(sample).values())
        if part and (len(part) == _PART_SAMPLES or size + more > _PART_BYTES):
            yield part
            part, size = [], 0
        part.append(sample)
        size += more
    yield part


def _sample(number: int, line: str) -> Sample:
    try:
        parsed = _Line.model_validate(json.loads(line))
    except (ValidationError, ValueError, RecursionError) as error:
        raise _unusable(f"line {number} {_fault(error)}. {_FORM}") from error
    return Sample(parsed.instructions, parsed.request, parsed.answer)


def _fault(error: Exception) -> str:
    if not isinstance(error, ValidationError):
        return "is no JSON"
    first = error.errors(include_url=False, include_input=False)[0]
    where = first["loc"][0] if first["loc"] else "the line"
    kinds = {"missing": "is missing", "string_too_long": f"has more than {_TEXT:,} characters"}
    return f"cannot be used: {where} {kinds.get(first['type'], 'must be a text, and not empty')}"


def _unusable(reason: str) -> ApexError:
    return ApexError(ErrorCode.UNUSABLE_EVALUATION, reason=f"{reason[0].upper()}{reason[1:]}")
