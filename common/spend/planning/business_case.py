"""What a plan is worth over the months ahead: its share of the forecast bill, against the work that it takes.

Each month ahead is taken as the next 30 days of the forecast. What models that changed for good add to that bill is no
part of what the plan saves on, as the plan is of the bill as it was.
A change saves from the month on in which its effort lets it be done: low the first, medium the second, high the third.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from common.core.vocabulary import Level
from common.spend.measures.forecast import Forecast, UsdRange
from common.spend.model import OpportunityKind, Plan, PlanStep

HORIZONS = (6, 12)
"""Months, where none are asked for."""
STARTS: Mapping[Level, int] = {"low": 1, "medium": 2, "high": 3}
"""The first month in which a change saves, by its effort: an assumption."""
HOURS: Mapping[Level, float] = {"low": 4.0, "medium": 16.0, "high": 60.0}
"""Of work that the first change of its kind takes, by its effort, its evaluation included: an assumption."""
AGAIN = 0.25
"""Of those hours, what each further change of the same kind takes: an assumption."""
MONTH_DAYS = 30


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseStep:
    """A change of the plan. USD in a month once it is in effect."""

    step: PlanStep
    monthly_usd: float
    starts: int
    hours: float

    def saved(self, months: int) -> float:
        """USD in the first so many months."""
        return self.monthly_usd * max(months - self.starts + 1, 0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Month:
    """USD of one month, and of all up to it."""

    month: int
    saving: UsdRange
    so_far: UsdRange


@dataclass(frozen=True, slots=True, kw_only=True)
class BusinessCase:
    """`monthly`: the bill of a month without the plan; `full`: what of it the plan saves once all is in effect."""

    monthly: UsdRange
    full: UsdRange
    steps: tuple[CaseStep, ...]
    months: tuple[Month, ...]
    horizons: tuple[int, ...]
    hours: float
    work_usd: float | None
    """None without the price of an hour."""
    payback_days: float | None
    """Until the expected saving has paid for the work; None without its price, and where it does not in these "
    "months."""

    def at(self, months: int) -> Month:
        """The month in which a horizon ends."""
        return self.months[months - 1]

    def spend(self, months: int) -> float:
        """What so many months cost without the plan (USD, expected)."""
        return self.monthly.usd * months


def business_case(
    plan: Plan, ahead: Forecast, horizons: Sequence[int] = HORIZONS, hour_usd: float | None = None
) -> BusinessCase:
    """The case for a plan over so many months each, up to 60. Raises ValueError for a horizon that is none."""
    if not horizons or not all(1 <= months <= 60 for months in horizons):  # noqa: PLR2004 - five years
        raise ValueError(f"horizons in months are from 1 to 60, not {tuple(horizons)}")
    monthly = ahead.grown or ahead.expected
    full = _saving(plan, monthly, ahead.past_share)
    steps = tuple(_steps(plan, full))
    hours = sum(step.hours for step in steps)
    work_usd = None if hour_usd is None else hours * hour_usd
    months = tuple(_months(steps, full, max(horizons)))
    return BusinessCase(
        monthly=monthly,
        full=full,
        steps=steps,
        months=months,
        horizons=tuple(sorted(set(horizons))),
        hours=hours,
        work_usd=work_usd,
        payback_days=None if work_usd is None else _payback(months, work_usd),
    )


def _saving(plan: Plan, monthly: UsdRange, past_share: float) -> UsdRange:
    """Low of low and high of high: the bounds of the bill and those of the plan at once."""
    if not plan.baseline_usd:
        return UsdRange(0.0, 0.0, 0.0)
    base = plan.baseline_usd / past_share if past_share else plan.baseline_usd
    low, expected, high = (usd / base for usd in (plan.low_usd, plan.savings_usd, plan.high_usd))
    return UsdRange(monthly.usd * expected, monthly.low_usd * low, monthly.high_usd * high)


def _steps(plan: Plan, full: UsdRange) -> Iterator[CaseStep]:
    """In the order of the plan."""
    kinds: set[OpportunityKind] = set()
    for step in plan.steps:
        item = step.opportunity
        share = step.savings_usd / plan.savings_usd if plan.savings_usd else 0.0
        hours = HOURS[item.effort] * (AGAIN if item.kind in kinds else 1.0)
        kinds.add(item.kind)
        yield CaseStep(step=step, monthly_usd=full.usd * share, starts=STARTS[item.effort], hours=hours)


def _months(steps: Sequence[CaseStep], full: UsdRange, last: int) -> list[Month]:
    months: list[Month] = []
    so_far = UsdRange(0.0, 0.0, 0.0)
    for number in range(1, last + 1):
        begun = sum(step.monthly_usd for step in steps if step.starts <= number)
        share = begun / full.usd if full.usd else 0.0
        saving = UsdRange(full.usd * share, full.low_usd * share, full.high_usd * share)
        so_far = UsdRange(so_far.usd + saving.usd, so_far.low_usd + saving.low_usd, so_far.high_usd + saving.high_usd)
        months.append(Month(month=number, saving=saving, so_far=so_far))
    return months


def _payback(months: Sequence[Month], work_usd: float) -> float | None:
    """Evenly within a month."""
    for month in months:
        if month.so_far.usd >= work_usd and month.saving.usd > 0:
            open_usd = work_usd - (month.so_far.usd - month.saving.usd)
            return MONTH_DAYS * (month.month - 1 + max(open_usd, 0.0) / month.saving.usd)
    return None
