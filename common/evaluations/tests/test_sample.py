"""A sample is taken as a whole or refused with its first bad line."""

import json

import pytest

from common.errors import ApexError, ErrorCode
from common.evaluations.sample import SAMPLE_LIMIT, Sample, parts_of, read_sample


def line(**fields: object) -> str:
    return json.dumps({"request": "2 + 2", "answer": "4", **fields})


def test_each_line_is_a_request_with_its_answer() -> None:
    text = "\n".join([line(), "", line(instructions="Add.", request="3 + 3", answer="6", model="gpt-4o"), ""])
    assert read_sample(text) == [Sample("", "2 + 2", "4"), Sample("Add.", "3 + 3", "6")]


@pytest.mark.parametrize(
    ("bad", "reason"),
    [
        ("", "The sample is empty"),
        ("hello", "Line 1 is no JSON"),
        ("[1]", "Line 1 cannot be used"),
        (f"{line()}\n{line(answer=4)}", "Line 2 cannot be used: answer must be a text"),
        ('{"request": "2 + 2"}', "Line 1 cannot be used: answer is missing"),
        (line(request=""), "Line 1 cannot be used: request must be a text, and not empty"),
        (line(instructions="x" * 20_001), "Line 1 cannot be used: instructions has more than 20,000 characters"),
        ("\n".join([line()] * (SAMPLE_LIMIT + 1)), "The sample has 1,001 requests; 1,000 are enough"),
    ],
)
def test_what_is_no_sample_is_refused_with_its_line_and_the_form(bad: str, reason: str) -> None:
    with pytest.raises(ApexError) as refused:
        read_sample(bad)
    assert refused.value.code is ErrorCode.UNUSABLE_EVALUATION
    assert f"The evaluation cannot be used: {reason}" in refused.value.message


def test_parts_hold_every_request_once_and_are_small() -> None:
    samples = [Sample("", str(n), "é" * (20_000 if n % 9 else 1)) for n in range(100)]
    parts = list(parts_of(samples))
    assert [sample for part in parts for sample in part] == samples
    assert max(map(len, parts)) == 8
    assert max(sum(len(sample.reference.encode()) for sample in part) for part in parts) < 500_000
