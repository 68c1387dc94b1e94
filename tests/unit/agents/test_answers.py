"""What customers read: the question answered first, short, and the plan and its cards in agreement."""

import re

import pytest

from common.assistant.goals import parse_goal
from common.assistant.goals.goal import Keep
from common.assistant.goals.in_thread import goal_in_thread, selected
from common.contract.answer import Answer, FigureListBlock
from common.llm.openai_model import OpenAIModel
from common.runs.step import PastTurn
from tests.unit.agents.memory import MemoryWorkspace, Turn

OPENINGS = (
    ("What did I spend?", "You spent"),
    ("What is my p95 latency per feature?", "Latency (p95) is highest for summary v2"),
    ("Which feature costs the most?", "summary v2 cost the most"),
    ("Which users cost most?", "user "),
    ("What happened on 2026-10-03?", "2026-10-03 cost"),
    ("What happened on October 3?", "2026-10-03 cost"),
    ("How much do failed requests cost me?", "150 of 3,000 requests failed"),
    ("Do we pay for the same prompt twice?", "Yes,"),
    ("What will I spend if usage grows 30 %?", "With 30 % growth the same usage costs"),
    ("What if we used gpt-4o-mini instead?", "On gpt-4o-mini the same"),
)
CUT = "How do I cut this bill by 70 %?"


async def ask(question: str, data: MemoryWorkspace, model: OpenAIModel, *history: PastTurn) -> Answer:
    result = await Turn(question, data, model, history=history).run()
    assert result.answer is not None
    return result.answer


def words(answer: Answer) -> int:
    return len(re.sub(r"```.*?```", "", answer.text, flags=re.DOTALL).split())


@pytest.mark.parametrize(("question", "start"), OPENINGS)
async def test_a_measuring_question_is_answered_in_its_first_sentence_and_offered_a_plan_in_its_last(
    month: MemoryWorkspace, model: OpenAIModel, question: str, start: str
) -> None:
    answer = await ask(question, month, model)
    assert answer.text.startswith(start)
    assert answer.text.endswith('say "show me the plan".')
    assert words(answer) <= 160
    assert not answer.recommendations
    assert not [b for b in answer.blocks if isinstance(b, FigureListBlock) and b.title == "What the plan brings"]


async def test_what_the_data_lack_is_said_first_and_once(hour: MemoryWorkspace, model: OpenAIModel) -> None:
    answer = await ask("What is my p95 latency per feature?", hour, model)
    assert answer.text.startswith("The data have no latency")
    assert answer.text.count("no latency") == 1
    assert "no feature" in answer.text
    assert words(answer) <= 120


@pytest.mark.parametrize("question", [CUT, "How can I save money?", "Plan it"])
async def test_the_text_and_the_cards_of_a_plan_agree(
    month: MemoryWorkspace, model: OpenAIModel, question: str
) -> None:
    answer = await ask(question, month, model)
    sentences = re.findall(r"^(?:- )?\*\*(.+?)\*\* (?:would save|saves) ([\d.,]+ USD)", answer.text, re.MULTILINE)
    cards = [item.title for item in answer.recommendations]
    assert cards[: len(sentences)] == [title for title, _ in sentences]
    assert len(sentences) in {3, len(cards)}
    assert len(sentences) <= 5
    for (_, amount), card in zip(sentences, answer.recommendations, strict=False):
        figures = [figure for figure in answer.figures if figure.text == amount]
        assert any(figure.value == pytest.approx(card.savings_usd) for figure in figures)
    first = answer.recommendations[0]
    assert f"**{first.title}**: {first.steps[0]}" in answer.text
    saved = [round(item.savings_usd, 4) for item in answer.recommendations]
    assert saved == sorted(saved, reverse=True)


async def test_a_plan_is_short_and_no_point_stands_twice(month: MemoryWorkspace, model: OpenAIModel) -> None:
    answer = await ask(CUT, month, model)
    points = [line for line in answer.text.splitlines() if line.startswith("- ")]
    assert len(points) == len(set(points))
    assert words(answer) <= 340


async def test_a_change_of_model_never_reads_as_safe(month: MemoryWorkspace, model: OpenAIModel) -> None:
    answer = await ask(CUT, month, model)
    swaps = [item for item in answer.recommendations if item.kind == "right_sizing"]
    assert swaps
    for item in swaps:
        assert item.risk != "low"
        assert "only after an evaluation" in item.assumptions[0]
    sentences = re.findall(r"^(?:- )?\*\*Move .*\*\* (?:would save|saves) .*$", answer.text, re.MULTILINE)
    assert sentences
    for line in sentences:
        assert "would save" in line
        assert "needs an evaluation first" in line
    assert "only after an evaluation" in answer.text.split("##", maxsplit=1)[0]


async def test_one_planned_change_is_stated_in_full_and_not_held_against_the_target(
    month: MemoryWorkspace, model: OpenAIModel
) -> None:
    past = PastTurn(question=CUT, answer=await ask(CUT, month, model))
    answer = await ask("plan the first one", month, model, past)
    (card,) = answer.recommendations
    assert "target" not in answer.text
    for text in (*card.steps, card.verify, card.rollback, card.snippet):
        assert text in answer.text
    assert answer.text.count(card.title) == 1
    second = await ask(
        "plan the second one", month, model, past, PastTurn(question="plan the first one", answer=answer)
    )
    assert past.answer is not None
    assert [item.id for item in second.recommendations] == [past.answer.recommendations[1].id]


async def test_the_offered_plan_can_be_asked_for(month: MemoryWorkspace, model: OpenAIModel) -> None:
    question = "Which feature costs the most?"
    past = PastTurn(question=question, answer=await ask(question, month, model))
    answer = await ask("show me the plan", month, model, past)
    assert answer.text.startswith("A plan of")
    assert answer.recommendations


async def test_a_question_on_batch_is_answered_with_batch_alone(month: MemoryWorkspace, model: OpenAIModel) -> None:
    answer = await ask("Is batch worth it for us?", month, model)
    assert not answer.recommendations
    assert "By your data, people wait for the answers" in answer.text


def test_limits_reach_over_several_follow_ups() -> None:
    done = Answer(text="done")
    history = (
        PastTurn(question="Cut it by 30 % without Gemini", answer=done),
        PastTurn(question="and what about 40 %?", answer=done),
        PastTurn(question="plan the first one", answer=done),
        PastTurn(question="thanks", answer=done),
    )
    goal = goal_in_thread("and without touching code-review?", history, has_data=True)
    assert goal.target_pct == 40
    assert goal.excluded_providers == ("google",)
    assert goal.kept == (Keep(feature="code-review"),)
    assert goal_in_thread("plan the second one", history, has_data=True).target_pct is None
    assert selected(goal, "and without touching code-review?", history) == ()


@pytest.mark.parametrize(
    ("question", "days"),
    [
        ("What happened on 2026-10-29?", ("2026-10-29",)),
        ("Why was October 29th so expensive?", ("10-29",)),
        ("What about 3 Nov 2026 and Nov 4, 2026?", ("2026-11-04", "2026-11-03")),
        ("Cut it by 30 % in may", ()),
    ],
)
def test_days_are_read_in_the_ways_people_write_them(question: str, days: tuple[str, ...]) -> None:
    assert parse_goal(question, has_data=True).days == days
