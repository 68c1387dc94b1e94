"""`savings_ledger`: what accepted changes are measured to have saved so far, and what is only projected."""

from collections.abc import Sequence

from common.assistant.context import ToolContext
from common.assistant.question.model import Operation
from common.assistant.tool import Arguments, Inquiry, Tool, Wanted
from common.assistant.tools.tool_results import counted, fact, tool_result
from common.contract.answer import TableBlock
from common.figures.dates import day_said
from common.figures.format import span_fact
from common.figures.names import plain_name
from common.figures.quoted import title_of
from common.figures.sentences import say
from common.runs.step import Sentence, ShownFigure, ToolResult
from common.spend.ledger import RecommendationOutcome, current, outcomes_of

_NONE = "No saving is proven yet."
_HOW = (
    "Accept a recommendation, say when it is implemented, and upload the usage that comes after: the saving is then"
    " measured against what you spent before."
)
_PRICES = "What changes of prices did counts as no saving, and is in none of these figures."
_NOTICEABLE_USD = 0.005
_CERTAINTY_PCT = 95.0


async def savings_ledger(context: ToolContext, _: Arguments) -> ToolResult:
    """The sum, each change that was measured, the largest first, and what is projected."""
    proofs = await context.workspace.ledger()
    titles = {proof.row.recommendation: proof.title for proof in proofs}
    lines = [line for line in outcomes_of(current(proof.row for proof in proofs)) if line.recommendation is not None]
    lines.sort(key=lambda line: -line.saved_usd)
    measurements = [line for line in lines if line.basis == "measured"]
    days = sorted(p.row.day for p in proofs if p.row.basis == "measured" and p.row.recommendation is not None)
    priced = any(abs(line.price_effect_usd) > _NOTICEABLE_USD for line in lines)
    return tool_result(
        headline=[_together(measurements, days)] if measurements else [say(_NONE)],
        details=[
            *(_change(line, titles[line.recommendation]) for line in measurements),
            *_projected([line for line in lines if line.basis == "projected"]),
            *([say(_PRICES)] if priced else []),
        ],
        offer=[] if measurements else [say(_HOW)],
        names=[line.feature for line in lines if line.feature],
        blocks=[_table(lines, titles)] if lines else [],
    )


def _together(measurements: Sequence[RecommendationOutcome], days: Sequence[str]) -> Sentence:
    saved = sum(line.saved_usd for line in measurements)
    begun = f"from {day_said(days[0])} to" if days[0] != days[-1] else "of"
    when = f"measured on your usage {begun} {day_said(days[-1])}"
    changes = counted("changes measured", len(measurements), "change")
    if saved < 0:
        cost = fact("cost above before of all changes", -saved, "usd")
        return say(f"So far {{changes}} cost {{usd}} more than before, {when}.", changes=changes, usd=cost)
    proven = fact("savings proven so far", saved, "usd")
    return say(f"So far {{changes}} saved {{usd}}, {when}.", changes=changes, usd=proven)


def _change(line: RecommendationOutcome, title: str) -> Sentence:
    """One change; what costs more is said as plainly as what saves."""
    what = title_of(title, "stated with a change", [line.feature or ""])
    days = _days(line.days, title)
    if line.saved_usd < 0:
        cost = fact(f"cost above before of {title}", -line.saved_usd, "usd")
        text = "**{what}** cost {usd} more than before on {days}: roll it back, or look into why."
        return say(text, what=what, usd=cost, days=days)
    saved = fact(f"saved by {title}", line.saved_usd, "usd")
    return say("**{what}** saved {usd} on {days}{between}.", what=what, usd=saved, days=days, between=_between(line))


def _days(days: int, title: str) -> ShownFigure:
    return ShownFigure(
        text=f"{days:,} day{'' if days == 1 else 's'}", fact=span_fact(f"days measured of {title}", days)
    )


def _between(line: RecommendationOutcome) -> Sentence:
    """The interval, where there is one."""
    if line.low_usd is None or line.high_usd is None or line.low_usd >= line.high_usd:
        return say("")
    return say(
        ", with {pct} certainty between {low} and {high}",
        pct=fact("certainty of the interval", _CERTAINTY_PCT, "pct"),
        low=fact("lower end of the saving", line.low_usd, "usd"),
        high=fact("upper end of the saving", line.high_usd, "usd"),
    )


def _projected(projected: Sequence[RecommendationOutcome]) -> list[Sentence]:
    if not projected:
        return []
    usd = fact("savings projected", sum(line.saved_usd for line in projected), "usd")
    changes = counted("changes projected", len(projected), "change")
    return [say("Not measured, and in no sum: {changes} would have saved {usd} more.", changes=changes, usd=usd)]


def _table(lines: Sequence[RecommendationOutcome], titles: dict[str | None, str]) -> TableBlock:
    return TableBlock(
        title="Savings in the ledger",
        columns=["Change", "Basis", "Days", "As before", "Now", "Saved"],
        units=[None, None, "count", "usd", "usd", "usd"],
        rows=[
            [
                plain_name(titles[line.recommendation]),
                line.basis,
                float(line.days),
                line.counterfactual_usd,
                line.actual_usd,
                line.saved_usd,
            ]
            for line in lines
        ],
    )


def _calls(inquiry: Inquiry) -> tuple[Wanted, ...]:
    if inquiry.part.operation != Operation.SAVED:
        return ()
    return (Wanted("To see what your accepted changes have saved so far"),)


TOOL = Tool(
    name="savings_ledger",
    title="Look up proven savings",
    agent="data",
    description=(
        "What the customer's accepted changes are measured to have saved so far, each by itself, and what is projected."
    ),
    arguments=Arguments,
    run=savings_ledger,
    answers=frozenset({Operation.SAVED}),
    calls=_calls,
    shows=lambda inquiry: inquiry.part.operation == Operation.SAVED,
)
