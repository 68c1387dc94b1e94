"""`before_and_after`: what a request cost before and after a change, and whether that is more than chance."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from pydantic import Field

from common.assistant.context import ToolContext
from common.assistant.tool import Arguments, Tool
from common.contract.answer import Fact, TableBlock
from common.figures.format import figure, plural, span_fact, stated_facts
from common.runs.step import ToolError, ToolResult
from common.spend import Rollup, Unanswerable
from common.spend.measures import (
    ModelChange,
    PeriodComparison,
    UnitCostChange,
    UserChange,
    compare,
    model_changes,
    period_of,
    user_changes,
)
from common.spend.measures.day import days_of
from common.spend.quality.score_changes import ScoreChange, score_changes
from common.spend.rollup.bounded_names import OTHER
from common.spend.semantics.dimensions import UNTAGGED

_DETECT = "found"
_SHOWN = 20
_NOT_SEEN = (
    "No feature changed its model for good in your data, so the day of the change is not seen. Name the day, and ask"
    " again."
)
_WEIGHED = "Both sides are weighed with the features as they were used after the change: more traffic does not count."
_COST_ONLY = "This is cost only: your data have no scores of the answers on both sides of that day."
_FEATURES_SCORED = 3


class ComparisonArguments(Arguments):
    """Where to cut."""

    change_day: str = Field(
        description="The first day after the change, as 2026-10-29 or 10-29; found to look for a change of model."
    )


@dataclass(frozen=True, slots=True)
class _CutComparison:
    """The day of the cut, and the change of model that it was found by; None: the day was named."""

    day: str
    change: ModelChange | None
    comparison: PeriodComparison
    user: UserChange | None
    """Whose cost per day differs most; None where users are not known by day."""
    scores: tuple[ScoreChange, ...]


async def before_and_after(context: ToolContext, arguments: ComparisonArguments) -> ToolResult:
    """Cost per request and per 1,000 tokens on both sides of a day, with an interval and a verdict."""
    if not re.fullmatch(rf"(?:\d{{4}}-)?\d{{2}}-\d{{2}}|{_DETECT}", arguments.change_day):
        raise ToolError(f"{arguments.change_day!r} is no day; give it as 2026-10-29 or 10-29, or {_DETECT}.")
    cut = await context.compute(_cut_comparison, arguments.change_day)
    if isinstance(cut, str):
        return ToolResult(summary=cut, findings=[cut], data={"unanswerable": True})
    findings = _findings(cut)
    return ToolResult(
        summary=findings[0],
        findings=findings,
        facts=_facts(cut),
        data={"day": cut.day, "verdict": _main(cut).verdict, "names": _names(cut)},
        blocks=[_table(cut.comparison)],
    )


def _cut_comparison(rollup: Rollup, change_day: str) -> _CutComparison | str:
    """The comparison, or why there is none."""
    change = next(iter(model_changes(rollup)), None) if change_day == _DETECT else None
    if change_day == _DETECT and change is None:
        return _NOT_SEEN
    days = days_of(rollup)
    first, last = date.fromisoformat(days[0]), date.fromisoformat(days[-1])
    later = [(last - timedelta(days=back)).isoformat() for back in range((last - first).days)]
    day = change.day if change else next((day for day in later if day.endswith(change_day)), None)
    if day is None:
        return f"Your data have no days on both sides of that day; they run from {first} to {last}."
    eve = (date.fromisoformat(day) - timedelta(days=1)).isoformat()
    comparison = compare(period_of(rollup, last=eve), period_of(rollup, first=day))
    return _CutComparison(day, change, comparison, _user(rollup, day), score_changes(rollup, day))


def _user(rollup: Rollup, cut: str) -> UserChange | None:
    at, days = date.fromisoformat(cut).toordinal(), sorted({key.day for key in rollup.cells})
    try:
        changes = user_changes(rollup, [day for day in days if day < at], [day for day in days if day >= at])
    except Unanswerable:
        return None
    return next((change for change in changes if change.user != OTHER), None)


def _main(cut: _CutComparison) -> UnitCostChange:
    """The feature that changed its model; else everything."""
    if cut.change:
        for change in cut.comparison.by_feature:
            if change.keys == (cut.change.feature,):
                return change
    return cut.comparison.request


def _findings(cut: _CutComparison) -> list[str]:
    main, whole = _main(cut), cut.comparison
    findings = [" ".join([*_cut(cut), _verdict(main)])]
    if main is not whole.request:
        findings.append(f"Over all features: {_verdict(whole.request)}")
    few = ("too little data", "likely better", "likely worse")
    findings += [whole.words] if main.verdict in few and main.verdict == whole.request.verdict else []
    findings += _tokens(whole.tokens)
    if whole.saved_usd is not None and whole.request.verdict in ("better", "worse"):
        word = "more" if whole.saved_usd >= 0 else "less"
        days = plural(len(whole.after.days), "day")
        findings.append(
            f"At the cost per request of before, the {days} after would have cost"
            f" {figure(abs(whole.saved_usd), 'usd')} {word}."
        )
    return [*findings, *_by_user(cut), _WEIGHED, *_quality(cut.scores)]


def _quality(scores: Sequence[ScoreChange]) -> list[str]:
    """What the customer's own scores say of the answers."""
    if not scores:
        return [_COST_ONLY]
    return [
        f"Your own scores of {change.feature} are {change.after:.3g} on average after ({change.counts[1]:,} scores) and"
        f" {change.before:.3g} before ({change.counts[0]:,}): {_SCORED[change.verdict]} (95 % interval of the"
        f" difference {change.low:+.3g} to {change.high:+.3g})."
        for change in scores[:_FEATURES_SCORED]
    ]


_SCORED = {
    "better": "answers got better, and more than chance explains",
    "worse": "answers got worse, and more than chance explains",
    "no difference shown": "no difference is shown",
    "too few scores": "too few to tell",
}


def _by_user(cut: _CutComparison) -> list[str]:
    if cut.user is None or cut.user.before_usd == cut.user.after_usd:
        return []
    after, before = figure(cut.user.after_usd, "usd"), figure(cut.user.before_usd, "usd")
    return [f"By user, {cut.user.user} changed most: {after} a day after instead of {before} a day before."]


def _cut(cut: _CutComparison) -> list[str]:
    if cut.change is None:
        return []
    where = "" if cut.change.feature == UNTAGGED else f" of {cut.change.feature}"
    return [f"On {cut.day} most requests{where} went from {cut.change.before} to {cut.change.after}."]


def _subject(change: UnitCostChange) -> str:
    return f"A request of {change.keys[0]}" if change.keys and change.keys[0] != UNTAGGED else "A request"


def _verdict(change: UnitCostChange) -> str:
    if change.before_usd is None or change.after_usd is None or change.low_pct is None or change.high_pct is None:
        return f"{_subject(change)} cannot be compared yet: there are too few days or requests on one side of that day."
    costs = f"{figure(change.after_usd, 'usd')} after instead of {figure(change.before_usd, 'usd')} before"
    between = f"{figure(change.low_pct, 'pct')} and {figure(change.high_pct, 'pct')}"
    if change.verdict == "no difference shown":
        return (
            f"{_subject(change)} cost {costs}, but days differ that much anyway, so no difference is shown (change"
            f" between {between})."
        )
    word = "cheaper" if change.verdict in ("better", "likely better") else "dearer"
    if change.verdict in ("likely better", "likely worse"):
        return (
            f"{_subject(change)} got {figure(abs(change.change_pct or 0.0), 'pct')} {word}: it cost {costs}. That is"
            f" likely no chance, but the days are too few to be sure (change between {between})."
        )
    return (
        f"{_subject(change)} got {figure(abs(change.change_pct or 0.0), 'pct')} {word}: it cost {costs}. That is more"
        f" than chance days explain (change between {between})."
    )


def _tokens(change: UnitCostChange) -> list[str]:
    if change.before_usd is None or change.after_usd is None:
        return []
    per = "per 1,000 tokens"
    return [f"The cost {per} is {figure(change.after_usd, 'usd')} after and {figure(change.before_usd, 'usd')} before."]


def _facts(cut: _CutComparison) -> list[Fact]:
    whole = cut.comparison
    facts = [fact for change in (whole.request, whole.tokens, *whole.by_feature) for fact in _change_facts(change)]
    if whole.saved_usd is not None:
        facts.append(Fact(name="saved since the change", value=whole.saved_usd, unit="usd"))
    if cut.user is not None and (cut.user.before_usd or cut.user.after_usd):
        name = f"cost per day of {cut.user.user}"
        facts.append(Fact(name=f"{name} before", value=cut.user.before_usd, unit="usd"))
        facts.append(Fact(name=f"{name} after", value=cut.user.after_usd, unit="usd"))
    facts.append(span_fact("days after the change", len(whole.after.days)))
    facts += stated_facts("what a comparison needs", [whole.words])
    facts += stated_facts("scores before and after", _quality(cut.scores))
    return [*facts, span_fact("days before the change", len(whole.before.days))]


def _change_facts(change: UnitCostChange) -> list[Fact]:
    of = f"{change.unit} of {change.keys[0]}" if change.keys else change.unit
    known = [
        Fact(name=f"cost per {of} {when}", value=value, unit="usd")
        for when, value in (("before", change.before_usd), ("after", change.after_usd))
        if value is not None
    ]
    shares = (("change", change.change_pct), ("lowest change", change.low_pct), ("highest change", change.high_pct))
    return known + [
        Fact(name=f"{name} per {of}", value=value, unit="pct") for name, value in shares if value is not None
    ]


def _names(cut: _CutComparison) -> list[str]:
    change = cut.change
    models = [change.feature, change.before, change.after] if change else []
    users = [cut.user.user] if cut.user else []
    return [cut.day, *models, *users, *(key for line in cut.comparison.by_feature for key in line.keys)]


def _table(comparison: PeriodComparison) -> TableBlock:
    return TableBlock(
        title="Cost of a request before and after",
        columns=["Feature", "Model", "Before", "After", "Change", "Verdict"],
        units=[None, None, "usd", "usd", "pct", None],
        rows=[
            [*line.keys, line.before_usd, line.after_usd, line.change_pct, line.verdict]
            for line in comparison.by_model[:_SHOWN]
        ],
    )


BEFORE_AND_AFTER = Tool(
    "before_and_after",
    "Whether a change was worth it: cost per request and per 1,000 tokens before and after a day, against chance.",
    ComparisonArguments,
    before_and_after,
)
