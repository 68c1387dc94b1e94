"""Prompt caching: input that a request shares with one of the 5 minutes before, and that no cache served."""

from collections.abc import Iterator

from common.spend.cells import MIN_PREFIX, PREFIX_SEEN, TOKENS
from common.spend.model import Level, Unavailable
from common.spend.opportunities import snippets
from common.spend.opportunities.finding import Advice, Case, Finding, Weights, counted, label, price_assumption
from common.spend.opportunities.workload import Action, Group, Slot, pays_for_writes

_NEEDS = "Log both: OpenAI's cached_tokens or Anthropic's cache_read_input_tokens, and a column session_id."


def find_caching(case: Case) -> Iterator[Finding]:
    """For each feature and model with repeated prefixes."""
    for group in sorted({key.group for key, slot in case.workload.items() if slot.reusable > 0}, key=repr):
        action = Action("prompt_caching", group.feature, group)
        savings = case.savings(action)
        if case.worth(savings):
            yield _finding(case, action, group, savings)


def caching_unavailable(case: Case) -> Unavailable:
    """Why there is none."""
    has = case.rollup.has
    if "prefix" not in has:
        lacking = "sessions" if "cache" in has else "cached tokens and sessions"
        reason = f"What a prompt cache could serve cannot be computed without {lacking}."
        return Unavailable("prompt_caching", reason, _NEEDS)
    reason = f"No request repeats {MIN_PREFIX:,} tokens or more of one in the 5 minutes before that were not cached."
    return Unavailable("prompt_caching", reason, "")


def _finding(case: Case, action: Action, group: Group, savings: float) -> Finding:
    slots = case.slots(action).values()
    told_cached = "cache" in case.rollup.has
    exact = "session" not in case.rollup.has
    confidence: Level = "low" if not told_cached else "high" if exact else "medium"
    advice = _advice(case, group, list(slots), told_cached=told_cached)
    weights = Weights(effort="low", confidence=confidence)
    return case.finding(action, savings, weights=weights, advice=advice, about=counted(slots), from_model=group.model)


def _advice(case: Case, group: Group, slots: list[Slot], *, told_cached: bool) -> Advice:
    reusable = sum(slot.reusable for slot in slots)
    share = 100 * reusable / counted(slots)[1]
    return Advice(
        title=f"Let the prompt cache serve the repeated input of {label(group.feature)} ({group.model})",
        method=f"{share:.1f} % of the input repeats the start of a request of the 5 minutes before (prefixes of "
        f"{MIN_PREFIX:,} tokens or more) and was not read from a cache; it is priced at the cached rate.",
        assumptions=_assumptions(told_cached=told_cached, writes=pays_for_writes(slots[0].model)),
        evidence=_evidence(case, group),
        steps=(
            "Put what never changes first: tools, system prompt, examples; then the conversation, oldest first.",
            "Take times, request ids and user names out of the first part; one changed byte ends the cached prefix.",
            "Switch caching on as in the snippet and send follow-ups of a session within 5 minutes where you can.",
        ),
        verify="Cached tokens per request (the usage object) must rise to about the repeated share within a day.",
        rollback="Take the cache setting out again; answers do not change with it.",
        snippet=snippets.caching(group.provider, group.model),
    )


def _assumptions(*, told_cached: bool, writes: bool) -> tuple[str, ...]:
    told = [price_assumption(), "A cache entry lives 5 minutes after its last use."]
    if writes:
        told.append("All other input is written to the cache at the higher write rate: the most that it can cost.")
    if not told_cached:
        told.append("The data do not tell cached tokens; the provider may already serve part of this from its cache.")
    return tuple(told)


def _evidence(case: Case, group: Group) -> str:
    cells = [c for key, c in case.rollup.cells.items() if key[1:4] == (group.provider, group.model, group.feature)]
    incoming = sum(sum(c[TOKENS][:4]) for c in cells)
    cached = sum(c[TOKENS][1] for c in cells)
    seen = sum(c[PREFIX_SEEN] for c in cells)
    source = "in the same session" if "session" in case.rollup.has else "by prefix hash"
    read = f"{100 * cached / incoming:.1f} % was" if cached else "none was"
    return f"{100 * seen / incoming:.1f} % of its input repeats an earlier request {source}; {read} read from a cache."
