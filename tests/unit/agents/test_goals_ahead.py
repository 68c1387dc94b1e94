"""Questions on odd days, on the time ahead, on a change, and on rate limits: what is read, and which calls follow."""

import time
from typing import Any

import pytest

from common.assistant.agents.workflow import required_calls
from common.assistant.context import ToolContext
from common.assistant.goals import parse_goal
from common.assistant.goals.goal import Goal
from common.assistant.tests.test_tools import NoData
from common.runs.step import ToolEvidence, ToolResult


def read(question: str) -> Goal:
    return parse_goal(question, has_data=True, has_history=False)


def calls(question: str, *, days: float = 30.0) -> dict[str, dict[str, Any]]:
    """The last required call of each tool of the data agent, for data of so many days."""
    listed = ToolResult(summary="x", findings=["x"], data={"rows": 100, "days": days, "has": []})
    evidence = [ToolEvidence(source=1, agent="triage", tool="list_datasets", call_id="c", result=listed)]
    context = ToolContext(workspace=NoData(), dataset_ids=("d1",), goal=read(question))
    return {call.tool: call.arguments for call in required_calls("data", context, question, evidence)}


@pytest.mark.parametrize(
    ("question", "day"),
    [
        ("Why did Tuesday cost so much?", "tuesday"),
        ("why was last friday so expensive", "friday"),
        ("What happened on Sunday?", "sunday"),
        ("Why did 2026-10-29 cost so much?", "2026-10-29"),
        ("why was October 29 so expensive?", "10-29"),
        ("Are there any anomalies?", "any"),
        ("Did anything unusual happen with our spend?", "any"),
        ("what was that spike", "any"),
    ],
)
def test_a_question_on_an_odd_day_leads_to_that_day(question: str, day: str) -> None:
    assert read(question).wants("anomaly")
    assert read(question).only_measures
    assert calls(question)["odd_days"] == {"day": day}
    assert "spend_on_day" not in calls(question)


def test_a_named_day_of_short_data_is_held_against_the_plain_average() -> None:
    calls_made = calls("why was October 29 so expensive?", days=5.0)
    assert calls_made["spend_on_day"] == {"day": "10-29"}
    assert "odd_days" not in calls_made


@pytest.mark.parametrize(
    ("question", "growth"),
    [
        ("What will next month cost with 30 % growth?", 30),
        ("What will next month cost?", 0),
        ("How much will we pay next month if traffic doubles?", 100),
        ("Can you forecast our spend?", 0),
        ("predict the bill for next month with 3x traffic", 200),
        ("with 20 % growth next month, what will I pay?", 20),
        ("We use gpt-4o. What will next month cost?", 0),
    ],
)
def test_a_question_on_the_time_ahead_leads_to_a_forecast_with_its_growth(question: str, growth: float) -> None:
    goal = read(question)
    assert goal.wants("forecast")
    assert goal.only_measures
    assert calls(question)["forecast_cost"] == {"growth_pct": pytest.approx(growth)}


@pytest.mark.parametrize(
    ("question", "cut"),
    [
        ("Was the upgrade worth it?", "found"),
        ("Was the upgrade to gpt-4o on October 20 worth it?", "10-20"),
        ("did the switch to gpt-4o-mini make it cheaper?", "found"),
        ("Has our migration paid off?", "found"),
        ("compare before and after 2026-10-20", "2026-10-20"),
        ("what changed since the migration on 20 October?", "10-20"),
    ],
)
def test_a_question_on_a_change_leads_to_before_and_after(question: str, cut: str) -> None:
    goal = read(question)
    assert goal.wants("comparison")
    assert goal.only_measures
    assert goal.what_if_models == ()
    calls_made = calls(question)
    assert calls_made["before_and_after"] == {"change_day": cut}
    assert "spend_on_day" not in calls_made


@pytest.mark.parametrize(
    ("question", "rpm", "tpm", "growth"),
    [
        ("Will I hit my rate limit at 2x?", 0, 0, 100),
        ("will we hit our limit of 500 rpm at 3x traffic", 500, 0, 200),
        ("Our rate limit is 500 requests per minute and 2M tokens per minute, does it hold?", 500, 2_000_000, 0),
        ("limit: 30k TPM. Is that enough if usage grows by 50 %?", 0, 30_000, 50),
        ("we have an rpm of 1,000, how much headroom is left?", 1000, 0, 0),
    ],
)
def test_a_question_on_rate_limits_leads_to_headroom(question: str, rpm: float, tpm: float, growth: float) -> None:
    goal = read(question)
    assert goal.wants("headroom")
    assert goal.only_measures
    assert calls(question)["rate_limit_headroom"] == {"rpm": rpm, "tpm": tpm, "growth_pct": pytest.approx(growth)}


@pytest.mark.parametrize(
    "question",
    [
        "How do I cut this bill by 30 %?",
        "Why is my bill so high?",
        "What did I spend?",
        "What would it cost on gpt-4o-mini?",
        "What will it cost on gpt-4o-mini?",
        "Would it be worth it to switch to gpt-4o-mini?",
        "how much will the top 3 save?",
        "make it 2x faster",
        "What will I spend if usage grows 30 %?",
        "cut my bill for next month by 20 %",
        "What happened on 2026-10-03?",
        "cost per day",
        "What did we spend on Monday mornings, by hour?",
        "My bill grew 30 % last month, why?",
    ],
)
def test_other_questions_lead_to_none_of_these(question: str) -> None:
    assert not read(question).wants("anomaly", "forecast", "comparison", "headroom")
    assert not {"odd_days", "forecast_cost", "before_and_after", "rate_limit_headroom"} & set(calls(question))


@pytest.mark.parametrize(
    "text", ["5 " * 4000, "rpm " * 2000, "why did " * 1000, "will a b c " * 700, "next month " * 700, "was the " * 1000]
)
def test_no_such_question_takes_long_to_read(text: str) -> None:
    began = time.thread_time()
    assert read(text).tpm is None
    assert time.thread_time() - began < 3.0  # s of computing, however busy the machine
