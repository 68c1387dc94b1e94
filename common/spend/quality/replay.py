"""A replay evaluation: answers of two models to the same requests, compared blind by a judge.

The judge sees two answers as first and second and does not learn whose they are. Each pair is judged in both orders, as
judges prefer a place (L. Zheng et al., "Judging LLM-as-a-Judge with MT-Bench and Chatbot Arena", 2023): an answer that
wins in one order only has not won. Nothing is read, sent or kept here.
"""

import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from common.spend.quality.evaluation import PreferenceCounts

Preference = Literal["first", "second", "tie"]
Judge = Callable[[str, str, str], Preference]
"""(request, first answer, second answer) to which one is better."""
_MIRRORED: dict[Preference, Preference] = {"first": "second", "second": "first", "tie": "tie"}


@dataclass(frozen=True, slots=True)
class Pair:
    """One request with both answers."""

    request: str
    reference: str
    """Of the present model."""
    candidate: str


@dataclass(frozen=True, slots=True)
class Trial:
    """One question to the judge. `swapped`: the candidate stands first."""

    place: int
    """Of the pair, from 0."""
    request: str
    first: str
    second: str
    swapped: bool


def trials(pairs: Sequence[Pair], seed: int) -> list[Trial]:
    """Every pair in both orders, which of them comes first drawn by `seed`, and all pairs shuffled."""
    draw = random.Random(seed)  # noqa: S311 - a fair order, no secret
    both: list[Trial] = []
    places = list(range(len(pairs)))
    draw.shuffle(places)
    for place in places:
        pair = pairs[place]
        plain = Trial(place, pair.request, pair.reference, pair.candidate, swapped=False)
        turned = Trial(place, pair.request, pair.candidate, pair.reference, swapped=True)
        both += [plain, turned] if draw.random() < 0.5 else [turned, plain]  # noqa: PLR2004 - a coin
    return both


def replay(pairs: Sequence[Pair], judge: Judge, seed: int = 0) -> PreferenceCounts:
    """Judge all pairs. Raises whatever the judge raises."""
    asked = trials(pairs, seed)
    return tally_of([(trial, judge(trial.request, trial.first, trial.second)) for trial in asked])


def tally_of(judged: Sequence[tuple[Trial, Preference]]) -> PreferenceCounts:
    """Every pair in both orders, each judged once; raises ValueError for anything else."""
    found = list(_outcomes(judged))
    wins, losses = found.count("second"), found.count("first")
    return PreferenceCounts(wins, len(found) - wins - losses, losses, found.count("contradiction"))


def _outcomes(judged: Sequence[tuple[Trial, Preference]]) -> Iterator[Preference | Literal["contradiction"]]:
    """Of each pair who wins: the reference stands for first, the candidate for second."""
    votes: dict[int, dict[bool, Preference]] = {}
    for trial, preference in judged:
        votes.setdefault(trial.place, {})[trial.swapped] = _MIRRORED[preference] if trial.swapped else preference
    if len(judged) != 2 * len(votes) or any(len(orders) != 2 for orders in votes.values()):  # noqa: PLR2004
        raise ValueError("a replay needs each pair judged once in both orders")
    for orders in votes.values():
        one, two = orders[False], orders[True]
        if one == two:
            yield one
        elif "tie" in (one, two):
            yield "tie"
        else:
            yield "contradiction"
