"""A run as the contract describes it, for the views."""

from typing import Any

from cli.ask.turn import Timings, TurnOutcome
from common.contract.answer import Answer, Fact, Figure, FigureListBlock, Recommendation, TableBlock
from common.contract.events import AgentCompleted, AgentStarted, AgentThinking, Event, ToolCompleted, ToolExecuting

RUN = "0" * 32
QUESTION = "How do I cut this bill by 30 %? Keep the support chat fast, and tell me how to verify each step."
ANSWER = Answer(
    text="You spent $96.79 on gpt-4o in this log.",
    blocks=[
        FigureListBlock(title="At a glance", facts=[Fact(name="total_cost", value=96.79, unit="usd")], source=3),
        TableBlock(
            title="Cost by model",
            columns=["Model", "Requests", "Cost"],
            units=[None, "requests", "usd"],
            rows=[["gpt-4o", 19366.0, 96.79], ["one-with-a-name-too-long-for-its-column-2026-01-01", 1.0, None]],
            source=3,
        ),
    ],
    figures=[Figure(text="$96.79", value=96.79, unit="usd", source=3)],
    recommendations=[
        Recommendation(
            id="right-sizing-1",
            rank=1,
            kind="right_sizing",
            title="Move short requests to gpt-4o-mini",
            savings_usd=40.0,
            savings_pct=41.3,
            effort="low",
            risk="medium",
            confidence="medium",
            method="re-priced",
            assumptions=[],
            steps=["Route requests below 500 tokens to the smaller model, and watch the scores for a week."],
            verify="Compare the cost of a week.",
            rollback="Set the model back.",
        )
    ],
    cost_usd=0.00123,
)
_EVENTS: list[Event] = [
    AgentStarted(agent="data"),
    AgentThinking(agent="data", thought="Adding up the cost of each request."),
    ToolExecuting(agent="data", tool="total_cost", tool_call_id="1", purpose="find what was spent"),
    ToolCompleted(agent="data", tool="total_cost", tool_call_id="1", result_summary="$96.79 for 19,366 requests"),
    AgentCompleted(agent="reporting", result="Here is the plan.", answer=ANSWER, final=True),
]


def events() -> list[dict[str, Any]]:
    """The events as a listener gets them."""
    numbered = (
        event.model_copy(update={"run_id": RUN, "seq": seq, "step": 0, "at": 1_800_000_000_000 + 40 * seq})
        for seq, event in enumerate(_EVENTS)
    )
    return [event.model_dump(mode="json", exclude_none=True) for event in numbered]


def completed() -> TurnOutcome:
    """The run of `events`, completed."""
    return TurnOutcome(
        run_id=RUN,
        thread_id="thread",
        status="completed",
        answer=events()[-1]["answer"],
        error=None,
        events=(),
        timings=Timings(accepted_ms=8.1, first_event_ms=13.4, completed_ms=2345.6),
    )
