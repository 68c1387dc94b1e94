"""A small part of the evaluation with every run of the tests: what the rules read right stays right."""

from tests.evals.readers import conversation, rules
from tests.evals.report import counts, misses
from tests.evals.written_questions import questions

_PART = frozenset({
    "total-spend-week", "total-cfo", "total-bare", "filter-feature-and-model", "filter-except-two",
    "filter-user-mail", "filter-weekend", "period-quarter", "period-last-friday", "period-before-data",
    "group-day-feature", "group-csv", "rank-threshold", "rank-grew-most", "compare-weeks-by-feature", "rate-p95-one",
    "rate-duplicate-share", "why-day", "change-upgrade", "plan-cut-30", "plan-keep-feature",
    "whatif-feature", "know-batch-discount", "act-alert", "no-feature-chatbot", "no-audio", "de-total",
    "it-total", "thread-narrow", "thread-plan-why",
})  # fmt: skip
"""Of each kind one or more."""


def test_the_rules_read_the_small_part_as_it_is_meant() -> None:
    found = [judged for written in questions() if written.id in _PART for judged in conversation(written, rules)]
    assert misses(found) == ""
    assert (len({each.written.id for each in found}), len(found)) == (30, 36)
    assert counts(found)["measuring"] == counts(found)["harmless"] == 23
