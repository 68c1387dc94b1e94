"""What is said of the level of a forecast: models that changed, last days out of line, and an amount to stay under."""

from common.assistant.question.model import Money, Part
from common.assistant.tools.target import DAYS_OF
from common.assistant.tools.tool_results import counted, fact, scope
from common.figures.dates import day_said, days_said
from common.figures.sentences import Name, say
from common.runs.step import Sentence
from common.spend.measures import Forecast, LevelChange, UsdRange
from common.spend.measures.forecast import DAYS
from common.spend.semantics.dimensions import UNTAGGED

_SHOWN = 3
_FEW_DAYS = 7
_NEARLY_EVEN = 0.25
"""Of half the interval: an amount so near the middle is about as likely to be passed as not."""


def levels(result: Forecast) -> list[Sentence]:
    """The latest changes of model that the forecast counts on, with what they do to the cost of a request."""
    latest = sorted(result.levels, key=lambda level: level.at, reverse=True)
    return [_level(level) for level in latest[:_SHOWN]]


def _level(level: LevelChange) -> Sentence:
    change = level.change
    text = (
        f"In it: since {day_said(change.day)} {{feature}} on {{after}} instead of {{before}}, where a request costs"
        " {times} times as much, and the days before count at that{few}."
    )
    known = counted("days on the present model", level.days, "day")
    return say(
        text,
        feature="most requests are" if change.feature == UNTAGGED else say("{name} is", name=Name(change.feature)),
        after=Name(change.after),
        before=Name(change.before),
        times=fact(f"cost of a request after the change of {change.feature}, times", level.times, "count"),
        few=say("; only {days} of it are in your data", days=known) if level.days < _FEW_DAYS else "",
        topic="present level",
    )


def last_days(result: Forecast, part: Part) -> list[Sentence]:
    """What it would be if the days out of line at the end of the data were a new level."""
    if result.stays_usd is None:
        return []
    days = result.last_days
    are = "is" if len(days) == 1 else "are"
    usd = result.stays_usd * (1 + (result.growth_pct or 0.0) / 100)
    cost = "cost of the forecast if the level of the last days stays"
    text = (
        f"Not in it: {{days}} at the end of your data ({days_said(days[0], days[-1])}) {are} out of line; if that level"
        f" stays, it will be {{usd}}{' with that growth' if result.growth_pct else ''}, without a trend."
    )
    return [
        say(
            text,
            days=counted("last days out of line", len(days), "day"),
            usd=fact(cost, usd, "usd", scope(part, "forecast cost")),
            topic="present level",
        )
    ]


def verdict(result: Forecast, part: Part) -> list[Sentence]:
    """Whether the forecast stays under the amount that is asked about, by its interval."""
    budget = part.constraints.budget
    if budget is None:
        return []
    usd = _in_days(budget)
    per = f" a {budget.per}" if budget.per else ""
    limit = say("{usd}" + per, usd=fact("amount to stay under", budget.usd, "usd"))
    if budget.per and budget.per != "month":
        same = fact(f"amount to stay under in {DAYS} days", usd, "usd")
        limit = say("{limit} ({same} in {days} days)", limit=limit, same=same, days=fact("days", DAYS, "count"))
    return [say(_likely(result.grown or result.expected, usd), limit=limit, topic="verdict")]


def _likely(ahead: UsdRange, usd: float) -> str:
    if usd > ahead.high_usd:
        return "Very likely under {limit}."
    if usd < ahead.low_usd:
        return "Very likely above {limit}."
    close = "Too close to call: {limit} is within the range of the forecast"
    half = ahead.usd - ahead.low_usd if usd < ahead.usd else ahead.high_usd - ahead.usd
    if abs(usd - ahead.usd) <= _NEARLY_EVEN * half:
        return f"{close}, about even odds."
    return f"{close}, though {'under' if usd > ahead.usd else 'above'} it is likelier."


def _in_days(budget: Money) -> float:
    """In the days of the forecast, which stand for a month."""
    if budget.per in (None, "month"):
        return budget.usd
    return budget.usd / DAYS_OF[budget.per] * DAYS


def names(result: Forecast) -> list[str]:
    """Names of the data in these sentences."""
    return [name for each in result.levels for name in (each.change.feature, each.change.before, each.change.after)]
