"""Findings for people: a page of tables with bars."""

from collections.abc import Callable, Sequence

from rich import box
from rich.bar import Bar
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from common.spend.cli.file_report import show_files
from common.spend.cli.money import counted, in_other_currencies, usd
from common.spend.cli.read_files import LogFindings
from common.spend.cli.savings import show_plan, show_savings
from common.spend.measures import Anomalies, Forecast, anomalies, forecast
from common.spend.measures.breakdowns import breakdown
from common.spend.measures.charges import CHARGE_WORDS, uncounted
from common.spend.measures.totals import totals
from common.spend.model import By, OpportunityReport, Plan, Share, Totals, Unanswerable
from common.spend.prices import prices_as_of
from common.spend.quality import Evaluations

_SHOWN, _BAR = 12, 12
_MILLION = 1_000_000
_TITLES: dict[By, str] = {"model": "By model", "feature": "By feature", "user": "By user", "day": "By day"}


def show(findings: LogFindings, evaluations: Evaluations, savings: OpportunityReport, plan: Plan) -> None:
    """Print to the terminal."""
    console = Console(highlight=False)
    show_files(console, findings)
    _show_totals(console, totals(findings.rollup), findings)
    for by, title in _TITLES.items():
        _answer(console, title, lambda by=by: _shares(breakdown(findings.rollup, by), by))  # type: ignore[misc]  # a lambda's defaults
    _answer(console, "Anomalies", lambda: _odd_days(anomalies(findings.rollup)))
    _answer(console, "Forecast", lambda: _next_days(forecast(findings.rollup)))
    for evaluation in evaluations.files:
        models = ", ".join(model.id for model in evaluation.models)
        text = f"\n[bold]{evaluation.name}[/]  evaluation: {len(evaluation.rows):,} prompts, {models}"
        console.print(text, soft_wrap=True)
    show_savings(console, savings)
    show_plan(console, plan)


def _show_totals(console: Console, all_usage: Totals, findings: LogFindings) -> None:
    day = findings.book.price_date
    basis = f"at the prices of {day}" if day else f"at each day's list price (as of {prices_as_of()})"
    basis = "as billed" if all_usage.billed_usd and all_usage.billed_usd == all_usage.cost_usd else basis
    span = f", {all_usage.first:%Y-%m-%d} to {all_usage.last:%Y-%m-%d}" if all_usage.first and all_usage.last else ""
    size = counted(all_usage.requests, "request") if all_usage.requests else "no count of requests"
    if not findings.rollup.cells:
        size = "there is no such request"
    if not all_usage.requests and all_usage.input_tokens + all_usage.output_tokens:
        size = "tokens without a count of requests"
    only = f", only where {' and '.join(map(str, findings.where))}" if findings.where else ""
    console.print(f"\n{_cost(all_usage, basis)}: {size}{span}{escape(only)}", soft_wrap=True)
    if all_usage.input_tokens + all_usage.output_tokens:
        console.print(
            f"{all_usage.input_tokens:,} input tokens, {all_usage.output_tokens:,} output tokens", soft_wrap=True
        )
    if all_usage.unpriced_requests:
        models = ", ".join(all_usage.unpriced_models)
        text = f"No price is known of {counted(all_usage.unpriced_requests, 'request')}, in no sum here: {models}"
        console.print(text, style="yellow", markup=False, soft_wrap=True)
    unread = sum(file.unread_usd for file in findings.files)
    if unread:
        console.print(f"{usd(unread)} could not be read: rejected rows cost so much.", style="yellow")
    _show_charges(console, all_usage)
    if all_usage.reported_usd is not None and basis != "as billed":
        console.print(f"The files themselves say {usd(all_usage.reported_usd)}.", style="dim")
    if all_usage.other_currencies and not _is_billed_in_others(all_usage):
        amounts = in_other_currencies(all_usage.other_currencies)
        text = f"The files also have costs of {amounts}, in no sum here: no exchange rate is assumed."
        console.print(text, style="yellow", soft_wrap=True)
    if all_usage.failed_requests:
        failed_cost = "is not priced" if all_usage.is_unpriced else f"cost {usd(all_usage.failed_cost_usd)}"
        console.print(f"{counted(all_usage.failed_requests, 'request')} failed; what they used {failed_cost}.")


def _cost(all_usage: Totals, basis: str) -> str:
    """Of bills in other currencies alone, these: 0 USD would be no answer."""
    if all_usage.is_unpriced:
        return "[bold]Not priced[/]"
    if _is_billed_in_others(all_usage):
        return f"[bold]{in_other_currencies(all_usage.other_currencies)}[/] as billed"
    return f"[bold]{usd(all_usage.cost_usd)}[/] {basis}"


def _is_billed_in_others(all_usage: Totals) -> bool:
    used = all_usage.cost_usd or all_usage.requests or all_usage.input_tokens + all_usage.output_tokens
    return bool(all_usage.other_currencies) and not used


def _show_charges(console: Console, all_usage: Totals) -> None:
    """What is billed beside text tokens, and what of it is in no sum."""
    for each in all_usage.charges:
        if each.cost_usd:
            units = each.units - each.unpriced_units
            count = f"{units:,} " if units else ""  # a bill may tell only what they cost
            text = f"{usd(each.cost_usd)} of it for {count}{CHARGE_WORDS[each.kind]}."
            console.print(text, markup=False, soft_wrap=True)
    if missing := ", ".join(uncounted(all_usage.charges)):
        console.print(f"Not in these figures, as no price is known: {missing}.", style="yellow", soft_wrap=True)


def _answer(console: Console, title: str, answer: Callable[[], Table | None]) -> None:
    """Nothing where the data lack it: the chat names the export that has it."""
    try:
        table = answer()
    except Unanswerable:
        return
    if table is not None:
        console.print(f"\n[bold]{title}[/]")
        console.print(table)


def _shares(shares: Sequence[Share], by: By) -> Table:
    table = Table(box=box.SIMPLE_HEAD, padding=(0, 1), pad_edge=False)
    table.add_column(by, overflow="ellipsis", no_wrap=True, max_width=30)
    for name in ("USD", "%", "requests", "M input", "M output"):
        table.add_column(name, justify="right", no_wrap=True)
    table.add_column("", width=_BAR)
    most = max((share.cost_usd or 0 for share in shares), default=0.0)
    shown = shares if by == "day" else shares[:_SHOWN]
    for share in shown:
        tokens = (share.input_tokens, share.output_tokens)
        numbers = (f"{share.requests:,}", *(f"{count / _MILLION:,.2f}" for count in tokens))
        bar = Bar(most, 0, share.cost_usd or 0, width=_BAR, color="cyan") if most else ""
        cost = "no price" if share.cost_usd is None else usd(share.cost_usd).removesuffix(" USD")
        pct = "" if share.cost_pct is None else f"{share.cost_pct:.1f}"
        table.add_row(share.key, cost, pct, *numbers, bar)
    if len(shares) > len(shown):
        table.caption = f"and {len(shares) - len(shown):,} more"
    return table


def _odd_days(odd: Anomalies) -> Table | None:
    if not odd.days:
        return None
    table = Table(box=box.SIMPLE_HEAD, padding=(0, 1), pad_edge=False)
    for name, side in (("day", "left"), ("USD", "right"), ("usual", "right"), ("moved most by", "left")):
        table.add_column(name, justify=side)  # type: ignore[arg-type]  # left or right
    for day in odd.days:
        movers = ", ".join(f"{mover.by} {mover.key}" for mover in day.movers)
        table.add_row(day.day, f"{day.usd:,.2f}", f"{day.usual_usd:,.2f}", movers)
    return table


def _next_days(next_days: Forecast) -> Table:
    table = Table(box=box.SIMPLE_HEAD, padding=(0, 1), pad_edge=False)
    for name in ("30 days from", "expected USD", "4 of 5 cases between"):
        table.add_column(name)
    span = f"{next_days.expected.low_usd:,.2f} and {next_days.expected.high_usd:,.2f}"
    table.add_row(next_days.starts, f"{next_days.expected.usd:,.2f}", span)
    return table
