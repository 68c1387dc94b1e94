"""`before_and_after`: what a request cost before and after a change, and whether that is more than chance."""

import re
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
from common.spend.measures.totals import UNTAGGED
from common.spend.rollup.bounded_names import OTHER

_FOUND = "found"
_SHOWN = 20
_NOT_SEEN = (
    "No feature changed its model for good in your data, so the day of the change is not seen. Name the day, and ask"
    " again."
)
_WEIGHED = "Both sides are weighed with the features as they were used after the change: more traffic does not count."
_COST_ONLY = "This is cost only: whether answers got better or worse stands in no log."


class ComparisonArguments(Arguments):
    """Where to cut."""

    change_day: str = Field(
        description="The first day after the change, as 2026-10-29 or 10-29; found to look for a change of model."
    )


@dataclass(frozen=True, slots=True)
class _Found:
    """The day of the cut, and the change of model that it was found by; None: the day was named."""

    day: str
    change: ModelChange | None
    compared: PeriodComparison
    user: UserChange | None
    """Whose cost per day differs most; None where users are not known by day."""


async def before_and_after(context: ToolContext, arguments: ComparisonArguments) -> ToolResult:
    """Cost per request and per 1,000 tokens on both sides of a day, with an interval and a verdict."""
    if not re.fullmatch(rf"(?:\d{{4}}-)?\d{{2}}-\d{{2}}|{_FOUND}", arguments.change_day):
        raise ToolError(f"{arguments.change_day!r} is no day; give it as 2026-10-29 or 10-29, or {_FOUND}.")
    found = await context.compute(_compared, arguments.change_day)
    if isinstance(found, str):
        return ToolResult(summary=found, findings=[found], data={"unanswerable": True})
    findings = _findings(found)
    return ToolResult(
        summary=findings[0],
        findings=findings,
        facts=_facts(found),
        data={"day": found.day, "verdict": _main(found).verdict, "names": _names(found)},
        blocks=[_table(found.compared)],
    )


def _compared(rollup: Rollup, asked: str) -> _Found | str:
    """The comparison, or why there is none."""
    change = next(iter(model_changes(rollup)), None) if asked == _FOUND else None
    if asked == _FOUND and change is None:
        return _NOT_SEEN
    days = days_of(rollup)
    first, last = date.fromisoformat(days[0]), date.fromisoformat(days[-1])
    later = [(last - timedelta(days=back)).isoformat() for back in range((last - first).days)]
    day = change.day if change else next((day for day in later if day.endswith(asked)), None)
    if day is None:
        return f"Your data have no days on both sides of that day; they run from {first} to {last}."
    eve = (date.fromisoformat(day) - timedelta(days=1)).isoformat()
    compared = compare(period_of(rollup, last=eve), period_of(rollup, first=day))
    return _Found(day, change, compared, _user(rollup, day))


def _user(rollup: Rollup, cut: str) -> UserChange | None:
    at, days = date.fromisoformat(cut).toordinal(), sorted({key.day for key in rollup.cells})
    try:
        changes = user_changes(rollup, [day for day in days if day < at], [day for day in days if day >= at])
    except Unanswerable:
        return None
    return next((change for change in changes if change.user != OTHER), None)


def _main(found: _Found) -> UnitCostChange:
    """The feature that changed its model; else everything."""
    if found.change:
        for change in found.compared.by_feature:
            if change.keys == (found.change.feature,):
                return change
    return found.compared.request


def _findings(found: _Found) -> list[str]:
    main, whole = _main(found), found.compared
    findings = [" ".join([*_cut(found), _verdict(main)])]
    if main is not whole.request:
        findings.append(f"Over all features: {_verdict(whole.request)}")
    findings += [whole.words] if main.verdict == "too little data" else []
    findings += _tokens(whole.tokens)
    if whole.saved_usd is not None and whole.request.verdict in ("better", "worse"):
        word = "more" if whole.saved_usd >= 0 else "less"
        days = plural(len(whole.after.days), "day")
        findings.append(
            f"At the cost per request of before, the {days} after would have cost"
            f" {figure(abs(whole.saved_usd), 'usd')} {word}."
        )
    return [*findings, *_by_user(found), _WEIGHED, _COST_ONLY]


def _by_user(found: _Found) -> list[str]:
    if found.user is None or found.user.before_usd == found.user.after_usd:
        return []
    after, before = figure(found.user.after_usd, "usd"), figure(found.user.before_usd, "usd")
    return [f"By user, {found.user.user} changed most: {after} a day after instead of {before} a day before."]


def _cut(found: _Found) -> list[str]:
    if found.change is None:
        return []
    where = "" if found.change.feature == UNTAGGED else f" of {found.change.feature}"
    return [f"On {found.day} most requests{where} went from {found.change.before} to {found.change.after}."]


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
    word = "cheaper" if change.verdict == "better" else "dearer"
    return (
        f"{_subject(change)} got {figure(abs(change.change_pct or 0.0), 'pct')} {word}: it cost {costs}. That is more"
        f" than chance days explain (change between {between})."
    )


def _tokens(change: UnitCostChange) -> list[str]:
    if change.before_usd is None or change.after_usd is None:
        return []
    per = "per 1,000 tokens"
    return [f"The cost {per} is {figure(change.after_usd, 'usd')} after and {figure(change.before_usd, 'usd')} before."]


def _facts(found: _Found) -> list[Fact]:
    whole = found.compared
    facts = [fact for change in (whole.request, whole.tokens, *whole.by_feature) for fact in _change_facts(change)]
    if whole.saved_usd is not None:
        facts.append(Fact(name="saved since the change", value=whole.saved_usd, unit="usd"))
    if found.user is not None:
        name = f"cost per day of {found.user.user}"
        facts.append(Fact(name=f"{name} before", value=found.user.before_usd, unit="usd"))
        facts.append(Fact(name=f"{name} after", value=found.user.after_usd, unit="usd"))
    facts.append(span_fact("days after the change", len(whole.after.days)))
    facts += stated_facts("what a comparison needs", [whole.words])
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


def _names(found: _Found) -> list[str]:
    change = found.change
    models = [change.feature, change.before, change.after] if change else []
    users = [found.user.user] if found.user else []
    return [found.day, *models, *users, *(key for line in found.compared.by_feature for key in line.keys)]


def _table(compared: PeriodComparison) -> TableBlock:
    return TableBlock(
        title="Cost of a request before and after",
        columns=["Feature", "Model", "Before", "After", "Change", "Verdict"],
        units=[None, None, "usd", "usd", "pct", None],
        rows=[
            [*line.keys, line.before_usd, line.after_usd, line.change_pct, line.verdict]
            for line in compared.by_model[:_SHOWN]
        ],
    )


BEFORE_AND_AFTER = Tool(
    "before_and_after",
    "Whether a change was worth it: cost per request and per 1,000 tokens before and after a day, against chance.",
    ComparisonArguments,
    before_and_after,
)
