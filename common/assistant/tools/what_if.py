"""`what_if_model`: the same requests on another model."""

from pydantic import Field

from common.assistant.context import ToolContext
from common.assistant.tool import Arguments, Tool
from common.contract.answer import Fact
from common.figures.format import figure, stated_facts
from common.runs.step import ToolError, ToolResult
from common.spend.opportunities.what_if import WhatIf, what_if

_CAUTION = (
    "This is a price, not a promise of quality: answers may get longer, slower or worse. Evaluate a sample of your own"
    " requests on both models before you switch."
)


class WhatIfArguments(Arguments):
    """Which model to imagine."""

    model: str = Field(description="The model to run the same requests on, for example gpt-4o-mini.")


async def imagine(context: ToolContext, arguments: WhatIfArguments) -> ToolResult:
    """What all priced requests would cost on one model."""
    try:
        result = await context.compute(what_if, arguments.model)
    except LookupError as error:
        raise ToolError(f"No price is known for {arguments.model}. Name the model as its provider does.") from error
    if not (result.requests or result.before_usd):
        raise ToolError("None of the requests has a known price, so nothing can be compared.")
    change = result.before_usd - result.after_usd
    findings = [_sentence(result, change), *_range(result), *_best(result), *_notes(context, result), _CAUTION]
    return ToolResult(
        summary=findings[0],
        findings=findings,
        facts=_facts(result, change),
        data={
            "names": list(result.dearer),
            "model": result.model,
            "before_usd": result.before_usd,
            "after_usd": result.after_usd,
        },
    )


def _facts(result: WhatIf, change: float) -> list[Fact]:
    return [
        Fact(name="cost at today's list price", value=result.before_usd, unit="usd"),
        Fact(name=f"cost on {result.model}", value=result.after_usd, unit="usd"),
        Fact(name=f"difference with {result.model}", value=change, unit="usd"),
        Fact(name=f"difference with {result.model} in percent", value=_pct(result, change), unit="pct"),
        Fact(name=f"cost with {result.model} where it is cheaper", value=result.best_usd, unit="usd"),
        Fact(name=f"cost on {result.model} with the shortest likely answers", value=result.low_usd, unit="usd"),
        Fact(name=f"cost on {result.model} with the longest likely answers", value=result.high_usd, unit="usd"),
        *stated_facts(f"length of answers on {result.model}", result.lengths[:1]),
        Fact(name="requests compared", value=result.requests, unit="requests"),
        Fact(name=f"requests already on {result.model}", value=result.already, unit="requests"),
    ]


def _sentence(result: WhatIf, change: float) -> str:
    word = "less" if change >= 0 else "more"
    return (
        f"On {result.model} the same {figure(result.requests, 'requests') if result.requests else 'tokens'} would cost"
        f" {figure(result.after_usd, 'usd')} instead of"
        f" {figure(result.before_usd, 'usd')}: {figure(abs(change), 'usd')}"
        f" ({figure(abs(_pct(result, change)), 'pct')}) {word}."
    )


def _range(result: WhatIf) -> list[str]:
    """What the length of its answers does to the cost, and how that is known."""
    if not result.lengths:
        return []
    low, high = figure(result.low_usd, "usd"), figure(result.high_usd, "usd")
    return [f"By the length of its answers it may be {low} to {high}.", result.lengths[0]]


def _best(result: WhatIf) -> list[str]:
    """Where only some requests get cheaper, what moving only those would cost."""
    if not result.dearer or result.best_usd >= result.before_usd:
        return []
    dearer, best = ", ".join(result.dearer), figure(result.best_usd, "usd")
    return [f"Requests of {dearer} would get dearer; left where they are, the bill comes to {best}."]


def _pct(result: WhatIf, change: float) -> float:
    return 100 * change / result.before_usd if result.before_usd else 0.0


def _notes(context: ToolContext, result: WhatIf) -> list[str]:
    notes = [f"{figure(result.already, 'requests')} ran on it already."] if result.already else []
    goal = context.goal
    only = goal.only_providers and result.provider not in goal.only_providers
    if only or result.provider in goal.excluded_providers or result.model in goal.excluded_models:
        notes.append(
            f"You said that {result.model} is not to be used; it is priced here only because it was asked for."
        )
    return notes


WHAT_IF_MODEL = Tool("what_if_model", "What the same requests would cost on one other model.", WhatIfArguments, imagine)
