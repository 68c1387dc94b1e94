"""`rate_limit_headroom`: how close the busiest minute comes to a rate limit, as bounds."""

from pydantic import Field

from common.assistant.context import ToolContext
from common.assistant.tool import Arguments, Tool
from common.assistant.tools.spend import unanswerable
from common.contract.answer import Fact
from common.figures.format import figure
from common.runs.step import ToolError, ToolResult
from common.spend import Unanswerable
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


class HeadroomArguments(Arguments):
    """The limits, and a growth to imagine."""

    rpm: float = Field(description="The limit in requests per minute; 0 when the customer named none.")
    tpm: float = Field(description="The limit in tokens per minute; 0 when the customer named none.")
    growth_pct: float = Field(description="Growth of usage to imagine, in percent (100 for twice as much); 0 for none.")


async def rate_limit_headroom(context: ToolContext, arguments: HeadroomArguments) -> ToolResult:
    """Peaks per minute and the room below the limits named."""
    if min(arguments.rpm, arguments.tpm) < 0 or arguments.growth_pct <= -100:  # noqa: PLR2004 - percent
        raise ToolError("A limit is not below zero, and usage cannot shrink by all of it.")
    try:
        both: tuple[Peak, Peak] = await context.compute(peaks)
    except Unanswerable as answer:
        return unanswerable("peaks per minute", answer)
    growth, limits = arguments.growth_pct, (arguments.rpm, arguments.tpm)
    limited = [(peak, limit) for peak, limit in zip(both, limits, strict=True) if limit and peak.hourly]
    rooms = [headroom(peak, limit, growth) for peak, limit in limited]
    findings = [*(text for room in rooms for text in _judged(room)), *(_peak(peak, growth) for peak in both)]
    findings += [*([] if rooms else [_NO_LIMIT]), _BOUNDS, _ALL_MODELS]
    return ToolResult(
        summary=findings[0],
        findings=findings,
        facts=[*(f for peak in both for f in _peak_facts(peak, growth)), *(f for room in rooms for f in _facts(room))],
        data={"verdicts": {room.peak.of: room.verdict for room in rooms}, "names": [_hour(peak) for peak in both]},
    )


def _hour(peak: Peak) -> str:
    return f"{peak.day} {peak.hour:02}:00"


def _rate(value: float, peak: Peak) -> str:
    return f"{figure(value, peak.of)} per minute"


def _with(growth_pct: float) -> str:
    return f" with {figure(growth_pct, 'pct')} growth" if growth_pct else ""


def _judged(room: Headroom) -> list[str]:
    limit, grown = _rate(room.limit, room.peak), _with(room.growth_pct)
    if room.verdict == "fits":
        text = (
            f"Your limit of {limit} holds{grown}: even if all of the busiest hour came at once, it would not be passed."
        )
    elif room.verdict == "exceeded":
        text = f"Your limit of {limit} is exceeded{grown}: even if the busiest hour was evenly spread, it is passed."
    else:
        text = (
            f"Whether your limit of {limit} holds{grown} cannot be told for certain: the busiest minute has between"
            f" {figure(room.at_least, room.peak.of)} and {figure(room.at_most, room.peak.of)}."
        )
    return [text, _growth(room)]


def _growth(room: Headroom) -> str:
    met = f"It is met for certain at {figure(room.met_growth_pct, 'pct')} growth from today"
    if room.met_growth_pct < 0:
        return f"It is met for certain until usage is {figure(-room.met_growth_pct, 'pct')} lower than today."
    if room.safe_growth_pct < 0:
        return f"{met}; depending on how requests bunch together, it may be met already."
    return f"{met}, and holds for certain up to {figure(room.safe_growth_pct, 'pct')}."


def _peak(peak: Peak, growth_pct: float) -> str:
    factor = 1 + growth_pct / 100
    return (
        f"The busiest minute{_with(growth_pct)} has at least {figure(peak.at_least * factor, peak.of)} and at most"
        f" {figure(peak.at_most * factor, peak.of)}; the busiest hour began on {_hour(peak)} UTC."
    )


def _peak_facts(peak: Peak, growth_pct: float) -> list[Fact]:
    factor = 1 + growth_pct / 100
    return [
        Fact(name=f"{peak.of} of the busiest minute at least", value=peak.at_least * factor, unit=peak.of),
        Fact(name=f"{peak.of} of the busiest minute at most", value=peak.at_most * factor, unit=peak.of),
        Fact(name=f"{peak.of} of the busiest hour", value=peak.hourly, unit=peak.of),
        Fact(name="growth imagined", value=growth_pct, unit="pct"),
    ]


def _facts(room: Headroom) -> list[Fact]:
    return [
        Fact(name=f"limit of {room.peak.of} per minute", value=room.limit, unit=room.peak.of),
        Fact(name=f"growth at which the limit of {room.peak.of} is met", value=room.met_growth_pct, unit="pct"),
        Fact(name=f"growth up to which the limit of {room.peak.of} holds", value=room.safe_growth_pct, unit="pct"),
    ]


RATE_LIMIT_HEADROOM = Tool(
    "rate_limit_headroom",
    "Bounds of the busiest minute in requests and tokens, against rate limits that the customer names, with growth.",
    HeadroomArguments,
    rate_limit_headroom,
)
