"""How a change is weighed: what it saves and how sure that is, and which ones the customer does not want."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Literal

from common.assistant.question.model import Constraints, Keep
from common.assistant.tools.limits import most_effort, same_feature
from common.assistant.tools.tool_results import fact
from common.core.vocabulary import LEVELS
from common.figures.names import plain_name
from common.figures.quoted import title_of
from common.figures.sentences import say
from common.runs.step import Sentence
from common.spend import Limits, Opportunity, OpportunityReport, Quality, Rollup, find_opportunities
from common.spend.quality import Evaluations

Refusal = Literal["keeps", "speed", "effort", "evaluation", "quality"]
"""Why the customer does not want a change: it touches what is to stay, makes answers slow, takes too much work, needs
an evaluation first, or nothing shows that answers stay as good as they ask for.
"""
_SWAPS = ("right_sizing", "provider_choice")
_VERDICTS: dict[Quality, str] = {
    "safe": "quality shown to hold",
    "needs_evaluation": "needs an evaluation first",
    "against": "not advisable, evidence speaks against it",
}


def all_found(rollup: Rollup, limits: Limits, evaluations: Evaluations) -> OpportunityReport:
    """Every opportunity within the limits."""
    return find_opportunities(rollup, limits, evaluations=evaluations)


def allowed(report: OpportunityReport, constraints: Constraints) -> OpportunityReport:
    """Without what the customer does not want."""
    wanted = tuple(item for item in report.opportunities if refusal(item, constraints) is None)
    return replace(report, opportunities=wanted)


def refused(report: OpportunityReport, constraints: Constraints) -> tuple[str, ...]:
    """Ids of the opportunities that the customer does not want, too much effort aside, which is a limit of a plan."""
    reasons = {item.id: refusal(item, constraints) for item in report.opportunities}
    return tuple(name for name, reason in reasons.items() if reason not in (None, "effort"))


def refusal(item: Opportunity, constraints: Constraints) -> Refusal | None:
    """Why the customer does not want it; None: it is wanted."""
    most = most_effort(constraints)
    if any(_breaks(item, keep) for keep in constraints.keeps):
        return "keeps"
    if item.kind == "batch" and any(_same(each.feature, item.feature) for each in constraints.speedup):
        return "speed"
    if most is not None and LEVELS.index(item.effort) > LEVELS.index(most):
        return "effort"
    if not uncertain(item):
        return None
    return "quality" if constraints.quality is not None else "evaluation" if constraints.no_evaluation else None


def needs_evaluation(item: Opportunity) -> bool:
    """True for what nobody may call safe before it was tried on the customer's own requests."""
    return item.quality == "needs_evaluation"


def refuted(item: Opportunity) -> bool:
    """True for what evidence speaks against: no plan proposes it."""
    return item.quality == "against"


def uncertain(item: Opportunity) -> bool:
    """True for a change whose answers are not known to stay as good."""
    return needs_evaluation(item) or refuted(item)


def title(item: Opportunity, data_names: Sequence[str]) -> Sentence:
    """Its title, to be put into a sentence; `data_names`: names of the customer's data."""
    return title_of(item.title, "stated with a change", names_in(item, data_names))


def plain_title(item: Opportunity) -> str:
    """The same for a label or a cell, where nothing is read as Markdown."""
    return plain_text(item.title.rstrip("."), item)


def plain_text(text: str, item: Opportunity) -> str:
    """A text of a change with its names as labels have them."""
    for name in (item.feature, item.from_model, item.to_model):
        text = text.replace(name, plain_name(name)) if name else text
    return text


def names_in(item: Opportunity, data_names: Sequence[str]) -> list[str]:
    """Names that its texts may carry."""
    own = (item.feature, item.from_model, item.to_model)
    return [*(name for name in own if name), *data_names]


def change(item: Opportunity, usd: float, pct: float, data_names: Sequence[str]) -> Sentence:
    """One change in a line: what it saves, and how it weighs. What is not certain only would."""
    would = uncertain(item) or item.needs_confirmation
    return say(
        f"**{{title}}** {'would save' if would else 'saves'} {{usd}} ({{pct}}); {weighed(item)}.",
        title=title(item, data_names),
        usd=fact(f"savings of {item.title}", usd, "usd"),
        pct=fact(f"share saved by {item.title}", pct, "pct"),
        topic="change",
    )


def weighed(item: Opportunity) -> str:
    """Verdict, effort and risk in a few words; what is not safe never reads as safe."""
    labels = [] if item.quality is None else [_VERDICTS[item.quality]]
    labels.append(f"effort {item.effort}")
    labels += [f"quality risk {item.quality_risk}"] if item.quality_risk != "low" else []
    labels += [f"latency risk {item.latency_risk}"] if item.latency_risk != "low" else []
    labels += ["only if you confirm that nobody waits"] if item.needs_confirmation else []
    labels += ["confidence low"] if item.confidence == "low" else []
    return ", ".join(labels)


def _same(requested: str | None, feature: str | None) -> bool:
    return requested is None or feature is None or same_feature(requested, feature)


def _breaks(item: Opportunity, keep: Keep) -> bool:
    """A kept model for a feature forbids swaps there; a kept feature forbids every change to it."""
    if keep.feature and (item.feature is None or not same_feature(keep.feature, item.feature)):
        return item.feature is None and item.kind in _SWAPS and keep.model in (None, item.from_model)
    if keep.model:
        return item.kind in _SWAPS and item.from_model == keep.model
    return True
