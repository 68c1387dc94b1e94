"""`list_datasets`: which usage data there are, which time they cover, and what they lack."""

from common.assistant.context import ToolContext
from common.assistant.question.model import Operation
from common.assistant.question.operations import OPERATIONS
from common.assistant.tool import Arguments, Inquiry, Tool, Wanted
from common.assistant.tools.tool_results import counted, fact, tool_result
from common.assistant.workspace import DatasetInfo
from common.contract.answer import Fact
from common.figures.format import moment, span, span_fact
from common.figures.quoted import quoted
from common.figures.sentences import Name, joined, say
from common.runs.step import Sentence, ShownFigure, ToolResult
from common.spend import Totals, totals

LACKS = {
    "latency": (
        "The log has no latency, so response times cannot be judged. Exports of Langfuse, Helicone, LiteLLM and"
        " OpenRouter have it."
    ),
    "feature": (
        "The log has no feature, so cost cannot be split by feature. Set tags in LiteLLM, trace names in Langfuse or"
        " properties in Helicone."
    ),
    "user": (
        "The log has no user, so cost cannot be split by user. Exports with a column of users or API keys have it."
    ),
    "status": (
        "The log has no status, so failed requests cannot be seen. Exports of LiteLLM, Langfuse and Helicone have it."
    ),
    "prompt_hash": "The log has no prompt hash, so repeated prompts cannot be seen. Exports with prompts have it.",
}
"""By what `Totals.has` calls it; each is the topic of its sentence."""
_NONE = "No usage data is attached yet."
_UNFINISHED = "The attached upload is not finished yet, or was deleted; finish it or upload the file again."


async def list_datasets(context: ToolContext, _: Arguments) -> ToolResult:
    """Which data are attached, which time they cover, and what they lack."""
    infos = await context.workspace.datasets(context.dataset_ids)
    if not any(info.rows for info in infos):
        return tool_result(headline=nothing_usable(context, infos), names=[info.name for info in infos])
    total = await context.compute_on((), None, totals)
    details = [*map(_dataset, infos), *_range(total)]
    return tool_result(
        summary=" ".join(sentence.text for sentence in details[:2]),
        details=details,
        missing=[say(text, topic=name) for name, text in LACKS.items() if name not in total.has],
        facts=_counts(total),
        names=[info.name for info in infos],
    )


def nothing_usable(context: ToolContext, infos: tuple[DatasetInfo, ...]) -> list[Sentence]:
    """Why there is nothing to compute on."""
    if not infos:
        return [say(_UNFINISHED if context.dataset_ids else _NONE)]
    empty = [say("{file} holds no request that can be read.", file=Name(info.name)) for info in infos]
    reasons = [_reason("Reason", reason) for info in infos for reason in info.reject_reasons[:1]]
    return [*empty, *reasons]


def _dataset(info: DatasetInfo) -> Sentence:
    rows = counted(f"rows in {info.name}", info.rows, "row")
    rejected = say("none rejected")
    if info.rejects:
        rejected = say("{n} rejected", n=fact(f"rejected rows in {info.name}", info.rejects, "count"))
    first = say("{file}: {rows}, {rejected}.", file=Name(info.name), rows=rows, rejected=rejected)
    return joined([first, *_beside(info)])


def _beside(info: DatasetInfo) -> list[Sentence]:
    """What a file has beside its rows."""
    sentences = []
    if info.unread_usd:
        unread = fact(f"cost of rejected rows in {info.name}", info.unread_usd, "usd")
        sentences.append(say("{usd} of rejected rows could not be read.", usd=unread))
    if info.shared:
        shared = fact(f"rows of {info.name} in another file", info.shared, "count")
        sentences.append(say("{n} of them are in another of your files, too, and count once.", n=shared))
    if info.model:
        sentences.append(say("The file names no model; it is priced as {model}.", model=Name(info.model)))
    if info.reject_reasons:
        sentences.append(_reason("First reason for a rejected row", info.reject_reasons[0]))
    return sentences


def _reason(title: str, reason: str) -> Sentence:
    return quoted(f"{title}: {reason.rstrip('.')}", "reason for a rejected row")


def _counts(total: Totals) -> list[Fact]:
    users = [] if total.users is None else [fact("users", total.users, "count")]
    return [fact("models", total.models, "count"), fact("features", total.features, "count"), *users]


def _range(total: Totals) -> list[Sentence]:
    if total.first is None or total.last is None:
        return []
    covered = ShownFigure(text=span(total.days), fact=span_fact("time covered", total.days))
    what = "requests" if total.requests else "costs"
    first, last = moment(total.first), moment(total.last)
    return [say(f"The {what} run from {first} to {last} UTC ({{covered}}).", covered=covered)]


def _calls(inquiry: Inquiry) -> tuple[Wanted, ...]:
    operation = inquiry.part.operation
    wanted = OPERATIONS[operation].needs_data or operation == Operation.EXPORT
    return (Wanted("To see which usage data there are, and what they can answer"),) if wanted else ()


TOOL = Tool(
    name="list_datasets",
    title="Look at your usage data",
    agent="triage",
    description="The attached usage data: rows, rejected rows, time covered, and what the data lack.",
    arguments=Arguments,
    run=list_datasets,
    answers=frozenset(),
    calls=_calls,
    shows=lambda _: False,
)
