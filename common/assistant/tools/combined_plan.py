"""`combined_plan`: what to do in which order, and what it brings together against the customer's target."""

from collections.abc import Sequence

from common.assistant.context import ToolContext
from common.assistant.question.model import Operation
from common.assistant.tool import Arguments, Inquiry, Tool, Wanted
from common.assistant.tools import plan_caveats, plan_texts, speed_texts
from common.assistant.tools.limits import meant, unknown_features
from common.assistant.tools.planned import Planned, is_unpriced, planned
from common.assistant.tools.tool_results import fact, has_data, or_unanswerable, tool_result
from common.assistant.tools.weighing import plain_text, plain_title
from common.contract.answer import Block, ChartBlock, Fact, FigureListBlock, Recommendation
from common.figures.quoted import title_of
from common.figures.sentences import say
from common.runs.ids import recommendation_id
from common.runs.step import Sentence, ToolResult
from common.spend import Plan, PlanStep

_MORE = 'Say "plan the first one" for all its steps.'
_MOST_WORDS = 180
"""Of the text of a plan."""
_SHOWN = 6
"""Steps of the chart; the others are one."""
_TILES = ("savings of the plan", "share saved by the plan", "cost after the plan", "target")


async def make_plan(context: ToolContext, _: Arguments) -> ToolResult:
    """The changes that add up, the largest first, against the target."""
    part, pointed = context.part, bool(context.selected)
    of = await planned(context)
    plan = of.plan
    headline = plan_texts.headline(of, part=part, pointed=pointed)
    limits = [*speed_texts.speed_sentences(plan, of.names), *meant(part.constraints), *plan_caveats.limits(of, part)]
    unknown = await context.once(unknown_features, part.constraints)
    missing = [*map(_ended, of.ended), *unknown, *plan_caveats.lacking(of, part)]
    offer = [say(_MORE)] if plan.steps and not pointed else []
    room = _MOST_WORDS - _words([*headline, *limits, *missing, *offer])
    return tool_result(
        summary=" ".join(each.text for each in headline[:2]),
        headline=headline,
        details=[] if pointed and len(plan.steps) == 1 else _changes(of, room),
        limits=limits,
        missing=missing,
        offer=offer,
        facts=[*plan_texts.plan_facts(plan, part), *(each for step in plan.steps for each in _step_facts(step))],
        names=plan_texts.names_of_plan(plan, of.names),
        blocks=_blocks(of, context),
    )


def _changes(of: Planned, room: int) -> list[Sentence]:
    """As many as the text has room for, so that no caveat has to go; the cards have all of them."""
    reported = [plan_texts.changes(of, most) for most in range(plan_texts.LARGEST, 0, -1)]
    return next((lines for lines in reported if _words(lines) <= room), reported[-1])


def _words(sentences: Sequence[Sentence]) -> int:
    return sum(len(each.text.split()) for each in sentences)


def _ended(title: str) -> Sentence:
    return say("No longer a saving within your limits: {title}.", title=title_of(title, "stated with a change"))


def _step_facts(step: PlanStep) -> list[Fact]:
    item = step.opportunity
    return [
        fact(f"savings of {item.title}", step.savings_usd, "usd"),
        fact(f"savings of {item.title} on its own", item.savings_usd, "usd"),
    ]


def _blocks(of: Planned, context: ToolContext) -> list[Block]:
    plan = of.plan
    if is_unpriced(plan):
        return []
    tiles = [each for each in plan_texts.plan_facts(plan, context.part) if each.name in _TILES]
    cards = [_recommendation(step, rank, plan, context.dataset_ids) for rank, step in enumerate(plan.steps, start=1)]
    speeds = speed_texts.speed_table(plan)
    return [FigureListBlock(title="What the plan brings", facts=tiles), *cards, *_waterfall(plan), *speeds]


def _waterfall(plan: Plan) -> list[ChartBlock]:
    """From the cost today, each step down, to what is left."""
    if len(plan.steps) < 2:  # noqa: PLR2004 - one step is said in a sentence
        return []
    reported = plan.steps if len(plan.steps) <= _SHOWN + 1 else plan.steps[:_SHOWN]
    rest = plan.steps[len(reported) :]
    others = [(f"{len(rest)} smaller changes", -sum(step.savings_usd for step in rest))] if rest else []
    steps = [(plain_title(step.opportunity), -step.savings_usd) for step in reported]
    first = "Cost with growth" if plan.growth_pct else "Cost today"
    bars = [(first, plan.baseline_usd), *steps, *others, ("What is left", plan.after_usd)]
    return [
        ChartBlock(
            title="From today's cost to what is left",
            kind="waterfall",
            unit="usd",
            labels=[label for label, _ in bars],
            values=[value for _, value in bars],
        )
    ]


def _recommendation(step: PlanStep, rank: int, plan: Plan, dataset_ids: tuple[str, ...]) -> Recommendation:
    item = step.opportunity
    return Recommendation(
        id=item.id,
        rank=rank,
        kind=item.kind,
        title=plain_text(item.title, item),
        savings_usd=step.savings_usd,
        savings_pct=100 * step.savings_usd / plan.baseline_usd if plan.baseline_usd else 0.0,
        effort=item.effort,
        risk=item.risk,
        confidence=item.confidence,
        method=plain_text(item.method, item),
        assumptions=[plain_text(text, item) for text in item.assumptions],
        steps=[plain_text(text, item) for text in item.steps],
        verify=plain_text(item.verify, item),
        rollback=plain_text(item.rollback, item),
        snippet=item.snippet,
        stored_id=recommendation_id(dataset_ids, item.id),
        feature=item.feature,
        from_model=item.from_model,
        provider=item.provider,
        to_model=item.to_model,
        to_provider=item.to_provider,
        requests=item.requests,
        input_tokens=item.input_tokens,
    )


def _calls(inquiry: Inquiry) -> tuple[Wanted, ...]:
    if inquiry.part.operation not in (Operation.PLAN, Operation.BUSINESS_CASE) or not has_data(inquiry):
        return ()
    return (Wanted("To put the savings in order, without counting any twice"),)


TOOL = Tool(
    name="combined_plan",
    title="Put together a plan",
    agent="actions",
    description="The savings as one plan in order, without double counting, against the customer's target.",
    arguments=Arguments,
    run=or_unanswerable(make_plan),
    answers=frozenset({Operation.PLAN}),
    calls=_calls,
    shows=lambda inquiry: inquiry.part.operation == Operation.PLAN,
)
