"""Prompt caching: input that a request shares with one shortly before, and that no cache served.

A provider's cache lives 5 minutes after its last use; where it can be had for longer, that is an alternative.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from common.core.vocabulary import Level
from common.spend.model import Unavailable
from common.spend.opportunities import snippets
from common.spend.opportunities.finding import Advice, Case, Extent, Finding, Weights, label
from common.spend.opportunities.workload import Action
from common.spend.rollup.cells import (
    LONG,
    LONG_SEEN,
    LONG_SEEN_N,
    MIN_PREFIX,
    PREFIX,
    PREFIX_SEEN,
    SEEN_N,
    TOKENS,
    RequestGroup,
)

_NEEDS = "Log both: OpenAI's cached_tokens or Anthropic's cache_read_input_tokens, and a column session_id."
_LONG_AT_OPENAI = frozenset(
    {
        "gpt-4.1", "gpt-5", "gpt-5.1", "gpt-5.1-codex-mini", "gpt-5.2", "gpt-5.3-codex", "gpt-5.4", "gpt-5.5",
    }
)  # fmt: skip
"""Models with prompt_cache_retention of 24 hours: developers.openai.com/docs/guides/prompt-caching, and the page of
Azure OpenAI on the same. It costs nothing extra.
"""
_BETTER = 1.01
"""A longer life is proposed where it saves more than this times as much."""


def find_caching(case: Case) -> Iterator[Finding]:
    """For each feature and model with repeated prefixes: with a cache of 5 minutes, and of an hour where it pays."""
    for group in sorted({key.group for key, slot in case.workload.items() if slot.reusable_1h > 0}, key=repr):
        short = Action("prompt_caching", group.feature, group)
        long = replace(short, variant="1h")
        savings = case.savings(short)
        if case.worth(savings):
            yield _finding(case, short, group, savings)
        more = case.savings(long) if _lives_long(case, group) else 0.0
        if case.worth(more) and more > _BETTER * savings:
            yield _finding(case, long, group, more)


def _lives_long(case: Case, group: RequestGroup) -> bool:
    """Whether the provider keeps a cache for an hour or longer: it has a price of its own, or OpenAI's setting."""
    if group.provider in ("openai", "azure"):
        return group.model in _LONG_AT_OPENAI
    slots = [(key.price.floor, slot) for key, slot in case.workload.items() if key.group == group]
    return all(slot.rates(floor)[3] > slot.rates(floor)[2] for floor, slot in slots)


def caching_unavailable(case: Case) -> Unavailable:
    """Why there is none."""
    has = case.rollup.has
    if "prefix" not in has:
        lacking = "sessions" if "cache" in has else "cached tokens and sessions"
        reason = f"What a prompt cache could serve cannot be computed without {lacking}."
        return Unavailable("prompt_caching", reason, _NEEDS)
    reason = (
        f"Hardly any request repeats {MIN_PREFIX:,} tokens or more of one before that were not cached, or writing to "
        "the cache would cost more than reading from it saves."
    )
    return Unavailable("prompt_caching", reason, "")


def _finding(case: Case, action: Action, group: RequestGroup, savings: float) -> Finding:
    reports_cached, by_session = "cache" in case.rollup.has, "session" in case.rollup.has
    confidence: Level = "low" if not reports_cached else "medium" if by_session else "high"
    reuse = _reuse(case, action, group)
    return case.finding(
        action,
        savings,
        weights=Weights(effort="low", confidence=confidence),
        advice=_advice(case, action, group, reuse),
        about=Extent(reuse.requests, reuse.tokens),
        from_model=group.model,
    )


@dataclass(frozen=True, slots=True)
class _Reuse:
    """Of a group: requests and input tokens that repeat the start of one before, shares of its input (%)."""

    requests: int
    tokens: int
    within_5m: float
    within_1h: float
    read: float
    """Read from a cache already."""
    cacheable: float
    """In prefixes that are long enough for a cache of the action's life."""


def _reuse(case: Case, action: Action, group: RequestGroup) -> _Reuse:
    cells = [c for key, c in case.rollup.cells.items() if key.group == group]
    sums = [sum(column) for column in zip(*(c[TOKENS.stop :] for c in cells), strict=True)]
    sum_at = dict(zip(range(TOKENS.stop, TOKENS.stop + len(sums)), sums, strict=True))
    incoming = sum(sum(c[TOKENS][:4]) for c in cells)
    long = action.variant == "1h"
    return _Reuse(
        requests=sum_at[LONG_SEEN_N if long else SEEN_N],
        tokens=sum_at[LONG_SEEN if long else PREFIX_SEEN],
        within_5m=100 * sum_at[PREFIX_SEEN] / incoming,
        within_1h=100 * sum_at[LONG_SEEN] / incoming,
        read=100 * sum(c[TOKENS][1] for c in cells) / incoming,
        cacheable=100 * sum_at[LONG if long else PREFIX] / incoming,
    )


def _advice(case: Case, action: Action, group: RequestGroup, reuse: _Reuse) -> Advice:
    long = action.variant == "1h"
    life = "hour" if long else "5 minutes"
    longer = " for an hour" if long else ""
    return Advice(
        title=f"Let the prompt cache serve the repeated input of {label(group.feature)} ({group.model}){longer}",
        method=f"{reuse.cacheable:.1f} % of the input repeats the start of a request of the {life} before (prefixes of "
        f"{MIN_PREFIX:,} tokens or more) and was not read from a cache; it is priced at the cached rate.",
        assumptions=_assumptions(case, action),
        evidence=_evidence(case, reuse),
        steps=(
            "Put what never changes first: tools, system prompt, examples; then the conversation, oldest first.",
            "Take times, request ids and user names out of the first part; one changed byte ends the cached prefix.",
            f"Switch caching on as in the snippet and send follow-ups of a session within the {life} where you can.",
        ),
        verify="Cached tokens per request (the usage object) must rise to about the repeated share within a day.",
        rollback="Take the cache setting out again; answers do not change with it.",
        snippet=snippets.caching(group.provider, group.model, for_an_hour=long),
    )


def _assumptions(case: Case, action: Action) -> tuple[str, ...]:
    assumptions = [f"A cache entry lives {'an hour' if action.variant == '1h' else '5 minutes'} after its last use."]
    if case.savings(action, "high") > case.savings(action):
        assumptions.append(
            "All other input is written to the cache at the higher write rate: the most that it can cost."
        )
    if "cache" not in case.rollup.has:
        assumptions.append(
            "The data do not tell cached tokens; the provider may already serve part of this from its cache."
        )
    return tuple(assumptions)


def _evidence(case: Case, reuse: _Reuse) -> str:
    source = "in the same session" if "session" in case.rollup.has else "by prefix hash"
    read = f"{reuse.read:.1f} % was" if reuse.read else "none was"
    return (
        f"{reuse.within_5m:.1f} % of its input repeats an earlier request {source} within 5 minutes, "
        f"{reuse.within_1h:.1f} % within an hour; {read} read from a cache."
    )
