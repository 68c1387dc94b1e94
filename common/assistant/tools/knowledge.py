"""`knowledge`: facts about providers and the field with their sources, and prices of models, without usage data."""

from collections.abc import Sequence
from datetime import date

from pydantic import Field

from common.assistant.context import ToolContext
from common.assistant.knowledge.matching import PROVIDERS, facts_for, nearest_titles, providers_in, stems
from common.assistant.knowledge.table import KnownFact
from common.assistant.question.model import Operation
from common.assistant.question.words import UNITS
from common.assistant.tool import Arguments, Inquiry, Tool, Wanted
from common.assistant.tools.tool_results import fact, scope, tool_result
from common.contract.answer import Fact
from common.core.clock import now_utc
from common.figures.dates import day_said
from common.figures.sentences import Name, joined, say
from common.runs.step import Sentence, ShownFigure, ToolResult
from common.spend import Rollup, find_models, prices_as_of
from common.spend.prices.engine import NOON, PICO, Model, today
from common.spend.prices.names import find_by_name
from common.spend.semantics import MEASURES, MeasureName, Unanswerable, UsageQuery, run

_MOST_FACTS = 2
_MOST_MODELS = 3
_MILLION = 1_000_000
_ON_PRICE_LIST = frozenset(
    stems(
        "price pricing million list input output cached batch window context length long token compare cheap expensive"
    )
)
"""What may be asked of a model that its entry in the price list answers."""
_WINDOW = frozenset(stems("window context length long"))
_CALLED = {"openai": "OpenAI", "azure": "Azure", "anthropic": "Anthropic", "google": "Google", "aws": "AWS",
           "mistral": "Mistral", "deepseek": "DeepSeek", "groq": "Groq", "x-ai": "xAI"}  # fmt: skip


class KnowledgeArguments(Arguments):
    """What about."""

    topic: str = Field(description="What the customer wants to know, in a few words, such as 'claude cache write'.")


async def tell(context: ToolContext, arguments: KnowledgeArguments) -> ToolResult:
    """What is known of a topic, in two to four sentences with their sources; or that nothing is, and what is near."""
    models = _priced_models(arguments.topic)
    if models:
        return _prices(models, about_window=bool(_WINDOW & set(stems(arguments.topic))))
    facts = facts_for(arguments.topic)[:_MOST_FACTS]
    if not facts:
        return _nothing(arguments.topic)
    day = now_utc().date()
    first, *others = facts
    seen = [] if first.measure is None or not context.dataset_ids else await _in_data(context, first.measure)
    return tool_result(
        headline=[_text(first, day)],
        details=[*(_text(other, day) for other in others), *seen, *_elsewhere(arguments.topic, first), _sources(facts)],
        names=[name for each in facts for name in each.names],
    )


def _text(entry: KnownFact, day: date) -> Sentence:
    text = entry.sentence()
    if entry.from_memory:
        return say("{text} This is from memory and to be checked: no source stands behind it yet.", text=text)
    return say("As of {day}: {text}", day=day_said(entry.as_of.isoformat()), text=text) if entry.is_due(day) else text


def _sources(facts: Sequence[KnownFact]) -> Sentence:
    """Each page once."""
    pages = {known.page: known.source for known in facts if known.page}
    links = "; ".join(f"[{source}]({page})" for page, source in pages.items())
    return (
        say(f"Source: {links}." if len(pages) == 1 else f"Sources: {links}.", topic="source")
        if pages
        else say("No source.", topic="source")
    )


def _elsewhere(topic: str, first: KnownFact) -> list[Sentence]:
    """That a general fact stands in for one of a provider."""
    named = sorted(_CALLED[name] for name in providers_in(topic))
    if not named or first.provider:
        return []
    return [say("That is the general case: I have nothing of its own on this for {named}.", named=" and ".join(named))]


async def _in_data(context: ToolContext, measure: MeasureName) -> list[Sentence]:
    """What the customer's rows say about it; nothing where they do not say."""
    query = UsageQuery(measures=(measure,))
    value = await context.compute(_value, query)
    if value is None:
        return []
    spec = MEASURES[measure]
    shown = fact(spec.title, value, UNITS[spec.unit], scope(context.part, measure))
    return [say("In your data, {title}: {value}.", title=spec.title[0].lower() + spec.title[1:], value=shown)]


def _value(rollup: Rollup, query: UsageQuery) -> float | None:
    result = run(query, rollup)
    return None if isinstance(result, Unanswerable) else result.total.values[0]


def _nothing(topic: str) -> ToolResult:
    near = ", ".join(title[0].lower() + title[1:] if title[1:2].islower() else title for title in nearest_titles(topic))
    return tool_result(
        headline=[say("I have no sourced fact on {words}, so I would be guessing.", words=Name(topic))],
        offer=[say("What I do have nearest to it: {near}.", near=near)],
        names=[topic],
    )


def _priced_models(topic: str) -> list[Model]:
    """The models that a topic names, if it asks nothing of them but what the price list says."""
    named = [model for model in map(find_by_name, find_models(topic)) if model]
    rest = {word for word in stems(topic) if not any(char.isdigit() for char in word)}
    makers = {word for words in PROVIDERS.values() for word in words}
    families = {part for model in named for part in stems(model.id.replace("-", " "))}
    return named[:_MOST_MODELS] if rest - set(stems(" ".join(makers))) - families <= _ON_PRICE_LIST else []


def _prices(models: Sequence[Model], *, about_window: bool) -> ToolResult:
    first, *others = (_priced(model, about_window=about_window) for model in models)
    basis = say("These are list prices of {day}.", day=day_said(prices_as_of()), topic="source")
    return tool_result(headline=[first], details=[*others, basis], names=[model.id for model in models])


def _priced(model: Model, *, about_window: bool) -> Sentence:
    """Price and window, what is asked for first."""
    price, window = _price(model), _window(model)
    return joined([*window, price] if about_window else [price, *window])


def _price(model: Model) -> Sentence:
    """Of requests of no size in particular: the lowest of its prices by size."""
    rates = model.rates(today(), NOON, tier="standard", input_tokens=0)
    tokens = say(
        "{million} on {model} cost {input} as input, {cached} read from a cache, and {output} as output.",
        million=ShownFigure(text="A million tokens", fact=fact("tokens that prices are for", _MILLION, "tokens")),
        model=Name(model.id),
        input=_per_million(model, "input", rates[0]),
        cached=_per_million(model, "cached input", rates[1]),
        output=_per_million(model, "output", rates[4]),
    )
    return joined([tokens, *_batch(model)])


def _batch(model: Model) -> list[Sentence]:
    if not model.knows_tier("batch", today()):
        return []
    rates = model.rates(today(), NOON, tier="batch", input_tokens=0)
    batch_input = _per_million(model, "batch input", rates[0])
    batch_output = _per_million(model, "batch output", rates[4])
    return [say("As a batch job they cost {input} and {output}.", input=batch_input, output=batch_output)]


def _window(model: Model) -> list[Sentence]:
    if model.window is None:
        return []
    return [
        say(
            "A request on {model} holds up to {window}.",
            model=Name(model.id),
            window=fact(f"window of {model.id}", model.window, "tokens"),
        )
    ]


def _per_million(model: Model, what: str, rate: int) -> Fact:
    return fact(f"price of a million tokens of {what} on {model.id}", rate * _MILLION / PICO, "usd")


def _calls(request: Inquiry) -> tuple[Wanted, ...]:
    if request.part.operation is not Operation.KNOWLEDGE:
        return ()
    return (Wanted("To look up what providers say", {"topic": request.part.topic or request.text}),)


TOOL = Tool(
    name="knowledge",
    title="Look up provider facts",
    agent="data",
    description=(
        "Dated facts with sources: caches, batch and other tiers, rate limits, context windows, end of life of models, "
        "tokens of text, images and sound, and general terms; list prices of models. Needs no usage data."
    ),
    arguments=KnowledgeArguments,
    run=tell,
    answers=frozenset({Operation.KNOWLEDGE}),
    calls=_calls,
    shows=lambda request: request.part.operation is Operation.KNOWLEDGE,
)
