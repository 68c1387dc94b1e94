"""Questions on what was saved so far are answered from the ledger, never from a plan."""

import pytest

from common.assistant.goals import parse_goal
from common.core.vocabulary import Basis
from common.llm.openai_model import OpenAIModel
from common.spend.ledger import LedgerRow
from common.spend.ledger.rows import TitledRow
from tests.unit.agents.memory import MemoryWorkspace
from tests.unit.agents.test_turns import ask
from tests.unit.agents.test_turns_ahead import assert_first, opening


def proof(title: str, day: str, saved: float, basis: Basis = "measured") -> TitledRow:
    row = LedgerRow(
        id=f"{title}-{day}",
        day=day,
        recommendation=f"kind:{title}",
        kind="prompt_caching",
        feature="search",
        basis=basis,
        requests=100,
        counterfactual_usd=20.0 + saved,
        actual_usd=20.0,
        saved_usd=saved,
        price_effect_usd=0.0,
        low_usd=saved - 0.5,
        high_usd=saved + 0.5,
        footprint=0.5,
        method="as in the tests",
        baseline="b",
        price_version="2026-11-22",
    )
    return TitledRow(title, row)


LEDGER = (
    proof("Cache the prompt of search", "2026-10-29", 7.25),
    proof("Cache the prompt of search", "2026-10-30", 8.5),
    proof("Move chat to a smaller model", "2026-10-30", -3.13),
    proof("Batch the summaries", "2026-10-30", 41.77, "projected"),
)


@pytest.mark.parametrize(
    "question",
    [
        "What have we saved so far?",
        "show my savings",
        "How much did you save us to date? show our savings",
        "How much have we saved?",
        "what are our verified savings",
        "savings so far",
    ],
)
def test_what_was_saved_is_a_question_on_the_ledger(question: str) -> None:
    goal = parse_goal(question, has_data=True)
    assert goal.kind == "spend"
    assert goal.wants("proven")
    assert goal.only_measures


@pytest.mark.parametrize(
    "question",
    [
        "How do I cut this bill by 30 %?",
        "how much will the top 3 save?",
        "How can we save money?",
        "What did I spend so far?",
        "how much could we save with caching",
        "where can I save?",
    ],
)
def test_what_could_be_saved_is_not(question: str) -> None:
    assert not parse_goal(question, has_data=True).wants("proven")


async def test_what_was_saved_is_answered_from_the_ledger_with_sourced_figures(
    month: MemoryWorkspace, model: OpenAIModel
) -> None:
    proven = MemoryWorkspace(month.infos, month.rolled, LEDGER)
    turn, answer = await ask("What have we saved so far?", proven, model)
    assert_first(turn, answer.text, "savings_ledger")
    assert "2 changes saved 12.62 USD" in opening(answer.text)
    assert "15.75 USD on 2 days" in answer.text
    assert "3.13 USD more than before" in answer.text
    assert "41.77 USD" in answer.text
    assert "from 2026-10-29 to 2026-10-30" in answer.text
    (source,) = {figure.source for figure in answer.figures if figure.text.startswith("12.62")}
    (evidence,) = [i for store in turn.steps.values() for i in store.results.values() if i.tool == "savings_ledger"]
    assert source == evidence.source
    assert any(block.type == "table" and block.title == "Savings in the ledger" for block in answer.blocks)
    assert not answer.recommendations


async def test_without_a_ledger_the_answer_says_how_to_get_there(month: MemoryWorkspace, model: OpenAIModel) -> None:
    turn, answer = await ask("What have we saved so far?", month, model)
    assert_first(turn, answer.text, "savings_ledger")
    assert "Accept a recommendation" in answer.text
