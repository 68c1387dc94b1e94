"""Peaks per minute, and the room below a rate limit. Apex sums by the hour, so a minute has bounds only.

The busiest minute of an hour has at least a sixtieth of it and at most all of it.
"""

from dataclasses import dataclass
from typing import Literal

from common.spend.measures.series import iso
from common.spend.measures.totals import refuse_without_hours
from common.spend.model import Unanswerable
from common.spend.rollup.cells import LINE_INPUT, LINE_N, LINE_OUTPUT, NO_HOUR
from common.spend.rollup.rollup import Rollup

Rate = Literal["requests", "tokens"]
HeadroomVerdict = Literal["fits", "exceeded", "not known"]
_MINUTES = 60


@dataclass(frozen=True, slots=True)
class Peak:
    """The busiest minute lies between the bounds, which come from the busiest hour. Tokens: input and output."""

    of: Rate
    day: str
    """ISO date of the busiest hour."""
    hour: int
    """Of the UTC day."""
    hourly: int
    at_least: int
    """Per minute: even traffic over the busiest hour."""
    at_most: int
    """Per minute: all of the busiest hour at once."""


@dataclass(frozen=True, slots=True)
class Headroom:
    """A limit per minute against a peak that has grown by `growth_pct`. All models together count against it."""

    peak: Peak
    limit: float
    growth_pct: float
    at_least: float
    """Per minute, with the growth."""
    at_most: float
    verdict: HeadroomVerdict
    """"fits": even the upper bound does; "exceeded": even the lower bound is above; else the hour is too coarse."""
    safe_growth_pct: float
    """From today: up to here the limit holds for certain; below 0 it may be met already."""
    met_growth_pct: float
    """From today: beyond this the limit is met for certain."""


def peaks(rollup: Rollup) -> tuple[Peak, Peak]:
    """Of requests and of tokens. Raises Unanswerable without a request, and for sums by the day."""
    if not rollup.hours:
        raise Unanswerable("The data have no request, so there is no peak. Any export with a time per request has one.")
    refuse_without_hours(rollup)
    return _peak(rollup, "requests"), _peak(rollup, "tokens")


def headroom(peak: Peak, limit: float, growth_pct: float = 0.0) -> Headroom:
    """Raises ValueError for a limit of 0 or less, and for a growth of -100 % or less."""
    if limit <= 0 or growth_pct <= -100:  # noqa: PLR2004 - percent
        raise ValueError(f"a limit of {limit:g} per minute and a growth of {growth_pct:g} % make no sense")
    factor = 1 + growth_pct / 100
    at_least, at_most = peak.at_least * factor, peak.at_most * factor
    return Headroom(
        peak=peak,
        limit=limit,
        growth_pct=growth_pct,
        at_least=at_least,
        at_most=at_most,
        verdict="fits" if at_most <= limit else "exceeded" if at_least > limit else "not known",
        safe_growth_pct=_growth_to(limit, peak.at_most),
        met_growth_pct=_growth_to(limit, peak.at_least),
    )


def _growth_to(limit: float, now: int) -> float:
    return 100 * (limit / now - 1) if now else float("inf")


def _peak(rollup: Rollup, of: Rate) -> Peak:
    def amount(line: list[int]) -> int:
        return line[LINE_N] if of == "requests" else line[LINE_INPUT] + line[LINE_OUTPUT]

    hours = sorted((key, line) for key, line in rollup.hours.items() if key.hour != NO_HOUR)
    (day, hour), line = max(hours, key=lambda item: amount(item[1]))
    whole = amount(line)
    return Peak(of, iso(day), hour, whole, -(-whole // _MINUTES), whole)
