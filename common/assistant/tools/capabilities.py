"""`capabilities`: what Apex can do, said without data and without a model: greetings, what it cannot do, what is not
of AI spend.
"""

from common.assistant.context import ToolContext
from common.assistant.knowledge.capabilities import Capability, capability_of
from common.assistant.question.model import Operation
from common.assistant.tool import Arguments, Inquiry, Tool, Wanted
from common.assistant.tools.tool_results import tool_result
from common.figures.sentences import Name, say
from common.runs.step import Sentence, ToolResult

_OPERATIONS = frozenset({Operation.ABOUT, Operation.ACT, Operation.OUTSIDE, Operation.INTERNALS})
_NEEDS_NO_DATA = ("What can you do?", "How do I export our usage?", "How do I export our usage from OpenAI?")


def capability(operation: Operation, topic: str | None, *, has_data: bool) -> ToolResult:
    """The answer to an `about`, `act`, `outside` or `internals`; `topic`: an id of capabilities.toml, or words.

    What cannot be done is declined with the nearest thing that can be; two topics never get the same answer. Raises
    KeyError for another operation.
    """
    entry, is_its_own = capability_of(operation, topic)
    named = topic is not None and not is_its_own and operation is not Operation.INTERNALS
    text = say("{words}? {text}", words=Name(topic), text=entry.text) if named and topic else say(entry.text)
    return tool_result(
        headline=[text], offer=_offer(entry, has_data=has_data), names=[topic] if named and topic else []
    )


async def tell(context: ToolContext, _: Arguments) -> ToolResult:
    """The same for a part that stands beside others."""
    return capability(context.part.operation, context.part.topic, has_data=bool(context.dataset_ids))


def _calls(inquiry: Inquiry) -> tuple[Wanted, ...]:
    return (Wanted("To tell you what can be done about that"),) if inquiry.part.operation in _OPERATIONS else ()


def _offer(entry: Capability, *, has_data: bool) -> list[Sentence]:
    if not entry.ask:
        return []
    if has_data or entry.ask in _NEEDS_NO_DATA:
        return [say("Try: “{ask}”", ask=entry.ask)]
    return [say("Attach a usage log, then try: “{ask}”", ask=entry.ask)]


TOOL = Tool(
    name="capabilities",
    title="Look up what Apex can do",
    agent="triage",
    description="Whether Apex can do something beside answering, and what comes nearest to it.",
    arguments=Arguments,
    run=tell,
    answers=_OPERATIONS,
    calls=_calls,
    shows=lambda _: False,
)
