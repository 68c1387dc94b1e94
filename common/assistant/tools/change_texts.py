"""What is said of a change: the cost of a request on both sides of a day, and what scores say of the answers."""

from collections.abc import Sequence
from dataclasses import dataclass

from common.assistant.question.model import Part
from common.assistant.tools.tool_results import counted, fact, scope
from common.contract.answer import Fact, Scope
from common.figures.dates import day_said
from common.figures.sentences import Name, say
from common.runs.step import Sentence, ShownFigure
from common.spend.measures import ModelChange, Period, PeriodComparison, UnitCostChange
from common.spend.quality.score_changes import ScoreChange
from common.spend.semantics.dimensions import UNTAGGED

NOT_SEEN = (
    "No feature changed its model for good in your data, so the day of the change is not seen. Name the day, and ask"
    " again."
)
_WEIGHED = "Both sides are weighed with the features as they were used after the change: more traffic does not count."
_COST_ONLY = "This is cost only: your data have no scores of the answers on both sides of that day."
_FEATURES_SCORED = 3
_TWO = 2
_CERTAINTY_PCT = 95.0
_SCORED = {
    "better": "answers got better, and more than chance explains",
    "worse": "answers got worse, and more than chance explains",
    "no difference shown": "no difference is shown",
    "too few scores": "too few to tell",
}


@dataclass(frozen=True, slots=True)
class User:
    """USD per day of one user on both sides."""

    name: str
    before_usd: float
    after_usd: float


@dataclass(frozen=True, slots=True)
class Cut:
    """The first day after, the change of model on it if there is one, and both sides of it."""

    day: str
    change: ModelChange | None
    comparison: PeriodComparison
    user: User | None
    scores: tuple[ScoreChange, ...]


def headline(cut: Cut, part: Part) -> list[Sentence]:
    """What changed, and whether a request costs more or less than before."""
    return [*_changed(cut), _verdict(_main(cut), cut, part)]


def details(cut: Cut, part: Part) -> list[Sentence]:
    """Everything together, per 1,000 tokens, what it saved, by user, and what scores say."""
    whole = cut.comparison
    over_all = []
    if whole.request.verdict == "too little data":
        return _quality(cut.scores)
    if _main(cut) is not whole.request and len(whole.by_feature) > 1:
        over_all.append(say("Over all features: {verdict}", verdict=_verdict(whole.request, cut, part)))
    return [*over_all, *_tokens(cut, part), *_saved(cut, part), *_by_user(cut), *_quality(cut.scores)]


def limits(cut: Cut) -> list[Sentence]:
    """How far it can be trusted."""
    days = len(cut.comparison.before.days), len(cut.comparison.after.days)
    sentences = []
    if min(days) < _TWO:
        before, after = (counted(f"days {when} the change", n, "day") for when, n in zip(_SIDES, days, strict=True))
        text = (
            "The data have {before} before and {after} after: how much days differ anyway is hardly seen, so wait for"
            " more of them before you rely on it."
        )
        sentences.append(say(text, before=before, after=after, topic="short span"))
    return [*sentences, say(_WEIGHED, topic="method"), *([] if cut.scores else [say(_COST_ONLY, topic="quality")])]


_SIDES = ("before", "after")


def facts(cut: Cut, part: Part) -> list[Fact]:
    """The figures of the table, and the length of both sides."""
    lines = [each for line in cut.comparison.by_feature for each in _line_facts(line, cut, part)]
    days = len(cut.comparison.before.days), len(cut.comparison.after.days)
    return [*lines, *(fact(f"days {when} the change", n, "count") for when, n in zip(_SIDES, days, strict=True))]


def names(cut: Cut) -> list[str]:
    """Names of the data in these sentences."""
    change = cut.change
    models = [change.feature, change.before, change.after] if change else []
    users = [cut.user.name] if cut.user else []
    return [*models, *users, *(key for line in cut.comparison.by_feature for key in line.keys)]


def _main(cut: Cut) -> UnitCostChange:
    """The feature that changed its model; else everything."""
    if cut.change:
        for change in cut.comparison.by_feature:
            if change.keys == (cut.change.feature,):
                return change
    return cut.comparison.request


def _changed(cut: Cut) -> list[Sentence]:
    if cut.change is None:
        return []
    feature = cut.change.feature
    where = say("") if feature == UNTAGGED else say(" of {feature}", feature=Name(feature))
    before, after = Name(cut.change.before), Name(cut.change.after)
    text = f"On {day_said(cut.day)} most requests{{where}} went from {{before}} to {{after}}."
    return [say(text, where=where, before=before, after=after)]


def _verdict(change: UnitCostChange, cut: Cut, part: Part) -> Sentence:
    subject = _subject(change)
    if change.before_usd is None or change.after_usd is None or change.low_pct is None or change.high_pct is None:
        few = "{subject} cannot be compared yet: there are too few days or requests on one side of that day."
        return say(few, subject=subject)
    costs = say(
        "{after} after instead of {before} before",
        after=_unit_fact(change, "after", change.after_usd, cut, part),
        before=_unit_fact(change, "before", change.before_usd, cut, part),
    )
    between = say(
        "{low} and {high}",
        low=fact(f"lowest change per {_of(change)}", change.low_pct, "pct"),
        high=fact(f"highest change per {_of(change)}", change.high_pct, "pct"),
    )
    if change.verdict == "no difference shown":
        text = (
            "{subject} cost {costs}, but days differ that much anyway, so no difference is shown (change between"
            " {between})."
        )
        return say(text, subject=subject, costs=costs, between=between)
    word = "cheaper" if change.verdict in ("better", "likely better") else "more expensive"
    sure = "That is more than chance days explain"
    if change.verdict in ("likely better", "likely worse"):
        sure = "That is probably not chance, but there are too few days to be sure"
    by = fact(f"change per {_of(change)}", abs(change.change_pct or 0.0), "pct")
    text = f"{{subject}} got {{by}} {word}: it cost {{costs}}. {sure} (change between {{between}})."
    return say(text, subject=subject, by=by, costs=costs, between=between)


def _subject(change: UnitCostChange) -> Sentence:
    if change.keys and change.keys[0] != UNTAGGED:
        return say("A request of {feature}", feature=Name(change.keys[0]))
    return say("A request")


def _of(change: UnitCostChange) -> str:
    return f"{change.unit} of {change.keys[0]}" if change.keys else change.unit


def _unit_fact(change: UnitCostChange, when: str, usd: float, cut: Cut, part: Part) -> Fact:
    side = cut.comparison.before if when == "before" else cut.comparison.after
    return fact(f"cost per {_of(change)} {when}", usd, "usd", _scope(change, side, part))


def _scope(change: UnitCostChange, side: Period, part: Part) -> Scope:
    return scope(part, f"cost per {change.unit}", side.first, side.last, *change.keys)


def _line_facts(line: UnitCostChange, cut: Cut, part: Part) -> list[Fact]:
    sides = (("before", line.before_usd), ("after", line.after_usd))
    costs = [_unit_fact(line, when, usd, cut, part) for when, usd in sides if usd is not None]
    return costs if line.change_pct is None else [*costs, fact(f"change per {_of(line)}", line.change_pct, "pct")]


def _tokens(cut: Cut, part: Part) -> list[Sentence]:
    change = cut.comparison.tokens
    if change.before_usd is None or change.after_usd is None:
        return []
    return [
        say(
            "The cost per 1,000 tokens is {after} after and {before} before.",
            after=_unit_fact(change, "after", change.after_usd, cut, part),
            before=_unit_fact(change, "before", change.before_usd, cut, part),
        )
    ]


def _saved(cut: Cut, part: Part) -> list[Sentence]:
    whole = cut.comparison
    if whole.saved_usd is None or whole.request.verdict in ("no difference shown", "too little data"):
        return []
    word = "more" if whole.saved_usd >= 0 else "less"
    return [
        say(
            f"At the cost per request of before, the {{days}} after would have cost {{usd}} {word}.",
            days=counted("days after the change", len(whole.after.days), "day"),
            usd=fact(
                "saved since the change",
                abs(whole.saved_usd),
                "usd",
                scope(part, "saved", whole.after.first, whole.after.last),
            ),
        )
    ]


def _by_user(cut: Cut) -> list[Sentence]:
    user = cut.user
    if user is None or user.before_usd == user.after_usd:
        return []
    return [
        say(
            "By user, {user} changed most: {after} a day after instead of {before} a day before.",
            user=Name(user.name),
            after=fact(f"cost per day of {user.name} after", user.after_usd, "usd"),
            before=fact(f"cost per day of {user.name} before", user.before_usd, "usd"),
        )
    ]


def _quality(scores: Sequence[ScoreChange]) -> list[Sentence]:
    """What the customer's own scores say of the answers."""
    return [_scored(change) for change in scores[:_FEATURES_SCORED]]


def _scored(change: ScoreChange) -> Sentence:
    def mean(when: str, value: float) -> ShownFigure:
        return ShownFigure(text=f"{value:.3g}", fact=fact(f"mean score of {change.feature} {when}", value, "count"))

    def end(which: str, value: float) -> ShownFigure:
        return ShownFigure(
            text=f"{value:+.3g}", fact=fact(f"{which} difference of scores of {change.feature}", value, "count")
        )

    old, new = change.counts
    return say(
        "Your own scores of {feature} are {after} on average after ({new} scores) and {before} before ({old}):"
        f" {_SCORED[change.verdict]} ({{pct}} interval of the difference {{low}} to {{high}}).",
        feature=Name(change.feature),
        after=mean("after", change.after),
        before=mean("before", change.before),
        new=fact(f"scores of {change.feature} after", new, "count"),
        old=fact(f"scores of {change.feature} before", old, "count"),
        pct=fact("certainty of the interval", _CERTAINTY_PCT, "pct"),
        low=end("least", change.low),
        high=end("most", change.high),
        topic="quality",
    )
