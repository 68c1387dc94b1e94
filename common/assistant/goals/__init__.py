"""Reads a goal out of a question: deterministic, English, without a model."""

import re

from common.assistant.goals import amounts, intents
from common.assistant.goals.goal import Goal, Intent, Keep, LatencyLimit, Money, Period
from common.assistant.goals.names import Named, name_all, take_excluded, take_only, what_if_models

_NOT_A_NUMBER = re.compile(r"[\d.,]{25,}")
"""Longer than any amount: patterns would try each of its digits."""


def parse_goal(question: str, *, has_data: bool, has_history: bool = False) -> Goal:
    """The goal of `question`; `has_data`: data sets are attached, `has_history`: the thread has an earlier answer."""
    named = name_all(amounts.digits(_NOT_A_NUMBER.sub(" ", question)))
    asked = named.providers_in(named.text)
    limits, text = _limits(named)
    goal = Goal.model_validate(
        {
            "kind": "spend",
            "providers_named": asked,
            "days": intents.days_of(question),
            "weekdays": intents.weekdays_of(question),
            **limits,
            **_references(question, text, has_history=has_history),
        }
    )
    found = _intents(goal, text)
    if "comparison" in found:
        goal, found = _looking_back(goal, found)
    if "proven" in found and not (goal.target_pct or goal.save or goal.budget):
        found = tuple(
            intent for intent in found if intent not in ("reduce", "totals")
        )  # "saved so far" asks for no plan
    kind = intents.kind_of(question, found, has_data=has_data, limited=any(limits.values()))
    return goal.model_copy(update={"kind": kind, "intents": found, "measures": _measures(found, text)})


def _looking_back(goal: Goal, found: tuple[Intent, ...]) -> tuple[Goal, tuple[Intent, ...]]:
    """A model that was changed to is not to be imagined, and "did it get cheaper" asks for no plan."""
    aims = goal.target_pct or goal.save or goal.budget
    gone = {"what_if"} if aims else {"what_if", "reduce"}
    return goal.model_copy(update={"what_if_models": ()}), tuple(intent for intent in found if intent not in gone)


def _limits(named: Named) -> tuple[dict[str, object], str]:
    """(what the question asks for and forbids, the words that are left)."""
    excluded_models, excluded_providers, named = take_excluded(named)
    only, kept, named = take_only(named)
    rates, text = amounts.take_rates(named.text)
    growth, text = amounts.take_growth(text)
    speedup, text = amounts.take_speedup(text)
    effort, text = amounts.take_effort(text)
    latency, text = amounts.take_latency(text)
    save, budget, text = amounts.take_money(text)
    target, text = amounts.take_target(text)
    limits: dict[str, object] = {
        "target_pct": target,
        "save": save,
        "budget": budget,
        "growth_pct": growth,
        **rates,
        "latency": latency,
        "speedup": speedup,
        "max_effort": effort,
        "excluded_models": excluded_models,
        "excluded_providers": excluded_providers,
        "only_providers": only,
        "kept": kept,
        "what_if_models": tuple(model for model in what_if_models(named) if model not in excluded_models),
    }
    return limits, text


def _references(question: str, text: str, *, has_history: bool) -> dict[str, object]:
    if not has_history:
        return {"top": intents.top_of(text), "breakdown_by": intents.breakdowns_of(text)}
    positions = intents.positions_of(text)
    top = intents.top_of(text)
    back = bool(positions or top or intents.refers_back(question))
    return {"positions": positions, "top": top, "refers_back": back, "breakdown_by": intents.breakdowns_of(text)}


def _intents(goal: Goal, text: str) -> tuple[Intent, ...]:
    found = list(intents.intents_of(text))
    if goal.what_if_models and "forecast" in found:
        found.remove("forecast")  # "what will it cost on ..." is of another model, not of another month
    extra: list[tuple[Intent, object]] = [
        ("reduce", goal.target_pct or goal.save or goal.budget),
        ("growth", goal.growth_pct),
        ("headroom", goal.rpm or goal.tpm),
        ("latency", goal.latency or goal.speedup),
        ("what_if", goal.what_if_models),
        ("breakdown", goal.breakdown_by),
        ("follow_up", goal.refers_back),
    ]
    found += [intent for intent, given in extra if given and intent not in found]
    return tuple(found)


def _measures(found: tuple[Intent, ...], text: str) -> tuple[object, ...]:
    if "latency" in found and "distribution" not in found:
        return ("latency_ms",)
    return intents.measures_of(text) if "distribution" in found else ()
