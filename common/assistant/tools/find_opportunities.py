"""`find_opportunities`: what could change, and what it would be worth."""

from collections.abc import Sequence

from common.assistant.context import ToolContext
from common.assistant.question.model import Operation
from common.assistant.tool import Arguments, Inquiry, Tool, Wanted
from common.assistant.tools.limits import limits_of, unknown_features
from common.assistant.tools.tool_results import counted, fact, has_data, names_of, or_unanswerable, tool_result
from common.assistant.tools.weighing import all_found, allowed, change, plain_title, refuted
from common.contract.answer import Fact, TableBlock
from common.core.vocabulary import LEVELS
from common.figures.quoted import quoted
from common.figures.sentences import joined, say
from common.runs.step import Sentence, ToolResult
from common.spend import Opportunity, Quality, Unavailable

_IN_TEXT = 6
_SAID_FAILED = 2
_IN_TABLE = 20
_MARKS: dict[Quality | None, str] = {
    None: "no",
    "safe": "no, it holds",
    "needs_evaluation": "yes",
    "against": "no, it fails",
}


async def find(context: ToolContext, _: Arguments) -> ToolResult:
    """Every saving that the data show, each on its own, largest first."""
    constraints = context.part.constraints
    limits = await context.once(limits_of, constraints)
    report = allowed(await context.once(all_found, limits, await context.workspace.evaluations()), constraints)
    data_names = await context.once(names_of)
    names = [*data_names, *(item.feature for item in report.opportunities if item.feature)]
    possible = [item for item in report.opportunities if not refuted(item)]
    failed = [item for item in report.opportunities if refuted(item)][:_SAID_FAILED]
    worth = [*_worth_saying(possible)[:_IN_TEXT], *failed]
    first = _counted(len(possible))
    details = [change(item, item.savings_usd, item.savings_pct, data_names) for item in worth]
    return tool_result(
        summary=joined([first, *details[:1]]).text.replace("**", ""),
        details=[first, *details],
        missing=[
            *await context.once(unknown_features, constraints),
            *(_unavailable(each, names) for each in report.unavailable),
        ],
        facts=[each for item in report.opportunities for each in _facts(item)],
        names=names,
        blocks=[_table(report.opportunities)] if report.opportunities else [],
    )


def _counted(possible: int) -> Sentence:
    if not possible:
        return say("No saving was found within your limits.")
    count = counted("possible savings", possible, "possible saving")
    return say("{count} found, alternatives included, each counted on its own.", count=count)


def _facts(item: Opportunity) -> list[Fact]:
    return [
        fact(f"savings of {item.title}", item.savings_usd, "usd"),
        fact(f"share saved by {item.title}", item.savings_pct, "pct"),
        fact(f"requests of {item.title}", item.requests, "requests"),
        fact(f"input tokens of {item.title}", item.input_tokens, "tokens"),
    ]


def _unavailable(item: Unavailable, names: Sequence[str]) -> Sentence:
    """Why there is no saving of a kind, and which data would allow to tell; its topic is the kind."""
    return quoted(f"{item.reason} {item.needs}".strip(), "what the data lack", names, topic=item.kind)


def _worth_saying(opportunities: Sequence[Opportunity]) -> list[Opportunity]:
    """Of alternatives the mildest and the one that saves most, the mildest first; places by what the mildest saves."""
    places: dict[tuple[str, str | None, str | None], list[Opportunity]] = {}
    for item in opportunities:
        places.setdefault((item.kind, item.feature, item.from_model), []).append(item)
    pairs = [(min(items, key=_mildness), items[0]) for items in places.values()]
    pairs.sort(key=lambda pair: -pair[0].savings_usd)
    return list({item.id: item for pair in pairs for item in pair}.values())


def _mildness(item: Opportunity) -> tuple[int, int, int, float]:
    worst = max(LEVELS.index(item.quality_risk), LEVELS.index(item.latency_risk))
    return worst, -LEVELS.index(item.confidence), LEVELS.index(item.effort), -item.savings_usd


def _table(opportunities: Sequence[Opportunity]) -> TableBlock:
    return TableBlock(
        title="Possible savings, each on its own",
        columns=["Change", "Saves", "Share of the bill", "Requests", "Effort", "Quality risk", "Evaluate first"],
        units=[None, "usd", "pct", "requests", None, None, None],
        rows=[
            [
                plain_title(item),
                item.savings_usd,
                item.savings_pct,
                float(item.requests),
                item.effort,
                item.quality_risk,
                _MARKS[item.quality],
            ]
            for item in opportunities[:_IN_TABLE]
        ],
    )


def _calls(inquiry: Inquiry) -> tuple[Wanted, ...]:
    if inquiry.part.operation not in (Operation.PLAN, Operation.BUSINESS_CASE) or not has_data(inquiry):
        return ()
    return (Wanted("To see every saving that your data show, within your limits"),)


TOOL = Tool(
    name="find_opportunities",
    title="Look for savings",
    agent="optimization",
    description="Every saving that the data show within the customer's limits, each on its own.",
    arguments=Arguments,
    run=or_unanswerable(find),
    answers=frozenset(),
    calls=_calls,
    shows=lambda inquiry: inquiry.part.operation == Operation.PLAN and not inquiry.part.refers,
)
