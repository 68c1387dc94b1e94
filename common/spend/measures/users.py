"""Users by day: what is known of them, and who grew."""

from collections import defaultdict
from dataclasses import dataclass

from common.spend.measures.effects import Effects, effects_of
from common.spend.measures.totals import NEEDS
from common.spend.model import Unanswerable
from common.spend.rollup.cells import LINE_COST, LINE_N
from common.spend.rollup.priced_requests import NO_SPEND, Spend, spend_of_line
from common.spend.rollup.rollup import Rollup
from common.spend.semantics.dimensions import UNTAGGED

NOT_BY_DAY = (
    "Users by day are known only of data that were imported since Apex keeps them, and some of these were imported"
    " before. Upload the same files as a new data set to see which user it was, and when."
)
_Lines = dict[str, dict[int, list[int]]]


@dataclass(frozen=True, slots=True)
class UserChange:
    """USD per day of one user, or of all in "(other)" together, in two periods."""

    user: str
    before_usd: float
    after_usd: float
    effects: Effects


def users_by_day(rollup: Rollup) -> _Lines:
    """Lines by user and day (an ordinal). Raises Unanswerable where no row has a user or some days are incomplete."""
    if "user" not in rollup.has:
        raise Unanswerable(f"The data have {NEEDS['user']}.")
    missing: dict[int, list[int]] = defaultdict(lambda: [0, 0])
    for (day, _), line in rollup.hours.items():
        _add(missing[day], line, 1)
    lines = {UNTAGGED if user is None else user: days for user, days in rollup.user_days.items()}
    for days in lines.values():
        for day, line in days.items():
            _add(missing[day], line, -1)
    if any(any(rest) for rest in missing.values()):
        raise Unanswerable(NOT_BY_DAY)
    return lines


def _add(sums: list[int], line: list[int], sign: int) -> None:
    sums[0] += sign * line[LINE_N]
    sums[1] += sign * line[LINE_COST]


def user_spend(lines: _Lines, days: list[int]) -> dict[str, Spend]:
    """By user, of these days together; users of none of them are left out."""
    found = {
        user: sum((spend_of_line(of_user[day]) for day in days if day in of_user), NO_SPEND)
        for user, of_user in lines.items()
        if any(day in of_user for day in days)
    }
    return dict(sorted(found.items()))


def user_changes(rollup: Rollup, before: list[int], after: list[int]) -> list[UserChange]:
    """Of the mean day in each period, the largest difference first. Raises Unanswerable as `users_by_day` does."""
    lines = users_by_day(rollup)
    old, new = user_spend(lines, before), user_spend(lines, after)
    changes = []
    for user in {**old, **new}:
        then, now = old.get(user, NO_SPEND).scaled(1 / len(before)), new.get(user, NO_SPEND).scaled(1 / len(after))
        changes.append(UserChange(user, then.usd, now.usd, effects_of(then, now)))
    return sorted(changes, key=lambda change: (-abs(change.after_usd - change.before_usd), change.user))
