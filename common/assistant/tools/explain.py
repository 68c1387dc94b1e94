"""`explain`: about the answer before: why, how sure, what was assumed, where a figure comes from, by which method.

Recommendations hold their method, confidence, assumptions and risk; a measured figure is explained by its query.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import get_args

from common.assistant.context import ToolContext
from common.assistant.question.model import ExplainTopic, Operation
from common.assistant.tool import Arguments, Inquiry, Tool, Wanted
from common.assistant.tools.explained_measure import doubts, measure_explained, prices
from common.assistant.tools.tool_results import counted, fact, or_unanswerable, tool_result
from common.contract.answer import Fact, Recommendation
from common.core.vocabulary import LEVELS, Level
from common.figures.quoted import quoted, title_of
from common.figures.sentences import Name, joined, say
from common.runs.step import Section, Sentence, ToolResult

_MOST = 5
_SURE: Mapping[Level, str] = {
    "high": "your own rows show it",
    "medium": "your rows show most of it, and a rule or a sample fills the rest",
    "low": "it rests on an assumption that only a trial can confirm",
}
_METHODS: Mapping[Operation, str] = {
    Operation.FORECAST: (
        "A forecast lays a line through your daily costs without the effect of weekdays, leaves odd days out, and "
        "takes its interval from how far days lie from that line."
    ),
    Operation.ANOMALY: (
        "A day is out of line if its cost is far from what its weekday and the trend around it let expect; its causes "
        "are the features, models and hours that rose most."
    ),
    Operation.CHANGE: "The days before and after are compared by cost, volume and cost per request.",
    Operation.HEADROOM: "The busiest hour bounds the busiest minute: at least an even share of it, at most all of it.",
    Operation.BURST: "The busiest minute of your rows is multiplied by the size of the spike.",
    Operation.SAVED: "Savings are measured on the usage after an accepted change, against its frozen baseline.",
    Operation.WHAT_IF: "The same requests are priced on the other model, with its own prices of the same day.",
    Operation.AUDIT: "What is used and lost is counted in your rows; savings are priced as in a plan, each kind alone.",
    Operation.BUSINESS_CASE: "The plan's share of the bill is taken off the forecast, month by month as changes begin.",
    Operation.KNOWLEDGE: "It is a dated fact with its source, not a figure of your data.",
}
"""Of answers that are neither a plan nor a measure."""


async def explain(context: ToolContext, _: Arguments) -> ToolResult:
    """The topic that is asked about, for what is pointed at, else for the whole answer before."""
    topic: ExplainTopic = next((each for each in get_args(ExplainTopic) if each == context.part.topic), "why")
    changes = context.selected or context.last_recommendations
    if changes:
        return _of_changes(topic, changes[:_MOST])
    if context.last is None:
        return tool_result(
            headline=[say("There is no answer before this one in our conversation that I could explain.")]
        )
    before = context.last.question.parts[0]
    if before.operation is Operation.MEASURE:
        return await measure_explained(context, topic, before)
    text = _METHODS.get(before.operation, "The answer before had no figure that was computed.")
    return tool_result(headline=[say(text)], details=doubts(context))


def _of_changes(topic: ExplainTopic, changes: Sequence[Recommendation]) -> ToolResult:
    says: Mapping[ExplainTopic, Callable[[Sequence[Recommendation]], list[Sentence]]] = {
        "why": _why,
        "how_sure": _how_sure,
        "assumed": _assumed,
        "source": _source,
        "method": _method,
        "risk": _risk,
    }
    first, *others = says[topic](changes)
    sections = [Section(heading="How to check and to undo", points=_checks(changes))] if topic == "risk" else []
    return tool_result(
        headline=[first], details=others, sections=sections, names=[n for c in changes for n in _names(c)]
    )


def _why(changes: Sequence[Recommendation]) -> list[Sentence]:
    """What each saves, and why it does."""
    total = fact("saving of these changes", sum(change.savings_usd for change in changes), "usd")
    head = say(
        "{count} together save {usd}, each because of what your rows show:",
        count=counted("changes explained", len(changes), "change"),
        usd=total,
    )
    text = "**{title}** saves {usd}: {method}"
    lines = [say(text, title=_title(each), usd=_saving(each), method=_text(each, each.method)) for each in changes]
    return lines if len(changes) == 1 else [head, *lines]


def _how_sure(changes: Sequence[Recommendation]) -> list[Sentence]:
    """By the level of confidence, the share of the saving first."""
    total = sum(change.savings_usd for change in changes)
    lines: list[Sentence] = []
    for level in reversed(LEVELS):
        own = [change for change in changes if change.confidence == level]
        if not own:
            continue
        share = 100 * sum(change.savings_usd for change in own) / total if total else 100.0
        lines.append(
            say(
                "Confidence is {level} for {share} of the saving, as {why}: {titles}.",
                share=fact(f"share of the saving with {level} confidence", share, "pct"),
                level=level,
                why=_SURE[level],
                titles=joined(map(_title, own), "; "),
            )
        )
    return lines


def _assumed(changes: Sequence[Recommendation]) -> list[Sentence]:
    """What all of them assume once, then what each does."""
    shared = [text for text in changes[0].assumptions if all(text in change.assumptions for change in changes)]
    own = [
        say("**{title}**: {text}", title=_title(change), text=joined([_text(change, text) for text in rest]))
        for change in changes
        if (rest := [text for text in change.assumptions if len(changes) == 1 or text not in shared])
    ]
    together = [_text(changes[0], text) for text in shared] if len(changes) > 1 else []
    return [*together, *own] or [say("Nothing beyond the prices was assumed.")]


def _source(changes: Sequence[Recommendation]) -> list[Sentence]:
    """Which rows and which prices."""
    lines = [
        say(
            "**{title}**: {usd}, from {requests} of your log with {tokens} of input{where}.",
            title=_title(change),
            usd=_saving(change),
            requests=fact(f"requests of {change.title}", change.requests, "requests"),
            tokens=fact(f"input tokens of {change.title}", change.input_tokens, "tokens"),
            where=say(", of {feature}", feature=Name(change.feature)) if change.feature else "",
        )
        for change in changes
    ]
    return [*lines, prices()]


def _method(changes: Sequence[Recommendation]) -> list[Sentence]:
    return [say("**{title}**: {method}", title=_title(each), method=_text(each, each.method)) for each in changes]


def _risk(changes: Sequence[Recommendation]) -> list[Sentence]:
    """The riskiest first."""
    order = sorted(changes, key=lambda change: -LEVELS.index(change.risk))
    text = "**{title}**: risk {risk}, effort {effort}, confidence {confidence}."
    return [
        say(text, title=_title(each), risk=each.risk, effort=each.effort, confidence=each.confidence) for each in order
    ]


def _checks(changes: Sequence[Recommendation]) -> list[Sentence]:
    return [
        say(
            "**{title}**: {verify} To undo: {rollback}",
            title=_title(change),
            verify=_text(change, change.verify),
            rollback=_text(change, change.rollback),
        )
        for change in changes
    ]


def _names(change: Recommendation) -> list[str]:
    return [name for name in (change.feature, change.from_model, change.to_model) if name]


def _title(change: Recommendation) -> Sentence:
    return title_of(change.title, "stated with a change", _names(change))


def _text(change: Recommendation, text: str) -> Sentence:
    return quoted(text, f"stated with {change.title}", _names(change))


def _saving(change: Recommendation) -> Fact:
    return fact(f"savings of {change.title}", change.savings_usd, "usd")


def _calls(request: Inquiry) -> tuple[Wanted, ...]:
    if request.part.operation is not Operation.EXPLAIN:
        return ()
    return (Wanted("To say what the answer before rests on"),)


TOOL = Tool(
    name="explain",
    title="Explain the answer before",
    agent="data",
    description="Why, how sure, what was assumed, where figures come from, the method and risk of the answer before.",
    arguments=Arguments,
    run=or_unanswerable(explain),
    answers=frozenset({Operation.EXPLAIN}),
    calls=_calls,
    shows=lambda request: request.part.operation is Operation.EXPLAIN,
)
