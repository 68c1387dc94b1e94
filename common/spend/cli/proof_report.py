"""A proof for people: what each recommendation saved, in 80 columns."""

from rich import box
from rich.console import Console
from rich.table import Table

from common.spend.cli.money import usd
from common.spend.cli.proof import Proof, unpriced
from common.spend.ledger import RecommendationOutcome
from common.spend.prices import prices_as_of

_SHOWN = 20


def show(proof: Proof) -> None:
    """Print to the terminal."""
    console = Console(highlight=False)
    found = proof.verification
    for name, log in (("Before", proof.before), ("After ", proof.after)):
        for file in log.files:
            rejected = f", {file.rejected:,} rejected" if file.rejected else ""
            console.print(f"[bold]{name}[/] {file.name}  {file.format}: {file.rows:,} rows{rejected}", soft_wrap=True)
        if count := unpriced(log):
            text = f"{count:,} requests of {name.strip()} have no price and are in no figure."
            console.print(text, style="yellow", soft_wrap=True)
    if found.skipped_days:
        days = " to ".join(dict.fromkeys((found.skipped_days[0], found.skipped_days[-1])))
        console.print(f"Not counted, as they are not after the first log: {days}", style="yellow", soft_wrap=True)
    if not found.rows:
        console.print("The second log has no request of the features that the recommendations are about.")
        return
    saved_usd = sum(row.saved_usd for row in found.rows if row.earns)
    console.print(f"\n[bold]{usd(saved_usd)} saved[/], measured; list prices as of {prices_as_of()}", soft_wrap=True)
    console.print(
        f"Without the recommendations these requests would have cost {usd(found.counterfactual_usd)}; "
        f"they cost {usd(found.actual_usd)}. Changes of prices, which are no saving: "
        f"{usd(found.price_effect_usd)}."
    )
    _show_outcomes(console, found.outcomes)


def _show_outcomes(console: Console, outcomes: tuple[RecommendationOutcome, ...]) -> None:
    measured = sorted((o for o in outcomes if o.recommendation is not None and o.significant), key=_size)
    chance = sorted((o for o in outcomes if o.recommendation is not None and _by_chance(o)), key=_size)
    rest = [outcome for outcome in outcomes if outcome.recommendation is None]
    projected = [outcome for outcome in outcomes if outcome.basis == "projected"]
    console.print(_table("measured", measured[:_SHOWN]))
    if len(measured) > _SHOWN:
        console.print(f"and {len(measured) - _SHOWN:,} more, see --json", style="dim")
    if any(abs(outcome.saved_usd) > 0 for outcome in rest):
        console.print(_table("explained by no recommendation", rest))
    if chance:
        console.print(_table("too little to be told from chance", chance[:_SHOWN]))
    if projected:
        console.print(_table("projected, not measured: the log cannot tell", projected))
    silent = len(outcomes) - len(measured) - len(chance) - len(rest) - len(projected)
    if silent:
        console.print(f"{silent:,} recommendations left no trace in the second log.", style="dim")


def _size(outcome: RecommendationOutcome) -> float:
    return -abs(outcome.saved_usd)


def _by_chance(outcome: RecommendationOutcome) -> bool:
    return outcome.basis == "measured" and outcome.footprint != 0 and not outcome.significant


def _table(title: str, outcomes: list[RecommendationOutcome]) -> Table:
    table = Table(box=box.SIMPLE_HEAD, padding=(0, 1), pad_edge=False)
    table.add_column(title, overflow="fold", max_width=34)
    for name in ("requests", "would be", "cost", "saved USD", "±"):
        table.add_column(name, justify="right", no_wrap=True)
    for line in outcomes:
        half = "" if line.high_usd is None else f"{line.high_usd - line.saved_usd:,.2f}"
        money = (f"{amount:,.2f}" for amount in (line.counterfactual_usd, line.actual_usd, line.saved_usd))
        table.add_row(line.recommendation or line.feature or "(no feature)", f"{line.requests:,}", *money, half)
    return table
