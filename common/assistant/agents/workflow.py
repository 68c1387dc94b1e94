"""Which agents work on a question, and which tool calls its answer cannot do without."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from common.assistant.context import ToolContext
from common.assistant.goals.goal import Goal
from common.assistant.tools.export_guide import named_guides
from common.contract.events import AGENT_ORDER, AgentName
from common.runs.step import ToolEvidence
from common.spend.measures.series import TREND_DAYS

FULL: tuple[AgentName, ...] = AGENT_ORDER[1:]
"""All agents after triage, in the one order there is."""
HELPER: tuple[AgentName, ...] = ("data",)
_DETAILED = 3


@dataclass(frozen=True, slots=True)
class Call:
    """A tool call that product code wants made."""

    tool: str
    purpose: str
    arguments: dict[str, Any] = field(default_factory=dict)

    def met_by(self, tool: str, arguments: dict[str, Any]) -> bool:
        """True if a call that was made does what this one wants."""
        return tool == self.tool and self.arguments.items() <= arguments.items()


def route(goal: Goal, evidence: Iterable[ToolEvidence]) -> tuple[AgentName, ...]:
    """The agents after triage: always data before optimization, all four with data, data alone to help to data."""
    return FULL if goal.kind != "export" and usable_rows(evidence) else HELPER


def usable_rows(evidence: Iterable[ToolEvidence]) -> int:
    """Rows that triage counted."""
    return int(dataset_facts(evidence).get("rows", 0))


def dataset_facts(evidence: Iterable[ToolEvidence]) -> dict[str, Any]:
    """What `list_datasets` found; empty if it did not run."""
    return next((item.result.data for item in evidence if item.tool == "list_datasets"), {})


def required_calls(
    agent: AgentName, context: ToolContext, question: str, evidence: Sequence[ToolEvidence], planned: Sequence[str] = ()
) -> tuple[Call, ...]:
    """What this agent must have found before it is done; `planned`: the changes that the plan will hold."""
    if agent == "triage":
        return _triage(context)
    if agent == "data":
        known = dataset_facts(evidence)
        return _data(context.goal, known) if route(context.goal, evidence) == FULL else (_guide(question),)
    if agent == "optimization":
        return _optimization(context.goal)
    return _actions(planned) if agent == "actions" else ()


def _triage(context: ToolContext) -> tuple[Call, ...]:
    understood = Call("understand_goal", "To be clear about what you want and which limits hold")
    listed = Call("list_datasets", "To see which usage data there are, and what they can answer")
    return (understood, listed) if context.dataset_ids else (understood,)


def _guide(question: str) -> Call:
    return Call("export_guide", "To tell you which export to get, and how", {"providers": named_guides(question)})


def _data(goal: Goal, known: dict[str, Any]) -> tuple[Call, ...]:
    has = set(known.get("has", ()))
    splits = [*goal.breakdown_by, "model"]
    splits += ["feature"] if "feature" in has else []
    splits += ["day"] if known.get("days", 0) > 1 else []
    calls = [Call("spend_totals", "To see what the whole bill comes to")]
    calls += [
        Call("spend_breakdown", f"To see which {by} the money goes to", {"by": by}) for by in dict.fromkeys(splits)
    ]
    calls += _questions(goal, judged=known.get("days", 0) >= TREND_DAYS)
    calls += [_distribution(goal, measure, has) for measure in goal.measures or ("input_tokens", "output_tokens")]
    if goal.wants("duplicates") or "prompt_hash" in has:
        calls.append(Call("duplicates", "To see whether the same prompt is paid for twice"))
    if goal.wants("errors") or "status" in has:
        calls.append(Call("failed_requests", "To see what failed requests cost"))
    return tuple(calls)


def _questions(goal: Goal, *, judged: bool) -> list[Call]:
    """What answers a question on days, on the time ahead, on a change, or on rate limits.

    `judged`: the data are long enough to tell whether a day is out of line, so that no plain average is needed.
    """
    calls = []
    odd = goal.wants("anomaly") and (judged or not goal.days)
    if odd:
        days = (*goal.days, *goal.weekdays)[:3] or ("any",)
        calls += [Call("odd_days", "To see which day is out of line, and why", {"day": day}) for day in days]
    if not odd and not goal.wants("comparison"):
        calls += [Call("spend_on_day", "To see what was different on that day", {"day": day}) for day in goal.days[:3]]
    if goal.wants("forecast"):
        calls.append(Call("forecast_cost", "To see what the time ahead will cost", {"growth_pct": goal.growth_pct}))
    if goal.wants("comparison"):
        cut = {"change_day": goal.days[0] if goal.days else "found"}
        calls.append(Call("before_and_after", "To compare the time before and after the change", cut))
    if goal.wants("headroom"):
        limits = {"rpm": goal.rpm or 0.0, "tpm": goal.tpm or 0.0, "growth_pct": goal.growth_pct}
        calls.append(Call("rate_limit_headroom", "To see how close your peaks come to a rate limit", limits))
    if goal.wants("proven"):
        calls.append(Call("savings_ledger", "To see what your accepted changes have saved so far"))
    return calls


def _distribution(goal: Goal, measure: str, has: set[str]) -> Call:
    words = {
        "latency_ms": "how fast answers are",
        "ttft_ms": "how fast answers begin",
        "cost_usd": "what single requests cost",
    }
    by = (
        "feature"
        if "feature" in has and ("feature" in goal.breakdown_by or measure in ("latency_ms", "ttft_ms"))
        else "all"
    )
    by = "model" if "model" in goal.breakdown_by and goal.wants("distribution", "latency") else by
    purpose = f"To see {words.get(measure, 'how large requests and answers are')}"
    return Call("distribution", purpose, {"measure": measure, "by": by})


def _optimization(goal: Goal) -> tuple[Call, ...]:
    found = Call("find_opportunities", "To see every saving that your data show, within your limits")
    imagined = (
        Call("what_if_model", f"To price the same requests on {model}", {"model": model})
        for model in goal.what_if_models[:3]
    )
    return (*imagined, found)


def _actions(planned: Sequence[str]) -> tuple[Call, ...]:
    combined = Call("combined_plan", "To put the savings in order, without counting any twice")
    purpose = "To have the steps, the check and the way back of each change"
    return (combined, *(Call("action_plan", purpose, {"opportunity_id": one}) for one in planned[:_DETAILED]))
