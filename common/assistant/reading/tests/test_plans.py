"""When a plan is wanted, and when only figures are; what is counted is no money."""

import pytest

from common.assistant.question.model import Operation
from common.assistant.reading.tests.catalogues import draft_of


@pytest.mark.parametrize("words", ["at most {}", "no more than {}", "under {}", "less than {}", "fewer than {}"])
@pytest.mark.parametrize("counted", ["2 changes", "3 steps", "2 weeks of work", "40 hours of effort", "3 people"])
def test_what_is_counted_is_no_money(words: str, counted: str) -> None:
    draft = draft_of(f"Save 20 % with {words.format(counted)}")
    (part,) = draft.question.parts
    assert (part.operation, part.constraints.target_pct) == (Operation.PLAN, 20)
    assert (part.constraints.budget, part.constraints.save) == (None, None)
    assert part.constraints.top or draft.ask_back


@pytest.mark.parametrize(
    "question",
    [
        "I need the number of requests {}",
        "cache hit rate {}",
        "I need the error rate {}",
        "p95 latency {}",
        "what would it cost {}",
        "tokens {} over the last 14 days",
    ],
)
@pytest.mark.parametrize(
    "filtered",
    ["but not claude-sonnet-4-5", "except for anthropic", "other than gpt-4o or gpt-4o-mini", "excluding batch"],
)
def test_figures_without_something_are_measured_and_not_planned(question: str, filtered: str) -> None:
    (part,) = draft_of(question.format(filtered)).question.parts
    assert part.operation == Operation.MEASURE
    assert [each.negated for each in part.query.where] == [True]


def test_what_was_saved_is_no_plan() -> None:
    for message in ("what did we save last week?", "how much did I save in November?", "what have we saved?"):
        (part,) = draft_of(message).question.parts
        assert part.operation == Operation.SAVED


@pytest.mark.parametrize("message", ["save -20 %", "save me -20%", "cut the bill by -20 %", "reduce cost \u221220 %"])
def test_a_saving_of_less_than_nothing_is_no_target(message: str) -> None:
    draft = draft_of(message)
    assert all(part.constraints.target_pct is None for part in draft.question.parts)
    assert draft.ask_back


GIVES_UP = ["stopped using", "dropped", "removed", "got rid of", "turned off", "no longer used", "retired"]


@pytest.mark.parametrize("words", GIVES_UP)
@pytest.mark.parametrize("name", ["gpt-4o", "gpt-4o and gpt-4o-mini", "anthropic"])
def test_what_is_no_longer_used_is_what_the_plan_is_of_and_no_target(words: str, name: str) -> None:
    (part,) = draft_of(f"What if we {words} {name}?").question.parts
    assert (part.operation, part.models) == (Operation.PLAN, ())
    assert [(each.values, each.negated) for each in part.query.where] == [(tuple(name.split(" and ")), False)]


@pytest.mark.parametrize("words", GIVES_UP)
def test_what_a_feature_costs_is_what_goes_with_it(words: str) -> None:
    (part,) = draft_of(f"What if we {words} doc-search?").question.parts
    assert part.operation == Operation.MEASURE
    assert [(each.values, each.negated) for each in part.query.where] == [(("doc-search",), False)]


@pytest.mark.parametrize("words", GIVES_UP)
def test_another_model_in_place_of_one_that_is_no_longer_used_is_imagined(words: str) -> None:
    (part,) = draft_of(f"What if we {words} claude-sonnet-4-5 and used gpt-4o-mini instead?").question.parts
    assert (part.operation, part.models) == (Operation.WHAT_IF, ("gpt-4o-mini",))
    assert [(each.values, each.negated) for each in part.query.where] == [(("claude-sonnet-4-5",), False)]
