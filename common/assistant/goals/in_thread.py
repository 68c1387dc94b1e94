"""A question in its conversation: what it inherits from earlier turns, and which recommendations it points at."""

import re

from common.assistant.goals import parse_goal
from common.assistant.goals.goal import Goal
from common.contract.answer import Recommendation
from common.runs.step import PastTurn

_BARE_PCT = re.compile(r"(\d+(?:\.\d+)?)\s*(?:%|percent\b)", re.IGNORECASE)
_ALL_OF_IT = re.compile(
    r"\b(?:that|those|these|them|it|this|the (?:plan|recommendations|suggestions|ideas|options))\b", re.IGNORECASE
)


def goal_in_thread(question: str, history: tuple[PastTurn, ...], *, has_data: bool) -> Goal:
    """The goal of `question`; one that points back keeps the limits and the target of the turns before."""
    answered = any(turn.answer for turn in history)
    goal = parse_goal(question, has_data=has_data, has_history=answered)
    if not goal.refers_back:
        return goal
    goal = _with_bare_target(goal, question)
    for place, turn in reversed(list(enumerate(history))):
        answered = any(before.answer for before in history[:place])
        earlier = parse_goal(turn.question, has_data=has_data, has_history=answered)
        goal = _inherit(goal, _with_bare_target(earlier, turn.question) if earlier.refers_back else earlier)
        if not earlier.refers_back and earlier.kind == "spend" and "follow_up" not in earlier.intents:
            break
    return goal


def selected(goal: Goal, question: str, history: tuple[PastTurn, ...]) -> tuple[Recommendation, ...]:
    """The recommendations that the question points at, of the latest answer that has so many, else that has any."""
    lists = [turn.answer.recommendations for turn in reversed(history) if turn.answer and turn.answer.recommendations]
    needed = max((abs(position) for position in goal.positions), default=goal.top or 1)
    latest = next((found for found in lists if len(found) >= needed), lists[0] if lists else [])
    ranked = sorted(latest, key=lambda item: item.rank)
    if goal.positions:
        return tuple(ranked[i - 1 if i > 0 else i] for i in goal.positions if 0 < abs(i) <= len(ranked))
    if goal.top and goal.refers_back:
        return tuple(ranked[: goal.top])
    if goal.refers_back and goal.wants("plan") and _ALL_OF_IT.search(question):
        return tuple(ranked)
    return ()


def _with_bare_target(goal: Goal, question: str) -> Goal:
    """As in "What about 40 %?": the target changes, all else stays."""
    found = _BARE_PCT.search(question)
    if found is None or goal.target_pct or goal.growth_pct or goal.speedup or not 0 < float(found[1]) <= 100:  # noqa: PLR2004 - percent
        return goal
    return goal.model_copy(update={"target_pct": float(found[1]), "intents": (*goal.intents, "reduce")})


def _inherit(goal: Goal, earlier: Goal) -> Goal:
    """Limits add up; what the later question says itself wins. Single changes are not held against a target."""
    allowed = set(goal.only_providers) | (set(goal.providers_named) - set(goal.excluded_providers))
    dropped = {provider for provider in earlier.excluded_providers if provider in allowed}
    has_target = goal.target_pct or goal.save or goal.budget or goal.positions
    return goal.model_copy(
        update={
            "target_pct": goal.target_pct if has_target else earlier.target_pct,
            "save": goal.save if has_target else earlier.save,
            "budget": goal.budget if has_target else earlier.budget,
            "growth_pct": goal.growth_pct or earlier.growth_pct,
            "latency": goal.latency or earlier.latency,
            "speedup": goal.speedup or earlier.speedup,
            "max_effort": goal.max_effort or earlier.max_effort,
            "excluded_models": _union(
                goal.excluded_models, tuple(m for m in earlier.excluded_models if m not in goal.what_if_models)
            ),
            "excluded_providers": _union(
                goal.excluded_providers, tuple(p for p in earlier.excluded_providers if p not in dropped)
            ),
            "only_providers": goal.only_providers or earlier.only_providers,
            "kept": _union(goal.kept, earlier.kept),
        }
    )


def _union(first: tuple[object, ...], second: tuple[object, ...]) -> tuple[object, ...]:
    return tuple(dict.fromkeys((*first, *second)))
