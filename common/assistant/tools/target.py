"""What a plan is to reach, in percent of the bill, from a share, an amount to save or a budget."""

from dataclasses import dataclass

from common.assistant.question.model import Constraints, Money
from common.assistant.tools.tool_results import fact
from common.figures.sentences import say
from common.runs.step import Sentence
from common.spend import Rollup, totals

DAYS_OF = {"day": 1.0, "week": 7.0, "month": 365 / 12, "quarter": 365 / 4, "year": 365.0}
_WEEK_DAYS = 7
_ALL_PCT = 100.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """`pct` None: none, or none that can be held against the data; `words` name it in a sentence, `why_not` why not."""

    pct: float | None = None
    words: Sentence | None = None
    why_not: Sentence | None = None


def target_of(rollup: Rollup, constraints: Constraints) -> Target:
    """The strictest of what is asked for; above 100 % it is none, which `why_not` says."""
    aims = [aim for aim in (_share(constraints), *_amounts(rollup, constraints)) if aim is not None]
    reachable = [aim for aim in aims if aim.pct is not None]
    strictest = max(reachable, key=lambda aim: aim.pct or 0.0, default=None)
    if strictest is None:
        return next(iter(aims), Target())
    if strictest.pct is not None and strictest.pct > _ALL_PCT:
        text = "No plan can save more than the whole bill, so {target} is out of reach."
        return Target(why_not=say(text, target=strictest.words or "", topic="target"))
    return strictest


def _share(constraints: Constraints) -> Target | None:
    if constraints.target_pct is None:
        return None
    words = say("your target of {pct}", pct=fact("target", constraints.target_pct, "pct"))
    return Target(pct=constraints.target_pct, words=words)


def _amounts(rollup: Rollup, constraints: Constraints) -> list[Target | None]:
    total = totals(rollup)
    return [
        _amount(constraints.save, total.cost_usd, total.days, budget=False),
        _amount(constraints.budget, total.cost_usd, total.days, budget=True),
    ]


def _amount(money: Money | None, cost: float, days: float, *, budget: bool) -> Target | None:
    """An amount per month needs a week of data to compare with."""
    if money is None:
        return None
    data_names = money.per is None or days >= _WEEK_DAYS
    if not data_names:
        text = f"The data cover less than a week, too short to compare with an amount per {money.per}."
        return Target(why_not=say(text, topic="target"))
    whole = cost if money.per is None else cost / days * DAYS_OF[money.per]
    if whole <= 0:
        return Target()
    pct = max(100 * (1 - money.usd / whole if budget else money.usd / whole), 0.0)
    per = f" a {money.per}" if money.per else ""
    words = say(
        f"your {'budget of' if budget else 'aim to save'} {{usd}}{per} ({{pct}} of the {{whole}}{per} spent so far)",
        usd=fact("budget" if budget else "amount to save", money.usd, "usd"),
        pct=fact("target", pct, "pct"),
        whole=fact(f"cost{per}", whole, "usd"),
    )
    return Target(pct=pct, words=words)
