"""`what_if_model`: the same requests on another model."""

from pydantic import Field

from common.assistant.context import ToolContext
from common.assistant.tool import Arguments, Tool
from common.contract.answer import Fact
from common.figures.format import figure
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
        found = await context.compute(what_if, arguments.model)
    except LookupError as error:
        raise ToolError(f"No price is known for {arguments.model}. Name the model as its provider does.") from error
    if not (found.requests or found.before_usd):
        raise ToolError("None of the requests has a known price, so nothing can be compared.")
    change = found.before_usd - found.after_usd
    findings = [_sentence(found, change), *_best(found), *_notes(context, found), _CAUTION]
    return ToolResult(
        summary=findings[0],
        findings=findings,
        facts=_facts(found, change),
        data={
            "names": list(found.dearer),
            "model": found.model,
            "before_usd": found.before_usd,
            "after_usd": found.after_usd,
        },
    )


def _facts(found: WhatIf, change: float) -> list[Fact]:
    return [
        Fact(name="cost at today's list price", value=found.before_usd, unit="usd"),
        Fact(name=f"cost on {found.model}", value=found.after_usd, unit="usd"),
        Fact(name=f"difference with {found.model}", value=change, unit="usd"),
        Fact(name=f"difference with {found.model} in percent", value=_pct(found, change), unit="pct"),
        Fact(name=f"cost with {found.model} where it is cheaper", value=found.best_usd, unit="usd"),
        Fact(name="requests compared", value=found.requests, unit="requests"),
        Fact(name=f"requests already on {found.model}", value=found.already, unit="requests"),
    ]


def _sentence(found: WhatIf, change: float) -> str:
    word = "less" if change >= 0 else "more"
    return (
        f"On {found.model} the same {figure(found.requests, 'requests') if found.requests else 'tokens'} would cost"
        f" {figure(found.after_usd, 'usd')} instead of"
        f" {figure(found.before_usd, 'usd')}: {figure(abs(change), 'usd')}"
        f" ({figure(abs(_pct(found, change)), 'pct')}) {word}."
    )


def _best(found: WhatIf) -> list[str]:
    """Where only some requests get cheaper, what moving only those would cost."""
    if not found.dearer or found.best_usd >= found.before_usd:
        return []
    dearer, best = ", ".join(found.dearer), figure(found.best_usd, "usd")
    return [f"Requests of {dearer} would get dearer; left where they are, the bill comes to {best}."]


def _pct(found: WhatIf, change: float) -> float:
    return 100 * change / found.before_usd if found.before_usd else 0.0


def _notes(context: ToolContext, found: WhatIf) -> list[str]:
    notes = [f"{figure(found.already, 'requests')} ran on it already."] if found.already else []
    goal = context.goal
    only = goal.only_providers and found.provider not in goal.only_providers
    if only or found.provider in goal.excluded_providers or found.model in goal.excluded_models:
        notes.append(f"You said that {found.model} is not to be used; it is priced here only because it was asked for.")
    return notes


WHAT_IF_MODEL = Tool("what_if_model", "What the same requests would cost on one other model.", WhatIfArguments, imagine)
