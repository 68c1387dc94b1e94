"""Savings and the plan for people: tables with bars."""

from collections.abc import Iterator, Sequence

from rich import box
from rich.bar import Bar
from rich.console import Console, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from common.core.vocabulary import LEVELS, Level
from common.spend.cli.money import counted, usd, usd_in_column
from common.spend.model import LeftOut, Opportunity, OpportunityReport, Plan, SavingsBase, Speed

_SHOWN, _BAR = 10, 8
_NOTHING = "no request has a known price, or all of them use sound or images, which have prices of their own"
_COLORS: dict[Level, str] = {"low": "green", "medium": "yellow", "high": "red"}


def show_savings(console: Console, savings: OpportunityReport) -> None:
    """The mildest way of each saving, on its own; the kinds that the data do not support, and why."""
    advisable = [item for item in savings.opportunities if item.quality != "against"]
    places: dict[tuple[str, str | None, str | None], list[Opportunity]] = {}
    for item in advisable:
        places.setdefault((item.kind, item.feature, item.from_model), []).append(item)
    mildest = sorted((min(items, key=_mildness) for items in places.values()), key=lambda item: -item.savings_usd)
    console.print(f"\n[bold]Savings[/]  each on its own, {_basis(savings.base)}")
    if mildest:
        console.print(_table([(item, item.savings_usd) for item in mildest[:_SHOWN]], savings.baseline_usd))
    else:
        console.print("Nothing was found within your limits.")
    rest = len(advisable) - len(mildest[:_SHOWN])
    if rest:
        console.print(f"and {rest:,} more, alternatives included: --json lists all", style="dim")
    for item in savings.opportunities:
        if item.quality == "against":
            console.print(f"Not advisable: {item.title}. {item.evidence}", style="red", markup=False)
    for line in savings.left_out:
        console.print(_unused(line), style="yellow", markup=False, soft_wrap=True)
    for lacking in savings.unavailable:
        text = f"{lacking.reason} {lacking.needs}".rstrip()
        console.print(Padding(Text(f"{lacking.kind.replace('_', ' ')}: {text}", style="dim"), (0, 0, 0, 2)))


def _basis(base: SavingsBase | None) -> str:
    """What savings are a share of, in words."""
    if base is None or base.usd is None:
        return f"of nothing: {_NOTHING}"
    span = f", {base.first} to {base.last}" if base.first else ""
    apart = f"; {base.unpriced_requests:,} more have no price" if base.unpriced_requests else ""
    size = counted(base.requests, "request") if base.requests else "tokens"
    of_data = f"{usd(base.usd)}, the cost of {size} ({base.scope}{span}) at the prices of {base.prices_as_of}"
    return f"of {of_data}{apart}"


def show_plan(console: Console, plan: Plan) -> None:
    """What to do in which order, what each step adds, and what becomes of target and limits."""
    console.print(f"\n[bold]Plan[/]  {_headline(plan)}")
    if plan.steps:
        console.print(_table([(step.opportunity, step.savings_usd) for step in plan.steps], plan.baseline_usd))
    for text in _outcome(plan):
        console.print(text)
    if plan.binding:
        most = f"At most {plan.best_savings_pct:.1f} % can be saved. What binds: {plan.binding}."
        console.print(most, style="yellow", markup=False)
    for speed in plan.speeds:
        console.print(_speed(speed), style="green" if speed.proven else "yellow", markup=False)


def _headline(plan: Plan) -> str:
    if plan.target_pct is None:
        return "what is advisable: no target was given"
    reached = "reached at the least risk" if plan.target_met else "[yellow]out of reach[/]"
    return f"{plan.target_pct:g} % cheaper: {reached}"


def _outcome(plan: Plan) -> Iterator[str]:
    grown = f" with {plan.growth_pct:g} % growth" if plan.growth_pct else ""
    saved = f"{usd(plan.savings_usd)} ({plan.savings_pct:.1f} %)"
    if plan.base is None or plan.base.usd is None:
        yield f"Nothing can be saved: {_NOTHING}."
        return
    yield f"Saves {saved} of {usd(plan.baseline_usd)}{grown} and leaves {usd(plan.after_usd)}."
    yield f"That is {_basis(plan.base)}."
    if plan.is_bounded:
        yield f"It may be {usd(plan.low_usd)} to {usd(plan.high_usd)}: {plan.why_bounded}."
    if plan.growth_pct and plan.today_usd:
        change = 100 * (plan.after_usd / plan.today_usd - 1)
        way = "more" if change > 0 else "less"
        yield f"With growth and plan, that is {abs(change):.1f} % {way} than today's {usd(plan.today_usd)}."
    waiting = [step.savings_usd for step in plan.steps if step.opportunity.quality == "needs_evaluation"]
    if waiting:
        yield f"Of this, {usd(sum(waiting))} is advisable only after an evaluation on your own requests."


def _table(lines: Sequence[tuple[Opportunity, float]], total: float) -> Table:
    table = Table(box=box.SIMPLE_HEAD, padding=(0, 1), pad_edge=False)
    table.add_column("change", ratio=1, overflow="fold")
    for name in ("USD", "%"):
        table.add_column(name, justify="right", no_wrap=True)
    for name in ("risk", "effort"):
        table.add_column(name, no_wrap=True)
    table.add_column("", width=_BAR)
    most = max(amount for _, amount in lines)
    for item, amount in lines:
        share = f"{100 * amount / total:.1f}"
        table.add_row(item.title, usd_in_column(amount), share, _risk(item), item.effort, _bar(amount, most))
    return table


def _bar(amount: float, most: float) -> RenderableType:
    return Bar(most, 0, amount, width=_BAR, color="green")


def _risk(item: Opportunity) -> str:
    return f"[{_COLORS[item.risk]}]{item.risk}[/]"


def _unused(line: LeftOut) -> str:
    name = "requests" if line.feature is None else line.feature
    return f"Not in use any more, in no saving: {usd(line.cost_usd)} of {name} on {line.model}: {line.reason}."


def _mildness(item: Opportunity) -> tuple[int, int, float]:
    return LEVELS.index(item.risk), LEVELS.index(item.effort), -item.savings_usd


def _speed(speed: Speed) -> str:
    name = speed.feature or "All requests"
    if speed.now_ms is None or speed.limit_ms is None:
        return f"{name}: {speed.missing}"
    if speed.proven:
        return f"{name}: p95 from {speed.now_ms:,.0f} to {speed.after_ms:,.0f} ms, {speed.factor:g} times as fast."
    return f"{name}: p95 {speed.now_ms:,.0f} ms, {speed.limit_ms:,.0f} ms not proven. {speed.missing}"
