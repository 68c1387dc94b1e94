"""`rate_limit_headroom`: how close the busiest minute comes to a rate limit, as bounds."""

from common.assistant.context import ToolContext
from common.assistant.question.model import Constraints, Operation
from common.assistant.tool import Arguments, Inquiry, Tool, Wanted
from common.assistant.tools.tool_results import fact, has_data, or_unanswerable, tool_result
from common.contract.answer import Fact
from common.figures.dates import day_said
from common.figures.sentences import say
from common.runs.step import Sentence, ToolError, ToolResult
from common.spend.measures import Headroom, Peak, headroom, peaks

_BOUNDS = (
    "These are bounds: Apex sums by the hour, and the busiest minute of an hour has at least an even share of it and at"
    " most all of it. Count requests per minute at your gateway to know more."
)
_ALL_MODELS = "All models are counted together here, while providers limit each model by itself."
_NO_LIMIT = (
    "Name your limits in requests and in tokens per minute, and ask again: your provider's console shows them for each"
    " model."
)
_LEAST_GROWTH_PCT = -100


async def rate_limit_headroom(context: ToolContext, _: Arguments) -> ToolResult:
    """Peaks per minute and the room below the limits that the customer names."""
    constraints = context.part.constraints
    if min(constraints.rpm or 0, constraints.tpm or 0) < 0 or constraints.growth_pct <= _LEAST_GROWTH_PCT:
        raise ToolError("A limit is not below zero, and usage cannot shrink by all of it.")
    both: tuple[Peak, Peak] = await context.compute(peaks)
    rooms = _rooms(both, constraints)
    measurements = [_peak(peak, constraints.growth_pct) for peak in both]
    return tool_result(
        headline=list(map(_judged, rooms)) if rooms else measurements,
        details=[*map(_growth, rooms), *(measurements if rooms else [])],
        limits=[say(_BOUNDS, topic="bounds"), say(_ALL_MODELS)],
        offer=[] if rooms else [say(_NO_LIMIT)],
        facts=[fact(f"{peak.of} of the busiest hour", peak.hourly, peak.of) for peak in both],
    )


def _rooms(both: tuple[Peak, Peak], constraints: Constraints) -> list[Headroom]:
    limited = [(peak, limit) for peak, limit in zip(both, (constraints.rpm, constraints.tpm), strict=True) if limit]
    return [headroom(peak, limit, constraints.growth_pct) for peak, limit in limited if peak.hourly]


def _with(growth_pct: float) -> Sentence:
    return say(" with {pct} growth", pct=fact("growth imagined", growth_pct, "pct")) if growth_pct else say("")


def _judged(room: Headroom) -> Sentence:
    of, grown = room.peak.of, _with(room.growth_pct)
    limit = fact(f"limit of {of} per minute", room.limit, of)
    if room.verdict == "fits":
        text = (
            "Your limit of {limit} per minute holds{grown}: even if all of the busiest hour came at once, it would not"
            " be passed."
        )
        return say(text, limit=limit, grown=grown)
    if room.verdict == "exceeded":
        text = (
            "Your limit of {limit} per minute is exceeded{grown}: even if the busiest hour was evenly spread, it is"
            " passed."
        )
        return say(text, limit=limit, grown=grown)
    return say(
        "Whether your limit of {limit} per minute holds{grown} cannot be told for certain: the busiest minute has"
        " between {least} and {most}.",
        limit=limit,
        grown=grown,
        least=_bound(room.peak, "least", room.at_least),
        most=_bound(room.peak, "most", room.at_most),
    )


def _bound(peak: Peak, which: str, value: float) -> Fact:
    return fact(f"{peak.of} of the busiest minute at {which}", value, peak.of)


def _growth(room: Headroom) -> Sentence:
    """Up to which growth the limit holds."""
    of = room.peak.of
    met_name = f"growth at which the limit of {of} is met"
    if room.met_growth_pct < 0:
        lower = fact(met_name, -room.met_growth_pct, "pct")
        return say("It is met for certain until usage is {pct} lower than today.", pct=lower)
    safe = fact(f"growth up to which the limit of {of} holds", room.safe_growth_pct, "pct")
    if room.verdict == "fits":
        return say("It holds for certain up to {pct} growth from today.", pct=safe)
    met = say("It is met for certain at {pct} growth from today", pct=fact(met_name, room.met_growth_pct, "pct"))
    if room.safe_growth_pct < 0:
        return say("{met}; depending on how requests bunch together, it may be met already.", met=met)
    return say("{met}, and holds for certain up to {pct}.", met=met, pct=safe)


def _peak(peak: Peak, growth_pct: float) -> Sentence:
    factor = 1 + growth_pct / 100
    hour = f"{day_said(peak.day)} at {peak.hour:02}:00 UTC"
    return say(
        f"The busiest minute{{grown}} has at least {{least}} and at most {{most}}; the busiest hour began on {hour}.",
        grown=_with(growth_pct),
        least=_bound(peak, "least", peak.at_least * factor),
        most=_bound(peak, "most", peak.at_most * factor),
    )


def _calls(inquiry: Inquiry) -> tuple[Wanted, ...]:
    if inquiry.part.operation != Operation.HEADROOM or not has_data(inquiry):
        return ()
    return (Wanted("To see how close your peaks come to a rate limit"),)


TOOL = Tool(
    name="rate_limit_headroom",
    title="Compare with rate limits",
    agent="data",
    description=(
        "Bounds of the busiest minute in requests and tokens, against rate limits that the customer names, with growth."
    ),
    arguments=Arguments,
    run=or_unanswerable(rate_limit_headroom),
    answers=frozenset({Operation.HEADROOM}),
    calls=_calls,
    shows=lambda inquiry: inquiry.part.operation == Operation.HEADROOM,
)
