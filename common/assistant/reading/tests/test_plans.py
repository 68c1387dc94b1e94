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
