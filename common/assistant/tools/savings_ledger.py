"""`savings_ledger`: what accepted changes are measured to have saved so far, and what is only projected."""

from collections.abc import Sequence

from common.assistant.context import ToolContext
from common.assistant.tool import Arguments, Tool
from common.contract.answer import Fact, TableBlock
from common.figures.format import figure, plural, span_fact
from common.runs.step import ToolResult
from common.spend.ledger import RecommendationOutcome, current, outcomes_of

_NONE = "No saving is proven yet."
_HOW = (
    "Accept a recommendation, say when it is implemented, and upload the usage that comes after: the saving is then "
    "measured against what you spent before."
)
_PRICES = "What changes of prices did counts as no saving, and is in none of these figures."
_NOTICEABLE_USD = 0.005


async def savings_ledger(context: ToolContext, _: Arguments) -> ToolResult:
    """The sum, each change that was measured, the largest first, and what is projected."""
    proofs = await context.workspace.ledger()
    titles = {proof.row.recommendation: proof.title for proof in proofs}
    lines = [line for line in outcomes_of(current(proof.row for proof in proofs)) if line.recommendation is not None]
    lines.sort(key=lambda line: -line.saved_usd)
    measured_lines = [line for line in lines if line.basis == "measured"]
    projected = [line for line in lines if line.basis == "projected"]
    days = sorted(p.row.day for p in proofs if p.row.basis == "measured" and p.row.recommendation is not None)
    findings = [
        *_together(measured_lines, days),
        *(_change(line, titles[line.recommendation]) for line in measured_lines),
        *_projected(projected),
        *([_PRICES] if any(abs(line.price_effect_usd) > _NOTICEABLE_USD for line in lines) else []),
    ]
    return ToolResult(
        summary=findings[0],
        findings=findings,
        facts=_facts(measured_lines, projected, titles),
        data={"names": [line.feature for line in lines if line.feature]},
        blocks=[_table(lines, titles)] if lines else [],
    )


def _together(measured_lines: Sequence[RecommendationOutcome], days: Sequence[str]) -> list[str]:
    if not measured_lines:
        return [_NONE, _HOW]
    saved = sum(line.saved_usd for line in measured_lines)
    when = f"measured on your usage {f'from {days[0]} to' if days[0] != days[-1] else 'of'} {days[-1]}"
    changes = plural(len(measured_lines), "change")
    if saved < 0:
        return [f"So far {changes} cost {figure(-saved, 'usd')} more than before, {when}."]
    return [f"So far {changes} saved {figure(saved, 'usd')}, {when}."]


def _change(line: RecommendationOutcome, title: str) -> str:
    """One change; what costs more is said as plainly as what saves."""
    name, days = f"**{title.rstrip('.')}**", plural(line.days, "day")
    if line.saved_usd < 0:
        text = f"{name} cost {figure(-line.saved_usd, 'usd')} more than before on {days}"
        return f"{text}: roll it back, or look into why."
    between = ""
    if line.low_usd is not None and line.high_usd is not None and line.low_usd < line.high_usd:
        between = f", with 95 % certainty between {figure(line.low_usd, 'usd')} and {figure(line.high_usd, 'usd')}"
    return f"{name} saved {figure(line.saved_usd, 'usd')} on {days}{between}."


def _projected(projected: Sequence[RecommendationOutcome]) -> list[str]:
    if not projected:
        return []
    usd = figure(sum(line.saved_usd for line in projected), "usd")
    return [f"Not measured, and in no sum: {plural(len(projected), 'change')} would have saved {usd} more."]


def _facts(
    measured_lines: Sequence[RecommendationOutcome],
    projected: Sequence[RecommendationOutcome],
    titles: dict[str | None, str],
) -> list[Fact]:
    saved = sum(line.saved_usd for line in measured_lines)
    facts = [
        Fact(name="savings proven so far", value=saved, unit="usd"),
        *_above("all changes", saved),
        Fact(name="changes measured", value=len(measured_lines), unit="count"),
        Fact(name="changes projected", value=len(projected), unit="count"),
        Fact(name="savings projected", value=sum(line.saved_usd for line in projected), unit="usd"),
        Fact(name="certainty of the interval", value=95.0, unit="pct"),
    ]
    for line in measured_lines:
        title = titles[line.recommendation]
        facts += [
            Fact(name=f"saved by {title}", value=line.saved_usd, unit="usd"),
            *_above(title, line.saved_usd),
            span_fact(f"days measured of {title}", line.days),
        ]
        ends = (("lower", line.low_usd), ("upper", line.high_usd))
        facts += [Fact(name=f"{end} end of {title}", value=usd, unit="usd") for end, usd in ends if usd is not None]
    return facts


def _above(name: str, saved_usd: float) -> list[Fact]:
    return [Fact(name=f"cost above before of {name}", value=-saved_usd, unit="usd")] if saved_usd < 0 else []


def _table(lines: Sequence[RecommendationOutcome], titles: dict[str | None, str]) -> TableBlock:
    return TableBlock(
        title="Savings in the ledger",
        columns=["Change", "Basis", "Days", "As before", "Now", "Saved"],
        units=[None, None, "count", "usd", "usd", "usd"],
        rows=[
            [
                titles[line.recommendation],
                line.basis,
                float(line.days),
                line.counterfactual_usd,
                line.actual_usd,
                line.saved_usd,
            ]
            for line in lines
        ],
    )


SAVINGS_LEDGER = Tool(
    "savings_ledger",
    "What the customer's accepted changes are measured to have saved so far, each by itself, and what is projected.",
    Arguments,
    savings_ledger,
)
