"""`what_if_model`: the same requests on another model."""

from datetime import date

from pydantic import Field

from common.assistant.context import ToolContext
from common.assistant.question.model import Operation, Part
from common.assistant.tool import Arguments, Inquiry, Tool, Wanted
from common.assistant.tools.tool_results import counted, fact, has_data, names_of, or_unanswerable, scope, tool_result
from common.figures.dates import day_said
from common.figures.names import plain_name
from common.figures.quoted import quoted
from common.figures.sentences import Name, joined, say
from common.runs.step import Sentence, ToolError, ToolResult
from common.spend import Rollup, totals
from common.spend.measures.forecast import DAYS
from common.spend.measures.levels import LevelChange, level_changes
from common.spend.opportunities.what_if import WhatIf, what_if
from common.spend.semantics.periods import Period, PeriodName

_MOST = 3
_CAUTION = (
    "This is a price, not a promise of quality: answers may get longer, slower or worse. It needs an evaluation: try a"
    " sample of your own requests on both models before you switch."
)


class WhatIfArguments(Arguments):
    """Which model to imagine."""

    model: str = Field(description="The model to run the same requests on, for example gpt-4o-mini.")


async def imagine(context: ToolContext, arguments: WhatIfArguments) -> ToolResult:
    """What the priced requests of the part would cost on one model."""
    try:
        result, unpriced, data_names = await context.compute(_priced, arguments.model)
    except LookupError as error:
        unknown = say("No price is known for {model}. Name it as its provider does.", model=Name(arguments.model))
        raise ToolError(unknown.text) from error
    if not (result.requests or result.before_usd):
        return tool_result(missing=[say("None of the requests has a known price, so nothing can be compared.")])
    part = context.part
    return tool_result(
        headline=[_cost(result, part)],
        details=[
            *await _since_change(context, result),
            *_range(result, part, data_names),
            *_best(result, part),
            *_already(result),
            *_unpriced(unpriced),
        ],
        limits=[*_forbidden(result, part), say(_CAUTION, topic="evaluation")],
        names=[result.model, *result.dearer, *data_names],
    )


async def _since_change(context: ToolContext, result: WhatIf) -> list[Sentence]:
    """Of one feature that changed its model for good, what the present use alone makes of it by day."""
    if context.part.query.period is not None:
        return []
    levels = await context.compute(_levels_of_one)
    if len(levels) != 1 or levels[0].change.after == result.model:
        return []
    since = Period(name=PeriodName.BETWEEN, first=date.fromisoformat(levels[0].change.day))
    present, _, _ = await context.compute_on(context.part.query.where, since, _priced, result.model)
    return [_a_day(levels[0], (present.before_usd - present.after_usd) / levels[0].days, result.model)]


def _a_day(level: LevelChange, saved: float, model: str) -> Sentence:
    text = (
        f"Its model since {day_said(level.change.day)} is {{present}}: on its {{days}} it would be {{usd}} a day"
        f" {'less' if saved >= 0 else 'more'}, {{month}} in {{span}} such days."
    )
    return say(
        text,
        present=Name(level.change.after),
        days=counted("days on the present model", level.days, "day"),
        usd=fact(f"difference a day with {model} at the present use", abs(saved), "usd"),
        month=fact(f"difference of {DAYS} days with {model} at the present use", abs(saved) * DAYS, "usd"),
        span=fact("days of a month", DAYS, "count"),
        topic="present level",
    )


def _levels_of_one(rollup: Rollup) -> list[LevelChange]:
    """Empty where several features are priced together."""
    return level_changes(rollup) if len({key.feature for key in rollup.cells}) == 1 else []


def _priced(rollup: Rollup, model: str) -> tuple[WhatIf, int, tuple[str, ...]]:
    """(the comparison, requests without a price, which it leaves out, names of the data)."""
    return what_if(rollup, model), totals(rollup).unpriced_requests, names_of(rollup)


def _cost(result: WhatIf, part: Part) -> Sentence:
    change = result.before_usd - result.after_usd
    pct = 100 * change / result.before_usd if result.before_usd else 0.0
    what = say("tokens")
    if result.requests:
        what = say("{requests}", requests=fact("requests compared", result.requests, "requests"))
    return say(
        f"On {{model}} the same {{what}} would cost {{after}} instead of {{before}}: {{change}} ({{pct}})"
        f" {'less' if change >= 0 else 'more'}.",
        model=Name(result.model),
        what=what,
        after=fact(f"cost on {result.model}", result.after_usd, "usd", scope(part, "cost on another model")),
        before=fact("cost at today's list price", result.before_usd, "usd", scope(part, "cost at today's list price")),
        change=fact(f"difference with {result.model}", abs(change), "usd"),
        pct=fact(f"difference with {result.model} in percent", abs(pct), "pct"),
    )


def _range(result: WhatIf, part: Part, data_names: tuple[str, ...]) -> list[Sentence]:
    """What the length of its answers does to the cost, and how that is known."""
    if not result.lengths:
        return []
    of = scope(part, "cost on another model")
    between = say(
        "By the length of its answers it may be {low} to {high}.",
        low=fact(f"cost on {result.model} with the shortest likely answers", result.low_usd, "usd", of),
        high=fact(f"cost on {result.model} with the longest likely answers", result.high_usd, "usd", of),
    )
    basis = quoted(result.lengths[0], f"length of answers on {result.model}", [result.model, *data_names])
    return [joined([between, basis], topic="answer length")]


def _best(result: WhatIf, part: Part) -> list[Sentence]:
    """Where only some requests get cheaper, what moving only those would cost."""
    if not result.dearer or result.best_usd >= result.before_usd:
        return []
    dearer = joined([say("{model}", model=Name(model)) for model in result.dearer], ", ")
    best = fact(f"cost with {result.model} where it is cheaper", result.best_usd, "usd", scope(part, "cost"))
    text = "Requests of {dearer} would get more expensive; left where they are, the bill comes to {best}."
    return [say(text, dearer=dearer, best=best)]


def _already(result: WhatIf) -> list[Sentence]:
    if not result.already:
        return []
    return [say("{n} ran on it already.", n=fact(f"requests already on {result.model}", result.already, "requests"))]


def _unpriced(requests: int) -> list[Sentence]:
    if not requests:
        return []
    return [
        say("{n} have no known price, and are in neither figure.", n=fact("requests left out", requests, "requests"))
    ]


def _forbidden(result: WhatIf, part: Part) -> list[Sentence]:
    constraints = part.constraints
    only = constraints.only_providers and result.provider not in constraints.only_providers
    if (
        not only
        and result.provider not in constraints.excluded_providers
        and result.model not in constraints.excluded_models
    ):
        return []
    text = "You said that {model} is not to be used; it is priced here only because it was asked for."
    return [say(text, model=Name(result.model))]


def _calls(inquiry: Inquiry) -> tuple[Wanted, ...]:
    if inquiry.part.operation != Operation.WHAT_IF or not has_data(inquiry):
        return ()
    return tuple(
        Wanted(f"To price the same requests on {plain_name(model)}", {"model": model})
        for model in inquiry.part.models[:_MOST]
    )


TOOL = Tool(
    name="what_if_model",
    title="Price another model",
    agent="optimization",
    description="What the same requests would cost on one other model.",
    arguments=WhatIfArguments,
    run=or_unanswerable(imagine),
    answers=frozenset({Operation.WHAT_IF}),
    calls=_calls,
    shows=lambda inquiry: inquiry.part.operation == Operation.WHAT_IF,
)
