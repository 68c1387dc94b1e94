"""Whether somebody waits for a feature's answers, by its rows; its name proves nothing.

A job: at least SCHEDULED of its requests come in the same 3 hours of the day (UTC), on 3 days or more, no day with most
of them. People: their answers are streamed (a time to first token stands in half of the rows or more); or, unless it is
a job, its requests keep to a working day (WORKING of them within 12 hours, over more than 3), or many people send them
(10 users or more, none with most of the requests). Rows that say neither leave it open: a question to the customer.
"""

from collections import defaultdict
from dataclasses import dataclass
from typing import Literal

from common.core.vocabulary import Level
from common.spend.opportunities.finding import Case, label
from common.spend.rollup.cells import LINE_N, N
from common.spend.rollup.parts import Part

_SCHEDULED_HOURS, SCHEDULED = 3, 0.6
_WORKING_HOURS, WORKING = 12, 0.85
_DAY_HOURS = 24
_MIN_DAYS, _SURE_DAYS = 3, 7
_MIN_REQUESTS = 30
"""From which the hours of the day are a pattern."""
_MANY_USERS = 10
_MOST = 0.5


@dataclass(frozen=True, slots=True)
class Waiting:
    """Who waits: people, nobody (a job), or the rows do not tell; `evidence` is a sentence."""

    verdict: Literal["people", "job", "open"]
    evidence: str
    confidence: Level
    """In a job; low where the rows do not tell."""


def waiting(case: Case, feature: str | None) -> Waiting:
    """By the rows of a feature, in all the data."""
    streamed = _streamed(case, feature)
    if streamed:
        return Waiting("people", streamed, "high")
    days, hours = _days(case, feature), _hours(case, feature)
    enough = len(days) >= _MIN_DAYS and sum(hours) >= _MIN_REQUESTS and max(days.values()) <= _MOST * sum(days.values())
    if enough and feature is not None and _busiest(hours) >= SCHEDULED:
        return Waiting("job", _at_hours(hours), "high" if len(days) >= _SURE_DAYS else "medium")
    if enough and _working(hours) >= WORKING > _busiest(hours):
        share = f"{100 * _working(hours):.0f} % of its requests come within the same {_WORKING_HOURS} hours of the day"
        return Waiting("people", f"{share}, as people's do.", "high")
    crowd = _crowd(case, feature)
    if crowd:
        return Waiting("people", crowd, "high")
    return Waiting("open", f"The rows of {label(feature)} do not tell whether somebody waits for its answers.", "low")


def _streamed(case: Case, feature: str | None) -> str:
    counts = {"ttft_ms": 0, "output_tokens": 0}
    for key, sketch in case.rollup.entire.sketches.items():
        if key.feature == feature and key.measure in counts:
            counts[key.measure] += sketch.count
    share = counts["ttft_ms"] / counts["output_tokens"] if counts["output_tokens"] else 0.0
    return f"{100 * share:.0f} % of its answers are streamed, so somebody reads along." if share >= _MOST else ""


def _days(case: Case, feature: str | None) -> dict[int, int]:
    """Requests by day."""
    days: dict[int, int] = defaultdict(int)
    for key, cell in case.rollup.entire.cells.items():
        if key.feature == feature:
            days[key.day] += cell[N]
    return days


def _hours(case: Case, feature: str | None) -> list[int]:
    """Requests by hour of the UTC day."""
    hours = [0] * _DAY_HOURS
    for key, counts in case.rollup.entire.shapes.items():
        if key.feature == feature:
            hours[key.hour] += counts[0]
    return hours


def _busiest(hours: list[int]) -> float:
    """The share of the few busiest hours."""
    return sum(sorted(hours)[-_SCHEDULED_HOURS:]) / sum(hours)


def _working(hours: list[int]) -> float:
    """The share of the busiest half of the day in one piece, midnight included."""
    spans = ([hours[(start + hour) % _DAY_HOURS] for hour in range(_WORKING_HOURS)] for start in range(_DAY_HOURS))
    return max(map(sum, spans)) / sum(hours)


def _at_hours(hours: list[int]) -> str:
    busiest = sorted(range(_DAY_HOURS), key=lambda hour: -hours[hour])[:_SCHEDULED_HOURS]
    at = ", ".join(f"{hour:02}:00" for hour in sorted(busiest) if hours[hour])
    return f"{100 * _busiest(hours):.0f} % of its requests come in the hours {at} UTC, as a scheduled job's do."


def _crowd(case: Case, feature: str | None) -> str:
    """A sentence on its users where they are many."""
    rollup = case.rollup.entire
    if "user" not in rollup.has or Part.USER_FEATURES not in rollup.counted:
        return ""
    users: dict[str, int] = defaultdict(int)
    for key, line in rollup.user_features.items():
        if key.feature == feature and key.user is not None:
            users[key.user] += line[LINE_N]
    if len(users) < _MANY_USERS or max(users.values()) > _MOST * sum(users.values()):
        return ""
    return f"{len(users):,} users send its requests, at any hour, and none of them most."
