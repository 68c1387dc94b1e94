"""A measured figure explained: by its formula, the rows and prices that it rests on, and its largest parts."""

from collections.abc import Iterator, Mapping

from common.assistant.context import ToolContext
from common.assistant.question.model import ExplainTopic, Part
from common.assistant.question.words import UNITS
from common.assistant.tools.tool_results import fact, scope, tool_result
from common.figures.dates import day_said, days_said
from common.figures.quoted import quoted
from common.figures.sentences import Name, joined, say
from common.runs.step import Sentence, ToolResult
from common.spend import Rollup, prices_as_of
from common.spend.semantics import MEASURES, Coverage, DimensionName, Order, Result, Row, Unanswerable, UsageQuery, run
from common.spend.semantics.formulas import Least, Percentile
from common.spend.semantics.measures import MeasureName
from common.spend.semantics.needs import Need, is_met

_MOST_GROUPS = 3
_EXACT = "These are sums over your own rows, exact until one last division; nothing is estimated."
_SPREAD = "These come from your own rows, request by request; nothing is estimated from outside."
_PRICED = "{title}: the tokens of each request at the list price of its model on its own day, added up."


async def measure_explained(context: ToolContext, topic: ExplainTopic, before: Part) -> ToolResult:
    """From the query, and where data are attached from what it rests on."""
    query, shown = before.query, []
    if context.dataset_ids:
        result = await context.compute_on((), None, _answered, query)
        shown = [] if isinstance(result, Unanswerable) else [result]
    if topic == "why" and shown:
        return await _contributions(context, before)
    formulas = [_formula(name) for name in query.measures]
    rests = [_rests_on(each.coverage, query) for each in shown]
    notes = [quoted(note, "what the figures rest on") for each in shown for note in each.coverage.notes]
    priced = [prices()] if any(MEASURES[name].basis for name in query.measures) else []
    says: Mapping[ExplainTopic, list[Sentence]] = {
        "why": formulas,
        "how_sure": [_sure(query), *notes, *priced],
        "assumed": [*doubts(context), *notes, *priced] or [say("Nothing was assumed: it is a count of your rows.")],
        "source": [*await _files(context), *rests, *priced],
        "method": [*formulas, *notes],
        "risk": [say("A measured figure carries no risk: nothing is changed by it."), *rests],
    }
    first, *others = says[topic]
    return tool_result(headline=[first], details=others, names=[n for each in query.where for n in each.values])


def _answered(rollup: Rollup, query: UsageQuery) -> Result | Unanswerable:
    return run(query, rollup)


def _sure(query: UsageQuery) -> Sentence:
    spread = any(isinstance(MEASURES[name].formula, Percentile | Least) for name in query.measures)
    return say(_SPREAD if spread else _EXACT)


def _formula(name: MeasureName) -> Sentence:
    """How a measure is computed, in words."""
    spec = MEASURES[name]
    formula = spec.formula
    if isinstance(formula, Percentile):
        share = fact("share of requests", 100 * formula.share, "pct")
        return say("{title}: {share} of the requests stay under it.", title=spec.title, share=share)
    if isinstance(formula, Least):
        return say("{title}: no request has fewer.", title=spec.title)
    if formula.under is None:
        return say(_PRICED if name is MeasureName.COST else "{title}: added up over your rows.", title=spec.title)
    ratio = f"{spec.title}: {formula.over} divided by {formula.under}"
    per = f", for each {formula.times:,}" if formula.times > 1 and spec.unit != "%" else ""
    return quoted(f"{ratio}{per}, over all rows together.", f"formula of {name}")


async def _files(context: ToolContext) -> list[Sentence]:
    """Which files the rows come from."""
    if not context.dataset_ids:
        return [say("The figures of that answer came from the log that was attached then.")]
    files = [
        say("{name} ({rows} rows)", name=Name(each.name), rows=fact(f"rows of {each.name}", each.rows, "count"))
        for each in await context.workspace.datasets(context.dataset_ids)
    ]
    return [say("The figures are computed from {files}.", files=joined(files, " and "))]


def _rests_on(coverage: Coverage, query: UsageQuery) -> Sentence:
    first, last = str(coverage.period)[:10], str(coverage.period)[-10:]
    where = joined([say("{it}", it=Name(str(each))) for each in query.where], " and ")
    rows = say("the rows whose {where}", where=where) if query.where else say("all rows")
    return say("They are of {rows} of {days} (UTC).", rows=rows, days=days_said(first, last))


async def _contributions(context: ToolContext, before: Part) -> ToolResult:
    """The largest parts of a figure or of its change; what lies behind them the log does not say."""
    measure = before.query.measures[0]
    split = await context.compute_on((), None, _split, before.query)
    if isinstance(split, Unanswerable):
        return tool_result(headline=[_formula(measure)], missing=[quoted(split.reason, "why it cannot be split")])
    lines = list(_parts(before, split))
    if not lines:
        return tool_result(headline=[_formula(measure)])
    head = say(
        "{what}, " + ("the largest parts" if MEASURES[measure].is_additive else "the highest") + " by {by}: {parts}.",
        what=_moved(before, split),
        by=str(split.query.by[0]),
        parts=joined(lines, ", "),
    )
    unknown = say("What is behind them, such as a release or a campaign, a log does not say.")
    return tool_result(headline=[head], details=[unknown, _formula(measure)], names=[row.keys[0] for row in split.rows])


def _moved(before: Part, split: Result) -> Sentence:
    """The figure, or by how much it rose or fell."""
    name = split.query.measures[0]
    spec = MEASURES[name]
    change, value = (split.total.differences or (None,))[0], split.total.values[0]
    if change is None and value is None:
        return say(spec.title)
    shown = fact(spec.title, abs(change) if change is not None else value or 0.0, UNITS[spec.unit], scope(before, name))
    if change is None:
        return say("{title}: {value}", title=spec.title, value=shown)
    return say("{title} " + ("rose" if change >= 0 else "fell") + " by {value}", title=spec.title, value=shown)


def _split(rollup: Rollup, query: UsageQuery) -> Result | Unanswerable:
    """The first measure by feature or, where the log names none or one is asked about, by model; the largest first, and
    of a fall what fell most.
    """
    by_feature = is_met(Need.FEATURE, rollup) and DimensionName.FEATURE not in query.dimensions
    measure, compared = query.measures[0], query.versus is not None
    fields: dict[str, object] = {
        "measures": (measure,),
        "by": (DimensionName.FEATURE if by_feature else DimensionName.MODEL,),
        "order": Order(measure=measure, by_difference=compared),
        "top": _MOST_GROUPS,
        "threshold": None,
    }
    result = run(query.model_copy(update=fields), rollup)
    fell = isinstance(result, Result) and compared and ((result.total.differences or (0,))[0] or 0) < 0
    if not fell:
        return result
    fallen = Order(measure=measure, by_difference=True, descending=False)
    return run(query.model_copy(update={**fields, "order": fallen}), rollup)


def _parts(before: Part, result: Result) -> Iterator[Sentence]:
    """Each line with its share, where shares add up."""
    name = result.query.measures[0]
    spec = MEASURES[name]
    total = (result.total.differences or result.total.values)[0]
    for row in result.rows:
        value = (row.differences or row.values)[0]
        if value is None:
            continue
        shown = fact(spec.title, abs(value), UNITS[spec.unit], scope(before, name, None, None, row.keys[0]))
        way = "" if row.differences is None else " more" if value >= 0 else " less"
        share = _share(row, value, total) if spec.is_additive and total else say("")
        yield say("{key} {value}" + way + "{share}", key=Name(row.keys[0]), value=shown, share=share)


def _share(row: Row, value: float, total: float) -> Sentence:
    return say(" ({pct})", pct=fact(f"share of {row.keys[0]}", 100 * value / total, "pct"))


def doubts(context: ToolContext) -> list[Sentence]:
    """What was taken to mean what."""
    known = context.last.question.doubts if context.last else ()
    return [quoted(f"I took {doubt}", "how the question was read") for doubt in known]


def prices() -> Sentence:
    """The date of the price list."""
    return say("Prices are list prices; the price list is of {day}.", day=day_said(prices_as_of()), topic="prices")
