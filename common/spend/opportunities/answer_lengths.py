"""How long the answers of one model are beside those of another: by the feature's own rows, else by public runs.

Own rows: the ratio of mean output tokens (visible and reasoning) per successful request of the feature, from
MIN_ANSWERS on each model. Its 95 % interval is that of the logarithm of a ratio of means (delta method), by the spread
of single answers, which are taken as independent. Two models rarely serve the same requests: where their mean inputs
differ by more than MOST_UNLIKE, the ratio only widens the interval of PUBLIC.

Public: the runs on the 225 tasks of aider's polyglot benchmark that report their tokens (github.com/Aider-AI/aider,
aider/website/_data/polyglot_leaderboard.yml at 5dc9490b), 6 models without reasoning and 15 with it.
"""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from math import exp, sqrt

from common.spend.opportunities.capability import capability_of
from common.spend.opportunities.changes import NewOutput
from common.spend.prices.engine import Model
from common.spend.prices.names import resolve
from common.spend.prices.same_model import same_model_key
from common.spend.rollup.cells import TOKENS, N, RequestGroup, SketchKey
from common.spend.rollup.rollup import Rollup
from common.spend.rollup.sketch import Sketch, value_of

MIN_ANSWERS = 100
"""On each model. Answers spread by 0.7 to 0.8 of their mean length (Azure's and Mooncake's public traces), so that 100
on each side tell the ratio to a fifth, and 20 no better than PUBLIC does.
"""
MOST_UNLIKE = 2.0
"""Ratio of mean inputs from which the requests of two models are of other kinds."""
PUBLIC: Mapping[tuple[bool, bool], tuple[float, float, float]] = {
    (False, False): (0.6, 1.0, 1.7),
    (False, True): (0.8, 3.9, 12.2),
    (True, True): (0.1, 1.0, 6.0),
    (True, False): (0.1, 1.0, 1.2),
}
"""Output tokens per one of now, by whether the models reason before and after: the least and most of 95 % of the pairs
of models, and between them what is expected: their median, or as now where that is less.
"""
_Z = 1.96
_SOURCE = "as 95 % of pairs of models on aider's public coding tasks"


@dataclass(frozen=True, slots=True)
class AnswerLengths:
    """`basis`: what the factors rest on, in sentences."""

    output: NewOutput
    own: bool
    """By the feature's own answers on both models."""
    basis: str


@dataclass(frozen=True, slots=True)
class Served:
    """Successful requests and their tokens; `sketch`: how the output of single ones spreads."""

    requests: int = 0
    input_tokens: int = 0
    visible: int = 0
    reasoning: int = 0
    sketch: Sketch = field(default_factory=Sketch)

    @property
    def mean(self) -> float:
        """Output tokens per request."""
        return (self.visible + self.reasoning) / self.requests

    @property
    def relative_variance(self) -> float | None:
        """Of the mean, in parts of its square; None where no single request is known."""
        bins = [(number, value_of(index)) for index, number in self.sketch.bins.items()]
        total = sum(number * value for number, value in bins)
        if not total:
            return None
        squares = sum(number * value**2 for number, value in bins)
        return max(0.0, squares * self.sketch.count / total**2 - 1) / self.sketch.count

    def __add__(self, other: "Served") -> "Served":
        return Served(
            self.requests + other.requests,
            self.input_tokens + other.input_tokens,
            self.visible + other.visible,
            self.reasoning + other.reasoning,
            Sketch.union([self.sketch, other.sketch]),
        )


@dataclass(frozen=True, slots=True)
class Answers:
    """What each group answered; and of each feature each model by its `same_model_key`, at whichever provider."""

    groups: Mapping[RequestGroup, Served]
    models: Mapping[tuple[str | None, str], Served]

    def lengths(self, group: RequestGroup, present: Model, to: Model) -> AnswerLengths:
        """What a group's output becomes on another model."""
        now = self.groups.get(group, Served())
        then = self.models.get((group.feature, same_model_key(to)), Served())
        factors = PUBLIC[_reasons(present), _reasons(to)]
        answers = now.requests, then.requests
        if min(answers) < MIN_ANSWERS or not (now.mean and then.mean):
            return AnswerLengths(NewOutput(factors), own=False, basis=_too_few(group, to, answers, factors))
        ratio = then.mean / now.mean
        if not _alike(now, then):
            least, expected, most = factors
            wide = (min(least, ratio), expected, max(most, ratio))
            return AnswerLengths(NewOutput(wide), own=False, basis=_unlike(group, to, ratio, wide))
        factors = _interval(ratio, (now.relative_variance, then.relative_variance))
        output = NewOutput(factors, then.reasoning / (then.visible + then.reasoning))
        return AnswerLengths(output, own=True, basis=_own(group, to, (now, then), factors))


def answers_of(rollup: Rollup) -> Answers:
    """Of all successful requests of a rollup, sums of requests included."""
    sums: dict[RequestGroup, list[int]] = defaultdict(lambda: [0, 0, 0, 0])
    for key, cell in rollup.cells.items():
        if key.ok and cell[N]:
            *incoming, visible, reasoning = cell[TOKENS]
            for place, count in enumerate((cell[N], sum(incoming), visible, reasoning)):
                sums[key.group][place] += count
    sketches = rollup.sketches
    groups: dict[RequestGroup, Served] = {}
    models: dict[tuple[str | None, str], Served] = {}
    for group, counts in sums.items():
        requests, *tokens = counts
        sketch = sketches.get(SketchKey("output_tokens", *group)) or Sketch()
        groups[group] = served = Served(requests, tokens[0], tokens[1], tokens[2], sketch)
        model = resolve(group.provider, group.model)
        if model is not None:
            of_model = (group.feature, same_model_key(model))
            models[of_model] = models[of_model] + served if of_model in models else served
    return Answers(groups, models)


def _reasons(model: Model) -> bool:
    """False where it is not known."""
    known = capability_of(model)
    return known is not None and known.thinks


def _alike(now: Served, then: Served) -> bool:
    one, two = now.input_tokens / now.requests, then.input_tokens / then.requests
    return max(one, two) <= MOST_UNLIKE * min(one, two)


def _interval(ratio: float, variances: tuple[float | None, float | None]) -> tuple[float, float, float]:
    """Sums of requests show no spread: around their ratio, others' range."""
    one, two = variances
    if one is None or two is None:
        least, _, most = PUBLIC[False, False]
        return least * ratio, ratio, most * ratio
    width = exp(_Z * sqrt(one + two))
    return ratio / width, ratio, ratio * width


def _own(group: RequestGroup, to: Model, served: tuple[Served, Served], factors: tuple[float, float, float]) -> str:
    now, then = served
    least, ratio, most = factors
    return (
        f"An answer of {to.id} to {_feature(group)} has {then.mean:,.0f} output tokens in your data"
        f" ({then.requests:,} requests), one of {group.model} {now.mean:,.0f} ({now.requests:,}), reasoning included:"
        f" output is taken {ratio:.2f} times ({least:.2f} to {most:.2f} with 95 % certainty)."
    )


def _too_few(group: RequestGroup, to: Model, answers: tuple[int, int], factors: tuple[float, float, float]) -> str:
    now, then = answers
    return (
        f"Your data have {then:,} answers of {to.id} to {_feature(group)} and {now:,} of {group.model}"
        f" ({MIN_ANSWERS} of each tell how long they are), so {_range(factors)}"
    )


def _unlike(group: RequestGroup, to: Model, ratio: float, factors: tuple[float, float, float]) -> str:
    return (
        f"Answers of {to.id} to {_feature(group)} are {ratio:.2f} times as long in your data, but its requests are of"
        f" another size than those of {group.model}, so {_range(factors)}"
    )


def _range(factors: tuple[float, float, float]) -> str:
    least, expected, most = factors
    taken = "as long as now" if expected == 1 else f"{expected:g} times as long"
    return f"they are taken {taken}; {least:.2g} to {most:.3g} times is likely, {_SOURCE}."


def _feature(group: RequestGroup) -> str:
    return "your requests" if group.feature is None else group.feature
